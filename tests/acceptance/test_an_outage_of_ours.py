"""We were down for an hour: what clients wrote meanwhile is taken once each, soon after, and a STOP before all else."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from bot.trust import people
from bot.trust.fake_twilio import FakeTwilio
from bot.trust.moved_clock import BEGINNING
from conversations.situation import Consent
from records.tables import messages
from tests.acceptance.milepost import install

CLIENTS = 200
EACH = 5
"""Texts of each client's. More in so short a time would look like a machine."""

WITHIN = 120.0
"""Seconds after the start in which all must be there (delivery design)."""


@pytest.mark.timeout(240)
async def test_a_thousand_texts_of_an_hour_s_outage_are_taken_once_each_and_a_stop_before_anything_leaves(
    tmp_path: Path, migrated_url: str, free_port: int
) -> None:
    at = BEGINNING

    def now() -> datetime:
        return at

    engine = create_engine(migrated_url)
    with engine.begin() as connection:
        clients = people.move_in(connection, range(CLIENTS), Consent.ACTIVE, at)
        (leaver,) = people.move_in(connection, [CLIENTS], Consent.ACTIVE, at)
        people.due_texts(connection, [leaver], 3, at + timedelta(minutes=1))
    async with FakeTwilio(now=now) as twilio:
        county = install(tmp_path, migrated_url, free_port, twilio.url, TWILIO_SEGMENTS_A_SECOND="1000")
        county.set_clock(at)
        serving = ("--clock-file", str(county.clock_file))
        async with county.serving(*serving):
            pass
        for nth in range(CLIENTS * EACH):
            at = BEGINNING + timedelta(hours=1) * nth / (CLIENTS * EACH)
            twilio.take_in(clients[nth % CLIENTS].number, "HELP")
        twilio.take_in(leaver.number, "STOP")
        wrote = Counter(text.number for text in twilio.texts_in)
        at = BEGINNING + timedelta(hours=1, minutes=2)
        county.set_clock(at)
        began = time.monotonic()
        async with county.serving(*serving):
            while len(twilio.ledger) < wrote.total():
                assert time.monotonic() - began < WITHIN
                at += timedelta(seconds=1)
                county.set_clock(at)
                await asyncio.sleep(0.1)
    with engine.connect() as connection:
        taken = connection.scalars(select(messages.c.number).where(messages.c.direction == "in")).all()
    engine.dispose()
    assert Counter(taken) == wrote
    assert Counter(text.to for text in twilio.ledger) == wrote
    assert not [body for body in twilio.sent(leaver.number) if body.startswith(people.DUE)]
