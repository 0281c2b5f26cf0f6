"""One client's nudges in memory while something is decided: planned, cancelled, settled; each saved as one change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from conversations.effects import PlanNudge, SettleNudge
from conversations.nudge_terms import NO_TERMS, Terms
from conversations.nudges import OF_A_VISIT, OF_SILENCE, Nudge, NudgeKind, NudgeState
from conversations.situation import Talk

REPLACED = "replaced by a newer one"
MOVED_ON = "the talk moved on"


@dataclass(slots=True)
class PlannedNudge:
    """A row of `nudges`, to be changed. `before` is (state, due moment, words, key) as stored; None when it is new."""

    id: str
    kind: str
    key: str
    subject: str
    words: str
    state: str
    due_at: datetime
    wanted_at: datetime
    held: int
    created_by: str | None
    campaign: str | None = None
    terms: Terms = NO_TERMS
    reason: str = ""
    before: tuple[str, datetime, str, str] | None = field(init=False)

    def __post_init__(self) -> None:
        self.before = self._now()

    def _now(self) -> tuple[str, datetime, str, str]:
        return self.state, self.due_at, self.words, self.key

    @property
    def changed(self) -> bool:
        return self.before != self._now()

    @property
    def ended_now(self) -> bool:
        return self.before is not None and self.before[0] == NudgeState.PLANNED and self.state == NudgeState.CANCELLED

    @property
    def held_back(self) -> bool:
        """It waited, and waits on, until another moment."""
        if self.before is None or self.before[1] == self.due_at or self.before[3] != self.key:
            return False
        return self.before[0] == self.state == NudgeState.PLANNED

    def nudge(self) -> Nudge:
        return Nudge(
            self.id, NudgeKind(self.kind), self.due_at, self.wanted_at, self.subject, self.words, self.held, self.terms
        )


class NudgeBook:
    """A client's planned nudges, and those of other keys that were looked up."""

    def __init__(self, nudges: Iterable[PlannedNudge] = ()) -> None:
        self._by_key = {nudge.key: nudge for nudge in nudges}

    def know(self, nudge: PlannedNudge) -> None:
        self._by_key.setdefault(nudge.key, nudge)

    def knows(self, key: str) -> bool:
        return key in self._by_key

    def said_so_far(self) -> str:
        """What waits for more of the same breath."""
        return next((nudge.words for nudge in self._planned() if nudge.kind == NudgeKind.BREATH), "")

    def due(self, now: datetime) -> list[PlannedNudge]:
        return [nudge for nudge in self._planned() if nudge.due_at <= now]

    def plan(self, wish: PlanNudge, new_id: str, by: str | None = None) -> None:
        """Plan once: a key that waits or went out stays as it is, a cancelled one comes back.

        A client has one planned reminder and one check-in a goal, one nudge of a kind for each visit and own reminder,
        any number of worker's nudges and promises, and one of every other kind: the newest. `by` is the id of the
        member of staff who wishes it. Nearly every text ends the timers of one question and sets those of the next:
        the same rows serve on.
        """
        known = self._by_key.get(wish.key)
        if known is not None and known.state not in (NudgeState.CANCELLED, NudgeState.PLANNED):
            return
        for other in list(self._planned()):
            if other.key != wish.key and _same_matter(other, wish):
                _end(other, NudgeState.CANCELLED, REPLACED)
        if known is None:
            before = self._timer_over(wish.kind)
            self._by_key[wish.key] = _new(wish, new_id, by) if before is None else self._in_place_of(before, wish, by)
        elif known.state == NudgeState.CANCELLED:
            known.state = NudgeState.PLANNED
            known.due_at, known.wanted_at, known.held = wish.due_at, wish.wanted_at or wish.due_at, 0
            known.reason, known.words = wish.reason, wish.words

    def cancel(self, kinds: Iterable[str], reason: str, subject: str = "") -> None:
        """With a `subject`, only what is about it."""
        for nudge in list(self._planned()):
            if nudge.kind in kinds and subject in ("", nudge.subject):
                _end(nudge, NudgeState.CANCELLED, reason)

    def settle(self, settled: SettleNudge) -> PlannedNudge:
        """Raises KeyError for a nudge that does not wait."""
        nudge = {nudge.id: nudge for nudge in self._planned()}[settled.nudge]
        if settled.to is NudgeState.PLANNED:
            if settled.until is None:
                raise ValueError("a nudge that is held needs a moment to try again")
            nudge.due_at, nudge.held, nudge.reason = settled.until.astimezone(UTC), nudge.held + 1, settled.reason
        else:
            _end(nudge, settled.to, settled.reason)
        return nudge

    def put(self, nudge: PlannedNudge) -> None:
        """One more, whatever there is of its kind."""
        nudge.before = None
        self._by_key[nudge.key] = nudge

    def follow(self, anchor: str, moment: datetime) -> None:
        """What hangs on this moves with it."""
        for nudge in list(self._planned()):
            if nudge.terms.anchor == anchor:
                nudge.wanted_at = nudge.due_at = (moment + nudge.terms.offset).astimezone(UTC)
                nudge.reason = "visit_moved"

    def move_on(self, talk: Talk | None) -> None:
        """Silences of questions that are no longer the open one will not fall due."""
        for nudge in list(self._planned()):
            if nudge.kind in OF_SILENCE and (
                talk is None or talk.over or datetime.fromisoformat(nudge.subject) != talk.asked_at
            ):
                _end(nudge, NudgeState.CANCELLED, MOVED_ON)

    def changes(self) -> Iterator[PlannedNudge]:
        """What must be saved. What came and went within one decision leaves no trace."""
        for nudge in self._by_key.values():
            if nudge.changed and not (nudge.before is None and nudge.state == NudgeState.CANCELLED):
                yield nudge

    def _timer_over(self, kind: NudgeKind) -> PlannedNudge | None:
        if kind not in OF_SILENCE:
            return None
        return next((nudge for nudge in self._by_key.values() if nudge.kind == kind and nudge.ended_now), None)

    def _in_place_of(self, old: PlannedNudge, wish: PlanNudge, by: str | None) -> PlannedNudge:
        nudge = _new(wish, old.id, by)
        nudge.before = self._by_key.pop(old.key).before
        return nudge

    def _planned(self) -> Iterator[PlannedNudge]:
        return (nudge for nudge in self._by_key.values() if nudge.state == NudgeState.PLANNED)


def _new(wish: PlanNudge, new_id: str, by: str | None) -> PlannedNudge:
    wanted = wish.wanted_at or wish.due_at
    nudge = PlannedNudge(
        new_id,
        wish.kind,
        wish.key,
        wish.subject,
        wish.words,
        NudgeState.PLANNED,
        wish.due_at,
        wanted,
        0,
        by,
        reason=wish.reason,
    )
    nudge.before = None
    return nudge


def _end(nudge: PlannedNudge, state: NudgeState, reason: str) -> None:
    nudge.state, nudge.reason = state, reason


ONE_A_GOAL = frozenset({NudgeKind.STEP_REMINDER, NudgeKind.CHECK_IN})
ONE_A_SUBJECT = OF_A_VISIT | {NudgeKind.OWN_REMINDER}
MANY = frozenset({NudgeKind.WORKER_NUDGE, NudgeKind.PROMISE})


def _same_matter(nudge: PlannedNudge, wish: PlanNudge) -> bool:
    if nudge.kind != wish.kind or wish.kind in MANY:
        return False
    if wish.kind in ONE_A_GOAL:
        return nudge.subject.partition(".")[0] == wish.subject.partition(".")[0]
    return nudge.subject == wish.subject or wish.kind not in ONE_A_SUBJECT
