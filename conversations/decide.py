"""The one door: (situation, event, now) -> effects. What may go out now is settled before an event comes here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from conversations import open_talk
from conversations import single_texts as texts
from conversations.effects import ChangeConsent, Effect, Preference, Purpose, Send, SendWords, SetPreference
from conversations.events import Event, FellDue, FellSilent, Said, WorkerInvited
from conversations.front_desk import Arrival, receive
from conversations.languages import Language
from conversations.nudges import NudgeKind
from conversations.situation import MAY_BE_INVITED, Consent, Situation

Effects = tuple[Effect, ...]


def decide(situation: Situation, event: Event, now: datetime, languages: Mapping[str, Language]) -> Effects:
    """What to do about an event. `now` is aware; the effects still hold wishes for the planner and the wording."""
    match event:
        case Said():
            return receive(Arrival(event, situation, languages, now))
        case FellDue():
            return fall_due(situation, event, now)
        case WorkerInvited():
            return invite(situation, now)
        case _:
            assert_never(event)


def invite(situation: Situation, now: datetime) -> Effects:
    """Nothing for who was invited already, said yes, or stopped the texts."""
    if situation.client.consent not in MAY_BE_INVITED:
        return ()
    return (ChangeConsent(Consent.INVITED), *open_talk.begin(situation, now, "welcome", purpose=Purpose.INVITE))


def fall_due(situation: Situation, due: FellDue, now: datetime) -> Effects:
    match due.kind:
        case NudgeKind.INVITE:
            return invite(situation, now)
        case NudgeKind.STEP_REMINDER:
            return (Send(texts.step_reminder(situation), purpose=Purpose.REMINDER),)
        case NudgeKind.WORKER_NUDGE:
            return (SendWords(due.words),)
        case NudgeKind.CHECK_IN:
            return open_talk.begin(situation, now, "goal_check_in", purpose=Purpose.CHECK_IN)
        case NudgeKind.END_OF_REST:
            rested = SetPreference(Preference.RESTING_UNTIL, "")
            return (rested, *open_talk.begin(situation, now, "fresh_start", purpose=Purpose.NUDGE))
        case NudgeKind.SILENCE | NudgeKind.QUIET:
            return fall_silent(situation, datetime.fromisoformat(due.subject), now)
        case _:
            assert_never(due.kind)


def fall_silent(situation: Situation, asked_at: datetime, now: datetime) -> Effects:
    if situation.talk is None:
        return ()
    purpose = Purpose.INVITE if situation.client.consent is Consent.INVITED else Purpose.NUDGE
    return open_talk.go_on(situation, situation.talk, FellSilent(asked_at), now, purpose)
