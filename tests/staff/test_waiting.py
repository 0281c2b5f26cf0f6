from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from bot.staff.plain_words.filters import in_time
from records import hook_queue, leaves
from records.ids import new_id
from records.tables import escalations, hook_deliveries
from tests.staff.office import MONDAY, Browser, Office
from tests.staff.test_client_pages import words


async def item(office: Office, trigger: str = "second_setback") -> str:
    wanted = select(escalations.c.id).where(escalations.c.trigger == trigger)
    return f"/staff/escalations/{await office.house.writer.run(lambda c: c.scalar(wanted))}"


async def row(office: Office, path: str) -> dict[str, object]:
    wanted = select(escalations).where(escalations.c.id == path.rpartition("/")[2])
    return dict(await office.house.writer.run(lambda c: c.execute(wanted).mappings().one()))


async def change(office: Office, path: str, **values: object) -> None:
    id_ = path.rpartition("/")[2]
    await office.write(lambda c: c.execute(update(escalations).where(escalations.c.id == id_).values(**values)))


async def as_ben(browser: Browser) -> Browser:
    await browser.post("/staff/log-out")
    await browser.log_in("ben@county.example")
    return browser


async def test_what_waits_is_listed_with_what_merged_under_its_leader(busy: Office, ana: Browser) -> None:
    first, second = await item(busy, "asked_for_person"), await item(busy)
    await change(busy, second, merged_into=first.rpartition("/")[2])
    page = await ana.get("/staff/waiting")
    text = words(page)
    assert "60 minutes late" in text
    assert page.index('class="under"') < page.index(second)
    yours, team = text.index("Yours 1"), text.index("Nothing waits for the team.")
    assert yours < text.index("Joe: Asked for a person") < text.index("Joe: Two setbacks in a row") < team


async def test_a_supervisor_sees_what_was_passed_up_and_what_is_overdue_first(busy: Office, sue: Browser) -> None:
    await change(busy, await item(busy), held_by="supervisor")
    text = words(await sue.get("/staff/waiting"))
    passed, late = text.index("Joe: Two setbacks in a row"), text.index("Joe: Asked for a person")
    assert text.index("Passed up to you 1") < passed < text.index("Overdue 1") < late
    assert "passed up to the supervisor" in text


async def test_an_item_is_worked_through_to_its_end_and_its_history_tells(busy: Office, ana: Browser) -> None:
    one = await item(busy)
    await change(busy, one, promised_by=MONDAY + timedelta(hours=3), about="a_ride")
    text = words(await ana.get(one))
    assert "about a ride" in text
    assert "Joe was told by Mon Mar 2, 1:00 pm" in text
    await ana.post(f"{one}/acknowledge")
    await ana.post(f"{one}/contacted", how="danced")
    assert ana.status == 422
    text = words(await ana.post(f"{one}/contacted", how="left_message"))
    assert "Noted. It stays open until you close it." in text
    assert "A person turned to the client, Ana: Left a message" in text
    assert "I turned to Joe" not in text
    form = {"outcome": "met", "note": "We met <b>", "next_step": "Call the school"}
    text = words(await ana.post(f"{one}/resolve", **form))
    assert ana.status == 422
    assert "Choose whose the next step is." in text
    page = await ana.post(f"{one}/resolve", **form, next_step_by="client")
    assert "We met &lt;b&gt;" in page
    assert "Call the school (the client)" in words(page)
    after = await row(busy, one)
    assert (after["outcome"], after["next_step_by"]) == ("met", "client")
    page = words(await ana.post(f"{one}/acknowledge"))
    assert ana.status == 422
    assert "It is closed." in page


async def test_an_item_is_put_off_with_a_day_and_a_reason_but_danger_never_is(busy: Office, ana: Browser) -> None:
    one = await item(busy)
    for form, problem in (
        ({"date": "", "time": "", "why": "later"}, "Choose a day. Choose a time."),
        ({"date": "2026-03-01", "time": "09:00", "why": "later"}, "still to come"),
        ({"date": "2026-03-03", "time": "09:00", "why": " "}, "why it can wait"),
    ):
        assert problem in words(await ana.post(f"{one}/snooze", **form))
        assert ana.status == 422
    page = words(await ana.post(f"{one}/snooze", date="2026-03-03", time="09:00", why="They asked for Tuesday"))
    assert "until Tue Mar 3, 9:00 am: They asked for Tuesday" in page
    await change(busy, one, level="U0", snoozed_until=None)
    assert "Put it off" not in words(await ana.get(one))
    await ana.post(f"{one}/snooze", date="2026-03-03", time="09:00", why="no")
    assert ana.status == 422


async def test_an_item_is_given_to_a_colleague_who_then_sees_the_client(busy: Office, ana: Browser) -> None:
    one = await item(busy)
    assert "Choose who gets it." in words(await ana.post(f"{one}/reassign", to="", why="x"))
    assert "why it changes hands" in words(await ana.post(f"{one}/reassign", to=busy.ben, why=""))
    page = words(await ana.post(f"{one}/reassign", to=busy.ben, why="Ben knows him"))
    assert "Given to somebody else, Ana: to Ben: Ben knows him" in page
    ben = await as_ben(ana)
    assert "Joe: Two setbacks in a row" in words(await ben.get("/staff/waiting"))
    await ben.get(f"/staff/clients/{busy.joe}")
    assert ben.status == 200
    await ben.post(f"{one}/reassign", to="team", why="Too much")
    assert ben.status == 200
    assert "The team's 1" in words(await ben.get("/staff/waiting"))


async def test_who_covers_sees_and_takes_what_was_there_before_the_leave(busy: Office, ana: Browser) -> None:
    one, day = await item(busy), MONDAY.date()
    ben = await as_ben(ana)
    await ben.get(one)
    assert ben.status == 404
    away = partial(leaves.add, staff_id=busy.ana, first_day=day, last_day=day, cover_id=busy.ben, by=busy.ana)
    await busy.write(partial(away, now=MONDAY))
    assert "Ana's" in words(await ben.get("/staff/waiting"))
    assert "Joe: Two setbacks in a row" in words(await ben.get(one))
    assert "Taken by Ben" in words(await ben.post(f"{one}/acknowledge"))


async def test_an_act_without_the_forms_token_changes_nothing(busy: Office, ana: Browser) -> None:
    one = await item(busy)
    for act in ("acknowledge", "contacted", "snooze", "reassign", "resolve"):
        await ana.post(f"{one}/{act}", csrf="made up", outcome="met", how="met", to=busy.ben, why="x")
        assert ana.status == 403
    assert (await row(busy, one))["acknowledged_at"] is None


async def test_a_notice_that_was_given_up_is_tried_again_by_a_supervisor_alone(busy: Office, ana: Browser) -> None:
    one = (await item(busy)).rpartition("/")[2]
    notice = hook_queue.delivery("desk", "passed_up:supervisor", MONDAY, escalation_id=one) | {
        "id": new_id(MONDAY),
        "state": hook_queue.PARKED,
        "tries": 12,
        "last_error": "500",
    }
    await busy.write(lambda c: hook_queue.put(c, [notice]))
    await ana.get("/staff/notices")
    assert ana.status == 403
    await ana.get("/staff")
    await ana.post(f"/staff/notices/{notice['id']}/retry")
    assert ana.status == 403
    await ana.get("/staff")
    await ana.post("/staff/log-out")
    await ana.log_in("sue@county.example")
    text = words(await ana.get("/staff/notices"))
    assert "Passed up: nobody took it in time, to desk given up after 12 tries: 500" in text
    text = words(await ana.post(f"/staff/notices/{notice['id']}/retry"))
    assert "It is tried again now." in text
    assert "All notices got through, or are on their way." in text
    found = await busy.house.writer.run(lambda c: c.execute(select(hook_deliveries)).one())
    assert (found.state, found.tries, found.due_at) == ("due", 0, MONDAY)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (30, "due in 30 minutes"),
        (1, "due in 1 minute"),
        (130, "due in 2 hours"),
        (-60, "60 minutes late"),
        (-26 * 60, "26 hours late"),
        (49 * 60, "due in 2 days"),
    ],
)
def test_a_due_moment_is_said_as_people_say_it(minutes: int, said: str) -> None:
    assert in_time(MONDAY + timedelta(minutes=minutes), MONDAY) == said
