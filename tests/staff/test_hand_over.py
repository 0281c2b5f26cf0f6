from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from records.engagement import Kind
from records.ids import new_id
from records.tables import clients, engagement, escalations, messages
from tests.staff.office import MONDAY, Browser, Office
from tests.staff.test_client_pages import words
from tests.staff.test_scheduling import token

HTMX = {"HX-Request": "true"}


async def joe_is(office: Office, **values: object) -> None:
    await office.write(lambda c: c.execute(update(clients).where(clients.c.id == office.joe).values(**values)))


async def joes(office: Office, column: str) -> object:
    wanted = select(clients.c[column]).where(clients.c.id == office.joe)
    return await office.house.writer.run(lambda c: c.scalar(wanted))


async def texts(office: Office) -> list[tuple[str, str]]:
    wanted = select(messages.c.body, messages.c.author).where(messages.c.client_id == office.joe)
    rows = await office.house.writer.run(lambda c: c.execute(wanted.order_by(messages.c.id)).all())
    return [(row.body, row.author) for row in rows]


async def test_a_thread_is_taken_over_written_in_and_handed_back(office: Office, ana: Browser) -> None:
    joe = f"/staff/clients/{office.joe}"
    page = await ana.get(joe)
    assert "Milepost answers." in page
    one = token(page)
    page = words(await ana.post(f"{joe}/take-over", token=one))
    assert "You have this thread. Since Mon Mar 2, 10:00 am. Milepost is silent." in page
    await ana.post(f"{joe}/take-over", token=one)
    one = token(await ana.get(joe))
    for _click in range(2):
        page = words(await ana.post(f"{joe}/write", words="What would help <b>?", token=one))
        assert "Your text is on its way." in page
    page = words(await ana.post(f"{joe}/hand-back", token=token(await ana.get(joe))))
    assert "Milepost answers." in page
    await ana.post(f"{joe}/hand-back", token=token(await ana.get(joe)))
    joined, wrote, left = await texts(office)
    assert joined[0].startswith("Hi Joe, Ana here.")
    assert wrote == ("Ana: What would help <b>?", office.ana)
    assert left[0].startswith("Ana has signed off for now.")


async def test_what_is_written_is_previewed_as_the_phone_shows_it(office: Office, ana: Browser) -> None:
    joe = f"/staff/clients/{office.joe}"
    await ana.get(joe)
    page = words(await ana.post_with(HTMX, f"{joe}/write/preview", words="You must call \U0001f600"))
    assert "Ana: You must call" in page
    assert "1 segment \u00b7 UCS-2" in page
    assert "must" in page.partition("UCS-2")[2]
    page = await ana.post(f"{joe}/write/preview", words="Hi there", token="")
    assert ">Hi there</textarea>" in page
    assert "Ana: Hi there" in page
    page = words(await ana.post(f"{joe}/write", words=" "))
    assert ana.status == 422
    assert "Write something first." in page
    await ana.post(f"{joe}/write", words="x" * 601)
    assert ana.status == 422
    assert await texts(office) == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"consent": "revoked"}, "Joe does not get texts just now, so nothing can be sent."),
        ({"mode": "silent"}, "Texts are not safe for Joe, so nothing can be sent. Use the safe-contact plan."),
    ],
)
async def test_nobody_writes_to_who_said_no_or_is_not_safe(
    office: Office, ana: Browser, values: dict[str, str], said: str
) -> None:
    await joe_is(office, **values)
    joe = f"/staff/clients/{office.joe}"
    page = await ana.get(joe)
    assert said in words(page)
    assert f"{joe}/write" not in page
    assert said in words(await ana.post(f"{joe}/write", words="Hello"))
    assert ana.status == 422
    assert "Nothing was sent." in await ana.post(f"{joe}/take-over")
    assert await texts(office) == []


async def test_after_a_crisis_texts_start_again_with_a_reason_that_is_logged(office: Office, ana: Browser) -> None:
    await joe_is(office, mode="stopped")
    joe = f"/staff/clients/{office.joe}"
    page = words(await ana.get(joe))
    assert "Stopped after a crisis: nothing goes out by itself until you start it again." in page
    assert "Say in a few words why" in words(await ana.post(f"{joe}/start-again", why=" "))
    assert (ana.status, await joes(office, "mode")) == (422, "stopped")
    page = words(await ana.post(f"{joe}/start-again", why="We talked; all is well", token="1"))
    assert "Texts may go out again." in page
    assert (await joes(office, "mode"), await texts(office)) == ("bot", [])
    wanted = select(engagement.c.reason, engagement.c.actor).where(engagement.c.kind == Kind.MODE_CHANGED)
    row = await office.house.writer.run(lambda c: c.execute(wanted).one())
    assert tuple(row) == ("We talked; all is well", office.ana)
    assert "Who answers: milepost answers" in words(await ana.get("/staff/log"))


@pytest.mark.parametrize(
    ("mode", "trigger", "hides"),
    [
        ("silent", None, "hidden"),
        ("stopped", "partner_violence", "hidden"),
        ("stopped", "self_harm", "shown"),
        ("bot", None, "shown"),
    ],
)
async def test_texts_are_hidden_where_reading_along_is_a_danger(
    office: Office, ana: Browser, mode: str, trigger: str | None, hides: str
) -> None:
    await joe_is(office, mode=mode)
    item = {"id": new_id(MONDAY), "client_id": office.joe, "trigger": trigger, "level": "U0"}
    if trigger:
        row = {**item, "opened_at": MONDAY, "due_at": MONDAY + timedelta(minutes=15)}
        await office.write(lambda c: c.execute(insert(escalations).values(row)))
    page = await ana.get(f"/staff/clients/{office.joe}")
    assert ("Message preview hidden on shared staff screens." in page) is (hides == "hidden")


async def test_milepost_begins_a_conversation_once_and_only_when_a_text_may_go(office: Office, ana: Browser) -> None:
    joe = f"/staff/clients/{office.joe}"
    page = await ana.get(joe)
    one = token(page)
    assert "life_pulse" not in page
    for flow in ("welcome", "life_pulse"):
        await ana.post(f"{joe}/talk", flow=flow, token=one)
        assert ana.status == 422
    for _click in range(2):
        page = words(await ana.post(f"{joe}/talk", flow="goal_storming", token=one))
        assert "Milepost has begun the conversation." in page
    assert len(await texts(office)) == 1
    office.clock.forward(timedelta(hours=13))
    page = words(await ana.post(f"{joe}/talk", flow="goal_storming", token="2"))
    assert "No text may go out just now: moved: one planned text a day is the limit. It could go out Wed" in page
    await joe_is(office, mode="human")
    page = words(await ana.post(f"{joe}/talk", flow="goal_storming", token="3"))
    assert "only while it answers this client itself" in page
    assert len(await texts(office)) == 1


async def test_another_workers_thread_cannot_be_touched(office: Office, ana: Browser) -> None:
    pat = f"/staff/clients/{office.pat}"
    await ana.get("/staff")
    paths = (
        "take-over",
        "write",
        "write/preview",
        "hand-back",
        "start-again",
        "talk",
        "opt-out",
        "number",
        "safety-word",
    )
    for path in (*paths, "visits/new", "visits/1", "visits/1/close"):
        await ana.post(f"{pat}/{path}", words="x", why="x", flow="life_pulse")
        assert ana.status == 404, path
        await ana.get("/staff")
        await ana.post(f"/staff/clients/{office.joe}/{path}", csrf="made up")
        assert ana.status == 403, path
        await ana.get("/staff")
    for path in ("contact", "visits/new", "visits/1", "visits/1/visit.ics"):
        await ana.get(f"{pat}/{path}")
        assert ana.status == 404, path
