"""What becomes of nudges that fall due: which goes out now, which waits and until when, which is of no use. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from conversations import office_hours
from conversations.effects import SettleNudge, TellWorker
from conversations.escalations import PRESSING, Level, Trigger
from conversations.flows import FLOWS
from conversations.nudges import OF_A_VISIT, OF_SILENCE, UNHEARD, Nudge, NudgeKind, NudgeState
from conversations.situation import Consent, Mode, Situation
from scheduler import promised
from scheduler.renewal import renewal_at
from scheduler.usefulness import too_late, useless, visit_of
from scheduler.windows import Allowed, good_moment, next_day, room, takes_place_of

RANK = (
    NudgeKind.BREATH,
    NudgeKind.PROMISE,
    NudgeKind.QUIET,
    NudgeKind.STILL_QUIET,
    NudgeKind.INVITE,
    NudgeKind.OWN_REMINDER,
    NudgeKind.VISIT_ENDED,
    NudgeKind.VISIT_TODAY,
    NudgeKind.VISIT_TOMORROW,
    NudgeKind.STEP_REMINDER,
    NudgeKind.VISIT_ASK,
    NudgeKind.VISIT_MISSED,
    NudgeKind.RENEWAL,
    NudgeKind.LATER,
    NudgeKind.WORKER_NUDGE,
    NudgeKind.END_OF_REST,
    NudgeKind.CHECK_IN,
    NudgeKind.SILENCE,
)
"""Which of several goes first (domain guide 3.8): appointment, step of the day, check-in.

What is of no use tomorrow goes before what can wait a day: a step's reminder before the question about a visit.
"""

A_MOMENT = timedelta(seconds=1)
TALKING = timedelta(minutes=30)
AFTER_A_PERSON = timedelta(hours=12)
LOOK_AGAIN = timedelta(hours=3)
"""So soon we look again whether a person still has the thread, for what is bound to a day."""

BESIDE_OTHERS = UNHEARD | {NudgeKind.PROMISE, NudgeKind.OWN_REMINDER}
"""What takes no other nudge's place: nobody is texted unprompted, or the client asked for it."""

PAST_A_HOLD = BESIDE_OTHERS | OF_A_VISIT
BOUND_TO_A_DAY = OF_A_VISIT | {NudgeKind.OWN_REMINDER, NudgeKind.STEP_REMINDER}
KEEPS_ITS_HOUR = BESIDE_OTHERS | {NudgeKind.INVITE, NudgeKind.STEP_REMINDER, NudgeKind.VISIT_TODAY}
OUTSIDE_THE_CAPS = BESIDE_OTHERS | {NudgeKind.INVITE}
LEFT_ROOM_FOR = OUTSIDE_THE_CAPS | {NudgeKind.STEP_REMINDER}
OPENS_A_TALK = frozenset({NudgeKind.CHECK_IN, NudgeKind.END_OF_REST, NudgeKind.RENEWAL})
BEFORE_THE_VISIT = frozenset({NudgeKind.VISIT_ASK, NudgeKind.VISIT_TOMORROW, NudgeKind.VISIT_ENDED})
"""Without these somebody misses a visit, or comes for nothing."""

EACH_A_TEXT = OF_A_VISIT | {NudgeKind.WORKER_NUDGE, NudgeKind.OWN_REMINDER}
"""Two of one kind are two texts."""

OVER_CAP = "visit_over_cap"


@dataclass(frozen=True, slots=True)
class Admission:
    """Which nudge goes out now, if any, and what became of every one.

    `settled` has one SettleNudge for each nudge given, and tells the worker whose nudge came to nothing.
    """

    go: Nudge | None
    settled: tuple[SettleNudge | TellWorker, ...]


def admit(situation: Situation, nudges: Sequence[Nudge], now: datetime) -> Admission:
    """Settle all nudges of one client that are due at one moment. At most one goes out; each gets its reason.

    Dropped: what is of no use any more. Held: what may not go now, with the next moment to try. Of those left the first
    in `RANK` goes; what it covers is merged into it; the rest wait for the next day. Whatever goes changes the
    situation, so what stands beside it (`BESIDE_OTHERS`) waits a moment and is looked at anew.
    """
    settled: list[SettleNudge | TellWorker] = []
    ready: list[Nudge] = []
    for nudge in sorted(nudges, key=lambda nudge: (RANK.index(nudge.kind), nudge.wanted_at)):
        if reason := useless(nudge, situation, now):
            settled += _dropped(nudge, reason, situation, now)
        elif obstacle := _obstacle(nudge, situation, now):
            settled.append(_held(nudge, obstacle, situation))
        else:
            ready.append(nudge)
    if not ready:
        return Admission(None, tuple(settled))
    go, *others = ready
    settled.append(SettleNudge(go.id, NudgeState.SENT, OVER_CAP if _goes_over_cap(go, situation, now) else ""))
    settled += (_beside(go, other, situation, now) for other in others)
    return Admission(go, tuple(settled))


def _obstacle(nudge: Nudge, situation: Situation, now: datetime) -> Allowed | None:
    """What keeps a nudge from going out now, and when to try again.

    What nobody is texted of has no obstacle: a worker can be told that a client is quiet at any hour. A promise that is
    broken is said even while a person has the thread. The caps are for those who said yes, not for an invitation.
    """
    if nudge.kind in UNHEARD:
        return None
    return (
        _quiet_now(nudge, situation, now)
        or _persons_turn(nudge, situation, now)
        or _not_renewed(nudge, situation, now)
        or _heard_since(nudge, situation, now)
        or _cap_full(nudge, situation, now)
        or _talking_now(nudge, situation, now)
        or _open_question(nudge, situation, now)
        or _room_kept(nudge, situation, now)
    )


def _quiet_now(nudge: Nudge, situation: Situation, now: datetime) -> Allowed | None:
    allowed = good_moment(nudge.kind, now, situation, now)
    return allowed if allowed.reason else None


def _persons_turn(nudge: Nudge, situation: Situation, now: datetime) -> Allowed | None:
    """While a person has the thread or is waited for, and a while after (domain guide 3.8, 7.3)."""
    if nudge.kind is NudgeKind.PROMISE:
        return None
    if situation.client.mode is not Mode.BOT:
        return Allowed(_look_again(nudge, situation, now), f"mode_{situation.client.mode}")
    if any(item.level in PRESSING for item in situation.open_items):
        return Allowed(_look_again(nudge, situation, now), "person_needed")
    return _after_a_person(nudge, situation, now) or _on_hold(nudge, situation, now)


def _look_again(nudge: Nudge, situation: Situation, now: datetime) -> datetime:
    """Nobody knows when a person will be done."""
    if nudge.kind in BOUND_TO_A_DAY:
        return good_moment(nudge.kind, now + LOOK_AGAIN, situation, now).at
    return next_day(nudge.kind, situation, now)


def _after_a_person(nudge: Nudge, situation: Situation, now: datetime) -> Allowed | None:
    wrote = situation.person_wrote_at
    if wrote is None or now - wrote >= AFTER_A_PERSON or nudge.kind is NudgeKind.OWN_REMINDER:
        return None
    return Allowed(good_moment(nudge.kind, wrote + AFTER_A_PERSON, situation, now).at, "person_wrote")


def _on_hold(nudge: Nudge, situation: Situation, now: datetime) -> Allowed | None:
    """A hold may end sooner than it says: we look again the next day."""
    hold = situation.hold
    if hold is None or hold.until <= now or nudge.kind in PAST_A_HOLD:
        return None
    again = good_moment(nudge.kind, hold.until, situation, now).at
    return Allowed(min(again, next_day(nudge.kind, situation, now)), hold.reason)


def _not_renewed(nudge: Nudge, situation: Situation, now: datetime) -> Allowed | None:
    """Until the client says that the texts are still welcome, nothing but that question goes out."""
    if situation.client.consent is not Consent.RENEW_DUE or nudge.kind in (NudgeKind.RENEWAL, NudgeKind.PROMISE):
        return None
    return Allowed(_look_again(nudge, situation, now), Consent.RENEW_DUE.value)


def _heard_since(nudge: Nudge, situation: Situation, now: datetime) -> Allowed | None:
    if nudge.kind is not NudgeKind.RENEWAL or (at := renewal_at(situation, now)) <= now:
        return None
    return Allowed(good_moment(nudge.kind, at, situation, now).at, "heard_since")


def _cap_full(nudge: Nudge, situation: Situation, now: datetime) -> Allowed | None:
    if nudge.kind in OUTSIDE_THE_CAPS or nudge.terms.beyond_cap or _goes_over_cap(nudge, situation, now):
        return None
    full = room(nudge.kind, situation, now)
    return full if full.reason else None


def _goes_over_cap(nudge: Nudge, situation: Situation, now: datetime) -> bool:
    """The one exception to the caps (domain guide 3.8), whichever is full: what must be said before a visit.

    It goes only where the next day would be too late: the reminder of the day before; the question about a visit that
    was entered the day before; that the office has ended a visit of the next morning.
    """
    full = room(nudge.kind, situation, now)
    return bool(full.reason) and _cannot_wait(nudge, situation, full.at)


def _cannot_wait(nudge: Nudge, situation: Situation, until: datetime) -> bool:
    visit = visit_of(nudge, situation) if nudge.kind in BEFORE_THE_VISIT else None
    if visit is None:
        return False
    return until >= visit.starts_at or (nudge.kind is NudgeKind.VISIT_TOMORROW and too_late(nudge, situation, until))


def _talking_now(nudge: Nudge, situation: Situation, now: datetime) -> Allowed | None:
    heard = situation.last_heard_at
    if nudge.kind in KEEPS_ITS_HOUR or heard is None or now - heard >= TALKING:
        return None
    later = good_moment(nudge.kind, heard + TALKING, situation, now).at
    return None if too_late(nudge, situation, later) else Allowed(later, "talking_now")


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


def _room_kept(nudge: Nudge, situation: Situation, now: datetime) -> Allowed | None:
    """The last texts that a cap allows are kept for the reminder that was promised, and for visits."""
    later = next_day(nudge.kind, situation, now)
    if nudge.kind in LEFT_ROOM_FOR or nudge.terms.beyond_cap or _cannot_wait(nudge, situation, later):
        return None
    reminder = tuple(promised.step_reminder(situation, now))
    if takes_place_of(reminder, situation, now):
        return Allowed(later, "kept_for:step_reminder")
    visits = () if nudge.kind in OF_A_VISIT else tuple(promised.visit_texts(situation, now))
    return Allowed(later, "kept_for:visit") if takes_place_of((*reminder, *visits), situation, now) else None


def _held(nudge: Nudge, obstacle: Allowed, situation: Situation) -> SettleNudge:
    """Planned again for later; what would then come too late is dropped."""
    if too_late(nudge, situation, obstacle.at):
        return SettleNudge(nudge.id, NudgeState.DROPPED, obstacle.reason)
    return SettleNudge(nudge.id, NudgeState.PLANNED, obstacle.reason, obstacle.at)


def _beside(go: Nudge, other: Nudge, situation: Situation, now: datetime) -> SettleNudge:
    """What becomes of a nudge when another one goes out at the same moment."""
    reason = f"merged_into:{go.kind}"
    if _covers(go, other):
        return SettleNudge(other.id, NudgeState.MERGED, reason)
    if go.kind in BESIDE_OTHERS:
        return SettleNudge(other.id, NudgeState.PLANNED, f"after:{go.kind}", _soon(go, other, situation, now))
    again = next_day(other.kind, situation, now)
    if too_late(other, situation, again):
        again = now.astimezone(UTC) + A_MOMENT
    return SettleNudge(other.id, NudgeState.PLANNED, reason, again)


def _covers(go: Nudge, other: Nudge) -> bool:
    if {go.kind, other.kind} <= OF_A_VISIT and go.subject == other.subject:
        return True
    same = other.kind is go.kind and go.kind not in EACH_A_TEXT
    return same or (other.kind in OF_SILENCE and go.kind in OPENS_A_TALK)


def _soon(go: Nudge, other: Nudge, situation: Situation, now: datetime) -> datetime:
    """An own reminder asks something: the next question leaves time to answer it."""
    later = good_moment(other.kind, now + TALKING, situation, now).at
    asks = go.kind is NudgeKind.OWN_REMINDER and other.kind not in KEEPS_ITS_HOUR
    return later if asks and not too_late(other, situation, later) else now.astimezone(UTC) + A_MOMENT


def _dropped(nudge: Nudge, reason: str, situation: Situation, now: datetime) -> Iterator[SettleNudge | TellWorker]:
    yield SettleNudge(nudge.id, NudgeState.DROPPED, reason)
    if reason == "expired":
        yield TellWorker(Trigger.NUDGE_EXPIRED, Level.U3, office_hours.due(Level.U3, now, situation.county))
