"""What happens in one transaction: load the situations, decide each by itself, save what follows from all."""

from __future__ import annotations

import traceback
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy import Connection, func, select

from conversations.county import County
from conversations.effects import (
    ChangeConsent,
    ChangeMode,
    Effect,
    HoldTexts,
    PlanNudge,
    SaveTalk,
    SettleNudge,
    TellWorker,
    Texted,
)
from conversations.escalations import Level, Trigger
from conversations.events import Event, Said, TextsFail
from conversations.nudges import Nudge, NudgeState
from conversations.office_hours import due
from conversations.privacy import without_private_numbers
from conversations.shared_phone import Held, Phone, Routing
from conversations.situation import Consent, Mode, Situation
from records import consent, engagement, pictures, saving, shared_phones, situations, text_saving, visit_saving
from records.batch import Batch, Cause, Row
from records.bulk import one_of
from records.channels import ChannelName
from records.delivery_trouble import Trouble, is_opt_out
from records.engagement import BOT, CLIENT, PROVIDER, Kind, entry
from records.errors import NotFoundError
from records.ids import new_id
from records.pictures import SealedPicture
from records.prepared import Prepared, together
from records.situations import ClientRow, Loaded
from records.states import ANSWER, MessageState
from records.tables import messages

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Inbound:
    """A text as it came in. `number` is E.164; `provider_id` is the provider's own id of it, unique for ever.

    `answered_by_provider` is set when the provider has replied to a keyword itself (Twilio's OptOutType). `sent_at` is
    an aware moment; None means just now. Numbers that nobody should text are taken out of `text` here, at the door:
    `held_private` says so. `writer` is the id of the client who wrote it, where that is known though others have
    the same number: in the web chat. `media` counts the pictures, sounds and files that came with it, which are with
    the provider; unless it is the one `picture`, which came from the client to us.
    """

    provider_id: str
    number: str
    text: str
    media: int = 0
    answered_by_provider: bool = False
    sent_at: datetime | None = None
    channel: ChannelName = ChannelName.SMS
    writer: str = ""
    picture: SealedPicture | None = None
    held_private: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        # No database keeps a zero byte or half a surrogate pair in a text.
        clean = self.text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
        kept, held_private = without_private_numbers(clean)
        object.__setattr__(self, "text", kept)
        object.__setattr__(self, "held_private", held_private)

    @property
    def has_media(self) -> bool:
        return self.media > 0 or self.picture is not None

    def said(self) -> Said:
        return Said(self.text, self.has_media, self.answered_by_provider, self.held_private)


class Taken(StrEnum):
    """What became of an inbound text."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    NOT_THEIRS = "not_theirs"
    """Its writer has this number no more. Nothing is stored."""


class Decider(Protocol):
    """Who decides: pure, and given at the edge. All effects that come back are final ones (none waits for a plan)."""

    def decide(self, situation: Situation, event: Event, now: datetime) -> Sequence[Effect]: ...

    def decide_due(self, situation: Situation, nudges: Sequence[Nudge], now: datetime) -> Sequence[Effect]:
        """With a SettleNudge for every nudge given."""
        ...

    def route(self, phone: Phone, said: Held, now: datetime) -> Routing:
        """Whose text it is, on a number that several people share."""
        ...

    def answer_stranger(self, text: str, helped_at: datetime | None, now: datetime) -> Sequence[Texted]:
        """`helped_at` is when this number was last answered."""
        ...


_KNOWN = Prepared(select(messages.c.provider_id).where(one_of(messages.c.provider_id, "provider_ids")))
_LAST_ANSWERED = Prepared(
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
        rows, stored = _store(connection, inbounds, now)
        people = _by_number(rows)
        fresh = [inbound for inbound in inbounds if inbound.provider_id in stored]
        known = [row for inbound in fresh for row in people.get(inbound.number, ())]
        loaded = situations.load(connection, known, self._county, now, sharers=rows)
        phones = self._shared_phones(connection, fresh, people, loaded)
        decided: list[_Decided] = []
        for inbound in fresh:
            message_id = stored[inbound.provider_id]
            if inbound.writer in loaded:
                decided.append(self._text(loaded[inbound.writer], inbound.said(), [message_id], inbound.channel, now))
            elif inbound.number in phones:
                decided += self._shared_text(connection, phones[inbound.number], loaded, inbound, message_id, now)
            elif inbound.number in people:
                (row,) = people[inbound.number]
                decided.append(self._text(loaded[row.id], inbound.said(), [message_id], inbound.channel, now))
        self._save(connection, decided, now)
        strangers = {inbound: stored[inbound.provider_id] for inbound in fresh if inbound.number not in people}
        self._answer_strangers(connection, strangers, now)
        return [_taken(inbound, people.get(inbound.number, ()), stored) for inbound in inbounds]

    def set_text_aside(self, connection: Connection, inbound: Inbound, reason: str, now: datetime) -> Taken:
        """Store a text of which what follows cannot be saved, and tell the worker; on a shared phone each worker."""
        rows, stored = _store(connection, [inbound], now)
        if not stored:
            return _taken(inbound, rows, stored)
        loaded = situations.load(connection, rows, self._county, now, sharers=rows)
        theirs = [loaded[inbound.writer]] if inbound.writer else list(loaded.values())
        self._save(connection, self._for_everybody(theirs, stored[inbound.provider_id], reason, now), now)
        return Taken.STORED

    def late_text(self, connection: Connection, inbound: Inbound, reason: str, now: datetime) -> Taken:
        """Store a text that may have been answered already, and tell the worker; on a shared phone each worker.

        Nobody is texted. Of what follows from it only this holds: that texts stop, and that a person is needed.
        """
        rows, stored = _store(connection, [inbound], now)
        if not stored:
            return Taken.DUPLICATE
        message_id = stored[inbound.provider_id]
        said = inbound.said(), [message_id], inbound.channel
        loaded = situations.load(connection, rows, self._county, now, sharers=rows)
        decided = [
            self._late(self._text(client, *said, now, () if nth else (message_id,)), reason, now)
            for nth, client in enumerate(loaded.values())
        ]
        self._save(connection, decided, now)
        if not rows:  # a stranger's
            heard = entry(Kind.TEXT_IN, now, actor=CLIENT, message_id=message_id)
            engagement.append(connection, [heard, entry(Kind.SET_ASIDE, now, reason=reason, message_id=message_id)])
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
        effects = self._decide(client, event, now)
        self._save(connection, [_Decided(client, effects, Cause(actor))], now)

    def acts(self, connection: Connection, events: Mapping[str, Event], actor: str, now: datetime) -> Collection[str]:
        """As `act`, for many clients together, one event each by client id. Gives those on whom the decider failed.

        Nothing follows for these, and a line of the log says that it failed.
        """
        loaded = self._loaded(connection, events, now)
        decided = [self._acted(client, events[client_id], actor, now) for client_id, client in loaded.items()]
        self._save(connection, decided, now)
        return {one.client.client_id for one in decided if one.failed}

    def foresee(
        self, connection: Connection, events: Mapping[str, Event], now: datetime
    ) -> Sequence[tuple[Situation, Sequence[Effect]]]:
        """What would follow of each, as `acts` has it. Changes nothing. Those on whom it fails are left out."""
        loaded = self._loaded(connection, events, now)
        decided = [self._acted(client, events[client_id], BOT, now) for client_id, client in loaded.items()]
        return [(one.client.situation, one.effects) for one in decided if not one.failed]

    def _loaded(self, connection: Connection, ids: Iterable[str], now: datetime) -> dict[str, Loaded]:
        return situations.load(connection, situations.lock_by_id(connection, list(ids)), self._county, now)

    def _acted(self, client: Loaded, event: Event, actor: str, now: datetime) -> _Decided:
        try:
            return _Decided(client, self._decide(client, event, now), Cause(actor))
        except Exception as error:  # noqa: BLE001  whatever it is: this client must not harm the others
            return _Decided(client, (), Cause(actor), failed(error))

    def trouble(self, connection: Connection, trouble: Trouble, now: datetime) -> None:
        """What the carrier says of a text concerns who has this number (domain guide 7.2)."""
        if is_opt_out(trouble.error_code):
            self._opted_out_elsewhere(connection, trouble, now)
            return
        rows = situations.lock_by_id(connection, [trouble.client_id])
        loaded = situations.load(connection, rows, self._county, now)
        cause = Cause(PROVIDER, trouble.message_id)
        decided = [self._trouble(client, trouble.error_code, cause, now) for client in loaded.values()]
        self._save(connection, decided, now)

    def _opted_out_elsewhere(self, connection: Connection, trouble: Trouble, now: datetime) -> None:
        """The number opted out where we could not see it: a stop belongs to the number (domain guide 3.5, 6.4)."""
        rows = situations.lock_by_number(connection, [trouble.number])
        loaded = situations.load(connection, rows, self._county, now, sharers=rows)
        stop = (
            ChangeConsent(Consent.REVOKED),
            SaveTalk(None),
            TellWorker(Trigger.OPTED_OUT, Level.U3, due(Level.U3, now, self._county)),
        )
        cause = Cause(PROVIDER, trouble.message_id)
        decided = [
            _Decided(client, stop, cause)
            for client in loaded.values()
            if client.situation.client.consent is not Consent.REVOKED
        ]
        self._save(connection, decided, now)

    def _trouble(self, client: Loaded, error_code: int, cause: Cause, now: datetime) -> _Decided:
        try:
            return _Decided(client, self._decide(client, TextsFail(error_code), now), cause)
        except Exception as error:  # noqa: BLE001  what became of the text is stored whatever we make of it
            return _Decided(client, self._for_a_person(now), cause, failed(error))

    def _decide(self, client: Loaded, event: Event, now: datetime) -> Sequence[Effect]:
        effects = self._decider.decide(client.as_of_now(), event, now)
        client.calendar.follow(client.client_id, effects)
        return effects

    def _text(
        self,
        client: Loaded,
        said: Said,
        message_ids: Sequence[str],
        channel: ChannelName,
        now: datetime,
        heard: Sequence[str] | None = None,
    ) -> _Decided:
        """`message_ids` are the texts that make what was said; those in `heard`, or all, are new to the log."""
        cause, new = Cause(CLIENT, message_ids[-1], channel), tuple(message_ids if heard is None else heard)
        try:
            effects = self._decide(client, said, now)
        except Exception as error:  # noqa: BLE001  whatever it is: this text must not harm the others
            return _Decided(client, self._for_a_person(now), cause, failed(error), new)
        return _Decided(client, effects, cause, heard=new)

    def _shared_phones(
        self,
        connection: Connection,
        fresh: Sequence[Inbound],
        people: Mapping[str, Sequence[ClientRow]],
        loaded: Mapping[str, Loaded],
    ) -> dict[str, Phone]:
        several = {
            inbound.number: [loaded[row.id].situation for row in people[inbound.number]]
            for inbound in fresh
            if len(people.get(inbound.number, ())) > 1 and not inbound.writer
        }
        return shared_phones.load(connection, several)

    def _shared_text(
        self,
        connection: Connection,
        phone: Phone,
        loaded: Mapping[str, Loaded],
        inbound: Inbound,
        message_id: str,
        now: datetime,
    ) -> list[_Decided]:
        """The texts that now have a writer, each decided for them; and the question who writes, where there is none."""
        theirs = [loaded[person.client.id] for person in phone.people]
        try:
            routing = self._decider.route(phone, Held(message_id, inbound.said()), now)
        except Exception as error:  # noqa: BLE001  as above
            return self._for_everybody(theirs, message_id, failed(error), now)
        decided: list[_Decided] = []
        owner_of: dict[str, str] = {}
        for client_id, texts in _by_client(routing).items():
            new = [one.message_id for one in texts if owner_of.setdefault(one.message_id, client_id) == client_id]
            said = _joined(
                [one.said if one.message_id in new else replace(one.said, is_answered=True) for one in texts]
            )
            ids = [one.message_id for one in texts]
            decided.append(self._text(loaded[client_id], said, ids, inbound.channel, now, new))
        asks = Cause(CLIENT, message_id, inbound.channel)
        decided += [_Decided(loaded[client_id], effects, asks) for client_id, effects in routing.says]
        owners = ((id_, owner, loaded[owner].situation.client.language) for id_, owner in owner_of.items())
        shared_phones.belong(connection, owners)
        shared_phones.save(connection, {inbound.number: routing.phone})
        return decided

    def _for_everybody(self, theirs: Collection[Loaded], message_id: str, reason: str, now: datetime) -> list[_Decided]:
        """A text that we failed on, for a person; on a shared phone for each one's worker."""
        cause, for_a_person = Cause(CLIENT, message_id), self._for_a_person(now)
        return [
            _Decided(client, for_a_person, cause, reason, () if nth else (message_id,))
            for nth, client in enumerate(theirs)
        ]

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
            effects = self._decider.decide_due(client.as_of_now(), waiting, now)
            client.calendar.follow(client.client_id, effects)
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

    def _late(self, one: _Decided, reason: str, now: datetime) -> _Decided:
        kept = [holds for effect in one.effects if (holds := _held_late(effect))]
        return replace(one, effects=[*kept, *self._for_a_person(now)], failed=one.failed or reason)

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
        for calendar in {id(one.client.calendar): one.client.calendar for one in decided}.values():
            for row in calendar.changes():
                batch.put(visit_saving.UPDATE_TIMES, row["id"], row)
        saving.write(batch, connection)

    def _answer_strangers(self, connection: Connection, strangers: Mapping[Inbound, str], now: datetime) -> None:
        if not strangers:
            return
        numbers = [inbound.number for inbound in strangers]
        answered = {row[0]: row[1] for row in _LAST_ANSWERED.rows(connection, {"numbers": numbers})}
        batch = Batch(now, self._county)
        for inbound, message_id in strangers.items():
            batch.log.append(entry(Kind.TEXT_IN, now, actor=CLIENT, message_id=message_id))
            try:
                texts = self._decider.answer_stranger(inbound.text, answered.get(inbound.number), now)
            except Exception as error:  # noqa: BLE001  as above
                batch.log.append(entry(Kind.SET_ASIDE, now, reason=failed(error), message_id=message_id))
                continue
            for text in texts:
                row = text_saving.outgoing(text, inbound.number, now, now + text_saving.USEFUL, inbound.channel)
                batch.add(text_saving.INSERT, row)
                batch.log.append(
                    entry(Kind.TEXT_OUT, now, language=text.language, subject=text.purpose, message_id=row["id"])
                )
        saving.write(batch, connection)


@dataclass(frozen=True, slots=True)
class _Decided:
    """What was decided for one client. `failed` says where our code failed; `heard` are the texts that are news."""

    client: Loaded
    effects: Sequence[Effect]
    cause: Cause
    failed: str = ""
    heard: tuple[str, ...] = ()

    def add_to(self, batch: Batch) -> None:
        if self.heard:
            saving.heard(batch, self.client, self.heard, self.cause.spoke_on)
        if self.failed:
            saving.set_aside(batch, self.client, self.cause, self.failed)
        saving.add(batch, self.client, self.effects, self.cause)


def _held_late(effect: Effect) -> Effect | None:
    """What holds though nobody is texted: that texts stop, and that a person is needed, of which nobody was told."""
    match effect:
        case TellWorker():
            return replace(effect, promised=False)
        case ChangeConsent(to=to):
            return effect if to in consent.SILENT else None
        case ChangeMode(to=to):
            return None if to is Mode.BOT else effect
        case HoldTexts():
            return effect
        case _:
            return None


def _taken(inbound: Inbound, people: Sequence[ClientRow], stored: Collection[str]) -> Taken:
    if inbound.provider_id in stored:
        return Taken.STORED
    return Taken.DUPLICATE if _may_be_theirs(inbound, people) else Taken.NOT_THEIRS


def _may_be_theirs(inbound: Inbound, people: Sequence[ClientRow]) -> bool:
    return not inbound.writer or any(one.id == inbound.writer for one in people)


def _by_number(rows: Sequence[ClientRow]) -> dict[str, list[ClientRow]]:
    """Each number's clients in the order of their ids."""
    people: dict[str, list[ClientRow]] = {}
    for row in rows:
        people.setdefault(row.number, []).append(row)
    return people


def _by_client(routing: Routing) -> dict[str, list[Held]]:
    texts: dict[str, list[Held]] = {}
    for client_id, held in routing.gives:
        texts.setdefault(client_id, []).append(held)
    return texts


def _joined(texts: Sequence[Said]) -> Said:
    """Several texts of one person that waited together, as one."""
    return Said(
        "\n".join(one.text for one in texts),
        any(one.has_media for one in texts),
        all(one.is_answered for one in texts),
        any(one.held_private for one in texts),
    )


def _store(
    connection: Connection, inbounds: Sequence[Inbound], now: datetime
) -> tuple[Sequence[ClientRow], dict[str, str]]:
    """Lock who has these numbers, and store the texts that are not here yet.

    Gives the clients in the order of their ids, and the new message's id by the provider's. A known client's lock keeps
    other processes from storing the same text meanwhile. Should it happen with a stranger's, the database refuses the
    second, and taken once more it is a duplicate. On a shared phone a text is nobody's until it is known who wrote it.
    """
    with together(connection):
        asked_people = situations.BY_NUMBER.ask(connection, {"numbers": [inbound.number for inbound in inbounds]})
        asked_known = _KNOWN.ask(connection, {"provider_ids": [inbound.provider_id for inbound in inbounds]})
    locked = asked_people.rows()
    people = _by_number(locked)
    known = {row.provider_id for row in asked_known.rows()}
    rows = [
        _inbound_row(inbound, people.get(inbound.number, ()), now)
        for inbound in inbounds
        if inbound.provider_id not in known and _may_be_theirs(inbound, people.get(inbound.number, ()))
    ]
    text_saving.INSERT.run(connection, rows)
    stored = {row["provider_id"]: row["id"] for row in rows}
    for inbound in inbounds:
        if inbound.has_media and inbound.provider_id in stored and inbound.number in people:
            pictures.add(connection, stored[inbound.provider_id], inbound.media, inbound.picture, now)
    return locked, stored


def _inbound_row(inbound: Inbound, people: Sequence[ClientRow], now: datetime) -> Row:
    client = people[0] if len(people) == 1 else None
    if inbound.writer:
        client = next((one for one in people if one.id == inbound.writer), None)
    return {
        "id": new_id(now),
        "client_id": client.id if client else None,
        "number": inbound.number,
        "channel": inbound.channel,
        "direction": "in",
        "provider_id": inbound.provider_id,
        "body": inbound.text,
        "redacted": inbound.held_private,
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
        "priority": ANSWER,
        "attempts": 0,
        "campaign": None,
    }


def failed(error: BaseException) -> str:
    """Log that our own code failed; gives the kind of error and the places, never its words: they may be a client's."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames)]
    where = " < ".join([type(error).__name__, *places])
    log.error("set_aside", where=where)
    return where
