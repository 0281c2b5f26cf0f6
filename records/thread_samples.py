"""Samples of threads for an observer, who rates how we talk and is not to know with whom (domain guide 1.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from conversations.situation import Consent, Mode
from records.engagement import BOT, CLIENT, Kind, note_staff_act
from records.ids import first_id
from records.masking import Known, known, mask
from records.staff_reads import Text, thread
from records.tables import clients, messages, staff, visits

SPAN = timedelta(days=30)
PICTURE = "[picture]"
FEWEST_TEXTS = 6
"""A thread of fewer tells little."""


@dataclass(frozen=True, slots=True)
class MaskedText:
    """`day` counts from the first text, beginning with 1; the author is "client", "bot" or "worker"."""

    day: int
    author: str
    language: str
    words: str


def draw(
    connection: Connection, choose: Callable[[Sequence[str]], Sequence[str]], staff_id: str, now: datetime
) -> Sequence[Sequence[MaskedText]]:
    """Threads of the last month of those whom `choose` takes of all ids, masked. Each look is logged.

    Left out is whoever has stopped the texts, has a crisis behind them, or is not safe.
    """
    it = messages.c
    talked = (
        select(it.client_id)
        .join(clients, clients.c.id == it.client_id)
        .where(it.id > first_id(now - SPAN), it.direction == "in")
        .where(clients.c.consent == Consent.ACTIVE, clients.c.mode.in_((Mode.BOT, Mode.HUMAN)))
        .group_by(it.client_id)
        .having(func.count() >= FEWEST_TEXTS // 2)
        .order_by(it.client_id)
    )
    chosen = choose(list(connection.scalars(talked)))
    for client_id in chosen:
        note_staff_act(connection, Kind.THREAD_SAMPLED, staff_id, now, client_id=client_id)
    everybody = _names(connection)
    return [_masked(connection, client_id, everybody, now) for client_id in chosen]


def _masked(connection: Connection, client_id: str, everybody: Sequence[str], now: datetime) -> Sequence[MaskedText]:
    texts = [text for text in thread(connection, client_id) if text.at > now - SPAN]
    about = _known(connection, client_id, everybody)
    first = texts[0].at.date()
    return [MaskedText((one.at.date() - first).days + 1, _who(one), one.language, _words(one, about)) for one in texts]


def _words(text: Text, about: Known) -> str:
    """That there was a picture is said, and no more."""
    return " ".join([PICTURE] * len(text.pictures) + [mask(text.body, about)] * bool(text.body))


def _who(text: Text) -> str:
    return text.author if text.author in (BOT, CLIENT) else "worker"


def _known(connection: Connection, client_id: str, everybody: Sequence[str]) -> Known:
    theirs = select(clients.c.first_name, staff.c.first_name).join(staff, staff.c.id == clients.c.worker_id)
    names = connection.execute(theirs.where(clients.c.id == client_id)).one()
    places = connection.scalars(select(visits.c.place).where(visits.c.client_id == client_id).distinct())
    return known(names, everybody, places)


def _names(connection: Connection) -> Sequence[str]:
    both = (select(table.c.first_name).distinct() for table in (clients, staff))
    return [name for wanted in both for name in connection.scalars(wanted)]
