"""Whether what a worker settled about a text still holds when it falls due. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from conversations import reminders
from conversations.goals import GoalStatus, StepStatus
from conversations.nudge_terms import STEP, VISIT, SkipIf, Terms
from conversations.situation import Situation
from conversations.visits import AHEAD, Visit

BEFORE = timedelta(0)


def moment_of(anchor: str, situation: Situation) -> datetime | None:
    """When what a text hangs on begins (aware); None where it is not there any more, or has no moment."""
    kind, subject = Terms(anchor=anchor).anchored_to
    if kind == VISIT:
        visit = _visit(subject, situation)
        return visit.starts_at if visit else None
    goal = situation.goal
    if kind != STEP or goal is None or goal.step is None or f"{goal.number}.{goal.step.number}" != subject:
        return None
    return reminders.starts_at(goal.step, situation.client.zone, situation.county.legal_hours)


def needless(terms: Terms, situation: Situation, now: datetime) -> str:
    """Why it need not go out any more, in a word; empty while it is of use."""
    if terms.not_after and now > terms.not_after:
        return "past_its_end"
    return SKIPPED[terms.skip_if](terms, situation) or _anchor_gone(terms, situation, now)


def over(terms: Terms, situation: Situation, at: datetime) -> bool:
    """Whether it would come too late at that moment."""
    begins = moment_of(terms.anchor, situation) if terms.offset < BEFORE else None
    return bool((terms.not_after and at > terms.not_after) or (begins and at >= begins))


def _anchor_gone(terms: Terms, situation: Situation, now: datetime) -> str:
    kind, subject = terms.anchored_to
    if kind == VISIT:
        visit = _visit(subject, situation)
        if visit and visit.status not in AHEAD and terms.offset < BEFORE:
            return f"visit_{visit.status}"
        return "too_late" if terms.offset < BEFORE and (visit is None or now >= visit.starts_at) else ""
    if kind == STEP:
        if moment_of(terms.anchor, situation) is None:
            return "step_changed"
        return "too_late" if over(terms, situation, now) else _step_over(situation, terms)
    return ""


def _step_over(situation: Situation, terms: Terms) -> str:
    """Before a step that was reported already nothing needs to be said of it."""
    step = situation.goal and situation.goal.step
    return "step_over" if step and step.status is not StepStatus.PLANNED and terms.offset < BEFORE else ""


def _visit(number: str, situation: Situation) -> Visit | None:
    return next((visit for visit in situation.visits if str(visit.number) == number), None)


def _never(_terms: Terms, _situation: Situation) -> str:
    return ""


def _answered(terms: Terms, situation: Situation) -> str:
    heard = situation.last_heard_at
    return "answered" if heard and terms.since and heard > terms.since else ""


def _attended(terms: Terms, situation: Situation) -> str:
    """A visit that took place is not among those to come, nor among those that came to nothing."""
    kind, subject = terms.anchored_to
    return "visit_attended" if kind == VISIT and _visit(subject, situation) is None else ""


def _goal_closed(_terms: Terms, situation: Situation) -> str:
    goal = situation.goal
    return "" if goal and goal.status is GoalStatus.ACTIVE else "goal_closed"


SKIPPED: Mapping[SkipIf, Callable[[Terms, Situation], str]] = {
    SkipIf.NEVER: _never,
    SkipIf.ANSWERED: _answered,
    SkipIf.ATTENDED: _attended,
    SkipIf.GOAL_CLOSED: _goal_closed,
}
