"""What the flow of a client's own reminders records and decides by (domain guide 3.7), over what is known.

The outcomes of a `Branch` are said as an analyst reads them, as in `acts`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from enum import Enum

from conversations import repeats
from conversations.dates import FORMS, say_brief
from conversations.effects import Effect, SaveReminder
from conversations.goals import Moment
from conversations.labels import label
from conversations.notation import Known
from conversations.own_reminders import MOST_OPEN, OwnReminder, ReminderStatus
from conversations.situation import Situation
from conversations.visit_acts import next_visit
from conversations.wall_clock import at_wall

Effects = tuple[Effect, ...]

REMINDER = "own_reminder"
"""The answer that says which reminder has come, by its number."""

LINE = "line"
"""The answer that says which line of the list was picked."""

IN_HAND = frozenset({"what", LINE, REMINDER})
"""Answers by which a talk is about a reminder."""

MORNING = time(9)
"""When a day is named and no hour (domain guide 3.3)."""

LONGEST_LINE = 32
MOST_LISTED = 4


class Asked(Enum):
    NOTHING = "they have not said what and when"
    NO_WHAT = "they have not said what"
    NO_DAY = "they have not said when"
    NO_HOUR = "they have said a day alone"
    WHOLE = "they have said what and when"


def asked(known: Known) -> Asked:
    said = known.talk.answers
    moment = Moment.read(said.get("when", ""))
    if not _what(known.situation, said):
        return Asked.NO_WHAT if moment.at else Asked.NOTHING
    if moment.at is None:
        return Asked.NO_DAY
    return Asked.WHOLE if moment.has_hour else Asked.NO_HOUR


class Room(Enum):
    OPEN = "there is room for one more"
    FULL = f"there are {MOST_OPEN} already"


def room(known: Known) -> Room:
    return Room.FULL if is_full(known.situation) else Room.OPEN


class Ahead(Enum):
    YES = "its time is ahead"
    NO = "its time has gone by"


def ahead(known: Known) -> Ahead:
    reminder = planned(known.situation, known.talk.answers, known.now)
    return Ahead.YES if reminder and reminder.at.astimezone(UTC) > known.now else Ahead.NO


class Listed(Enum):
    NOTHING = "there is nothing on the list"
    SOMETHING = "there is something on the list"


def listed(known: Known) -> Listed:
    return Listed.SOMETHING if _lines(known) else Listed.NOTHING


class Page(Enum):
    LAST = "the rest fits into one text"
    FULL = "there is more to come"


def page(number: int) -> Callable[[Known], Page]:
    """Whether the list ends on this page, counted from 1."""

    def ends(known: Known) -> Page:
        return Page.FULL if len(_lines(known)) > number * MOST_LISTED else Page.LAST

    return ends


def lines(number: int) -> Callable[[Known], tuple[str, ...]]:
    """What is on this page, counted from 1."""

    def on_page(known: Known) -> tuple[str, ...]:
        return _lines(known)[(number - 1) * MOST_LISTED : number * MOST_LISTED]

    return on_page


class Chosen(Enum):
    REMINDER = "it is a reminder"
    VISIT = "it is a visit"


def chosen(known: Known) -> Chosen:
    line = known.talk.answers.get(LINE, "")
    return Chosen.VISIT if line in _lines_of_visit(known.situation, known.now) else Chosen.REMINDER


def save(known: Known) -> Effects:
    reminder = planned(known.situation, known.talk.answers, known.now)
    return (SaveReminder(reminder),) if reminder else ()


def finish(known: Known) -> Effects:
    """One that comes again is done for today only: its next time is planned already."""
    fired = _fired(known.situation, known.talk.answers)
    return (SaveReminder(replace(fired, status=ReminderStatus.DONE)),) if fired and not fired.repeats else ()


def remove(known: Known) -> Effects:
    picked = _picked(known.situation, known.talk.answers)
    return (SaveReminder(replace(picked, status=ReminderStatus.REMOVED)),) if picked else ()


def is_full(situation: Situation) -> bool:
    return len(ahead_of(situation)) >= MOST_OPEN


def ahead_of(situation: Situation) -> tuple[OwnReminder, ...]:
    """The reminders that are still to come, soonest first."""
    return tuple(each for each in situation.own_reminders if each.status is ReminderStatus.SET)


def planned(situation: Situation, said: Mapping[str, str], now: datetime) -> OwnReminder | None:
    """The reminder that a talk's answers come to; None while they name no day. `now` is aware.

    A picked one gets its new time, and goes on to repeat. One that has come is put off; if it comes again anyway, what
    is put off is a reminder of its own.
    """
    at = Moment.read(said.get("when", "")).at
    if at is None:
        return None
    zone = situation.client.zone
    moment = at if isinstance(at, datetime) else at_wall(at, MORNING, zone)
    picked, fired = _picked(situation, said), _fired(situation, said)
    before = picked or (None if fired is None or fired.repeats else fired)
    often = repeats.settled(said.get("repeats") or (picked.repeats if picked else ""), moment.astimezone(zone).date())
    if often:
        moment = repeats.next_after(moment, often, zone, now)
    number = before.number if before else situation.reminders_so_far + 1
    return OwnReminder(number, _what(situation, said), moment, often)


def sent(reminder: OwnReminder, situation: Situation, now: datetime) -> SaveReminder:
    """A reminder as it is once it has gone out: the next time of one that comes again is planned, answered or not."""
    if not reminder.repeats:
        return SaveReminder(replace(reminder, status=ReminderStatus.SENT))
    following = repeats.next_after(reminder.at, reminder.repeats, situation.client.zone, now)
    return SaveReminder(replace(reminder, at=following))


def _what(situation: Situation, said: Mapping[str, str]) -> str:
    known = _picked(situation, said) or _fired(situation, said)
    return said.get("what") or (known.what if known else "")


def _fired(situation: Situation, said: Mapping[str, str]) -> OwnReminder | None:
    return next((each for each in situation.own_reminders if str(each.number) == said.get(REMINDER)), None)


def _picked(situation: Situation, said: Mapping[str, str]) -> OwnReminder | None:
    """By its line in any language: the client may have changed theirs since."""
    line = said.get(LINE)
    return next((each for each in ahead_of(situation) for code in FORMS if line == _line(each, situation, code)), None)


def _lines(known: Known) -> tuple[str, ...]:
    """What is on the list: the reminders to come, and the next visit. They read the same at any time."""
    situation, code = known.situation, known.situation.client.language
    own = (_line(each, situation, code) for each in ahead_of(situation))
    visit = [line for line in _lines_of_visit(situation, known.now)[:1] if line]
    return (*own, *visit)


def _line(reminder: OwnReminder, situation: Situation, language: str) -> str:
    """On a shared phone the time alone."""
    when = say_brief(reminder.at, language, situation.client.zone)
    if situation.client.phone_is_shared:
        return when
    return f"{label(reminder.what, LONGEST_LINE - len(when) - len(', '))}, {when}"


def _lines_of_visit(situation: Situation, now: datetime) -> tuple[str, ...]:
    """The next visit's line, first in the client's language."""
    visit = next_visit(situation, now)
    codes = sorted(FORMS, key=lambda code: code != situation.client.language)
    lines = ((visit.worker, say_brief(visit.starts_at, code, situation.client.zone)) for code in codes) if visit else ()
    return tuple(f"{label(worker, LONGEST_LINE - len(when) - len(', '))}, {when}" for worker, when in lines)
