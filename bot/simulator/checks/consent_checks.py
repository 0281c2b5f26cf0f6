"""May it have left at all: after a stop, to who is closed, while a person has the thread."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.simulator.findings import Broken, Finding, Look
from bot.simulator.history import Evidence, Left, Life
from bot.simulator.tempers import Impulse
from conversations.effects import Purpose
from conversations.nudges import NudgeKind
from conversations.situation import Consent, Mode

A_MINUTE = timedelta(minutes=1)
STOPS = frozenset({Impulse.STOP, Impulse.STOP_IN_WORDS})
ANSWERS_TO_A_STOP = frozenset({Purpose.LEGAL, Purpose.CRISIS})
CLOSED = frozenset({Consent.NONE, Consent.CLOSED, Consent.EXPIRED, Consent.WRONG_NUMBER})
COUNTED = frozenset({Purpose.REMINDER, Purpose.CHECK_IN, Purpose.VISIT, Purpose.NUDGE})
"""What the caps are for: those who said yes. The invitation, and its one repetition, have limits of their own."""
UNPROMPTED = COUNTED | {Purpose.INVITE}


def no_text_after_stop(evidence: Evidence) -> Iterator[Finding]:
    """From the moment a STOP is taken nothing leaves but its one confirmation, and answers to HELP and to danger."""
    for number, lives in evidence.by_number.items():
        stopped_at: datetime | None = None
        happened = sorted(
            [(spoke.at, 0, spoke.why) for life in lives for spoke in life.spoke if spoke.why in STOPS | {Impulse.START}]
            + [(row["at"], 0, Impulse.START) for life in lives for row in life.consents if row["to"] == Consent.ACTIVE]
            + [(one.at, 1, one) for life in lives for one in life.left],
            key=lambda each: (each[0], each[1]),
        )
        confirmed = 0
        for at, _order, what in happened:
            if isinstance(what, Left):
                if stopped_at is None:
                    continue
                confirmed += what.message["template"] == "single/stopped"
                yield _after_stop(evidence, number, lives[0], what, confirmed)
            elif what is Impulse.START:
                stopped_at = None
            else:
                confirmed = 0 if stopped_at is None else confirmed
                stopped_at = at if stopped_at is None else stopped_at


def _after_stop(evidence: Evidence, number: str, life: Life, left: Left, confirmed: int) -> Finding:
    if left.message["purpose"] not in ANSWERS_TO_A_STOP:
        return Broken(life.person.nth, left.at, "a text left after STOP")
    if confirmed > 1 and left.message["template"] == "single/stopped":
        return Broken(life.person.nth, left.at, "STOP was confirmed twice")
    return Look.EXCUSED if _was_asked(evidence, number, left.at) else Broken(life.person.nth, left.at, "nobody asked")


def _was_asked(evidence: Evidence, number: str, at: datetime) -> bool:
    """Also by a text that says only who writes: that one is stored as nobody's."""
    heard = (spoke.at for life in evidence.by_number[number] for spoke in life.spoke)
    return any(at - A_MINUTE <= each <= at for each in heard)


def nothing_to_the_closed(evidence: Evidence) -> Iterator[Finding]:
    """Nothing goes to who is closed, expired or a wrong number but an answer; to who is silent, nothing at all."""
    for life in evidence.lives.values():
        consent, mode = life.consent, life.mode
        for left in life.left:
            if left.message["purpose"] == Purpose.INVITE:
                continue
            if mode.before(left.attempt) == Mode.SILENT:
                yield Broken(life.person.nth, left.at, "a text went to who said that texts are not safe")
            elif consent.before(left.attempt) not in CLOSED:
                yield Look.HOLDS
            elif _was_asked(evidence, life.person.number, left.at):
                yield Look.EXCUSED
            else:
                yield Broken(life.person.nth, left.at, f"consent was {consent.before(left.attempt)}")


def nothing_by_itself_beside_a_person(evidence: Evidence) -> Iterator[Finding]:
    """While a person has the thread, or something pressing is open, the bot starts nothing but an owned-up promise."""
    for life in evidence.lives.values():
        mode = life.mode
        for left in life.left:
            if not left.nudge or left.nudge["kind"] in (NudgeKind.PROMISE, NudgeKind.INVITE, NudgeKind.BREATH):
                continue
            if mode.before(left.attempt) != Mode.BOT:
                yield Broken(life.person.nth, left.at, f"{left.nudge['kind']} in mode {mode.before(left.attempt)}")
            elif life.pressing_at(left.at):
                yield Broken(life.person.nth, left.at, f"{left.nudge['kind']} while something pressing was open")
            else:
                yield Look.HOLDS


def no_text_twice(evidence: Evidence) -> Iterator[Finding]:
    """No message leaves more than once."""
    seen: set[str] = set()
    nth_of = {life.client_id: life.person.nth for life in evidence.lives.values()}
    for left in evidence.left:
        twice = left.message["id"] in seen
        seen.add(left.message["id"])
        yield Broken(nth_of.get(left.message["client_id"], 0), left.at, "sent twice") if twice else Look.HOLDS
