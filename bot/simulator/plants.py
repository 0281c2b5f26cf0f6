"""Bugs that are planted on purpose, for tests: each turns one rule off, and a check has to find it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from enum import StrEnum

from conversations.county import Caps, County, Hours
from conversations.effects import CancelNudges, ChangeConsent, Effect, PlanNudge, SaveTalk, Texted
from conversations.events import Event
from conversations.nudges import Nudge, NudgeKind
from conversations.shared_phone import Held, Phone, Routing
from conversations.situation import Consent, Situation
from records.turns import Decider


class Plant(StrEnum):
    """Which rule is turned off."""

    IGNORE_QUIET_HOURS = "ignore-quiet-hours"
    IGNORE_CAPS = "ignore-caps"
    IGNORE_STOP = "ignore-stop"
    FORGET_PROMISES = "forget-promises"


ANY_TIME = Hours(time.min, time.max)
NO_CAPS = Caps(99, 99, 99)


def county_with(county: County, plant: Plant | None) -> County:
    """The county as the bot sees it. Who checks goes by the real one."""
    match plant:
        case Plant.IGNORE_QUIET_HOURS:
            every_day = frozenset(range(7))
            return replace(county, send_hours=ANY_TIME, legal_hours=ANY_TIME, send_days=every_day, holidays=frozenset())
        case Plant.IGNORE_CAPS:
            return replace(county, caps=NO_CAPS)
        case _:
            return county


def decider_with(decider: Decider, plant: Plant | None) -> Decider:
    if plant not in CARELESS:
        return decider
    careless: Decider = Careless(decider, CARELESS[plant])
    return careless


def _takes_no_stop(effect: Effect) -> bool:
    is_stop = isinstance(effect, ChangeConsent) and effect.to is Consent.REVOKED
    return is_stop or isinstance(effect, CancelNudges | SaveTalk)


def _keeps_no_promise(effect: Effect) -> bool:
    return isinstance(effect, PlanNudge) and effect.kind is NudgeKind.PROMISE


def _forgets_stop(effects: Sequence[Effect]) -> Sequence[Effect]:
    if not any(isinstance(effect, ChangeConsent) and effect.to is Consent.REVOKED for effect in effects):
        return effects
    return [effect for effect in effects if not _takes_no_stop(effect)]


def _forgets_promises(effects: Sequence[Effect]) -> Sequence[Effect]:
    return [effect for effect in effects if not _keeps_no_promise(effect)]


CARELESS: Mapping[Plant | None, Callable[[Sequence[Effect]], Sequence[Effect]]] = {
    Plant.IGNORE_STOP: _forgets_stop,
    Plant.FORGET_PROMISES: _forgets_promises,
}


@dataclass(frozen=True, slots=True)
class Careless:
    """A decider that leaves out some of what was decided."""

    whole: Decider
    left_of: Callable[[Sequence[Effect]], Sequence[Effect]]

    def decide(self, situation: Situation, event: Event, now: datetime) -> Sequence[Effect]:
        return self.left_of(self.whole.decide(situation, event, now))

    def decide_due(self, situation: Situation, nudges: Sequence[Nudge], now: datetime) -> Sequence[Effect]:
        return self.left_of(self.whole.decide_due(situation, nudges, now))

    def route(self, phone: Phone, said: Held, now: datetime) -> Routing:
        return self.whole.route(phone, said, now)

    def answer_stranger(self, text: str, helped_at: datetime | None, now: datetime) -> Sequence[Texted]:
        return self.whole.answer_stranger(text, helped_at, now)
