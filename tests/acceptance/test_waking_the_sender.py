"""An answer that one process decided on leaves another at once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.trust.fake_twilio import FakeTwilio
from tests.acceptance.milepost import install

TEXTS = 8
A_POLL = 1.0
"""Seconds at which the sender looks by itself."""


@pytest.mark.postgres
@pytest.mark.timeout(120)
async def test_what_the_web_process_stores_the_sending_process_sends_without_waiting_for_its_poll(
    tmp_path: Path, migrated_postgres_url: str, free_port: int
) -> None:
    async with FakeTwilio() as twilio:
        county = install(tmp_path, migrated_postgres_url, free_port, twilio.url)
        twilio.webhook = county.url
        async with county.serving("--only", "web"), county.serving("--only", "scheduler", answers=False):
            await twilio.text_in("+17075550190", "hello")
            await twilio.wait_for_texts("+17075550190", 1, within=40)  # now it is up
            began = time.monotonic()
            for nth in range(TEXTS):
                await twilio.text_in(f"+1707555020{nth}", "hello")
                await twilio.wait_for_texts(f"+1707555020{nth}", 1)
            assert time.monotonic() - began < TEXTS * A_POLL / 2
