"""The measures of domain guide 8.2 over one simulation, as far as the records hold them.

A measure is a pair of counts, or a list of values of which the median and the 90th percentile are told. Both can be
added up over parts of a caseload. The period is all of the weeks.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.simulator.checks.consent_checks import COUNTED
from bot.simulator.history import Evidence, Life, Row
from bot.simulator.tempers import Impulse
from conversations.effects import Purpose
from conversations.engine import DIDNT_GET
from conversations.escalations import Level
from conversations.flows import FLOWS
from conversations.goals import GoalStatus, StepStatus
from conversations.notation import Ask
from conversations.nudges import NudgeKind
from conversations.office_hours import working_time_between
from conversations.situation import SAID_YES, Consent
from conversations.visits import VisitStatus
from records.engagement import Kind

A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)
QUARTER = timedelta(minutes=15)
ANSWERED_WITHIN = timedelta(hours=72)
UPTAKE_WITHIN = timedelta(days=14)
THIRTY_DAYS = timedelta(days=30)
NINETIETH = 90
REVIEWED = frozenset({StepStatus.DONE, StepStatus.SOME, StepStatus.NOT_YET, StepStatus.CHANGED})
WENT = frozenset({StepStatus.DONE, StepStatus.SOME})
NOT_ENGAGED = frozenset({Impulse.STOP, Impulse.HELP, Impulse.MACHINE_ON, Impulse.WRONG_NUMBER, Impulse.MEDIA})
PARTS_OF_A_PLAN = ("text", "when", "where", "obstacle", "detour", "first_action")


@dataclass(frozen=True, slots=True)
class Measure:
    """`values` in `unit` are instead of the counts. `note` says what is left out."""

    id: str
    name: str
    numerator: int = 0
    denominator: int = 0
    values: tuple[float, ...] = ()
    unit: str = ""
    note: str = ""

    def and_(self, other: Measure) -> Measure:
        return replace(
            self,
            numerator=self.numerator + other.numerator,
            denominator=self.denominator + other.denominator,
            values=self.values + other.values,
        )

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def ninetieth(self) -> float:
        ranked = sorted(self.values)
        return ranked[min(len(ranked) - 1, NINETIETH * len(ranked) // 100)]


def measure(evidence: Evidence) -> list[Measure]:
    """In the order of their ids."""
    lives = list(evidence.lives.values())
    return [*_reach(lives, evidence), *_goals(lives, evidence), *_staff(lives, evidence), *_load(lives, evidence)]


def _share(id_: str, name: str, of: Sequence[bool], note: str = "") -> Measure:
    return Measure(id_, name, sum(of), len(of), note=note)


def _missing(id_: str, name: str, why: str) -> Measure:
    return Measure(id_, name, note=why)


def _reach(lives: Sequence[Life], evidence: Evidence) -> Iterator[Measure]:
    invited = [life for life in lives if any(row["to"] == Consent.INVITED for row in life.consents)]
    yield _share("M1", "consent uptake", [_agreed_in_time(life) for life in invited])
    accepted = [one.message["state"] for one in evidence.left]
    yield _share("M2", "reach", [state == "delivered" for state in accepted])
    enrolled = [life for life in lives if _is_enrolled(life)]
    yield _share("M3", "active engagement", [bool(_engaged(life)) for life in enrolled], "enrolled at the end")
    old = [life for life in lives if (at := _agreed_at(life)) and at + 2 * THIRTY_DAYS <= evidence.ends]
    yield _share("M4", "30-day hold", [_held(life) for life in old], "consents of 60 days and more")
    waits = [wait for life in lives for wait in _waits(life)]
    yield _share("M5", "reply rate", [wait is not None for wait in waits])
    minutes = tuple(wait / timedelta(minutes=1) for wait in waits if wait is not None)
    yield Measure("M6", "client reply time", values=minutes, unit="minutes")


def _goals(lives: Sequence[Life], evidence: Evidence) -> Iterator[Measure]:
    enrolled = [life for life in lives if _is_enrolled(life)]
    since = evidence.ends - THIRTY_DAYS
    yield _share("M7", "living goal", [_has_living_goal(life, since) for life in enrolled])
    plans = [step for life in lives for step in _steps_of_active_goals(life)]
    yield _share("M8", "plan completeness", [all(step[part] for part in PARTS_OF_A_PLAN) for step in plans])
    goals = [goal for life in lives for goal in life.goals]
    for status in GoalStatus:
        yield _share("M9", f"goals {status}", [goal["status"] == status for goal in goals], "of all goals set")
    reviews = [row for life in lives for row in life.steps if row["status"] in REVIEWED]
    yield _share("M10", "step follow-through", [row["status"] in WENT for row in reviews])
    dated = [row for life in lives for row in life.steps if row["due_at"] and row["due_at"] + A_WEEK < evidence.ends]
    yield _share("M11", "timely review", [_soon(row["due_at"], row["reviewed_at"]) for row in dated])
    setbacks = [(life, row) for life in lives for row in life.steps if row["status"] in REVIEWED - WENT]
    yield _share("M12", "learning turn", [_turned(life, row) for life, row in setbacks])
    wins = [(life, row) for life in lives for row in life.steps if row["status"] in WENT]
    yield _share("M13", "celebration", [_answered_at_once(life, row["reviewed_at"]) for life, row in wins])
    yield _missing("M14", "participation ladder", "entered by staff each month; not simulated")
    yield _missing("M15", "life areas", "needs two readings of an instrument; not simulated")


def _staff(lives: Sequence[Life], evidence: Evidence) -> Iterator[Measure]:
    kept = [row["status"] for life in lives for row in life.visits]
    met = [status == VisitStatus.ATTENDED for status in kept if status in (VisitStatus.ATTENDED, VisitStatus.MISSED)]
    yield _share("M16", "visits kept", met)
    items = [(life, item) for life in lives for item in life.items]
    told = [item for _life, item in items if item["promised_by"] and item["promised_by"] <= evidence.ends]
    yield _share("M17", "promise kept", [_in_time(item["contacted_at"], item["promised_by"]) for item in told])
    spans = tuple(
        working_time_between(item["opened_at"], item["contacted_at"], evidence.county) / timedelta(minutes=1)
        for _life, item in items
        if item["contacted_at"]
    )
    yield Measure("M18", "staff response", values=spans, unit="working minutes")
    yield Measure("M19", "escalation load", len(items), sum(map(_is_enrolled, lives)), note="items to clients enrolled")
    stops = sum(row["to"] == Consent.REVOKED for life in lives for row in life.consents)
    months = round(sum(_days_enrolled(life, evidence.ends) for life in lives) / THIRTY_DAYS.days)
    yield Measure("M20", "opt-out", stops, months, note="to client-months enrolled")


def _load(lives: Sequence[Life], evidence: Evidence) -> Iterator[Measure]:
    misses = {sentence.context for sentence in DIDNT_GET.values()}
    heard = sum(len(_engaged(life)) for life in lives)
    lost = sum(text["template"] in misses for life in lives for text in life.said)
    yield Measure("M21", "not understood", lost, heard)
    ours = [(life, text) for life in lives for text in life.said if text["template"]]
    yield _share("M22", "own language", [text["language"] == life.language.before(text["id"]) for life, text in ours])
    yield Measure("M23", "text load", values=tuple(_unprompted_a_week(lives, evidence)), unit="texts a client and week")
    written = [text for life in lives for text in life.said if text["author"] in evidence.staff]
    yield _share("M24", "content quality", ["?" in text["body"] for text in written], "share with a question")
    yield _missing("M25", "voice of client", "surveys are not simulated")
    yield _missing("M26", "staff survey", "surveys are not simulated")
    enrolled = [life for life in lives if _is_enrolled(life)]
    since = evidence.ends - THIRTY_DAYS
    yield _share("M27", "share of contact", [_met_a_person(life, since) for life in enrolled])
    danger = [item for life in lives for item in life.items if item["level"] == Level.U0]
    yield _share("M28", "crisis handling", [_touched_in_time(item, evidence) for item in danger], "15 working minutes")


def _agreed_at(life: Life) -> datetime | None:
    return next((row["at"] for row in life.consents if row["to"] == Consent.ACTIVE), None)


def _agreed_in_time(life: Life) -> bool:
    invited = next(row["at"] for row in life.consents if row["to"] == Consent.INVITED)
    return _in_time(_agreed_at(life), invited + UPTAKE_WITHIN)


def _is_enrolled(life: Life) -> bool:
    return life.row["consent"] in SAID_YES


def _days_enrolled(life: Life, ends: datetime) -> float:
    days, since = 0.0, None
    for row in life.consents:
        if row["to"] == Consent.ACTIVE:
            since = since or row["at"]
        elif row["to"] in (Consent.REVOKED, Consent.EXPIRED, Consent.WRONG_NUMBER) and since:
            days, since = days + (row["at"] - since) / A_DAY, None
    return days + ((ends - since) / A_DAY if since else 0)


def _engaged(life: Life) -> list[datetime]:
    return [spoke.at for spoke in life.spoke if spoke.why not in NOT_ENGAGED]


def _held(life: Life) -> bool:
    agreed = _agreed_at(life)
    return agreed is not None and any(agreed + THIRTY_DAYS <= at < agreed + 2 * THIRTY_DAYS for at in _engaged(life))


def _waits(life: Life) -> Iterator[timedelta | None]:
    """From each delivered question to its answer; None if none came in time, or the next question came first."""
    asked = [row for row in life.said if row["state"] == "delivered" and _is_question(row["template"])]
    heard = [row["at"] for row in life.heard]
    for nth, row in enumerate(asked):
        until = asked[nth + 1]["at"] if nth + 1 < len(asked) else row["at"] + ANSWERED_WITHIN
        answered = [at for at in heard if row["at"] < at <= min(until, row["at"] + ANSWERED_WITHIN)]
        yield answered[0] - row["at"] if answered else None


def _is_question(template: str) -> bool:
    flow, _, step = template.partition("/")
    return flow in FLOWS and isinstance(FLOWS[flow].steps.get(step), Ask)


def _has_living_goal(life: Life, since: datetime) -> bool:
    active = {goal["number"] for goal in life.goals if goal["status"] == GoalStatus.ACTIVE}
    touched = [step["reviewed_at"] or step["planned_at"] for step in life.steps if step["goal"] in active]
    return any(at >= since for at in touched)


def _steps_of_active_goals(life: Life) -> Iterator[Row]:
    for goal in life.goals:
        steps = [step for step in life.steps if step["goal"] == goal["number"]]
        if goal["status"] == GoalStatus.ACTIVE and steps:
            yield steps[-1]


def _in_time(at: datetime | None, by: datetime) -> bool:
    return at is not None and at <= by


def _soon(due_at: datetime, reviewed_at: datetime | None) -> bool:
    return reviewed_at is not None and reviewed_at <= due_at + A_WEEK


def _turned(life: Life, review: Row) -> bool:
    at = review["reviewed_at"]
    changed = life.of(Kind.GOAL_REVISED, Kind.GOAL_REPLACED, Kind.GOAL_SET)
    return any(at <= row["at"] <= at + A_WEEK for row in changed)


def _answered_at_once(life: Life, at: datetime) -> bool:
    return any(at <= text["at"] <= at + timedelta(minutes=1) for text in life.said)


def _unprompted_a_week(lives: Sequence[Life], evidence: Evidence) -> Iterator[int]:
    """For every client enrolled now and every week since they agreed."""
    for life in lives:
        agreed = _agreed_at(life)
        if agreed is None:
            continue
        for week in range(int((agreed - evidence.begins) / A_WEEK), evidence.weeks):
            opens = evidence.begins + week * A_WEEK
            yield sum(opens <= one.at < opens + A_WEEK for one in life.left if _is_unprompted(one.message, one.nudge))


def _is_unprompted(message: Row, nudge: Mapping[str, object]) -> bool:
    return message["purpose"] in COUNTED and nudge.get("kind") != NudgeKind.OWN_REMINDER


def _met_a_person(life: Life, since: datetime) -> bool:
    wrote = any(text["purpose"] == Purpose.HUMAN and text["at"] >= since for text in life.said)
    contacted = any(item["contacted_at"] and item["contacted_at"] >= since for item in life.items)
    met = any(row["status"] == VisitStatus.ATTENDED and row["starts_at"] >= since for row in life.visits)
    return wrote or contacted or met


def _touched_in_time(item: Row, evidence: Evidence) -> bool:
    moments = [at for at in (item["acknowledged_at"], item["contacted_at"]) if at]
    return bool(moments) and working_time_between(item["opened_at"], min(moments), evidence.county) <= QUARTER
