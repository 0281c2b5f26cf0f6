"""From what is wished for to when it falls due. Pure: `now` is always given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from conversations import reminders
from conversations.effects import (
    AskAgainAt,
    CancelNudges,
    ChangeConsent,
    CheckIn,
    Effect,
    EndRestAt,
    PlanNudge,
    Preference,
    RemindOfStep,
    RemindOfVisit,
    SaveReminder,
    SaveVisit,
    SetPreference,
    TellWorker,
    WaitForMore,
    WaitUntil,
    WatchConsent,
    WatchSilence,
)
from conversations.goals import Step
from conversations.nudges import OF_A_VISIT, NudgeKind
from conversations.own_reminders import ReminderStatus
from conversations.situation import Client, Consent, PartOfDay, Rhythm, Situation
from scheduler.renewal import renewal_at
from scheduler.visit_times import times
from scheduler.windows import A_DAY, at_clients_hour, good_moment, local_day, next_allowed

REPLANNED = "replanned"

DAYS_BETWEEN = {Rhythm.DAILY: A_DAY, Rhythm.WEEKLY: 7 * A_DAY, Rhythm.TWO_WEEKS: 14 * A_DAY}
"""The days from one check-in to the next. A client who wants none before they text is not here."""


def plan(effects: Sequence[Effect], situation: Situation, now: datetime) -> list[Effect]:
    """Put a moment to every wish, in its place among the effects. What the client set a moment ago already counts."""
    planned: list[Effect] = []
    for effect in effects:
        situation = _after(effect, situation, now)
        wish = _WISHES.get(type(effect))
        planned.extend(wish(effect, situation, now) if wish else (effect,))
    return planned


def invitation(situation: Situation, now: datetime) -> PlanNudge | None:
    """When an invitation goes that a worker asks for outside the sending hours; None inside them: it goes at once."""
    allowed = next_allowed(NudgeKind.INVITE, now, situation, now)
    if not allowed.reason:
        return None
    key = f"invite:{local_day(allowed.at, situation.client)}"
    return PlanNudge(NudgeKind.INVITE, key, allowed.at, "", now.astimezone(UTC), allowed.reason)


def _after(effect: Effect, situation: Situation, now: datetime) -> Situation:
    match effect:
        case SetPreference():
            return replace(situation, client=_with(situation.client, effect))
        case ChangeConsent(to=to):
            agreed = now if to is Consent.ACTIVE else situation.client.consented_at
            return replace(situation, client=replace(situation.client, consent=to, consented_at=agreed))
        case SaveVisit(visit=visit) | RemindOfVisit(visit=visit):
            others = tuple(other for other in situation.visits if other.number != visit.number)
            return replace(situation, visits=(*others, visit))
        case _:
            return situation


def _with(client: Client, told: SetPreference) -> Client:
    match told.what:
        case Preference.PART_OF_DAY:
            return replace(client, part_of_day=PartOfDay(told.value) if told.value else None)
        case Preference.RHYTHM:
            return replace(client, rhythm=Rhythm(told.value))
        case Preference.RESTING_UNTIL:
            return replace(client, resting_until=datetime.fromisoformat(told.value) if told.value else None)
        case _:
            return client


def _remind_of_step(wish: RemindOfStep, situation: Situation, now: datetime) -> Iterator[Effect]:
    yield CancelNudges(frozenset({NudgeKind.STEP_REMINDER}), REPLANNED)
    at = reminders.moment_for(situation, wish.step, now)
    if at is not None:
        subject = f"{wish.goal}.{wish.step.number}"
        key = f"step_reminder:{subject}:{at.isoformat(timespec='minutes')}"
        yield PlanNudge(NudgeKind.STEP_REMINDER, key, at.astimezone(UTC), subject, at.astimezone(UTC))


def _check_in(wish: CheckIn, situation: Situation, now: datetime) -> Iterator[Effect]:
    yield CancelNudges(frozenset({NudgeKind.CHECK_IN}), REPLANNED)
    day = _day_of_check_in(wish, situation, now)
    if day is not None:
        subject = f"{wish.goal}.{wish.step.number}"
        wanted = at_clients_hour(day, situation.client)
        yield _fall_due(NudgeKind.CHECK_IN, f"check_in:{subject}:{day}", subject, wanted, situation, now)


def _end_rest(wish: EndRestAt, situation: Situation, now: datetime) -> Iterator[Effect]:
    key = f"end_of_rest:{local_day(wish.when, situation.client)}"
    yield CancelNudges(frozenset({NudgeKind.END_OF_REST}), REPLANNED)
    yield _fall_due(NudgeKind.END_OF_REST, key, "", wish.when, situation, now)


def _watch_answer(wish: WaitUntil, situation: Situation, now: datetime) -> Iterator[Effect]:
    """The silence of the client to whom a question was put."""
    asked = wish.asked_at.astimezone(UTC).isoformat()
    if wish.texts:
        yield _fall_due(NudgeKind.SILENCE, f"silence:{asked}", asked, wish.when, situation, now)
    else:
        yield PlanNudge(NudgeKind.QUIET, f"quiet:{asked}", wish.when.astimezone(UTC), asked)


def _ask_again(wish: AskAgainAt, situation: Situation, now: datetime) -> Iterator[Effect]:
    asked = wish.asked_at.astimezone(UTC).isoformat()
    yield _fall_due(NudgeKind.LATER, f"later:{asked}", asked, wish.when, situation, now)


def _wait_for_more(wish: WaitForMore, _situation: Situation, _now: datetime) -> Iterator[Effect]:
    at = wish.until.astimezone(UTC)
    yield CancelNudges(frozenset({NudgeKind.BREATH}), REPLANNED)
    yield PlanNudge(NudgeKind.BREATH, f"breath:{at.isoformat()}", at, words=wish.words)


def _watch_consent(_wish: WatchConsent, situation: Situation, now: datetime) -> Iterator[Effect]:
    wanted = renewal_at(situation, now)
    key = f"renewal:{local_day(wanted, situation.client)}"
    yield CancelNudges(frozenset({NudgeKind.RENEWAL}), REPLANNED)
    yield _fall_due(NudgeKind.RENEWAL, key, "", wanted, situation, now)


def _watch_silence(wish: WatchSilence, _situation: Situation, now: datetime) -> Iterator[Effect]:
    since = now.astimezone(UTC).isoformat()
    yield CancelNudges(frozenset({NudgeKind.STILL_QUIET}), REPLANNED)
    yield PlanNudge(NudgeKind.STILL_QUIET, f"still_quiet:{since}", wish.until.astimezone(UTC), since)


def _remind_of_visit(wish: RemindOfVisit, situation: Situation, now: datetime) -> Iterator[Effect]:
    """The subject is the visit's number; the key its time too, so that a visit that was moved is spoken of anew."""
    visit = wish.visit
    yield CancelNudges(OF_A_VISIT, REPLANNED, str(visit.number))
    about = f"{visit.number}:{visit.starts_at.astimezone(UTC).isoformat()}"
    for kind, at in times(visit, situation, now):
        allowed = next_allowed(kind, at, situation, now)
        yield PlanNudge(kind, f"{kind}:{about}", allowed.at, str(visit.number), at, allowed.reason)


def _own_reminder(wish: SaveReminder, _situation: Situation, _now: datetime) -> Iterator[Effect]:
    """At the very hour: the client named and confirmed it (domain guide 6.6)."""
    reminder, subject = wish.reminder, str(wish.reminder.number)
    yield wish
    yield CancelNudges(frozenset({NudgeKind.OWN_REMINDER}), REPLANNED, subject)
    if reminder.status is ReminderStatus.SET:
        at = reminder.at.astimezone(UTC)
        yield PlanNudge(NudgeKind.OWN_REMINDER, f"own_reminder:{subject}:{at.isoformat()}", at, subject)


def _promise(told: TellWorker, _situation: Situation, _now: datetime) -> Iterator[Effect]:
    """What the client was promised is a timer."""
    yield told
    if told.promised:
        due = told.due_at.astimezone(UTC)
        yield PlanNudge(NudgeKind.PROMISE, f"promise:{told.trigger}:{due.isoformat()}", due, told.trigger)


_WISHES: Mapping[type[Effect], Callable[[Any, Situation, datetime], Iterator[Effect]]] = {
    RemindOfStep: _remind_of_step,
    CheckIn: _check_in,
    EndRestAt: _end_rest,
    WaitUntil: _watch_answer,
    AskAgainAt: _ask_again,
    WaitForMore: _wait_for_more,
    WatchConsent: _watch_consent,
    WatchSilence: _watch_silence,
    RemindOfVisit: _remind_of_visit,
    SaveReminder: _own_reminder,
    TellWorker: _promise,
}
"""What has to fall due. Every other effect stays as it is."""


def _day_of_check_in(wish: CheckIn, situation: Situation, now: datetime) -> date | None:
    """The day after the step's own, no sooner than the rhythm allows, and never today: we are talking already."""
    client, last = situation.client, situation.last_check_in_at
    rhythm = DAYS_BETWEEN.get(client.rhythm)
    if rhythm is None:
        return None
    today = local_day(now, client)
    own = _own_day(wish.step, client)
    after_step = own + A_DAY if own else today + rhythm
    soonest = local_day(last, client) + rhythm if last else today
    return max(after_step, soonest, today + A_DAY)


def _own_day(step: Step, client: Client) -> date | None:
    at = step.when.at
    return local_day(at, client) if isinstance(at, datetime) else at


def _fall_due(
    kind: NudgeKind, key: str, subject: str, wanted: datetime, situation: Situation, now: datetime
) -> PlanNudge:
    allowed = good_moment(kind, wanted, situation, now)
    return PlanNudge(kind, key, allowed.at, subject, wanted.astimezone(UTC), allowed.reason)
