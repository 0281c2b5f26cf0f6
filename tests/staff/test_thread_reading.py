"""Whose texts somebody reads: a supervisor says why, a provider reads their own part."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, insert, select, update

from conversations.events import WorkerJoined, WorkerLeft, WorkerWrote
from records import referrals
from records.engagement import Kind
from records.roles import Role
from records.tables import clients, engagement, escalations, goals, messages, staff
from tests.staff.life import text
from tests.staff.office import MONDAY, Browser, Office
from tests.staff.test_client_pages import kinds_in_log

PRIVATE = "Hola Maria. ¿Qué le gustaría"


async def test_a_supervisor_says_why_before_the_texts_of_anothers_client_are_shown(busy: Office, sue: Browser) -> None:
    page = await sue.get(f"/staff/clients/{busy.maria}")
    assert "Terminar mi GED" in page
    assert "Say why you read these texts" in page
    for path in ("", "/thread", "/texts"):
        assert PRIVATE not in await sue.get(f"/staff/clients/{busy.maria}{path}")
    assert await kinds_in_log(busy, Kind.THREAD_VIEWED) == 0
    await sue.get(f"/staff/clients/{busy.maria}")
    page = await sue.post(f"/staff/clients/{busy.maria}/texts", why="concern", why_words="She called about a text")
    assert PRIVATE in page
    wanted = select(engagement.c.actor, engagement.c.subject, engagement.c.reason)
    told = wanted.where(engagement.c.kind == Kind.THREAD_OPENED, engagement.c.client_id == busy.maria)
    kept = await busy.house.reader.run(lambda c: [tuple(row) for row in c.execute(told)])
    assert kept == [(busy.sue, "concern", "She called about a text")]
    assert await kinds_in_log(busy, Kind.THREAD_VIEWED) == 1


async def test_a_reason_holds_for_this_client_until_the_day_ends(busy: Office, sue: Browser) -> None:
    await sue.get("/staff")
    await sue.post(f"/staff/clients/{busy.maria}/texts", why="coaching")
    assert "Say why" in await sue.get(f"/staff/clients/{busy.joe}")
    busy.clock.forward(timedelta(hours=13))
    assert PRIVATE in await sue.get(f"/staff/clients/{busy.maria}/texts")
    busy.clock.forward(timedelta(hours=2))
    assert "Say why" in await sue.get(f"/staff/clients/{busy.maria}")


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"why": ""}, "Choose why"),
        ({"why": "curiosity"}, "Choose why"),
        ({"why": "other"}, "in a few words"),
        ({"why": "other", "why_words": "x" * 301}, "at most 300"),
    ],
)
async def test_no_reason_opens_nothing(busy: Office, sue: Browser, form: dict[str, str], says: str) -> None:
    await sue.get("/staff")
    page = await sue.post(f"/staff/clients/{busy.maria}/texts", **form)
    assert (sue.status, says in page, PRIVATE in page) == (422, True, False)


@pytest.mark.parametrize("how", ["worker", "assignee"])
async def test_a_supervisors_own_clients_need_no_reason(busy: Office, sue: Browser, how: str) -> None:
    own = {
        "worker": update(clients).where(clients.c.id == busy.joe).values(worker_id=busy.sue),
        "assignee": update(escalations).where(escalations.c.client_id == busy.joe).values(assigned_to=busy.sue),
    }
    await busy.write(lambda c: c.execute(own[how]))
    assert "I need to talk to someone" in await sue.get(f"/staff/clients/{busy.joe}")


async def test_a_worker_is_asked_for_no_reason(busy: Office, ana: Browser) -> None:
    assert PRIVATE in await ana.get(f"/staff/clients/{busy.maria}")


# ---- a provider -----------------------------------------------------------------------------------------------------


@pytest.fixture
async def ben(busy: Office, browser: Browser) -> Browser:
    """Ben as a provider to whom Maria agreed."""
    await busy.write(lambda c: c.execute(update(clients).values(worker_id=busy.ana)))
    await busy.write(lambda c: c.execute(update(staff).where(staff.c.id == busy.ben).values(role=Role.PROVIDER)))
    refer = partial(referrals.refer, client_id=busy.maria, to=busy.ben, by=busy.ana, now=MONDAY, agreed=True)
    await busy.write(refer)
    await browser.log_in("ben@county.example")
    return browser


async def hears(busy: Office, words: str) -> None:
    """Maria texts, some time after what was last."""
    busy.clock.forward(timedelta(minutes=1))
    at = busy.clock.now()

    def say(connection: Connection) -> None:
        row = text(busy.maria, words, at, direction="in", author="client", state="received")
        connection.execute(insert(messages).values(row))

    await busy.write(say)
    busy.clock.forward(timedelta(minutes=1))


async def test_a_provider_reads_what_they_wrote_and_what_was_answered_meanwhile(busy: Office, ben: Browser) -> None:
    maria, act = f"/staff/clients/{busy.maria}", busy.house.writer.act
    assert PRIVATE not in await ben.get(maria)
    await ben.post(f"{maria}/take-over", token="1")
    await hears(busy, "Hi Ben")
    await ben.post(f"{maria}/write", token="2", words="Our class begins Monday", put_by="Luz")
    await hears(busy, "I will be there")
    await ben.post(f"{maria}/hand-back", token="3")
    await hears(busy, "a word to Milepost")
    await act(busy.maria, WorkerJoined("Ana"), busy.ana)
    await hears(busy, "a word to Ana")
    await act(busy.maria, WorkerLeft("Ana"), busy.ana)
    busy.clock.forward(timedelta(minutes=1))
    await act(busy.maria, WorkerWrote("Ben", "Do come"), busy.ben)
    await hears(busy, "to Ben once more")
    await act(busy.maria, WorkerWrote("Ana", "It is Ana"), busy.ana)
    await hears(busy, "to Ana again")
    for path in (maria, f"{maria}/thread"):
        page = await ben.get(path)
        seen = ("Hi Ben", "Our class begins Monday", "I will be there", "Do come", "to Ben once more")
        assert [words for words in seen if words not in page] == []
        hidden = (PRIVATE, "a word to", "It is Ana", "to Ana again")
        assert [words for words in hidden if words in page] == []
    await ben.get(f"{maria}/texts")
    assert ben.status == 403


async def test_a_provider_sees_a_goal_only_while_it_is_shared(busy: Office, ben: Browser) -> None:
    assert "Terminar mi GED" in await ben.get(f"/staff/clients/{busy.maria}")
    assert "Terminar mi GED" not in await ben.get("/staff/clients")
    await busy.write(lambda c: c.execute(update(goals).values(shared=False)))
    page = await ben.get(f"/staff/clients/{busy.maria}")
    assert "Terminar mi GED" not in page
    assert "Nudges to come" not in page


async def test_a_provider_neither_writes_into_a_thread_of_the_office_nor_hands_it_back(
    busy: Office, ben: Browser
) -> None:
    maria = f"/staff/clients/{busy.maria}"
    await busy.house.writer.act(busy.maria, WorkerJoined("Ana"), busy.ana)
    page = await ben.get(maria)
    assert "Write when they have signed off." in page
    assert "Hand back" not in page
    await ben.post(f"{maria}/write", token="1", words="Let me in")
    assert ben.status == 422
    assert "Somebody else of the office has this thread." in await ben.post(f"{maria}/hand-back", token="2")
    mode = select(clients.c.mode).where(clients.c.id == busy.maria)
    assert await busy.house.reader.run(lambda c: c.scalar(mode)) == "human"


async def test_a_provider_of_whom_the_client_has_had_enough_sees_nothing_any_more(busy: Office, ben: Browser) -> None:
    await busy.write(partial(referrals.end, client_id=busy.maria, to=busy.ben, by=busy.ana, now=MONDAY))
    for path in ("", "/thread"):
        await ben.get(f"/staff/clients/{busy.maria}{path}")
        assert ben.status == 404
