"""Hours of a month beside those of a client's plan: entered in a list, never twice, and counted as a ladder (M14)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

import pytest
from sqlalchemy import select, true

from records import ladder
from records.engagement import Kind
from records.ladder import Month, Rung
from records.tables import engagement, ladder_entries
from tests.staff.office import Browser, Office
from tests.staff.test_client_pages import words

HERE = "/staff/participation"


@pytest.mark.parametrize(
    ("hours", "rung"), [(0, Rung.NONE), (0.25, Rung.ANY), (14.75, Rung.ANY), (15, Rung.SUBSTANTIAL), (30, Rung.FULL)]
)
def test_a_rung_is_a_share_of_the_clients_own_plan(hours: float, rung: Rung) -> None:
    assert Month(hours, 30).rung is rung


async def known(office: Office) -> Mapping[str, Month]:
    return await office.house.reader.run(partial(ladder.entered, month="2026-02", where=true()))


async def rows(office: Office) -> int:
    return await office.house.reader.run(lambda c: len(c.execute(select(ladder_entries.c.id)).all()))


async def test_the_month_that_ended_is_asked_for_and_what_is_entered_is_kept_once(busy: Office, ana: Browser) -> None:
    page = await ana.get(HERE)
    assert "Maria" in page
    assert "Pat" not in page
    form = {f"{busy.maria}-hours": "12,5", f"{busy.maria}-plan": "20", f"{busy.joe}-apart": "good_cause"}
    for _ in range(2):
        page = await ana.post(HERE, month="2026-02", **form)
        assert "The hours are entered." in page
    assert await known(busy) == {busy.maria: Month(12.5, 20), busy.joe: Month(apart="good_cause")}
    assert await rows(busy) == 2
    assert "Hours of a month entered: half of the hours or more" in words(
        await ana.get("/staff/log?kind=ladder_entered")
    )
    assert re.search(rf'name="{busy.maria}-plan"[^>]* value="20"', await ana.get(f"{HERE}?month=2026-03"))


@pytest.mark.parametrize(
    ("hours", "plan", "says"),
    [
        ("lots", "20", "Write hours like"),
        ("-1", "20", "Write hours like"),
        ("nan", "20", "Write hours like"),
        ("1e999", "20", "Write hours like"),
        ("12", "0", "the hours of their plan"),
        ("12", "", "the hours of their plan"),
    ],
)
async def test_a_line_that_is_amiss_is_shown_and_nothing_is_entered(
    busy: Office, ana: Browser, hours: str, plan: str, says: str
) -> None:
    await ana.get(HERE)
    good = {f"{busy.joe}-hours": "5", f"{busy.joe}-plan": "10"}
    page = await ana.post(HERE, month="2026-02", **{f"{busy.maria}-hours": hours, f"{busy.maria}-plan": plan}, **good)
    assert (ana.status, says in words(page), await known(busy)) == (422, True, {})
    assert f'value="{hours}"' in page


async def test_a_worker_enters_nothing_for_anothers_clients(busy: Office, browser: Browser) -> None:
    await browser.log_in("ben@county.example")
    await browser.get(HERE)
    await browser.post(HERE, month="2026-02", **{f"{busy.maria}-hours": "5", f"{busy.maria}-plan": "10"})
    assert await known(busy) == {}
    await browser.post(HERE, month="2026-02", worker=busy.ana, **{f"{busy.maria}-hours": "5"})
    assert browser.status == 404


async def test_a_supervisor_enters_for_a_worker_and_it_is_logged_as_theirs(busy: Office, sue: Browser) -> None:
    await sue.get(f"{HERE}?worker={busy.ana}")
    await sue.post(HERE, month="2026-02", worker=busy.ana, **{f"{busy.maria}-hours": "0", f"{busy.maria}-plan": "10"})
    assert (await known(busy))[busy.maria].rung is Rung.NONE
    told = select(engagement.c.actor).where(engagement.c.kind == Kind.LADDER_ENTERED)
    assert await busy.house.reader.run(lambda c: list(c.scalars(told))) == [busy.sue]


async def test_a_month_that_is_long_over_is_not_offered(busy: Office, ana: Browser) -> None:
    await ana.get(HERE)
    await ana.post(HERE, month="2025-06", **{f"{busy.maria}-hours": "5", f"{busy.maria}-plan": "10"})
    assert list(await known(busy)) == [busy.maria]
