"""What the weeks came to: texts, people, and what needed a person, by trigger."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from bot.simulator.history import Evidence
from records.engagement import Kind


@dataclass
class Totals:
    """Counts that can be added up over parts of a caseload. `opened` and the rest are by trigger."""

    counts: Counter[str] = field(default_factory=Counter)
    consents: Counter[str] = field(default_factory=Counter)
    purposes: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    opened: Counter[str] = field(default_factory=Counter)
    in_time: Counter[str] = field(default_factory=Counter)
    passed_up: Counter[str] = field(default_factory=Counter)
    reopened: Counter[str] = field(default_factory=Counter)
    hooks: Counter[str] = field(default_factory=Counter)

    def add(self, other: Totals) -> None:
        for name in self.__dataclass_fields__:
            getattr(self, name).update(getattr(other, name))


def total(evidence: Evidence) -> Totals:
    """Taken in time means acknowledged by when it was due."""
    totals = Totals()
    lives = evidence.lives.values()
    totals.counts["clients"] = len(evidence.lives)
    totals.counts["shared phones"] = sum(len(each) > 1 for each in evidence.by_number.values())
    totals.counts["texts in"] = len(evidence.heard)
    totals.counts["texts that left"] = len(evidence.left)
    totals.counts["goals"] = sum(len(life.goals) for life in lives)
    totals.counts["visits"] = sum(len(life.visits) for life in lives)
    totals.counts["visits moved"] = sum(len(life.of(Kind.VISIT_MOVED)) for life in lives)
    totals.counts["own reminders set"] = sum(len(life.of(Kind.REMINDER_SET)) for life in lives)
    totals.consents.update(life.row["consent"] for life in lives)
    totals.purposes.update(left.message["purpose"] for left in evidence.left)
    totals.states.update(row["state"] for row in evidence.out)
    totals.hooks.update(hook["occasion"].partition(":")[0] for hook in evidence.hooks)
    for life in lives:
        for item in life.items:
            totals.opened[item["trigger"]] += 1
            taken = item["acknowledged_at"] is not None and item["acknowledged_at"] <= item["due_at"]
            totals.in_time[item["trigger"]] += taken
            totals.reopened[item["trigger"]] += item["reopens"] is not None
        passed = {row["detail"]["escalation"]: row for row in life.of(Kind.ESCALATION_PASSED_ON)}
        totals.passed_up.update(row["subject"] for row in passed.values() if row["reason"] in ("supervisor", "manager"))
    return totals
