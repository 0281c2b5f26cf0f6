from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from records import staff_reads
from records.engagement import Kind
from records.ids import new_id
from records.roles import Role
from records.tables import clients, engagement, goal_events, goals, messages, nudges, staff
from records.turns import Inbound
from tests.staff.life import nudge
from tests.staff.office import Browser, Office


async def kinds_in_log(office: Office, kind: Kind) -> int:
    rows = await office.house.writer.run(
        lambda c: c.execute(select(engagement.c.id).where(engagement.c.kind == kind)).all()
    )
    return len(rows)


def words(page: str) -> str:
    """What a reader reads: no tags, one space between words, none before a full stop."""
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    return html.unescape(re.sub(r" ([.,:])", r"\1", text))


async def test_a_worker_sees_their_own_clients_with_plan_and_next_text(busy: Office, ana: Browser) -> None:
    page = words(await ana.get("/staff/clients"))
    assert "Terminar mi GED: Llamar a la escuela de adultos" in page
    assert "Reminder of the step, Tue Mar 3, 9:00 am" in page
    assert "Joe" in page
    assert "Pat" not in page


async def test_a_supervisor_sees_all_clients_and_whose_they_are(busy: Office, sue: Browser) -> None:
    page = words(await sue.get("/staff/clients"))
    assert "All clients" in page
    assert "Pat" in page
    assert "Ben" in page


async def test_who_waits_is_listed_by_when_a_person_is_due(busy: Office, ana: Browser) -> None:
    page = words(await ana.get("/staff/waiting"))
    assert page.index("Asked for a person") < page.index("Two setbacks in a row")
    assert "Mon Mar 2, 9:00 am" in page
    assert "Tue Mar 3, 10:00 am" in page


async def test_a_client_is_found_by_name_and_the_name_stays_out_of_the_address(busy: Office, ana: Browser) -> None:
    await ana.get("/staff/clients")
    page = words(await ana.post("/staff/clients", words="MÁRI"))
    assert "Maria" in page
    assert "Joe" not in page
    assert ana.at == "/staff/clients"
    page = words(await ana.post("/staff/clients", words="Zelda"))
    assert "Nobody here fits what you look for." in page
    assert 'value="Zelda"' in await ana.post("/staff/clients", words="Zelda")


async def test_another_workers_client_is_not_there(office: Office, ana: Browser) -> None:
    for path in ("", "/thread", "/nudges/new"):
        await ana.get(f"/staff/clients/{office.pat}{path}")
        assert ana.status == 404
    await ana.get("/staff")
    await ana.post(f"/staff/clients/{office.pat}/invite")
    assert ana.status == 404
    await ana.get(f"/staff/clients/{'0' * 32}")
    assert ana.status == 404


async def test_the_client_page_begins_with_why_it_matters(busy: Office, ana: Browser) -> None:
    page = await ana.get(f"/staff/clients/{busy.maria}")
    assert "sí se puede" in page
    assert page.index("Why it matters") < page.index('id="plan"') < page.index('id="texts"')
    text = words(page)
    for part in ("Tue Mar 3, 10:00 am", "la niña se enferma", "llamar el jueves", "buscar el número", "version 2"):
        assert part in text


async def test_what_a_client_wrote_is_shown_and_never_run(busy: Office, ana: Browser) -> None:
    page = await ana.get(f"/staff/clients/{busy.maria}")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {worker} &amp; &#34;so&#34;" in page


async def test_every_text_has_its_language_and_what_became_of_it(busy: Office, ana: Browser) -> None:
    page = await ana.get(f"/staff/clients/{busy.maria}")
    assert '<p lang="es">Su paso es hoy.</p>' in page
    text = words(page)
    assert "did not arrive: the phone is off or out of reach" in text
    assert "waiting to go out" in text
    assert "waited: the client was promised a reminder that day" in text


async def test_every_look_at_a_thread_is_logged_but_its_renewals_are_not(busy: Office, ana: Browser) -> None:
    await ana.get(f"/staff/clients/{busy.maria}")
    await ana.get(f"/staff/clients/{busy.maria}/thread")
    assert await kinds_in_log(busy, Kind.THREAD_VIEWED) == 1


async def test_the_renewed_thread_is_a_fragment_with_the_newest_texts(busy: Office, ana: Browser) -> None:
    page = await ana.get(f"/staff/clients/{busy.maria}/thread")
    assert "<html" not in page
    assert "Le escribo pronto." in page


async def test_an_invite_goes_out_once_and_only_to_who_has_none(office: Office, ana: Browser) -> None:
    await office.write(lambda c: c.execute(update(clients).where(clients.c.id == office.joe).values(consent="none")))
    page = await ana.get(f"/staff/clients/{office.joe}")
    assert "Invite to texts" in page
    assert "Schedule a nudge" not in page
    page = await ana.post(f"/staff/clients/{office.joe}/invite")
    assert "The invite is on its way." in page
    assert "invited, no answer yet" in page
    await ana.post(f"/staff/clients/{office.joe}/invite")
    sent = await office.house.writer.run(
        lambda c: c.execute(select(messages.c.body).where(messages.c.client_id == office.joe)).scalars().all()
    )
    assert len(sent) == 1
    assert "Ana" in sent[0] or "Goal Line" in sent[0]


async def set_consent(office: Office, to: str) -> None:
    await office.write(lambda c: c.execute(update(clients).where(clients.c.id == office.joe).values(consent=to)))


async def texts_to_joe(office: Office) -> int:
    wanted = select(messages.c.id).where(messages.c.client_id == office.joe)
    return len(await office.house.writer.run(lambda c: c.execute(wanted).all()))


async def test_who_did_not_say_yes_can_be_invited_again(office: Office, ana: Browser) -> None:
    await set_consent(office, "closed")
    assert "Invite again" in await ana.get(f"/staff/clients/{office.joe}")
    assert "The invite is on its way." in await ana.post(f"/staff/clients/{office.joe}/invite")
    assert await texts_to_joe(office) == 1


async def test_after_a_stop_only_the_client_can_come_back(office: Office, ana: Browser) -> None:
    await set_consent(office, "revoked")
    page = await ana.get(f"/staff/clients/{office.joe}")
    assert "Joe stopped the texts. Only they can come back, by texting START." in page
    assert "/invite" not in page
    page = await ana.post(f"/staff/clients/{office.joe}/invite")
    assert "The invite is on its way." not in page
    assert await texts_to_joe(office) == 0


async def test_an_invite_at_night_goes_in_the_morning_once_and_can_be_cancelled(office: Office, ana: Browser) -> None:
    await set_consent(office, "none")
    office.clock.forward(timedelta(hours=13, minutes=30))
    await ana.get(f"/staff/clients/{office.joe}")
    for _click in range(2):
        page = words(await ana.post(f"/staff/clients/{office.joe}/invite"))
        assert "The invite goes out Tue Mar 3, 9:00 am." in page
        assert page.count("Invite to texts, Tue Mar 3, 9:00 am moved out of the quiet hours") == 1
    assert await texts_to_joe(office) == 0
    [cancel] = re.findall(r"/staff/nudges/[0-9a-f]{32}/cancel", await ana.get(f"/staff/clients/{office.joe}"))
    await ana.get(cancel.removesuffix("/cancel"))
    assert ana.status == 404
    await ana.get(f"/staff/clients/{office.joe}")
    assert "The invite goes out" not in await ana.post(cancel)
    page = words(await ana.post(f"/staff/clients/{office.joe}/invite"))
    assert "The invite goes out Tue Mar 3, 9:00 am." in page
    office.clock.forward(timedelta(hours=10))
    await office.house.writer.take_due(office.clock.now())
    assert await texts_to_joe(office) == 1
    assert "invited, no answer yet" in await ana.get(f"/staff/clients/{office.joe}")


async def test_a_client_without_goal_or_texts_has_a_page(office: Office, ana: Browser) -> None:
    page = words(await ana.get(f"/staff/clients/{office.joe}"))
    assert "Joe has no goal yet." in page
    assert "No texts yet." in page
    assert "Nothing is planned." in page


async def test_an_escalation_is_taken_then_closed_with_what_came_of_it(busy: Office, ana: Browser) -> None:
    page = await ana.get("/staff")
    [first, _second] = re.findall(r"/staff/escalations/[0-9a-f]{32}", page)
    page = await ana.get(first)
    assert "Joe: Asked for a person" in page
    assert "2 times" in page
    page = words(await ana.post(f"{first}/acknowledge"))
    assert "Taken by Ana, Mon Mar 2, 10:00 am." in page
    await ana.post(f"{first}/resolve", outcome="danced")
    assert ana.status == 422
    page = words(await ana.post(f"{first}/resolve", outcome="talked"))
    assert "Closed by Ana, Mon Mar 2, 10:00 am: Talked." in page
    assert first not in await ana.get("/staff")
    assert await kinds_in_log(busy, Kind.ESCALATION_RESOLVED) == 1


async def test_another_workers_escalation_is_not_there(busy: Office, ana: Browser) -> None:
    [first, _second] = re.findall(r"/staff/escalations/[0-9a-f]{32}", await ana.get("/staff"))
    await ana.post("/staff/log-out")
    await ana.log_in("ben@county.example")
    for path in (first, f"{first}/nothing"):
        await ana.get(path)
        assert ana.status == 404
    await ana.get("/staff")
    await ana.post(f"{first}/resolve", outcome="talked")
    assert ana.status == 404


async def test_the_plan_page_tells_what_each_version_was_before_when_by_whom_and_why(
    busy: Office, ana: Browser
) -> None:
    step = {"text": "Buscar escuelas", "when": "2026-02-28", "where": "", "reminder": "none"}
    was = {"text": "Terminar mi GED", "meaning": "", "difficulty": "just_right", "step": step}
    at = busy.clock.now() - timedelta(days=3)
    row = {"id": new_id(at), "client_id": busy.maria, "goal": 1, "at": at, "kind": "revised", "version": 2}
    await busy.write(lambda c: c.execute(insert(goal_events).values({**row, "reason": "new_time", "was": was})))
    maria = f"/staff/clients/{busy.maria}"
    assert f'href="{maria}/plan"' in await ana.get(maria)
    page = words(await ana.get(f"{maria}/plan"))
    assert "Revised a new time Fri Feb 27, 10:00 am \u00b7 Maria \u00b7 version 2" in page
    assert "Step Llamar a la escuela de adultos before: Buscar escuelas" in page
    assert "When Tue Mar 3, 10:00 am before: Sat Feb 28" in page
    assert "Goal Terminar" not in page


async def test_who_sees_what_is_shared_sees_no_version_of_what_is_not(busy: Office, ana: Browser) -> None:
    await busy.write(lambda c: c.execute(update(staff).where(staff.c.id == busy.ana).values(role=Role.ICW)))
    maria = f"/staff/clients/{busy.maria}"
    assert "Terminar mi GED" in await ana.get(f"{maria}/plan")
    await busy.write(lambda c: c.execute(update(goals).values(shared=False)))
    assert "Terminar mi GED" not in await ana.get(f"{maria}/plan")
    assert ana.status == 200


async def test_older_texts_are_a_page_away_and_each_look_is_logged(
    busy: Office, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff_reads, "LATEST", 4)
    maria = f"/staff/clients/{busy.maria}"
    page = await ana.get(f"{maria}/texts")
    assert "Su paso es hoy." in page
    assert "terminar mi GED" not in page
    [older] = re.findall(r'href="([^"]*before=[0-9a-f]{32})"', page)
    page = await ana.get(older)
    assert "terminar mi GED" in page
    assert "Su paso es hoy." not in page
    assert await kinds_in_log(busy, Kind.THREAD_VIEWED) == 2
    await ana.get(f"{maria}/texts?before=<script>")
    assert ana.status == 200


async def test_the_week_to_come_stands_by_day_and_what_fell_away_says_why(busy: Office, ana: Browser) -> None:
    dropped = nudge(busy.maria, "check_in", busy.clock.now() - timedelta(days=2), state="dropped", reason="goal_closed")
    await busy.write(lambda c: c.execute(insert(nudges).values(dropped)))
    page = words(await ana.get(f"/staff/clients/{busy.maria}"))
    assert "Tue Mar 3 9:00 am Reminder of the step Wed Mar 4 10:00 am Check-in" in page
    assert "Check-in dropped, Sat Feb 28, 10:00 am the goal is closed" in page


async def test_a_plan_that_a_worker_writes_is_the_clients_only_by_their_yes(office: Office, ana: Browser) -> None:
    joe = f"/staff/clients/{office.joe}"
    assert "Write down a plan" in await ana.get(joe)
    await ana.get(f"{joe}/plan/new")
    plan = {"token": new_id(office.clock.now()), "goal": "get my GED", "step": "call <b>the school</b>"}
    page = await ana.post(f"{joe}/plan/new", **plan, date="2026-03-01", detour="x" * 161)
    assert ana.status == 422
    for there in ("Choose a day that is not over.", "Keep it under 160 characters.", "call &lt;b&gt;the school"):
        assert there in page
    await ana.post(f"{joe}/plan/new", **plan, date="2026-03-04", time="10:00")
    page = words(await ana.post(f"{joe}/plan/new", **plan, date="2026-03-04", time="10:00"))
    assert "A plan waits for Joe's yes: get my GED, call <b>the school</b>." in page
    assert "Joe has no goal yet." in page
    assert await texts_to_joe(office) == 2
    await office.house.writer.take_text(Inbound("a" * 34, "+17075550101", "1"))
    page = words(await ana.get(joe))
    assert "version 1" in page
    assert "A plan waits" not in page
    assert await kinds_in_log(office, Kind.PLAN_WRITTEN) == 1
