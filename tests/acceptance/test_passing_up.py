"""What nobody takes goes on to the team, the supervisor, the manager: over a weekend and a holiday, to the minute.

From a client's text on Friday, 6 March 2026, to the notices of each audience. Monday is a holiday, and on Sunday the
clocks change. The steps of each level: domain guide 7.1, 7.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from conversations.county import Audience, Hook
from records.tables import escalations, hook_deliveries
from tests.acceptance.office import EVERY_LEVEL, Office, at, open_office

HOOKS = [Hook(audience.value, levels=EVERY_LEVEL, to=frozenset({audience})) for audience in Audience]

Step = tuple[datetime, str, str]
"""When (on the county's clock), to whom, and which occasion."""


def to_all(moment: datetime, occasion: str) -> list[Step]:
    """A danger is for everybody but the team."""
    return [(moment, audience, occasion) for audience in ("worker", "supervisor", "on_call")]


@pytest.mark.parametrize(
    ("says", "said_at", "steps"),
    [
        (
            "can someone call me",  # U1: half of two working hours, then the same span again
            at(6, 16, 30),
            [
                (at(6, 16, 30), "worker", "opened"),
                (at(10, 8, 30), "team", "half_time"),
                (at(10, 9, 30), "supervisor", "passed_up:supervisor"),
                (at(10, 9, 30), "supervisor", "promise_broken"),
                (at(10, 9, 30), "worker", "promise_broken"),
                (at(10, 11, 30), "supervisor", "passed_up:manager"),
            ],
        ),
        (
            "u got the wrong number",  # U2: the end of the next working day; then the ten working hours it had
            at(6, 16),
            [
                (at(6, 16), "worker", "opened"),
                (at(10, 17), "supervisor", "passed_up:supervisor"),
                (at(12, 9), "supervisor", "passed_up:manager"),
            ],
        ),
        (
            "please dont text me anymore",  # U3: the end of the third working day; then the 27 hours that it had
            at(7, 12),
            [
                (at(7, 12), "worker", "opened"),
                (at(12, 17), "supervisor", "passed_up:supervisor"),
                (at(17, 17), "supervisor", "passed_up:manager"),
            ],
        ),
        (
            "i want to die",  # U0: 15 minutes of working time, and every 15 minutes again
            at(6, 16, 50),
            [
                *to_all(at(6, 16, 50), "opened"),
                *to_all(at(10, 8, 5), "again:1"),
                *to_all(at(10, 8, 5), "passed_up:supervisor"),
                *to_all(at(10, 8, 20), "again:2"),
                *to_all(at(10, 8, 20), "passed_up:manager"),
                *to_all(at(10, 8, 35), "again:3"),
            ],
        ),
    ],
    ids=["today", "next day", "look", "danger"],
)
async def test_what_nobody_takes_goes_on_over_a_weekend_and_a_holiday_at_the_right_minute(
    migrated_sqlite_url: str, free_port: int, says: str, said_at: datetime, steps: Sequence[Step]
) -> None:
    async with open_office(migrated_sqlite_url, free_port, said_at, *HOOKS) as office:
        lena = await office.client("Lena")
        await office.says(lena, says)
        await told(office, (await office.rows(escalations))[0].trigger)
        trigger = (await office.rows(escalations))[0].trigger
        last = max(moment for moment, _to, _occasion in steps)
        while (moment := await next_step(office, trigger)) and moment <= last:
            before = await told(office, trigger)
            await office.move_to(moment - timedelta(seconds=1))
            assert await told(office, trigger) == before, "too early"
            await office.move_to(moment)
        assert await told(office, trigger) == sorted(steps)
        await all_come(office)


async def next_step(office: Office, trigger: str) -> datetime | None:
    """When the item goes on next."""
    (item,) = await office.rows(escalations, trigger=trigger)
    moment: datetime | None = item.passes_up_at
    return moment


async def told(office: Office, trigger: str) -> list[Step]:
    """What each audience's system has heard of the item, and when first."""
    (item,) = await office.rows(escalations, trigger=trigger)
    await office.all_tried()
    first: dict[str, datetime] = {}
    for receiver in office.receivers.values():
        for notice in receiver.notices:
            first.setdefault(notice.id, notice.at)
    rows = await office.rows(hook_deliveries, escalation_id=item.id)
    return sorted((first[row.id], row.hook, row.occasion) for row in rows)


async def all_come(office: Office) -> None:
    """Also those that failed twice, once they are tried again."""
    for seconds in (0, 10, 40):
        office.clock.at += timedelta(seconds=seconds)
        await office.all_tried()
    assert {row.state for row in await office.rows(hook_deliveries)} == {"delivered"}
