from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from conversations.nudges import NudgeState
from records.tables import clients, consent_events, engagement, escalations, messages, nudges
from tests.staff.office import Browser, Office
from tests.staff.test_client_pages import words


async def test_an_opt_out_told_to_staff_counts_as_stop_and_sends_nothing(busy: Office, ana: Browser) -> None:
    maria = f"/staff/clients/{busy.maria}"
    assert "Nothing is recorded yet." in await ana.get(f"{maria}/contact")
    await ana.post(f"{maria}/opt-out", channel="pigeon")
    assert ana.status == 422
    await ana.post(f"{maria}/opt-out", channel="voice", words="ya no quiero <b>")
    page = words(await ana.post(f"{maria}/opt-out", channel="voice", words="ya no quiero <b>"))
    assert "It is recorded. Nothing more goes out." in page
    assert "by phone call \u00b7 Ana \u00b7 Spanish" in page
    assert "ya no quiero <b>" in page
    assert "They told you to stop the texts" not in page
    [event] = await busy.house.writer.run(lambda c: c.execute(select(consent_events)).all())
    assert (event.to, event.channel, event.actor, event.language) == ("revoked", "voice", busy.ana, "es")
    theirs = nudges.c.client_id == busy.maria
    states = await busy.house.writer.run(lambda c: c.execute(select(nudges.c.state).where(theirs)).scalars().all())
    assert set(states) == {NudgeState.CANCELLED}
    waiting = select(messages.c.id).where(messages.c.client_id == busy.maria, messages.c.state == "due")
    assert not await busy.house.writer.run(lambda c: c.execute(waiting).all())
    told = select(escalations.c.trigger).where(escalations.c.client_id == busy.maria)
    assert await busy.house.writer.run(lambda c: c.execute(told).scalars().all()) == ["opted_out"]


async def test_a_new_number_is_checked_and_has_to_be_asked_anew(office: Office, ana: Browser) -> None:
    joe = f"/staff/clients/{office.joe}"
    await ana.get(f"{joe}/contact")
    for bad in ("", "911", "12", "call me"):
        assert f'value="{bad}"' in await ana.post(f"{joe}/number", number=bad)
        assert ana.status == 422
    page = words(await ana.post(f"{joe}/number", number="(707) 555-0199"))
    assert "They have to be invited and say yes again." in page
    row = await office.house.writer.run(lambda c: c.execute(select(clients).where(clients.c.id == office.joe)).one())
    assert (row.number, row.consent) == ("+17075550199", "none")
    pats = update(clients).where(clients.c.id == office.pat).values(first_name="Joe", number="+17075550123")
    await office.write(lambda c: c.execute(pats))
    assert "Somebody called Joe has that number" in await ana.post(f"{joe}/number", number="707-555-0123")


async def test_the_safety_word_is_set_shown_masked_and_taken_away(office: Office, ana: Browser) -> None:
    joe = f"/staff/clients/{office.joe}"
    await ana.get(f"{joe}/contact")
    for bad in ("two words", "abc", "stop", "a1b2c3", "help"):
        await ana.post(f"{joe}/safety-word", word=bad)
        assert ana.status == 422, bad
    page = await ana.post(f"{joe}/safety-word", word="Lim\u00f3nada")
    assert "The safety word is set." in page
    assert "imonada" not in page
    word = select(clients.c.safety_word).where(clients.c.id == office.joe)
    assert await office.house.writer.run(lambda c: c.scalar(word)) == "limonada"
    page = await ana.post(f"{joe}/safety-word", word="")
    assert "There is no safety word any more." in page
    assert await office.house.writer.run(lambda c: c.scalar(word)) == ""
    logged = await office.house.writer.run(lambda c: c.execute(select(engagement)).all())
    assert "limonada" not in str(logged)


async def test_preferences_are_set_on_the_clients_word_and_nobody_is_texted(busy: Office, ana: Browser) -> None:
    maria = f"/staff/clients/{busy.maria}"
    await ana.get(f"{maria}/contact")
    stands = {"language": "es", "rhythm": "weekly", "part_of_day": "", "phone_is_shared": "no"}
    wanted = {**stands, "rhythm": "two_weeks", "part_of_day": "evening", "phone_is_shared": "yes"}
    page = await ana.post(f"{maria}/preferences", **wanted)
    assert ana.status == 422
    assert "Choose how they said it." in page
    assert '<option value="evening" selected>' in page
    await ana.post(f"{maria}/preferences", **{**wanted, "language": "tlh"}, heard="voice")
    assert ana.status == 422
    before = await texts(busy)
    assert "It is set as they said." in await ana.post(f"{maria}/preferences", **wanted, heard="in_person")
    row = await busy.house.writer.run(lambda c: c.execute(select(clients).where(clients.c.id == busy.maria)).one())
    assert (row.rhythm, row.part_of_day, row.phone_is_shared, row.language) == ("two_weeks", "evening", True, "es")
    assert await texts(busy) == before
    logged = select(engagement.c.subject, engagement.c.reason, engagement.c.actor)
    rows = await busy.house.writer.run(
        lambda c: c.execute(logged.where(engagement.c.kind == "preference_set").order_by(engagement.c.id)).all()
    )
    assert [tuple(row) for row in rows] == [
        (what, "in_person", busy.ana) for what in ("rhythm", "part_of_day", "phone_is_shared")
    ]
    page = words(await ana.get(maria))
    assert "check-ins every two weeks, evening" in page


async def texts(office: Office) -> int:
    return len(await office.house.writer.run(lambda c: c.execute(select(messages.c.id)).all()))


async def test_the_numbers_that_a_client_had_stay_on_the_page(office: Office, ana: Browser) -> None:
    joe = f"/staff/clients/{office.joe}"
    await ana.get(f"{joe}/contact")
    assert "That is their number already." in await ana.post(f"{joe}/number", number="707-555-0101")
    await ana.post(f"{joe}/number", number="707-555-0199")
    page = words(await ana.get(f"{joe}/contact"))
    assert "707-555-0199 since Mon Mar 2, 10:00 am" in page
    assert "707-555-0101 until Mon Mar 2, 10:00 am, changed by Ana" in page


async def test_channels_are_set_on_the_clients_word_and_never_all_of_them_off(busy: Office, ana: Browser) -> None:
    maria, of_maria = f"/staff/clients/{busy.maria}", clients.c.id == busy.maria
    wrote = {"whatsapp_at": busy.clock.now() - timedelta(days=2)}
    await busy.write(lambda c: c.execute(update(clients).where(of_maria).values(wrote)))
    page = words(await ana.get(f"{maria}/contact"))
    assert "WhatsApp they have not written there for a day" in page
    assert "Web chat they have not opened it yet" in page
    said = {"on_sms": "yes", "on_whatsapp": "yes", "preferred_channel": "whatsapp"}
    assert "Choose how they said it." in await ana.post(f"{maria}/channels", **said)
    none = {"preferred_channel": "sms", "on_web_chat": "yes", "channels_heard": "voice"}
    assert "Leave on at least one that reaches them." in await ana.post(f"{maria}/channels", **none)
    for wrong in ("web_chat", "pigeon"):
        page = await ana.post(f"{maria}/channels", **{**said, "preferred_channel": wrong, "channels_heard": "voice"})
        assert "Choose one that is on." in page
    assert ana.status == 422
    page = words(await ana.post(f"{maria}/channels", **said, channels_heard="voice"))
    assert "It is set as they said." in page
    assert "Web chat off since Mon Mar 2, 10:00 am" in page
    row = await busy.house.writer.run(lambda c: c.execute(select(clients).where(of_maria)).one())
    assert (row.preferred_channel, row.channels_off) == ("whatsapp", "web_chat")
    changed = select(engagement).where(engagement.c.kind == "preference_set").order_by(engagement.c.id)
    rows = await busy.house.writer.run(lambda c: c.execute(changed).all())
    assert [(one.actor, one.subject, one.reason, one.detail["value"]) for one in rows] == [
        (busy.ana, "preferred_channel", "voice", "whatsapp"),
        (busy.ana, "channels_off", "voice", "web_chat"),
    ]
