"""The one door: (situation, event, now) -> effects. What may go out now is settled before an event comes here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from conversations import hand_over, provider_errors, told_to_staff, visit_events
from conversations.arrival import Arrival
from conversations.effects import Effect, HoldTexts, Send, TellWorker
from conversations.escalations import Level, Trigger
from conversations.events import (
    Event,
    FellDue,
    OptedOut,
    PreferencesTold,
    Said,
    TextsFail,
    VisitChanged,
    WorkerInvited,
    WorkerJoined,
    WorkerLeft,
    WorkerPaused,
    WorkerPlanned,
    WorkerResumed,
    WorkerStarted,
    WorkerWrote,
)
from conversations.falling_due import FALLS_DUE
from conversations.front_desk import receive
from conversations.languages import Language
from conversations.nudges import NudgeKind
from conversations.provider_errors import Action
from conversations.situation import Situation
from conversations.telling import tell

Effects = tuple[Effect, ...]

PROMISE = "{due}"
UNTIL_IT_WORKS = timedelta(days=14)


def decide(situation: Situation, event: Event, now: datetime, languages: Mapping[str, Language]) -> Effects:
    """What to do about an event. `now` is aware; the effects still hold wishes for the planner and the wording."""
    match event:
        case Said():
            effects = receive(Arrival(event, situation, languages, now))
        case FellDue(kind=NudgeKind.BREATH, words=words):
            effects = receive(Arrival(Said(words, is_whole=True), situation, languages, now))
        case FellDue(kind=kind):
            effects = FALLS_DUE[kind](situation, event, now)
        case WorkerInvited():
            effects = FALLS_DUE[NudgeKind.INVITE](situation, FellDue(NudgeKind.INVITE), now)
        case WorkerStarted(flow=flow):
            effects = FALLS_DUE[NudgeKind.WORKER_NUDGE](situation, FellDue(NudgeKind.WORKER_NUDGE, flow), now)
        case WorkerJoined() | WorkerWrote() | WorkerLeft() | WorkerPlanned() | WorkerPaused() | WorkerResumed():
            effects = hand_over.by_worker(situation, event, now)
        case VisitChanged():
            effects = visit_events.changed(situation, event, now)
        case OptedOut() | PreferencesTold():
            effects = told_to_staff.told(situation, event, now)
        case TextsFail(error_code=code):
            effects = texts_fail(situation, code, now)
        case _:
            assert_never(event)
    return promised(effects)


def promised(effects: Effects) -> Effects:
    """Whoever hears "by Wed 12pm" was promised a person: one place sees to it that none is forgotten."""
    if not any(isinstance(effect, Send) and PROMISE in effect.says.text for effect in effects):
        return effects
    return tuple(replace(effect, promised=True) if isinstance(effect, TellWorker) else effect for effect in effects)


def texts_fail(situation: Situation, code: int, now: datetime) -> Effects:
    """A text cannot go, for a reason that concerns more than itself (domain guide 7.2): tell who can do something."""
    tells = tell(situation, Trigger.DELIVERY_FAILING, Level.U2, now)
    match provider_errors.of(code).action:
        case Action.STOP_ALL | Action.STOP_UNPROMPTED:
            return (tell(situation, Trigger.FILTERED_BY_CARRIER, Level.U1, now, to_supervisor=True),)
        case Action.HOLD_NUMBER | Action.COUNT:
            return (HoldTexts(now + UNTIL_IT_WORKS, Trigger.DELIVERY_FAILING), tells)
        case _:
            return (tells,)
