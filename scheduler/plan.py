"""From what is wished for to when it falls due, and what becomes of it then. Pure: `now` is always given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import assert_never

from conversations import office_hours, reminders
from conversations.effects import (
    CancelNudges,
    CheckIn,
    Effect,
    EndRestAt,
    Level,
    PlanNudge,
    Preference,
    RemindOfStep,
    SetPreference,
    SettleNudge,
    TellWorker,
    Trigger,
    WaitUntil,
)
from conversations.flows import FLOWS
from conversations.goals import GoalStatus, Step, StepStatus
from conversations.nudges import OF_SILENCE, Nudge, NudgeKind, NudgeState
from conversations.situation import MAY_BE_INVITED, Client, Consent, PartOfDay, Rhythm, Situation
from scheduler.windows import (
    A_DAY,
    Allowed,
    at_clients_hour,
    good_moment,
    last_before,
    local_day,
    next_allowed,
    next_day,
    room,
)

REPLANNED = "replanned"

DAYS_BETWEEN = {Rhythm.DAILY: A_DAY, Rhythm.WEEKLY: 7 * A_DAY, Rhythm.TWO_WEEKS: 14 * A_DAY}
"""The days from one check-in to the next. A client who wants none before they text is not here."""

RANK = (
    NudgeKind.INVITE,
    NudgeKind.STEP_REMINDER,
    NudgeKind.WORKER_NUDGE,
    NudgeKind.END_OF_REST,
    NudgeKind.CHECK_IN,
    NudgeKind.SILENCE,
    NudgeKind.QUIET,
)
"""Which of several goes first (domain guide 3.8). A step's reminder was promised for its hour and cannot wait a day."""

TALKING = timedelta(minutes=30)
USELESS_AFTER = timedelta(hours=48)
OPENS_A_TALK = frozenset({NudgeKind.CHECK_IN, NudgeKind.END_OF_REST})


@dataclass(frozen=True, slots=True)
class Admission:
    """Which nudge goes out now, if any, and what became of every one.

    `settled` has one SettleNudge for each nudge given, and tells the worker whose nudge came to nothing.
    """

    go: Nudge | None
    settled: tuple[SettleNudge | TellWorker, ...]


def plan(effects: Sequence[Effect], situation: Situation, now: datetime) -> list[Effect]:
    """Put a moment to every wish, in its place among the effects. What the client set a moment ago already counts."""
    planned: list[Effect] = []
    for effect in effects:
        if isinstance(effect, SetPreference):
            situation = replace(situation, client=_with(situation.client, effect))
        planned.extend(_planned(effect, situation, now))
    return planned


def invitation(situation: Situation, now: datetime) -> PlanNudge | None:
    """When an invitation goes that a worker asks for outside the sending hours; None inside them: it goes at once."""
    allowed = next_allowed(NudgeKind.INVITE, now, situation, now)
    if not allowed.reason:
        return None
    key = f"invite:{local_day(allowed.at, situation.client)}"
    return PlanNudge(NudgeKind.INVITE, key, allowed.at, "", now.astimezone(UTC), allowed.reason)


def admit(situation: Situation, nudges: Sequence[Nudge], now: datetime) -> Admission:
    """Settle all nudges of one client that are due at one moment. At most one goes out; each gets its reason.

    Dropped: what is of no use any more. Held: what may not go now, with the next moment to try. Of those left the first
    in `RANK` goes; what it covers is merged into it; the rest wait for the next day.
    """
    settled: list[SettleNudge | TellWorker] = []
    ready: list[Nudge] = []
    for nudge in sorted(nudges, key=lambda nudge: (RANK.index(nudge.kind), nudge.wanted_at)):
        if useless := _useless(nudge, situation, now):
            settled += _dropped(nudge, useless, situation, now)
        elif obstacle := _obstacle(nudge, situation, now):
            settled.append(_held(nudge, obstacle, situation))
        else:
            ready.append(nudge)
    if not ready:
        return Admission(None, tuple(settled))
    go, *others = ready
    settled.append(SettleNudge(go.id, NudgeState.SENT, ""))
    settled += (_beside(go, other, situation, now) for other in others)
    return Admission(go, tuple(settled))


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


def _planned(effect: Effect, situation: Situation, now: datetime) -> Iterator[Effect]:
    match effect:
        case WaitUntil(when=when, asked_at=asked_at):
            asked = asked_at.astimezone(UTC).isoformat()
            if effect.texts:
                yield _fall_due(NudgeKind.SILENCE, f"silence:{asked}", asked, when, situation, now)
            else:
                yield PlanNudge(NudgeKind.QUIET, f"quiet:{asked}", when.astimezone(UTC), asked)
        case RemindOfStep():
            yield CancelNudges(frozenset({NudgeKind.STEP_REMINDER}), REPLANNED)
            yield from _reminder(effect, situation, now)
        case CheckIn():
            yield CancelNudges(frozenset({NudgeKind.CHECK_IN}), REPLANNED)
            yield from _check_in(effect, situation, now)
        case EndRestAt(when=when):
            key = f"end_of_rest:{local_day(when, situation.client)}"
            yield CancelNudges(frozenset({NudgeKind.END_OF_REST}), REPLANNED)
            yield _fall_due(NudgeKind.END_OF_REST, key, "", when, situation, now)
        case _:
            yield effect


def _reminder(wish: RemindOfStep, situation: Situation, now: datetime) -> Iterator[PlanNudge]:
    at = reminders.moment_for(situation, wish.step, now)
    if at is not None:
        subject = f"{wish.goal}.{wish.step.number}"
        key = f"step_reminder:{subject}:{at.isoformat(timespec='minutes')}"
        yield PlanNudge(NudgeKind.STEP_REMINDER, key, at.astimezone(UTC), subject, at.astimezone(UTC))


def _check_in(wish: CheckIn, situation: Situation, now: datetime) -> Iterator[PlanNudge]:
    day = _day_of_check_in(wish, situation, now)
    if day is not None:
        subject = f"{wish.goal}.{wish.step.number}"
        wanted = at_clients_hour(day, situation.client)
        yield _fall_due(NudgeKind.CHECK_IN, f"check_in:{subject}:{day}", subject, wanted, situation, now)


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


def _useless(nudge: Nudge, situation: Situation, now: datetime) -> str:
    """Why a nudge need not go out any more; empty while it is of use."""
    return _unwelcome(nudge, situation) or _overtaken(nudge, situation, now)


def _unwelcome(nudge: Nudge, situation: Situation) -> str:
    """Before the yes, only the invite itself may be repeated (domain guide 3.10): its question is the only open one."""
    consent = situation.client.consent
    if nudge.kind is NudgeKind.INVITE:
        return "" if consent in MAY_BE_INVITED else "already_answered"
    may_text = consent is Consent.ACTIVE or (consent is Consent.INVITED and nudge.kind in OF_SILENCE)
    return "" if may_text else "no_consent"


def _overtaken(nudge: Nudge, situation: Situation, now: datetime) -> str:
    match nudge.kind:
        case NudgeKind.INVITE:
            return ""
        case NudgeKind.SILENCE | NudgeKind.QUIET:
            return "" if _still_open(nudge, situation) else "answered"
        case NudgeKind.WORKER_NUDGE:
            return "expired" if now - nudge.due_at > USELESS_AFTER else ""
        case NudgeKind.END_OF_REST:
            return "" if situation.client.resting_until else "rest_over"
        case NudgeKind.CHECK_IN:
            return _step_gone(nudge, situation)
        case NudgeKind.STEP_REMINDER:
            return _step_gone(nudge, situation) or ("too_late" if _after_step(now, situation) else "")
        case _:
            assert_never(nudge.kind)


def _still_open(silence: Nudge, situation: Situation) -> bool:
    talk = situation.talk
    return talk is not None and not talk.over and talk.asked_at == datetime.fromisoformat(silence.subject)


def _step_gone(nudge: Nudge, situation: Situation) -> str:
    goal_number, step_number = (int(number) for number in nudge.subject.split("."))
    goal = situation.goal
    if goal is None or goal.number != goal_number:
        return "goal_closed"
    if goal.status is not GoalStatus.ACTIVE:
        return f"goal_{goal.status}"
    if goal.step is None or goal.step.number != step_number:
        return "step_changed"
    return "" if goal.step.status is StepStatus.PLANNED else "step_over"


def _after_step(at: datetime, situation: Situation) -> bool:
    """Whether the step is under way by then, so that a reminder of it is of no use."""
    step = situation.goal and situation.goal.step
    starts = step and reminders.starts_at(step, situation.client.zone, situation.county.legal_hours)
    return not starts or at >= starts


def _obstacle(nudge: Nudge, situation: Situation, now: datetime) -> Allowed | None:
    """What keeps a nudge from going out now, and when to try again.

    A step's reminder keeps the hour that the client was told, even in the middle of a talk. A worker can be told that a
    client is quiet at any hour. An invitation waits for its hours alone: the caps are for those who said yes.
    """
    if nudge.kind is NudgeKind.QUIET:
        return None
    quiet = good_moment(nudge.kind, now, situation, now)
    if quiet.reason:
        return quiet
    if nudge.kind is NudgeKind.INVITE:
        return None
    full = room(nudge.kind, situation, now)
    if full.reason:
        return full
    if nudge.kind is NudgeKind.STEP_REMINDER:
        return None
    return (
        _talking_now(nudge, situation, now)
        or _open_question(nudge, situation, now)
        or _promised_reminder(nudge, situation, now)
    )


def _talking_now(nudge: Nudge, situation: Situation, now: datetime) -> Allowed | None:
    heard = situation.last_heard_at
    if heard is None or now - heard >= TALKING:
        return None
    return Allowed(good_moment(nudge.kind, heard + TALKING, situation, now).at, "talking_now")


def _open_question(nudge: Nudge, situation: Situation, now: datetime) -> Allowed | None:
    """What would open a talk waits while another one is alive: until tomorrow, or until that one counts as parked."""
    talk = situation.talk
    if nudge.kind not in OPENS_A_TALK or talk is None or talk.over or FLOWS[talk.flow].is_passing:
        return None
    parked = talk.asked_at.astimezone(UTC) + situation.county.flow_parked_after
    if parked <= now:
        return None
    again = good_moment(nudge.kind, parked, situation, now).at
    return Allowed(min(again, next_day(nudge.kind, situation, now)), "open_question")


def _promised_reminder(nudge: Nudge, situation: Situation, now: datetime) -> Allowed | None:
    """The last text that a cap allows is kept for the reminder that the client was promised."""
    goal, client, county = situation.goal, situation.client, situation.county
    if goal is None or goal.step is None or goal.status is not GoalStatus.ACTIVE:
        return None
    at = reminders.first_choice(goal.step, client.zone, county.legal_hours)
    if at is None or at <= now or goal.step.status is not StepStatus.PLANNED:
        return None
    if not last_before(at, situation, now):
        return None
    return Allowed(next_day(nudge.kind, situation, now), "kept_for:step_reminder")


def _held(nudge: Nudge, obstacle: Allowed, situation: Situation) -> SettleNudge:
    """Planned again for later; a reminder that would then come after its step is dropped."""
    if nudge.kind is NudgeKind.STEP_REMINDER and _after_step(obstacle.at, situation):
        return SettleNudge(nudge.id, NudgeState.DROPPED, obstacle.reason)
    return SettleNudge(nudge.id, NudgeState.PLANNED, obstacle.reason, obstacle.at)


def _beside(go: Nudge, other: Nudge, situation: Situation, now: datetime) -> SettleNudge:
    """What becomes of a nudge when another one goes out at the same moment."""
    reason = f"merged_into:{go.kind}"
    same = other.kind is go.kind and go.kind is not NudgeKind.WORKER_NUDGE
    if same or (other.kind in OF_SILENCE and go.kind in OPENS_A_TALK):
        return SettleNudge(other.id, NudgeState.MERGED, reason)
    return SettleNudge(other.id, NudgeState.PLANNED, reason, next_day(other.kind, situation, now))


def _dropped(nudge: Nudge, reason: str, situation: Situation, now: datetime) -> Iterator[SettleNudge | TellWorker]:
    yield SettleNudge(nudge.id, NudgeState.DROPPED, reason)
    if reason == "expired":
        yield TellWorker(Trigger.NUDGE_EXPIRED, Level.U3, office_hours.due(Level.U3, now, situation.county))
