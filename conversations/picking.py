"""Which of the times on offer a client means: "thursday", "the 2pm one", "jueves en la tarde"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from conversations.folding import fold
from conversations.languages import TimeWords
from conversations.marks import Kind, marks_of
from conversations.moments import NOON, Day, Hour, said_by


def meant(text: str, times: TimeWords, now: datetime, offered: Sequence[datetime]) -> tuple[datetime, ...]:
    """Those on the day that the text names, at the hour it names; none where it names neither.

    `now` and the offered times are aware, in the client's zone. A part of the day without an hour is its half of the
    day.
    """
    marks = marks_of(fold(text).split(), times)
    saying = said_by(marks, now.date())
    day, hour = saying.day, saying.hour
    if day is None and hour is None:
        return ()
    without_part = tuple(mark for mark in marks if mark.kind is not Kind.PART_OF_DAY)
    comes_at = _is_at if said_by(without_part, now.date()).hour else _is_in_half
    return tuple(at for at in offered if (not day or _falls_on(at, day)) and (not hour or comes_at(at, hour)))


def _falls_on(at: datetime, day: Day) -> bool:
    """A weekday's name is any such day from the coming one on."""
    if day.may_be_today:
        return at.date() in day.days[:1]
    return at.weekday() == day.days[0].weekday() and at.date() >= day.days[0]


def _is_at(at: datetime, hour: Hour) -> bool:
    """An hour without am or pm is either."""
    hours = {hour.hour, hour.hour + NOON} if hour.is_loose else {hour.hour}
    return at.hour in hours and at.minute == hour.minute


def _is_in_half(at: datetime, hour: Hour) -> bool:
    return (at.hour < NOON) == (hour.hour < NOON)
