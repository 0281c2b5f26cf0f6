"""Whether every client who waits for an answer has one, and every talk is over or goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bot.simulator.checks.person_checks import TOLD
from bot.simulator.findings import Broken, Finding, Look
from bot.simulator.history import Evidence, Life, Row
from conversations.effects import Purpose
from conversations.escalations import Level, Trigger
from conversations.flows import FLOWS
from conversations.nudges import OF_SILENCE, NudgeState
from conversations.situation import Consent, Mode
from conversations.wishes import is_automatic
from records.engagement import Kind
from records.states import MessageState

A_MINUTE = timedelta(minutes=1)
AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)
LOOP = timedelta(minutes=10)
NOT_HERE = frozenset({Consent.NONE, Consent.CLOSED, Consent.EXPIRED, Consent.REVOKED, Consent.WRONG_NUMBER})


def every_text_is_answered(evidence: Evidence) -> Iterator[Finding]:
    """Within a minute; for whom none is due is named in `_needs_none`, and counted."""
    answers: dict[str, list[Row]] = {}
    for out in (each for each in evidence.out if each["state"] != MessageState.SUPPRESSED):
        answers.setdefault(out["number"], []).append(out)
    for life in evidence.lives.values():
        lives = evidence.by_number[life.person.number]
        for spoke in life.spoke:
            row = evidence.heard.get(spoke.provider_id)
            if row is None:
                yield Broken(life.person.nth, spoke.at, "a text was not stored")
                continue
            ours = (each["at"] for each in answers.get(life.person.number, ()))
            if any(spoke.at <= at <= spoke.at + A_MINUTE for at in ours):
                yield Look.HOLDS
            elif spoke.answered or any(_needs_none(one, row, evidence) for one in lives):
                yield Look.EXCUSED
            else:
                yield Broken(life.person.nth, spoke.at, f"no answer to {spoke.text!r}")


def _needs_none(life: Life, row: Row, evidence: Evidence) -> str:
    """Why no answer is due: in a few words, empty if one is."""
    machines = (one["subject"] == Trigger.ANSWERING_MACHINE for one in _lately(life, row, Kind.ESCALATION_OPENED))
    in_a_row = sum(row["at"] - LOOP < other["at"] <= row["at"] for other in life.heard)
    reasons = {
        "a person has the thread": life.mode.before(row["id"]) != Mode.BOT,
        "they asked us not to text here": _asked_for_silence(life, row),
        "a machine wrote it": is_automatic(row["body"], evidence.languages),
        "danger: one answer an hour": _is_danger(life, row) and _was_warned(life, row),
        "no consent: help goes once a day": life.consent.before(row["id"]) in NOT_HERE,
        "two machines": any(machines),
        "too many in a row": in_a_row > MOST_IN_A_LOOP,
    }
    return next((reason for reason, is_so in reasons.items() if is_so), "")


MOST_IN_A_LOOP = 6


def _asked_for_silence(life: Life, row: Row) -> bool:
    return any(one["subject"] == Trigger.UNSAFE_TO_TEXT for one in _told(life, row))


def _is_danger(life: Life, row: Row) -> bool:
    return any(one["detail"].get("level") == Level.U0 for one in _told(life, row))


def _told(life: Life, row: Row) -> Iterator[Row]:
    """What people were told because of this text."""
    return (one for one in life.of(*TOLD) if one["message_id"] == row["id"])


def _was_warned(life: Life, row: Row) -> bool:
    """Domain guide 7.4: within the hour of its answer, later words of danger go to the person who has been told."""
    warnings = (text["at"] for text in life.said if text["purpose"] == Purpose.CRISIS)
    return any(row["at"] - AN_HOUR < at <= row["at"] for at in warnings)


def _lately(life: Life, row: Row, kind: Kind) -> list[Row]:
    return [one for one in life.of(kind) if row["at"] - A_DAY < one["at"] <= row["at"] + A_MINUTE]


def every_talk_waits_or_is_over(evidence: Evidence) -> Iterator[Finding]:
    """An open question has a timer of its own; passing ones, and those of who is not texted, need none."""
    for life in evidence.lives.values():
        timers = {
            row["subject"] for row in life.nudges if row["state"] == NudgeState.PLANNED and row["kind"] in OF_SILENCE
        }
        for talk in life.talks:
            if talk["place"] != "open":
                continue
            if talk["asked_at"].isoformat() in timers:
                yield Look.HOLDS
            elif FLOWS[talk["flow"]].is_passing:
                yield Look.EXCUSED
            else:
                where = f"{talk['flow']}/{talk['at']}"
                yield Broken(life.person.nth, talk["asked_at"], f"{where} is open, and no timer watches over it")


def nudges_are_settled(evidence: Evidence) -> Iterator[Finding]:
    """What fell due was sent, merged, dropped or cancelled; what is planned lies ahead."""
    for life in evidence.lives.values():
        for row in life.nudges:
            late = row["state"] == NudgeState.PLANNED and row["due_at"] < evidence.ends
            yield Broken(life.person.nth, row["due_at"], f"{row['kind']} was forgotten") if late else Look.HOLDS


def nothing_set_aside(evidence: Evidence) -> Iterator[Finding]:
    """Our own code failed on nothing."""
    for at, where in evidence.failures:
        yield Broken(0, at, where)
    for life in evidence.lives.values():
        for row in life.of(Kind.SET_ASIDE):
            yield Broken(life.person.nth, row["at"], row["reason"])
    yield Look.HOLDS
