"""When it left, and how much: hours, days, caps, visits that stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.simulator.checks.consent_checks import COUNTED, UNPROMPTED
from bot.simulator.findings import Broken, Finding, Look
from bot.simulator.history import Evidence, Left, Life
from conversations.county import County, Hours
from conversations.nudges import OF_A_VISIT, NudgeKind
from conversations.visits import AHEAD
from records.engagement import Kind
from scheduler.admission import OVER_CAP

A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)
A_MONTH = timedelta(days=30)
KEEPS_ITS_HOUR = frozenset({NudgeKind.OWN_REMINDER, NudgeKind.BREATH})
HOUR_WAS_TOLD = frozenset({NudgeKind.STEP_REMINDER, NudgeKind.PROMISE})
ASKED_FOR = frozenset({NudgeKind.OWN_REMINDER, NudgeKind.PROMISE, NudgeKind.BREATH})


def none_outside_the_hours(evidence: Evidence) -> Iterator[Finding]:
    """What the client did not ask for leaves inside the sending hours of their own clock, on an allowed day."""
    for life in evidence.lives.values():
        for left in life.left:
            kind = left.nudge.get("kind")
            if kind in KEEPS_ITS_HOUR or (kind is None and left.message["purpose"] not in UNPROMPTED):
                continue
            if is_allowed(kind, left.at, life, evidence.county):
                yield Look.HOLDS
            else:
                local = left.at.astimezone(life.person.zone)
                yield Broken(life.person.nth, left.at, f"{kind or left.message['purpose']} at {local:%a %H:%M}")


def is_allowed(kind: str | None, at: datetime, life: Life, county: County) -> bool:
    """Domain guide 6.6, written down once more on purpose."""
    local = at.astimezone(life.person.zone)
    if kind in HOUR_WAS_TOLD or kind is None:
        return _holds(county.legal_hours, local)
    if not _holds(county.send_hours, local):
        return False
    if kind in OF_A_VISIT and _visit_is_near(life, local):
        return True
    return local.weekday() in county.send_days and local.date() not in county.holidays


def _holds(hours: Hours, local: datetime) -> bool:
    return hours.opens <= local.time().replace(tzinfo=None) < hours.closes


def _visit_is_near(life: Life, local: datetime) -> bool:
    days = {
        datetime.fromisoformat(row["detail"]["starts_at"]).astimezone(life.person.zone).date()
        for row in life.log
        if row["kind"].startswith("visit_") and "starts_at" in row["detail"]
    }
    return bool(days & {local.date(), (local + A_DAY).date()})


def no_cap_exceeded(evidence: Evidence) -> Iterator[Finding]:
    """At most so many unprompted texts a day, a week, a month; stated exceptions are counted apart.

    What counts is when it was decided on: a carrier that takes a text a minute later makes it no other text.
    """
    caps = evidence.county.caps
    for life in evidence.lives.values():
        counted: dict[str, Left] = {}
        for left in life.left:
            if left.message["purpose"] in COUNTED and left.nudge and left.nudge["kind"] not in ASKED_FOR:
                counted.setdefault(left.nudge["id"], left)
        days: dict[str, int] = {}
        moments: list[datetime] = []
        for left in counted.values():
            decided_at = left.message["at"]
            day = decided_at.astimezone(life.person.zone).date().isoformat()
            days[day] = days.get(day, 0) + 1
            moments.append(decided_at)
            in_week = sum(decided_at - at < A_WEEK for at in moments)
            in_month = sum(decided_at - at < A_MONTH for at in moments)
            if days[day] <= caps.a_day and in_week <= caps.a_week and in_month <= caps.a_month:
                yield Look.HOLDS
            elif _is_excepted(left, life):
                yield Look.EXCUSED
            else:
                what = f"{left.nudge['kind']}: {days[day]} that day, {in_week} in 7 days, {in_month} in 30"
                yield Broken(life.person.nth, left.at, what)


def _is_excepted(left: Left, life: Life) -> bool:
    """What must be said before a visit; and the step's reminder on the day before one."""
    if left.nudge["reason"] == OVER_CAP:
        return True
    near = _visit_is_near(life, left.at.astimezone(life.person.zone))
    return near and left.nudge["kind"] in (NudgeKind.STEP_REMINDER, *OF_A_VISIT)


def only_visits_that_stand(evidence: Evidence) -> Iterator[Finding]:
    """A question about a visit, or a reminder of it, is only for one that is still ahead."""
    asks = (NudgeKind.VISIT_ASK, NudgeKind.VISIT_TOMORROW, NudgeKind.VISIT_TODAY)
    for life in evidence.lives.values():
        changes = [row for row in life.log if row["kind"].startswith("visit_")]
        for left in life.left:
            if left.nudge.get("kind") not in asks:
                continue
            ours = [row for row in changes if row["subject"] == left.nudge["subject"] and row["id"] < left.attempt]
            stands = ours[-1]["detail"] if ours else {}
            if stands.get("status") in AHEAD and datetime.fromisoformat(stands["starts_at"]) > left.at:
                yield Look.HOLDS
            else:
                yield Broken(
                    life.person.nth, left.at, f"{left.nudge['kind']} of a visit that is {stands.get('status')}"
                )


def a_free_time_is_one_visits(evidence: Evidence) -> Iterator[Finding]:
    """A free time becomes one visit's at most, and a visit takes one at most."""
    seen: dict[tuple[str, int], datetime] = {}
    for row in evidence.free_times:
        if row["visit"] is None:
            continue
        key = (row["visit_client"], row["visit"])
        nth = next((life.person.nth for life in evidence.lives.values() if life.client_id == key[0]), 0)
        yield Broken(nth, row["starts_at"], "one visit has two free times") if key in seen else Look.HOLDS
        seen[key] = row["starts_at"]
    yield from _one_client_a_time(evidence)


def _one_client_a_time(evidence: Evidence) -> Iterator[Finding]:
    """Two clients who moved to a time that a worker offered never meet there."""
    offered = {(row["worker_id"], row["starts_at"]) for row in evidence.free_times}
    taken: dict[tuple[str, datetime], int] = {}
    for life in evidence.lives.values():
        for row in life.visits:
            moved = [entry for entry in life.of(Kind.VISIT_MOVED) if entry["subject"] == str(row["number"])]
            place = (row["worker_id"], row["starts_at"])
            if row["status"] not in AHEAD or place not in offered or not moved or moved[-1]["actor"] != "client":
                continue
            twice = place in taken and taken[place] != life.person.nth
            yield Broken(life.person.nth, row["starts_at"], "two clients have one free time") if twice else Look.HOLDS
            taken[place] = life.person.nth
