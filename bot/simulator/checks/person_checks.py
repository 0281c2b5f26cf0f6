"""Whether people heard of what they had to: danger, promises."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.simulator.findings import Broken, Finding, Look
from bot.simulator.history import Evidence, Life, Row
from bot.simulator.tempers import Impulse
from conversations.catalog import sentences
from conversations.escalations import Level
from conversations.nudges import NudgeKind, NudgeState
from records.engagement import Kind

A_MINUTE = timedelta(minutes=1)
TOLD = (Kind.ESCALATION_OPENED, Kind.ESCALATION_REPEATED)


def every_danger_is_told(evidence: Evidence) -> Iterator[Finding]:
    """Words of danger are told to a person in the transaction that takes them; what opens or rises calls a hook."""
    calls = {(hook["escalation_id"], _moment(hook["id"])) for hook in evidence.hooks}
    for life in evidence.lives.values():
        told = life.of(*TOLD)
        for spoke in life.spoke:
            if spoke.why is not Impulse.DANGER:
                continue
            heard = evidence.heard.get(spoke.provider_id)
            owners = evidence.by_number[life.person.number]
            rows = [
                row
                for owner in owners
                for row in owner.of(*TOLD)
                if heard and row["message_id"] == heard["id"] and row["detail"].get("level") == Level.U0
            ]
            yield Look.HOLDS if rows else Broken(life.person.nth, spoke.at, f"nobody was told of {spoke.text!r}")
        for row in told:
            if row["kind"] != Kind.ESCALATION_OPENED or row["detail"].get("level") != Level.U0:
                continue
            called = (row["detail"]["escalation"], _moment(row["id"])) in calls
            yield Look.HOLDS if called else Broken(life.person.nth, row["at"], "danger, and no hook was called")


def promises_are_timed(evidence: Evidence) -> Iterator[Finding]:
    """A text that names by when a person acts comes with a timer, or a person has acted already."""
    promising = {(one.context, one.text) for one in sentences() if "{due}" in one.text}
    contexts = {context for context, _text in promising}
    for life in evidence.lives.values():
        timers = [row for row in life.nudges if row["kind"] == NudgeKind.PROMISE]
        for text in life.said:
            if text["template"] in contexts:
                yield _timed(life, text, timers)


def _timed(life: Life, text: Row, timers: list[Row]) -> Finding:
    near = [row for row in timers if row["created_at"] == text["at"]]
    waits = [
        row
        for row in timers
        if row["created_at"] < text["at"] and (row["due_at"] > text["at"] or row["state"] == "sent")
    ]
    if near or waits:
        return Look.HOLDS
    if any(_has_acted(item, text["at"]) for item in life.items if item["told_at"] and item["told_at"] <= text["at"]):
        return Look.EXCUSED
    return Broken(life.person.nth, text["at"], f"{text['template']} promises, and nothing watches over it")


def _has_acted(item: Row, at: datetime) -> bool:
    return any(item[name] and item[name] <= at for name in ("contacted_at", "resolved_at", "promise_broken_at"))


def promises_are_kept_or_owned_up(evidence: Evidence) -> Iterator[Finding]:
    """By the promised moment a person has turned to the client, or the promise is marked as broken."""
    for life in evidence.lives.values():
        for item in life.items:
            due = item["promised_by"]
            if due is None or due + A_MINUTE > evidence.ends:
                continue
            kept = item["contacted_at"] is not None and item["contacted_at"] <= due
            over = item["resolved_at"] is not None and item["resolved_at"] <= due
            if kept or over or item["promise_broken_at"]:
                yield Look.HOLDS
            elif _waits(life, item):
                yield Look.EXCUSED
            else:
                yield Broken(life.person.nth, due, f"the promise about {item['trigger']} was broken in silence")


def _waits(life: Life, item: Row) -> bool:
    """Its timer is planned still: it will own up at the next hour at which a text may go."""
    return any(
        row["kind"] == NudgeKind.PROMISE and row["subject"] == item["trigger"] and row["state"] == NudgeState.PLANNED
        for row in life.nudges
    )


def _moment(id_: str) -> str:
    """The milliseconds of an id: rows of one transaction share them, as the clock stands still meanwhile."""
    return id_[:12]
