"""What the provider hands on, on either database: again, too early, already answered, while the database hangs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, func, select, text

from bot import inbound
from bot.trust.fake_twilio import Weather
from conversations.events import WorkerInvited
from conversations.situation import Consent
from records.states import MessageState
from records.tables import attempts, clients, messages
from tests.bot.conftest import MARIA, Street, open_street


@pytest.fixture
async def street(migrated_url: str, free_port: int) -> AsyncIterator[Street]:
    async with open_street(migrated_url, free_port) as street:
        yield street


async def joined(street: Street) -> None:
    """Maria was invited, said yes, and has been asked who reads her phone."""
    await street.house.writer.act(street.maria, WorkerInvited("Ana"), street.ana)
    await street.twilio.text_in(MARIA, "yes")
    await street.twilio.wait_for_texts(MARIA, 3)


async def came_in(street: Street) -> int:
    arrived = select(func.count()).where(messages.c.direction == "in")
    return await street.house.reader.run(lambda connection: connection.scalar(arrived)) or 0


@contextlib.contextmanager
def hanging(street: Street) -> Iterator[None]:
    """Somebody keeps what every text needs locked."""
    engine = create_engine(street.house.engine.url)
    lock = "LOCK TABLE messages" if engine.dialect.name == "postgresql" else "BEGIN IMMEDIATE"
    with engine.connect() as connection:
        connection.execute(text(lock))
        yield
        connection.rollback()
    engine.dispose()


async def test_a_captured_post_that_is_played_again_a_year_later_changes_nothing(street: Street) -> None:
    await joined(street)
    yes, heard = street.twilio.texts_in[0], street.twilio.sent(MARIA)
    street.clock.at += timedelta(days=365)
    assert await street.twilio.hand_on(yes) == 200
    assert await came_in(street) == 1
    assert await street.twilio.text_in("+17075550199", "hello") == 200
    await street.twilio.wait_for_texts("+17075550199", 1)
    assert street.twilio.sent(MARIA) == heard


@pytest.mark.parametrize(
    ("word", "kind", "then"), [("STOP", "STOP", Consent.REVOKED), ("HELP", "HELP", Consent.ACTIVE)]
)
async def test_what_the_provider_has_answered_itself_counts_and_is_not_answered_again(
    street: Street, word: str, kind: str, then: Consent
) -> None:
    await joined(street)
    heard = street.twilio.sent(MARIA)
    assert await street.twilio.text_in(MARIA, word, OptOutType=kind) == 200
    assert await street.twilio.text_in("+17075550199", "hello") == 200
    await street.twilio.wait_for_texts("+17075550199", 1)
    consent = select(clients.c.consent)
    assert await street.house.reader.run(lambda connection: connection.scalar(consent)) == then
    assert street.twilio.sent(MARIA) == heard


async def test_a_report_that_comes_before_the_answer_to_our_own_request_is_not_undone_by_it(street: Street) -> None:
    street.twilio.reports = ("delivered",)
    street.twilio.weather = Weather(reports_early=1.0)
    await street.house.writer.act(street.maria, WorkerInvited("Ana"), street.ana)
    await street.twilio.wait_for_texts(MARIA, 1)
    stored = select(messages.c.state, messages.c.provider_id, attempts.c.outcome, attempts.c.provider_id)
    stored = stored.join(attempts, attempts.c.message_id == messages.c.id)
    async with asyncio.timeout(10):
        while True:
            row = await street.house.reader.run(lambda connection: connection.execute(stored).one())
            if row[2] == "accepted":
                break
            await asyncio.sleep(0.01)
    sid = street.twilio.ledger[0].sid
    assert tuple(row) == (MessageState.DELIVERED, sid, "accepted", sid)


async def test_while_the_database_hangs_the_provider_hears_so_in_time_and_then_each_text_is_taken_once(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbound, "PATIENCE", 0.2)
    await joined(street)
    with hanging(street):
        assert await street.twilio.text_in(MARIA, "1") == 503
        report = replace(street.twilio.ledger[0], status="delivered")
        assert await street.twilio.report(report, "delivered") == 503
    one = street.twilio.texts_in[-1]
    async with asyncio.timeout(20):
        while await street.twilio.hand_on(one) != 200:  # noqa: ASYNC110  as the provider does
            await asyncio.sleep(0.01)
    assert await came_in(street) == 2
    assert "When is a good time" in (await street.twilio.wait_for_texts(MARIA, 4))[-1]
