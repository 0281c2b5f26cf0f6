"""Texts that another system schedules: weighed as a worker's own, and made once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

from aiohttp import ClientSession
from sqlalchemy import func, select, update

from records.tables import clients, idempotency_keys, nudges, staff
from tests.api.callers import Answered, Caller, let_in
from tests.api.world import World, settle
from tests.staff.office import Office, open_office

AT_NIGHT, THURSDAY = "2026-03-05T08:00:00Z", "2026-03-05T18:00:00Z"
AT_ONCE = 50


async def schedule(caller: Caller, client_id: str, key: str = "the-first-key", **said: str) -> Answered:
    body = {"client_id": client_id, "by": "ana@county.example", "at": THURSDAY}
    body |= said or {"words": "Hola", "put_by": "Luz"}
    return await caller.call("POST", "/nudges", json=body, headers={"Idempotency-Key": key})


async def test_a_text_for_the_night_waits_for_the_morning_and_says_why(world: World, caller: Caller) -> None:
    made = await schedule(caller, world.north.client_id, template="cheer", at=AT_NIGHT)
    assert made.status == 201
    assert made.body["wanted_at"] == AT_NIGHT
    assert made.body["due_at"] > AT_NIGHT
    assert made.body["reason"]
    assert "Ana" in made.body["words"]


async def test_the_same_key_answers_as_before_and_never_for_another_request(
    office: Office, world: World, caller: Caller
) -> None:
    first = await schedule(caller, world.north.client_id)
    await office.write(lambda c: c.execute(update(clients).values(consent="revoked")))
    again = await schedule(caller, world.north.client_id)
    assert (again.status, again.body["id"]) == (201, first.body["id"])
    other = await schedule(caller, world.north.client_id, words="Something else", put_by="Luz")
    assert (other.status, other.body["type"]) == (422, "/api/v1/docs#key-reused")
    none = await schedule(caller, world.north.client_id, key="")
    assert (none.status, none.body["type"]) == (400, "/api/v1/docs#key-needed")


async def test_a_request_that_was_refused_may_come_again_with_its_key(
    office: Office, world: World, caller: Caller
) -> None:
    await office.write(lambda c: c.execute(update(clients).values(consent="revoked")))
    assert (await schedule(caller, world.north.client_id)).status == 409
    await office.write(lambda c: c.execute(update(clients).values(consent="active")))
    assert (await schedule(caller, world.north.client_id)).status == 201


async def test_keys_are_kept_for_two_days(office: Office, world: World, caller: Caller) -> None:
    await schedule(caller, world.north.client_id)
    office.clock.at += timedelta(days=2, minutes=1)
    await schedule(caller, world.north.client_id, key="another-key")
    kept = await office.house.reader.run(lambda c: c.scalars(select(idempotency_keys.c.key)).all())
    assert kept == ["another-key"]


async def test_fifty_calls_at_once_with_one_key_make_one_text(migrated_url: str) -> None:
    async with open_office(migrated_url) as office, ClientSession() as http:
        world: World = await office.house.writer.run(partial(settle, office))
        caller = await let_in(office, http)
        answers = await asyncio.gather(*(schedule(caller, world.north.client_id) for _ in range(AT_ONCE)))
        assert {one.status for one in answers} == {201}
        assert len({one.body["id"] for one in answers}) == 1
        mine = select(func.count()).where(nudges.c.words == "Hola")
        assert await office.house.reader.run(lambda c: c.scalar(mine)) == 1


async def test_a_scheduled_text_is_cancelled_until_it_is_on_its_way(world: World, caller: Caller) -> None:
    path, by = f"/nudges/{world.north.nudge_id}/cancel", {"by": "ana@county.example"}
    for _ in range(2):
        cancelled = await caller.call("POST", path, json=by)
        assert (cancelled.status, cancelled.body["state"]) == (200, "cancelled")


async def test_only_who_sees_the_client_and_may_text_can_be_named(world: World, caller: Caller) -> None:
    for name in ("ben", "nobody"):
        refused = await schedule(caller, world.north.client_id, words="Hi", by=f"{name}@county.example")
        assert (refused.status, refused.body["errors"][0]["field"]) == (409, "by")


async def test_words_in_a_language_that_one_does_not_write_need_somebody_who_put_them_so(
    office: Office, world: World, caller: Caller
) -> None:
    await office.write(lambda c: c.execute(update(staff).values(writes="en")))
    refused = await schedule(caller, world.north.client_id, words="Hola {first_name}")
    assert (refused.status, refused.body["errors"][0]["field"]) == (409, "put_by")
    made = await schedule(caller, world.north.client_id, words="Hola {first_name}", put_by="Luz")
    assert (made.status, made.body["words"]) == (201, "Hola Maria")
