"""The whole bot, asked step by step: the same functions that the server calls, without its threads and its network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, Engine, bindparam, func, select, text

from bot.simulator.carrier import Carrier, Report
from conversations.county import County
from conversations.events import Event
from records import escalation_watch, outbox, unknowns
from records.delivery_trouble import Trouble
from records.outbox import Claimed
from records.pace import Pace
from records.prepared import Prepared
from records.tables import escalations, hook_deliveries, messages, nudges
from records.turns import Decider, Inbound, Turns, failed
from scheduler import outcomes
from scheduler.channel import Outcome, Sought, Unknown
from scheduler.outcomes import Came
from scheduler.timing import Timing

T = TypeVar("T")

AT_ONCE = 200
TRY_AGAIN = timedelta(minutes=1)
PACE = Pace("simulator", 1e6)
"""Fast enough that nobody waits for it: what is looked at here is what people hear, not when."""
TIMING = Timing()

_NEXT = Prepared(
    select(
        select(func.min(nudges.c.due_at)).where(text("nudges.state = 'planned'")).scalar_subquery().label("nudge"),
        select(func.min(messages.c.due_at)).where(text("messages.state = 'due'")).scalar_subquery().label("text"),
        select(func.min(escalations.c.passes_up_at))
        .where(text("escalations.resolved_at IS NULL"))
        .scalar_subquery()
        .label("escalation"),
        select(func.max(hook_deliveries.c.id)).scalar_subquery().label("call"),
    )
)
_CALLS = (
    select(hook_deliveries.c.id, hook_deliveries.c.escalation_id, hook_deliveries.c.occasion)
    .where(hook_deliveries.c.id > bindparam("after"))
    .order_by(hook_deliveries.c.id)
)


@dataclass(frozen=True, slots=True)
class Waits:
    """When a nudge, a text, an escalation falls due next, if ever; `called` says whether a hook is to be told."""

    nudge: datetime | None
    text: datetime | None
    escalation: datetime | None
    called: bool


class BotAtWork:
    """Every method is one moment's work, in transactions of its own. What our code fails on is kept in `failures`."""

    def __init__(self, engine: Engine, decider: Decider, county: County, carrier: Carrier) -> None:
        self._connection = engine.connect()
        self._county = county
        self._carrier = carrier
        self._last_call = ""
        self.turns = Turns(decider, county)
        self.failures: list[tuple[datetime, str]] = []
        self.unknown: list[datetime] = []

    def run(self, do: Callable[[Connection], T]) -> T:
        """In a transaction."""
        with self._connection.begin():
            return do(self._connection)

    def close(self) -> None:
        self._connection.close()

    def take_texts(self, inbounds: Sequence[Inbound], now: datetime) -> None:
        """Texts of one moment, taken together; of one number one after the other."""
        waiting = list(inbounds)
        while waiting:
            batch = list({inbound.number: inbound for inbound in reversed(waiting)}.values())[::-1]
            waiting = [inbound for inbound in waiting if inbound not in batch]
            self._take_together(batch, now)

    def _take_together(self, batch: Sequence[Inbound], now: datetime) -> None:
        try:
            self.run(lambda connection: self.turns.texts(connection, batch, now))
        except Exception as error:  # noqa: BLE001  whatever it is: it is what we look for
            self.failures.append((now, failed(error)))
            for inbound in batch:
                self._take_one(inbound, now)

    def _take_one(self, inbound: Inbound, now: datetime) -> None:
        try:
            self.run(lambda connection: self.turns.texts(connection, [inbound], now))
        except Exception as error:  # noqa: BLE001  as above
            reason = failed(error)
            self.run(lambda connection: self.turns.set_text_aside(connection, inbound, reason, now))

    def take_due(self, now: datetime) -> None:
        while self.run(lambda connection: self.turns.due(connection, now, AT_ONCE)) >= AT_ONCE:
            pass

    def pass_up(self, now: datetime) -> None:
        while self.run(lambda connection: escalation_watch.run(connection, now, self._county)):
            pass

    def act(self, client_id: str, event: Event, staff_id: str, now: datetime) -> None:
        """What a member of staff does. What our code fails on they would see, and is kept."""
        try:
            self.run(lambda connection: self.turns.act(connection, client_id, event, staff_id, now))
        except Exception as error:  # noqa: BLE001  as below
            self.failures.append((now, f"{type(event).__name__}: {failed(error)}"))

    def send(self, now: datetime) -> bool:
        """Claim what is due, of each number one, hand it over, and store what came of it; False if nothing was due."""
        claims = self.run(lambda connection: outbox.claim(connection, now, AT_ONCE, PACE))
        came = [(one, self._carrier.take(one, now)) for one in claims.texts]
        if came:
            self.run(partial(self._record, came=came, now=now))
        return claims.looked_at > 0

    def _record(self, connection: Connection, came: Sequence[tuple[Claimed, Outcome]], now: datetime) -> None:
        for claimed, outcome in came:
            trouble = outcomes.store(connection, Came(claimed.attempt_id, outcome, now, now + TRY_AGAIN))
            self._settle(connection, trouble, now)
            if isinstance(outcome, Unknown):
                self.unknown.append(now + TIMING.settle)

    def _settle(self, connection: Connection, trouble: Trouble | None, now: datetime) -> None:
        if trouble:
            self.turns.trouble(connection, trouble, now)

    def take_reports(self, reports: Sequence[Report], now: datetime) -> None:
        def fold(connection: Connection) -> None:
            for report in reports:
                folded = outbox.fold_status(
                    connection, report.attempt, report.status, report.provider_id, report.error_code, now
                )
                self._settle(connection, folded, now)

        self.run(fold)

    def look_for_lost(self, now: datetime) -> None:
        """Ask the carrier for the texts of which nobody knows whether they left: it lists them all, so at once."""
        lost = self.run(
            lambda connection: unknowns.to_look_for(connection, now, TIMING.settle, TIMING.look_again, AT_ONCE)
        )
        for one in lost:
            sightings = self._carrier.find(Sought(one.number, one.body, one.claimed_at))
            self.run(partial(self._looked, one=one, sightings=sightings, now=now))

    def _looked(
        self, connection: Connection, one: unknowns.Lost, sightings: Sequence[unknowns.Sighting], now: datetime
    ) -> None:
        self._settle(connection, unknowns.looked(connection, one, sightings, now), now)

    def waits(self) -> Waits:
        (row,) = self.run(lambda connection: _NEXT.rows(connection, {}))
        return Waits(row.nudge, row.text, row.escalation, (row.call or "") > self._last_call)

    def new_calls(self) -> Iterator[tuple[str, str]]:
        """Hook occasions since the last time: the escalation's id, and the occasion."""
        for row in self.run(lambda connection: connection.execute(_CALLS, {"after": self._last_call}).all()):
            self._last_call = row.id
            if row.escalation_id:
                yield row.escalation_id, row.occasion
