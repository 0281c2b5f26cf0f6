"""When a text is to go that hangs on a visit or a step, comes again, or is not needed any more: the form read. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.staff import fields
from bot.wording import _
from conversations import repeats
from conversations.nudge_terms import STEP, VISIT, SkipIf, Terms, next_round
from conversations.situation import Situation
from conversations.visits import AHEAD
from conversations.wall_clock import at_wall
from scheduler.worker_terms import moment_of

EVERY = ("", repeats.WEEKLY, repeats.TWO_WEEKS, repeats.MONTHLY)
UNITS = {"days": timedelta(days=1), "hours": timedelta(hours=1)}
BEFORE, AFTER = "before", "after"
MOST_UNITS = 60
MOST_ROUNDS = 52
SHOWN_ROUNDS = 3
LAST_MINUTE = time(23, 59)


@dataclass(frozen=True, slots=True)
class Timing:
    """The part of the form that most texts leave as it is."""

    anchor: str = ""
    amount: str = ""
    unit: str = "days"
    side: str = BEFORE
    every: str = ""
    times: str = ""
    last_day: str = ""
    skip_if: str = ""
    beyond: str = ""

    @property
    def is_used(self) -> bool:
        return bool(self.anchor or self.every or self.last_day or self.skip_if)


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a text may hang on: `value` as in the form, its kind, and its moment (aware)."""

    value: str
    kind: str
    at: datetime


def timing_of(terms: Terms, zone: ZoneInfo) -> Timing:
    """The form as it was filled in for these terms."""
    span = abs(terms.offset)
    unit = "hours" if span % UNITS["days"] else "days"
    return Timing(
        anchor=terms.anchor,
        amount=str(span // UNITS[unit]) if terms.anchor else "",
        unit=unit,
        side=AFTER if terms.offset > timedelta(0) else BEFORE,
        every=terms.comes_again.partition(":")[0],
        times="" if terms.rounds_left is None else str(terms.rounds_left + 1),
        last_day=f"{terms.not_after.astimezone(zone):%Y-%m-%d}" if terms.not_after else "",
        skip_if=terms.skip_if,
        beyond=terms.beyond_cap,
    )


def anchors(situation: Situation, now: datetime) -> Sequence[Anchor]:
    """The visits to come, and the step that is planned."""
    ahead = [visit for visit in situation.visits if visit.status in AHEAD and visit.starts_at > now]
    found = [Anchor(f"{VISIT}:{visit.number}", VISIT, visit.starts_at) for visit in ahead]
    goal = situation.goal
    step = f"{STEP}:{goal.number}.{goal.step.number}" if goal and goal.step else ""
    begins = moment_of(step, situation) if step else None
    return [*found, Anchor(step, STEP, begins)] if begins and begins > now else found


def terms_of(timing: Timing, situation: Situation, wanted: datetime, now: datetime, problems: dict[str, str]) -> Terms:
    """What the form settles, with what is amiss noted by field. `wanted` is the moment asked for."""
    zone = situation.client.zone
    if timing.anchor and timing.every:
        problems["every"] = _("A text that hangs on a visit or a step goes once. Choose a day of its own to repeat it.")
    if timing.skip_if == SkipIf.ATTENDED and not timing.anchor.startswith(f"{VISIT}:"):
        problems["skip_if"] = _("Choose above which visit is meant.")
    comes_again = repeats.settled(timing.every, wanted.astimezone(zone).date())
    return Terms(
        skip_if=SkipIf(timing.skip_if) if timing.skip_if in set(SkipIf) else SkipIf.NEVER,
        since=now.astimezone(UTC) if timing.skip_if else None,
        not_after=_not_after(timing, wanted, zone, problems),
        anchor=timing.anchor,
        offset=offset_of(timing, problems) if timing.anchor else timedelta(0),
        comes_again=comes_again if timing.every in EVERY else "",
        rounds_left=_rounds(timing, problems),
        beyond_cap=timing.beyond,
    )


def anchored(timing: Timing, situation: Situation, problems: dict[str, str]) -> datetime | None:
    """The moment asked for of a text that hangs on something."""
    begins, offset = moment_of(timing.anchor, situation), offset_of(timing, problems)
    if begins is None:
        problems["anchor"] = _("That visit or step is not to come any more. Choose another one, or a day.")
        return None
    return begins + offset


def offset_of(timing: Timing, problems: dict[str, str]) -> timedelta:
    number = int(timing.amount) if timing.amount.isascii() and timing.amount.isdigit() else -1
    if not 0 < number <= MOST_UNITS or timing.unit not in UNITS:
        problems["amount"] = _("Write a number from 1 to %(most_units)s.", most_units=MOST_UNITS)
        return timedelta(0)
    return UNITS[timing.unit] * number * (1 if timing.side == AFTER else -1)


def rounds(terms: Terms, wanted: datetime, zone: ZoneInfo) -> Sequence[datetime]:
    """The next times it comes, three at most."""
    found: list[datetime] = []
    while len(found) < SHOWN_ROUNDS and (again := next_round(terms, wanted, zone, wanted)):
        wanted, terms = again
        found.append(wanted)
    return found


def _not_after(timing: Timing, wanted: datetime, zone: ZoneInfo, problems: dict[str, str]) -> datetime | None:
    if not timing.last_day:
        return None
    day: date | None = fields.day(timing.last_day)
    if day is None or at_wall(day, LAST_MINUTE, zone) < wanted:
        problems["last_day"] = _("Choose a day after the text is to go.")
        return None
    return at_wall(day, LAST_MINUTE, zone).astimezone(UTC)


def _rounds(timing: Timing, problems: dict[str, str]) -> int | None:
    """How often it comes after the first time."""
    if not timing.times or not timing.every:
        return None
    number = int(timing.times) if timing.times.isascii() and timing.times.isdigit() else 0
    if not 0 < number <= MOST_ROUNDS:
        problems["times"] = _("Write a number from 1 to %(most_rounds)s, or leave it empty.", most_rounds=MOST_ROUNDS)
        return None
    return number - 1
