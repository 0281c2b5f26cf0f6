from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Row, select, update

from conversations.events import VisitChanged
from conversations.visits import Visit, VisitEvent
from records.tables import clients, engagement, nudges
from tests.staff.office import MONDAY, PACIFIC, Browser, Office
from tests.staff.test_client_pages import words

HTMX = {"HX-Request": "true"}
WHEN = {"date": "2026-03-05", "time": "11:30"}


def token(page: str) -> str:
    found: list[str] = re.findall(r'name="token" value="([0-9a-f]{32})"', page)
    return found[0]


async def of_workers(office: Office) -> list[Row]:  # type: ignore[type-arg]
    wanted = select(nudges).where(nudges.c.key.like("worker:%"))
    return list(await office.house.writer.run(lambda c: c.execute(wanted).all()))


async def a_scheduled_text(office: Office, who: Browser, **form: str) -> str:
    """The path of the new text's own page."""
    new = f"/staff/clients/{office.joe}/nudges/new"
    page = await who.get(new)
    page = await who.post(new, **{"what": "help", **WHEN, "token": token(page), **form})
    found: list[str] = re.findall(r"/staff/nudges/[0-9a-f]{32}", page)
    return found[0]


async def test_a_reviewed_text_is_scheduled_in_the_clients_language_and_time(office: Office, ana: Browser) -> None:
    new = f"/staff/clients/{office.maria}/nudges/new"
    page = await ana.get(new)
    assert "Pacific Time: it is Mon Mar 2, 10:00 am there now" in words(page)
    page = await ana.post(new, what="help", token=token(page), **WHEN)
    assert "The text is scheduled." in page
    [row] = await of_workers(office)
    assert "Maria" in row.words
    assert (row.template, row.created_by, row.kind) == ("help", office.ana, "worker_nudge")
    assert row.due_at.isoformat() == "2026-03-05T19:30:00+00:00"
    assert "Fri" not in page
    assert "Thu Mar 5, 11:30 am" in words(page)


async def test_the_same_form_sent_twice_schedules_once(office: Office, ana: Browser) -> None:
    new = f"/staff/clients/{office.joe}/nudges/new"
    form = {"what": "help", "token": token(await ana.get(new)), **WHEN}
    await ana.post(new, **form)
    page = await ana.post(new, **form)
    assert "The text is scheduled." in page
    assert len(await of_workers(office)) == 1


async def test_own_words_go_as_the_preview_shows_them(office: Office, ana: Browser) -> None:
    await a_scheduled_text(office, ana, what="own", words="  How did it go?\r\nI\u2019m here. {worker} <b>  ")
    [row] = await of_workers(office)
    assert row.words == "How did it go?\nI'm here. Ana <b>"
    assert row.template == ""


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"what": "", **WHEN}, "words"),
        ({"what": "unheard_of", **WHEN}, "words"),
        ({"what": "own", "words": "   ", **WHEN}, "words"),
        ({"what": "help", "date": "soon", "time": "11:30"}, "date"),
        ({"what": "help", "date": "2026-03-01", "time": "11:30"}, "date"),
        ({"what": "help", "date": "2027-12-01", "time": "11:30"}, "date"),
        ({"what": "help", "date": "2026-03-05", "time": ""}, "time"),
        ({"what": "help", "date": "2026-03-02", "time": "09:59"}, "time"),
    ],
)
async def test_what_is_amiss_is_said_beside_its_field_and_nothing_is_kept(
    office: Office, ana: Browser, form: dict[str, str], field: str
) -> None:
    new = f"/staff/clients/{office.joe}/nudges/new"
    page = await ana.post(new, token=token(await ana.get(new)), **form)
    assert ana.status == 422
    assert f'aria-describedby="{field}-problem"' in page
    assert f'id="{field}-problem"' in page
    assert not await of_workers(office)


async def test_a_made_up_token_is_refused(office: Office, ana: Browser) -> None:
    new = f"/staff/clients/{office.joe}/nudges/new"
    await ana.get(new)
    await ana.post(new, what="help", token="made up", **WHEN)
    assert ana.status == 422


async def test_nothing_is_scheduled_for_a_client_who_gets_no_texts(office: Office, ana: Browser) -> None:
    await office.write(lambda c: c.execute(update(clients).where(clients.c.id == office.joe).values(consent="revoked")))
    new = f"/staff/clients/{office.joe}/nudges/new"
    page = await ana.post(new, what="help", token=token(await ana.get(new)), **WHEN)
    assert "does not get texts" in page
    assert not await of_workers(office)


async def test_the_preview_shows_the_text_as_the_phone_will(office: Office, ana: Browser) -> None:
    preview = f"/staff/clients/{office.joe}/nudges/preview"
    await ana.get(f"/staff/clients/{office.joe}/nudges/new")
    page = await ana.post_with(HTMX, preview, what="own", words="You must call me! \U0001f600", **WHEN)
    assert "<html" not in page
    text = words(page)
    assert "English \u00b7 1 segment \u00b7 UCS-2" in text
    assert "Goes out Thu Mar 5, 11:30 am." in text
    assert "1 of 4 texts Joe gets in seven days" in text
    assert "must" in text.partition("UCS-2")[2]
    assert not await of_workers(office)


async def test_without_javascript_the_preview_is_the_whole_page(office: Office, ana: Browser) -> None:
    new = f"/staff/clients/{office.joe}/nudges/new"
    page = await ana.get(new)
    form = {"what": "help", "token": token(page), **WHEN}
    page = await ana.post(f"/staff/clients/{office.joe}/nudges/preview", **form)
    assert token(page) == form["token"]
    assert "Goes out Thu Mar 5, 11:30 am." in words(page)
    assert 'value="help" checked' in page


@pytest.mark.parametrize(
    ("day", "hour", "goes", "why"),
    [
        ("2026-03-05", "06:00", "Thu Mar 5, 9:00 am", "moved out of the quiet hours"),
        ("2026-03-05", "21:00", "Fri Mar 6, 9:00 am", "moved out of the quiet hours"),
        ("2026-03-07", "12:00", "Mon Mar 9, 9:00 am", "moved to a day on which texts go out"),
    ],
)
async def test_a_moment_that_is_not_allowed_is_moved_and_says_why(
    office: Office, ana: Browser, day: str, hour: str, goes: str, why: str
) -> None:
    preview = f"/staff/clients/{office.joe}/nudges/preview"
    await ana.get(f"/staff/clients/{office.joe}/nudges/new")
    text = words(await ana.post_with(HTMX, preview, what="help", date=day, time=hour))
    assert f"Goes out {goes}." in text
    assert why in text


async def test_a_full_day_moves_the_text_to_the_next(office: Office, ana: Browser) -> None:
    await a_scheduled_text(office, ana)
    preview = f"/staff/clients/{office.joe}/nudges/preview"
    text = words(await ana.post_with(HTMX, preview, what="help", date="2026-03-05", time="16:00"))
    assert "Goes out Fri Mar 6, 10:00 am." in text
    assert "one planned text a day is the limit" in text
    assert "2 of 4 texts" in text


async def test_a_scheduled_text_can_be_changed_without_counting_itself(office: Office, ana: Browser) -> None:
    nudge = await a_scheduled_text(office, ana)
    page = await ana.get(nudge)
    assert 'value="2026-03-05"' in page
    assert "1 of 4 texts" in words(page)
    page = await ana.post(nudge, what="own", words="See you!", date="2026-03-06", time="15:00", version="1")
    assert "The change is saved." in page
    [row] = await of_workers(office)
    assert (row.words, row.version, row.due_at.isoformat()) == ("See you!", 2, "2026-03-06T23:00:00+00:00")


async def test_a_change_of_an_older_state_is_not_saved_over_a_newer_one(office: Office, ana: Browser) -> None:
    nudge = await a_scheduled_text(office, ana)
    await ana.get(nudge)
    await ana.post(nudge, what="own", words="First", version="1", **WHEN)
    page = await ana.post(nudge, what="own", words="Second", version="1", **WHEN)
    assert ana.status == 409
    assert "Somebody changed this text meanwhile." in page
    assert "First" in page
    [row] = await of_workers(office)
    assert row.words == "First"


async def test_a_bad_change_is_said_and_not_saved(office: Office, ana: Browser) -> None:
    nudge = await a_scheduled_text(office, ana)
    await ana.get(nudge)
    await ana.post(nudge, what="own", words="", version="1", **WHEN)
    assert ana.status == 422
    page = await ana.post_with(HTMX, f"{nudge}/preview", what="own", words="Hi", version="1", **WHEN)
    assert "Hi" in page


async def test_a_scheduled_text_can_be_cancelled(office: Office, ana: Browser) -> None:
    nudge = await a_scheduled_text(office, ana)
    page = await ana.post(f"{nudge}/cancel")
    assert "The text is cancelled." in page
    assert "Nothing is planned." in page
    [row] = await of_workers(office)
    assert row.state == "cancelled"


async def test_a_text_that_is_going_out_is_left_alone_and_that_is_said_kindly(office: Office, ana: Browser) -> None:
    nudge = await a_scheduled_text(office, ana)
    await ana.get(nudge)
    await office.write(lambda c: c.execute(update(nudges).values(state="sent")))
    for path, form in ((nudge, {"what": "help", "version": "1", **WHEN}), (f"{nudge}/cancel", {})):
        page = await ana.post(path, **form)
        assert "That text is already going out, so it stays as it is." in page


async def test_another_workers_text_is_not_there(office: Office, ana: Browser) -> None:
    nudge = await a_scheduled_text(office, ana)
    await ana.post("/staff/log-out")
    await ana.log_in("ben@county.example")
    await ana.get(nudge)
    assert ana.status == 404
    await ana.get("/staff")
    for path in (nudge, f"{nudge}/cancel", f"{nudge}/preview"):
        await ana.post(path, what="help", version="1", **WHEN)
        assert ana.status == 404


async def test_a_scheduled_text_goes_out_when_its_moment_comes(office: Office, ana: Browser) -> None:
    await a_scheduled_text(office, ana)
    office.clock.forward(timedelta(days=3, hours=1, minutes=30))
    await office.house.writer.take_due(office.clock.now())
    page = words(await ana.get(f"/staff/clients/{office.joe}"))
    assert "How can I help this week?" in page
    assert "Nothing is planned." in page


async def a_visit(office: Office, starts_at: datetime) -> None:
    visit = Visit(1, starts_at, "Ana", "our office")
    await office.house.writer.act(office.joe, VisitChanged(visit, VisitEvent.ENTERED), office.ana)


async def due(office: Office, **ahead: float) -> None:
    """So much later, what is due was taken."""
    office.clock.forward(timedelta(**ahead))
    await office.house.writer.take_due(office.clock.now())


async def test_it_opens_with_the_next_moment_at_which_a_text_may_go(office: Office, ana: Browser) -> None:
    page = await ana.get(f"/staff/clients/{office.joe}/nudges/new")
    assert 'value="2026-03-02"' in page
    assert 'value="10:15"' in page


async def test_what_is_left_open_is_put_in_and_what_is_not_known_is_said(office: Office, ana: Browser) -> None:
    await a_visit(office, MONDAY + timedelta(days=8))
    preview = f"/staff/clients/{office.joe}/nudges/preview"
    await ana.get(f"/staff/clients/{office.joe}/nudges/new")
    page = words(await ana.post_with(HTMX, preview, what="own", words="{first_name}, see you {visit_day}", **WHEN))
    assert "Joe, see you Tue Mar 10" in page
    page = await ana.post(f"/staff/clients/{office.joe}/nudges/new", what="own", words="Hi {nobody.__class__}", **WHEN)
    assert ana.status == 422
    assert "For {nobody.__class__} there is nothing to put in here." in page


async def test_a_text_before_a_visit_moves_with_it(office: Office, ana: Browser) -> None:
    await a_visit(office, MONDAY + timedelta(days=8))
    before = {"anchor": "visit:1", "amount": "6", "unit": "days", "side": "before"}
    await a_scheduled_text(office, ana, **before, date="", time="")
    [row] = await of_workers(office)
    assert row.due_at == row.wanted_at == MONDAY + timedelta(days=2)
    moved = Visit(1, MONDAY + timedelta(days=10), "Ana", "our office")
    await office.house.writer.act(office.joe, VisitChanged(moved, VisitEvent.MOVED), office.ana)
    [row] = await of_workers(office)
    assert row.due_at == row.wanted_at == MONDAY + timedelta(days=4)
    assert "the visit was moved" in words(await ana.get(f"/staff/clients/{office.joe}"))


async def test_a_text_that_repeats_comes_as_often_as_was_said(office: Office, ana: Browser) -> None:
    await a_scheduled_text(office, ana, every="weekly", times="2")
    await due(office, days=3, hours=1, minutes=30)
    first, second = await of_workers(office)
    assert (first.state, second.state) == ("sent", "planned")
    assert second.due_at.astimezone(PACIFIC) == first.wanted_at.astimezone(PACIFIC) + timedelta(days=7)
    assert second.words == first.words
    await due(office, days=8)
    assert [row.state for row in await of_workers(office)] == ["sent", "sent"]


async def test_a_text_that_is_not_needed_is_left_out_and_the_worker_sees_why(office: Office, ana: Browser) -> None:
    await a_scheduled_text(office, ana, skip_if="answered")
    heard = update(clients).where(clients.c.id == office.joe).values(last_heard_at=MONDAY + timedelta(hours=1))
    await office.write(lambda c: c.execute(heard))
    await due(office, days=3, hours=2)
    [row] = await of_workers(office)
    assert (row.state, row.reason) == ("dropped", "answered")
    page = words(await ana.get(f"/staff/clients/{office.joe}"))
    assert "What did not go out in the last two weeks" in page
    assert "Thu Mar 5, 11:30 am the client had answered" in page


async def test_after_its_last_day_a_text_is_left_out(office: Office, ana: Browser) -> None:
    await a_scheduled_text(office, ana, last_day="2026-03-05")
    await due(office, days=4)
    [row] = await of_workers(office)
    assert row.reason == "past_its_end"


async def test_beyond_the_limit_needs_a_reason_that_the_supervisor_sees(office: Office, ana: Browser) -> None:
    await a_scheduled_text(office, ana)
    preview = f"/staff/clients/{office.joe}/nudges/preview"
    late = {"what": "help", "date": "2026-03-05", "time": "16:00"}
    page = words(await ana.post_with(HTMX, preview, **late))
    assert "Goes out Fri Mar 6, 10:00 am." in page
    assert "Send it on that day all the same, because" in page
    new = f"/staff/clients/{office.joe}/nudges/new"
    await ana.post(new, token=token(await ana.get(new)), beyond="The office moved", **late)
    await due(office, days=3, hours=1, minutes=30)
    await due(office, hours=5)
    assert [row.state for row in await of_workers(office)] == ["sent", "sent"]
    await ana.post("/staff/log-out")
    await ana.log_in("sue@county.example")
    assert "Joe: The office moved Ana," in words(await ana.get("/staff/approvals"))


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"anchor": "visit:9", "amount": "2"}, "anchor"),
        ({"anchor": "visit:1", "amount": "x"}, "amount"),
        ({"anchor": "visit:1", "amount": "2", "every": "weekly"}, "every"),
        ({"every": "weekly", "times": "many"}, "times"),
        ({"last_day": "2026-03-04"}, "last_day"),
        ({"skip_if": "attended"}, "skip_if"),
        ({"anchor": "visit:1", "amount": "3"}, "amount"),  # on Saturday no text goes, and then the visit's own do
    ],
)
async def test_what_is_amiss_with_when_is_said_beside_its_field(
    office: Office, ana: Browser, form: dict[str, str], field: str
) -> None:
    await a_visit(office, MONDAY + timedelta(days=8))
    new = f"/staff/clients/{office.joe}/nudges/new"
    page = await ana.post(new, token=token(await ana.get(new)), what="help", **WHEN, **form)
    assert ana.status == 422
    assert f'id="{field}-problem"' in page
    assert not await of_workers(office)


async def test_what_was_settled_is_there_again_when_it_is_changed(office: Office, ana: Browser) -> None:
    await a_visit(office, MONDAY + timedelta(days=8))
    hours = {"anchor": "visit:1", "amount": "5", "unit": "hours", "side": "after", "skip_if": "attended"}
    page = await ana.get(await a_scheduled_text(office, ana, **hours))
    assert 'value="visit:1" selected' in page
    for chosen in ("hours", "after", "attended"):
        assert f'value="{chosen}" selected' in page
    assert 'name="amount" inputmode="numeric" maxlength="2" value="5"' in page


async def test_a_question_to_begin_with_is_put_into_the_clients_language(office: Office, ana: Browser) -> None:
    preview = f"/staff/clients/{office.maria}/nudges/preview"
    page = await ana.get(f"/staff/clients/{office.maria}/nudges/new")
    assert "What would help you most right now?" in words(page)
    page = await ana.post(preview, token=token(page), words="Hola.", starter="would_help", **WHEN)
    assert "Hola. \u00bfQu\u00e9 le ayudar\u00eda m\u00e1s en este momento?</textarea>" in page
    assert 'value="own" checked' in page


async def test_words_on_a_clients_page_can_go_later(office: Office, ana: Browser) -> None:
    page = await ana.get(f"/staff/clients/{office.joe}")
    path = f"/staff/clients/{office.joe}/nudges/preview"
    page = await ana.post(path, token=token(page), what="own", words="See you soon")
    assert ">See you soon</textarea>" in page
    assert 'value="2026-03-02"' in page
    assert "Goes out Mon Mar 2, 10:15 am." in words(page)


async def test_who_does_not_write_a_clients_language_says_who_put_it_there(office: Office, ana: Browser) -> None:
    page = await ana.get("/staff/account")
    assert re.findall(r'name="language" value="(\w+)" checked', page) == ["en", "es"]
    page = await ana.post("/staff/account/languages", language="en")
    assert "Noted which languages you write." in page
    client = f"/staff/clients/{office.maria}"
    page = await ana.get(client)
    assert "needs interpreter" in page
    assert "needs interpreter" not in await ana.get(f"/staff/clients/{office.joe}")
    new = f"{client}/nudges/new"
    form = {"what": "own", "words": "Hola", "token": token(await ana.get(new)), **WHEN}
    page = await ana.post(new, **form)
    assert ana.status == 422
    assert 'id="put_by-problem"' in page
    assert "The text is scheduled." in await ana.post(new, **form, put_by="Luz, interpreter")
    page = await ana.post(f"{client}/write", words="Hola", token=form["token"])
    assert ana.status == 422
    assert 'id="put_by-problem"' in page
    assert "Your text is on its way." in await ana.post(f"{client}/write", words="Hola", token="1", put_by="Luz")
    noted = select(engagement.c.reason).where(engagement.c.kind == "text_interpreted").order_by(engagement.c.id)
    found = await office.house.reader.run(lambda c: c.execute(noted).scalars().all())
    assert found == ["Luz, interpreter", "Luz"]
    page = await ana.post(new, what="help", token=token(await ana.get(new)), **WHEN)
    assert "The text is scheduled." in page
