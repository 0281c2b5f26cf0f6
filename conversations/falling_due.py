"""What is said or done when something falls due, one line a kind. Whether it may go out now is settled before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from conversations import open_talk, reminder_events, tools, visit_events
from conversations import single_texts as texts
from conversations.effects import (
    ChangeConsent,
    Effect,
    Preference,
    Purpose,
    Send,
    SendWords,
    SetPreference,
    WatchSilence,
)
from conversations.escalations import Level, Trigger
from conversations.events import FellDue, FellSilent
from conversations.flows.renewal import QUESTION
from conversations.flows.welcome import INVITATION
from conversations.nudges import OF_A_VISIT, NudgeKind
from conversations.office_hours import is_open
from conversations.situation import MAY_BE_INVITED, SAID_YES, Consent, Mode, Situation
from conversations.telling import tell

Effects = tuple[Effect, ...]

STILL_QUIET_AFTER = timedelta(days=14)
"""A week of silence has passed by then, and 21 days are three (domain guide 7.2)."""

FOR_THE_SILENT = {Consent.INVITED: Purpose.INVITE, Consent.RENEW_DUE: Purpose.LEGAL}


def invitation(situation: Situation, _due: FellDue, now: datetime) -> Effects:
    """Nothing for who was invited already, said yes, or stopped the texts."""
    if situation.client.consent not in MAY_BE_INVITED:
        return ()
    return (
        ChangeConsent(Consent.INVITED, INVITATION),
        *open_talk.begin(situation, now, "welcome", purpose=Purpose.INVITE),
    )


def renewal(situation: Situation, _due: FellDue, now: datetime) -> Effects:
    return (
        ChangeConsent(Consent.RENEW_DUE, QUESTION),
        *open_talk.begin(situation, now, "renewal", purpose=Purpose.LEGAL),
    )


def step_reminder(situation: Situation, _due: FellDue, _now: datetime) -> Effects:
    return (Send(texts.step_reminder(situation), purpose=Purpose.REMINDER),)


def worker_nudge(situation: Situation, due: FellDue, now: datetime) -> Effects:
    """A worker's own words, or a conversation that a worker opens: of a tool that the county uses."""
    if due.subject:
        if not tools.has_flow(due.subject, situation.county):
            return ()
        return open_talk.begin(situation, now, due.subject, purpose=Purpose.NUDGE)
    return (SendWords(due.words),)


def check_in(situation: Situation, _due: FellDue, now: datetime) -> Effects:
    return open_talk.begin(situation, now, "goal_check_in", purpose=Purpose.CHECK_IN)


def end_of_rest(situation: Situation, _due: FellDue, now: datetime) -> Effects:
    rested = SetPreference(Preference.RESTING_UNTIL, "")
    return (rested, *open_talk.begin(situation, now, "fresh_start", purpose=Purpose.NUDGE))


def later(situation: Situation, _due: FellDue, now: datetime) -> Effects:
    if situation.talk is None:
        return ()
    return open_talk.ask_again(situation, situation.talk, now, situation.parked, Purpose.NUDGE)


def silence(situation: Situation, due: FellDue, now: datetime) -> Effects:
    if situation.talk is None:
        return ()
    silent = FellSilent(datetime.fromisoformat(due.subject))
    purpose = FOR_THE_SILENT.get(situation.client.consent, Purpose.NUDGE)
    return open_talk.go_on(situation, situation.talk, silent, now, purpose)


def quiet(situation: Situation, due: FellDue, now: datetime) -> Effects:
    told = silence(situation, due, now)
    return (*told, WatchSilence(now + STILL_QUIET_AFTER)) if told else ()


def still_quiet(situation: Situation, _due: FellDue, now: datetime) -> Effects:
    return (tell(situation, Trigger.QUIET, Level.U2, now),)


def own_reminder(situation: Situation, due: FellDue, now: datetime) -> Effects:
    return reminder_events.fall_due(situation, due.subject, now)


def promise(situation: Situation, due: FellDue, now: datetime) -> Effects:
    """By now a person was to have turned to the client: they hear the truth once, and the supervisor hears of it.

    Domain guide 7.3. A promise about a promise would not be believed: the second time only people are told.
    """
    trigger = Trigger(due.subject)
    if not any(item.trigger is trigger and item.contacted_at is None for item in situation.open_items):
        return ()
    may_text = situation.client.consent in SAID_YES and situation.client.mode is not Mode.SILENT
    says_so = may_text and trigger is not Trigger.PROMISE_BROKEN and is_open(now, situation.county)
    broken = tell(situation, Trigger.PROMISE_BROKEN, Level.U1, now, to_supervisor=True)
    return (broken, Send(texts.STILL_COMING)) if says_so else (broken,)


FALLS_DUE: Mapping[NudgeKind, Callable[[Situation, FellDue, datetime], Effects]] = {
    NudgeKind.INVITE: invitation,
    NudgeKind.RENEWAL: renewal,
    NudgeKind.STEP_REMINDER: step_reminder,
    NudgeKind.OWN_REMINDER: own_reminder,
    NudgeKind.WORKER_NUDGE: worker_nudge,
    NudgeKind.CHECK_IN: check_in,
    NudgeKind.LATER: later,
    NudgeKind.SILENCE: silence,
    NudgeKind.QUIET: quiet,
    NudgeKind.STILL_QUIET: still_quiet,
    NudgeKind.END_OF_REST: end_of_rest,
    NudgeKind.PROMISE: promise,
    **dict.fromkeys(OF_A_VISIT, visit_events.fall_due),
}
"""Every kind but a breath, which is what a client said."""
