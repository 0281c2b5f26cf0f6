"""What happens in one transaction: load the situations, decide each by itself, save what follows from all."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy import Connection, func, select

from conversations.county import County
from conversations.effects import Effect, Level, PlanNudge, SettleNudge, TellWorker, Texted, Trigger
from conversations.events import Event, Said
from conversations.nudges import Nudge, NudgeState
from conversations.office_hours import due
from conversations.situation import Situation
from records import situations
from records.bulk import one_of
from records.engagement import BOT, CLIENT, Kind, entry
from records.errors import NotFoundError
from records.ids import new_id
from records.saving import INSERT_MESSAGES, USEFUL, Batch, Cause, Row, outgoing
from records.situations import ClientRow, Loaded
from records.states import MessageState
from records.tables import messages

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Inbound:
    """A text as it came in. `number` is E.164; `provider_id` is the provider's own id of it, unique for ever.

    `answered_by_provider` as in `events.Said`.
    """

    provider_id: str
    number: str
    text: str
    has_media: bool = False
    answered_by_provider: bool = False

    def __post_init__(self) -> None:
        # No database keeps a zero byte or half a surrogate pair in a text.
        clean = self.text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
        object.__setattr__(self, "text", clean)

    def said(self) -> Said:
        return Said(self.text, self.has_media, self.answered_by_provider)


class Taken(StrEnum):
    """What became of an inbound text."""

    STORED = "stored"
    DUPLICATE = "duplicate"


class Decider(Protocol):
    """Who decides: pure, and given at the edge. All effects that come back are final ones (none waits for a plan)."""

    def decide(self, situation: Situation, event: Event, now: datetime) -> Sequence[Effect]: ...

    def decide_due(self, situation: Situation, nudges: Sequence[Nudge], now: datetime) -> Sequence[Effect]:
        """With a SettleNudge for every nudge given."""
        ...

    def answer_stranger(self, text: str, helped_at: datetime | None, now: datetime) -> Sequence[Texted]:
        """`helped_at` is when this number was last answered."""
        ...


_KNOWN = select(messages.c.provider_id).where(one_of(messages.c.provider_id, "provider_ids"))
_LAST_ANSWERED = (
    select(messages.c.number, func.max(messages.c.at))
    .where(
        one_of(messages.c.number, "numbers"),
        messages.c.client_id.is_(None),
        messages.c.direction == "out",
    )
    .group_by(messages.c.number)
)


class Turns:
    """The transactions of what happens to clients. Each method runs in a transaction that its caller opened."""

    def __init__(self, decider: Decider, county: County) -> None:
        self._decider = decider
        self._county = county

    def texts(self, connection: Connection, inbounds: Sequence[Inbound], now: datetime) -> list[Taken]:
        """Take texts of different numbers together. One on which the decider fails is stored, and set aside."""
        rows = situations.lock_by_number(connection, [inbound.number for inbound in inbounds])
        client_of = {row.number: row for row in rows}
        stored = _store(connection, inbounds, client_of, now)
        fresh = [inbound for inbound in inbounds if inbound.provider_id in stored]
        known = [client_of[inbound.number] for inbound in fresh if inbound.number in client_of]
        loaded = situations.load(connection, known, self._county, now)
        decided: list[_Decided] = []
        for inbound in fresh:
            message_id = stored[inbound.provider_id]
            if row := client_of.get(inbound.number):
                decided.append(self._text(loaded[row.id], inbound, message_id, now))
        self._save(connection, decided, now)
        strangers = {inbound: stored[inbound.provider_id] for inbound in fresh if inbound.number not in client_of}
        self._answer_strangers(connection, strangers, now)
        return [Taken.STORED if inbound.provider_id in stored else Taken.DUPLICATE for inbound in inbounds]

    def set_text_aside(self, connection: Connection, inbound: Inbound, reason: str, now: datetime) -> Taken:
        """Store a text of which what follows cannot be saved, and tell the worker."""
        rows = situations.lock_by_number(connection, [inbound.number])
        stored = _store(connection, [inbound], {row.number: row for row in rows}, now)
        if not stored:
            return Taken.DUPLICATE
        loaded = situations.load(connection, rows, self._county, now)
        cause = Cause(CLIENT, stored[inbound.provider_id])
        decided = [_Decided(client, self._for_a_person(now), cause, reason, inbound) for client in loaded.values()]
        self._save(connection, decided, now)
        return Taken.STORED

    def due(self, connection: Connection, now: datetime, limit: int) -> int:
        """Take clients with due nudges, up to `limit` nudges and the other due ones of the same clients."""
        rows = situations.lock_with_due(connection, now, limit)
        return self._take_due(connection, rows, now)

    def due_clients(self, connection: Connection, now: datetime, limit: int) -> list[str]:
        return [row.id for row in situations.lock_with_due(connection, now, limit)]

    def due_of(self, connection: Connection, client_id: str, now: datetime) -> int:
        """As `due`, for one client."""
        return self._take_due(connection, situations.lock_by_id(connection, [client_id]), now)

    def set_due_aside(self, connection: Connection, client_id: str, reason: str, now: datetime) -> int:
        """Drop the due nudges of a client where what follows from them cannot be saved, and tell the worker."""
        rows = situations.lock_by_id(connection, [client_id])
        loaded = situations.load(connection, rows, self._county, now)
        decided = [_Decided(client, self._dropped(client, now), Cause(BOT), reason) for client in loaded.values()]
        self._save(connection, decided, now)
        return len(decided)

    def act(self, connection: Connection, client_id: str, event: Event, actor: str, now: datetime) -> None:
        """A member of staff did something that concerns a client. Raises NotFoundError, and what the decider raises."""
        rows = situations.lock_by_id(connection, [client_id])
        if not rows:
            raise NotFoundError("no such client")
        client = situations.load(connection, rows, self._county, now)[client_id]
        effects = self._decider.decide(client.situation, event, now)
        self._save(connection, [_Decided(client, effects, Cause(actor))], now)

    def _text(self, client: Loaded, inbound: Inbound, message_id: str, now: datetime) -> _Decided:
        cause = Cause(CLIENT, message_id)
        try:
            effects = self._decider.decide(client.situation, inbound.said(), now)
        except Exception as error:  # noqa: BLE001  whatever it is: this text must not harm the others
            return _Decided(client, self._for_a_person(now), cause, failed(error), inbound)
        return _Decided(client, effects, cause, inbound=inbound)

    def _take_due(self, connection: Connection, rows: Sequence[ClientRow], now: datetime) -> int:
        loaded = situations.load(connection, rows, self._county, now)
        decided = [self._due(client, now) for client in loaded.values()]
        settled = sum(isinstance(effect, SettleNudge) for one in decided for effect in one.effects)
        self._save(connection, decided, now)
        return settled

    def _due(self, client: Loaded, now: datetime) -> _Decided:
        waiting = [planned.nudge() for planned in client.book.due(now)]
        if not waiting:  # settled by somebody else between looking and locking
            return _Decided(client, (), Cause(BOT))
        try:
            effects = self._decider.decide_due(client.situation, waiting, now)
        except Exception as error:  # noqa: BLE001  as above
            return _Decided(client, self._dropped(client, now), Cause(BOT), failed(error))
        settled = {effect.nudge for effect in effects if isinstance(effect, SettleNudge)}
        if settled != {nudge.id for nudge in waiting}:
            return _Decided(client, self._dropped(client, now), Cause(BOT), "not every due nudge was settled")
        return _Decided(client, effects, Cause(BOT))

    def _dropped(self, client: Loaded, now: datetime) -> Sequence[Effect]:
        waiting = client.book.due(now)
        drops = [SettleNudge(nudge.id, NudgeState.DROPPED, Trigger.SET_ASIDE) for nudge in waiting]
        return [*drops, *self._for_a_person(now)]

    def _for_a_person(self, now: datetime) -> Sequence[Effect]:
        return [TellWorker(Trigger.SET_ASIDE, Level.U2, due(Level.U2, now, self._county))]

    def _save(self, connection: Connection, decided: Sequence[_Decided], now: datetime) -> None:
        wanted = {
            one.client.client_id: keys
            for one in decided
            if (keys := [e.key for e in one.effects if isinstance(e, PlanNudge) and not one.client.book.knows(e.key)])
        }
        situations.load_keys(connection, wanted, {one.client.client_id: one.client for one in decided})
        batch = Batch(now, self._county)
        for one in decided:
            one.add_to(batch)
        batch.write(connection)

    def _answer_strangers(self, connection: Connection, strangers: Mapping[Inbound, str], now: datetime) -> None:
        if not strangers:
            return
        numbers = [inbound.number for inbound in strangers]
        answered = {row[0]: row[1] for row in connection.execute(_LAST_ANSWERED, {"numbers": numbers})}
        batch = Batch(now, self._county)
        for inbound, message_id in strangers.items():
            batch.log.append(entry(Kind.TEXT_IN, now, actor=CLIENT, message_id=message_id))
            try:
                texts = self._decider.answer_stranger(inbound.text, answered.get(inbound.number), now)
            except Exception as error:  # noqa: BLE001  as above
                batch.log.append(entry(Kind.SET_ASIDE, now, reason=failed(error), message_id=message_id))
                continue
            for text in texts:
                row = outgoing(text, inbound.number, now, now + USEFUL)
                batch.messages.append(row)
                batch.log.append(
                    entry(Kind.TEXT_OUT, now, language=text.language, subject=text.purpose, message_id=row["id"])
                )
        batch.write(connection)


@dataclass(frozen=True, slots=True)
class _Decided:
    """What was decided for one client. `failed` says where our code failed, if it did."""

    client: Loaded
    effects: Sequence[Effect]
    cause: Cause
    failed: str = ""
    inbound: Inbound | None = None

    def add_to(self, batch: Batch) -> None:
        if self.inbound is not None:
            batch.heard(self.client, self.cause)
        if self.failed:
            batch.set_aside(self.client, self.cause, self.failed)
        batch.add(self.client, self.effects, self.cause)


def _store(
    connection: Connection, inbounds: Sequence[Inbound], client_of: Mapping[str, ClientRow], now: datetime
) -> dict[str, str]:
    """Store texts that are not here yet; gives the new message's id by the provider's.

    A known client's lock keeps other processes from storing the same text meanwhile. Should it happen with a
    stranger's, the database refuses the second, and taken once more it is a duplicate.
    """
    known = set(connection.scalars(_KNOWN, {"provider_ids": [inbound.provider_id for inbound in inbounds]}))
    rows = [
        _inbound_row(inbound, client_of.get(inbound.number), now)
        for inbound in inbounds
        if inbound.provider_id not in known
    ]
    INSERT_MESSAGES.run(connection, rows)
    return {row["provider_id"]: row["id"] for row in rows}


def _inbound_row(inbound: Inbound, client: ClientRow | None, now: datetime) -> Row:
    return {
        "id": new_id(now),
        "client_id": client.id if client else None,
        "number": inbound.number,
        "direction": "in",
        "provider_id": inbound.provider_id,
        "body": inbound.text,
        "language": client.language if client else "",
        "segments": 1,
        "encoding": "",
        "purpose": "",
        "template": "",
        "author": CLIENT,
        "nudge_id": None,
        "state": MessageState.RECEIVED,
        "reason": "",
        "error_code": None,
        "at": now,
        "due_at": None,
        "expires_at": None,
        "priority": 0,
        "attempts": 0,
    }


def failed(error: BaseException) -> str:
    """Log that our own code failed; gives the kind of error and the places, never its words: they may be a client's."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames)]
    where = " < ".join([type(error).__name__, *places])
    log.error("set_aside", where=where)
    return where
