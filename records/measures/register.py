"""All measures of the domain guide (8.2), in its order: what each says, and what counts it or why nothing can yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from records.measures import (
    celebration,
    engagement,
    escalations,
    goals,
    own_words,
    participation,
    reach,
    understanding,
    visits,
)
from records.measures.figures import ON_SCREEN, Figure, hide
from records.measures.period import Period
from records.measures.reading import Where

Count = Callable[[Connection, Period, Where], Sequence[Figure]]


@dataclass(frozen=True, slots=True)
class Measure:
    """`count` is None where it cannot be counted yet; `not_yet` says why. `compared` by language (8.4)."""

    id: str
    name: str
    numerator: str
    denominator: str
    excludes: str = ""
    note: str = ""
    count: Count | None = None
    not_yet: str = ""
    compared: bool = False
    version: int = 1


def figures(
    connection: Connection, measure: Measure, period: Period, where: Where, fewest: int = ON_SCREEN
) -> Sequence[Figure]:
    """Of the clients that `where` lets through, with small cells hidden; none for what cannot be counted yet."""
    return () if measure.count is None else hide(measure.count(connection, period, where), fewest)


MEASURES: Sequence[Measure] = (
    Measure(
        "M1",
        "Consent uptake",
        "invites answered YES within 14 days",
        "invites sent",
        "invites whose 14 days are not over yet",
        count=reach.uptake,
        compared=True,
    ),
    Measure(
        "M2",
        "Reach",
        "texts that were delivered",
        "texts that the carrier took",
        "texts blocked because the number had opted out with the carrier; texts under way for less than 72 hours",
        "Not known is what the carrier said nothing of within 72 hours.",
        reach.reach,
    ),
    Measure(
        "M3",
        "Active engagement",
        "clients who wrote at least once in the period",
        "clients enrolled on the first day who had not opted out by the last",
        "STOP, HELP, WHO, automatic replies, wrong numbers, empty texts",
        count=engagement.active,
        compared=True,
    ),
    Measure(
        "M4",
        "30-day hold",
        "clients who wrote in days 31 to 60 after their first consent",
        "clients whose 60th day after it fell in the period",
        "clients with fewer than 60 days",
        count=engagement.hold,
    ),
    Measure(
        "M5",
        "Reply rate",
        "questions answered within 72 hours and before the next",
        "questions that Milepost texted and that were delivered",
        "questions whose 72 hours are not over yet",
        "What was asked again before an answer counts once, from the last time.",
        count=engagement.replies,
        compared=True,
    ),
    Measure(
        "M6",
        "Client reply time",
        "minutes from delivery to answer: median and 90th percentile",
        "answered questions, as in M5",
        note="Nights are kept in.",
        count=engagement.reply_time,
    ),
    Measure(
        "M7",
        "Living goal",
        "clients with an active goal set, reviewed or revised in the last 30 days of the period",
        "clients enrolled in the period",
        "goals paused at the end of the period; changes of a reminder or of who sees the plan",
        count=goals.living,
    ),
    Measure(
        "M8",
        "Plan completeness",
        "active goals with step, day and time, where or how, pothole, detour and first action",
        "goals active at the end of the period",
        "paused goals",
        "Each part stands beside it. Plans as they were at the end of the period.",
        goals.completeness,
    ),
    Measure(
        "M9",
        "Goal status",
        "goals that are achieved, revised, replaced, active, paused, released",
        "goals whose last step's day fell in the period; without such a day, goals closed in the period",
        "goals without a day that are not closed",
        "As each stood a week after the period, or stands today. Revised and replaced are good news, not loss.",
        count=goals.outcomes,
        compared=True,
    ),
    Measure(
        "M10",
        "Step follow-through",
        "steps done or done in part",
        "steps whose result the client told in the period: done, some, not yet, changed",
        "steps without an answer, which stand beside it once their day is a week past",
        "A step that was told twice counts with the last.",
        count=goals.follow_through,
    ),
    Measure(
        "M11",
        "Timely review",
        "goals whose steps were reviewed within 7 days of their day",
        "goals with a step's day in the period",
        "days that are not a week past yet",
        count=goals.timely,
    ),
    Measure(
        "M12",
        "Learning turn",
        "of these, those followed by a revised or replaced plan within 7 days",
        "steps reviewed as not yet or changed",
        "reviews that are not a week past yet; a new reminder alone",
        count=goals.learning,
        compared=True,
    ),
    Measure(
        "M13",
        "Celebration",
        "results answered at once; of shared goals, with a worker's word by the end of the second working day",
        "steps reviewed as done or some",
        "for the worker's word: goals that are not shared, and results whose two days are not over yet",
        "A worker's word is a text of their own, or a call or a visit noted on the client's page.",
        celebration.celebrated,
    ),
    Measure(
        "M14",
        "Participation ladder",
        "clients by their hours beside those of their own plan: none, some, half, all; and from where they came",
        "clients whose hours of the month were entered; for moves, those of the month before as well",
        "clients who are exempt or have good cause, who stand beside it",
        "The rungs are ours, not the program's.",
        participation.participation,
    ),
    Measure(
        "M15",
        "Life areas",
        "clients whose last reading of how life feels is above the one before",
        "clients with two readings, the last of them in the period",
        "the life areas of CalMAP, which nobody records yet",
        count=celebration.life_pulse,
    ),
    Measure(
        "M16",
        "Visits kept",
        "visits marked attended",
        "visits due in the period",
        "visits ended by the office; times that were given up 24 hours ahead or more",
        "A time given up later, or missed and then moved, counts. Missed, moved late, confirmed, moved and not marked "
        "stand beside it.",
        visits.kept,
        compared=True,
    ),
    Measure(
        "M17",
        "Promise kept",
        "items with a person's first contact by the time told to the client",
        "items whose told time came in the period",
        "items merged into another; times still to come",
        count=escalations.promises,
    ),
    Measure(
        "M18",
        "Staff response",
        "working minutes from the client's text to a person's first contact: median and 90th percentile",
        "items opened by a client's text that were answered",
        "items merged into another; stops and wrong numbers",
        count=escalations.response,
        compared=True,
    ),
    Measure(
        "M19",
        "Escalation load",
        "items opened, by trigger",
        "for every 100 clients enrolled in the period",
        "items merged into another",
        "Taken in time is of those whose time is over.",
        count=escalations.load,
    ),
    Measure(
        "M20",
        "Opt-out",
        "opt-outs",
        "for every 100 client-months with consent, and for every 1,000 unprompted texts",
        note="Below, by the last unprompted text before it.",
        count=reach.opt_outs,
        compared=True,
    ),
    Measure(
        "M21",
        "Not understood",
        "texts that say we did not understand",
        "for every 100 texts of clients",
        "STOP, HELP, WHO, automatic replies, wrong numbers, empty texts",
        "A measure of how well we read, not of clients. Texts written to a person count among the hundred.",
        count=understanding.not_understood,
        compared=True,
    ),
    Measure(
        "M22",
        "Own language",
        "texts in the client's recorded language",
        "texts that left",
        "texts from before the client last changed their language",
        "The target is all of them.",
        count=reach.own_language,
        compared=True,
    ),
    Measure(
        "M23",
        "Text load",
        "unprompted texts a week: median, 90th percentile, maximum",
        "each enrolled client's weeks, from Monday on, that begin in the period",
        "weeks that are not over yet",
        count=reach.load,
    ),
    Measure(
        "M24",
        "Content quality",
        "workers' own texts without a hint of the content rules; those with an open question",
        "texts in workers' own words",
        "reviewed texts; texts in a language without content rules",
        "For coaching alone.",
        own_words.content_quality,
    ),
    Measure(
        "M25",
        "Voice of client",
        "answers to a short survey by text, by choice",
        "answers, kept without a name, a number or a day",
        not_yet="It needs a survey that asks clients by text, kept without their names.",
    ),
    Measure(
        "M26",
        "Staff survey",
        "contacts with clients after which a worker filled in a survey",
        "contacts with clients who try a new tool",
        not_yet="It needs a survey that staff fill in after a meeting.",
    ),
    Measure(
        "M27",
        "Share of contact",
        "clients whom a person wrote to, met, spoke with, or whose item a person answered, in the last 30 days",
        "clients enrolled in the period",
        note="A call or a meeting counts once somebody notes it on the client's page.",
        count=visits.in_touch,
    ),
    Measure(
        "M28",
        "Crisis handling",
        "U0 items first touched within 15 minutes of office hours",
        "U0 items opened in the period",
        "",
        "Each is listed. One that was merged into another is touched when that is.",
        escalations.crises,
    ),
)
