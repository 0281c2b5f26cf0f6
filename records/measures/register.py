"""All measures of the domain guide (8.2), in its order: what each says, and what counts it or why nothing can yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from records.measures import engagement, escalations, goals, reach, understanding, visits
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
    Measure("M1", "Consent uptake", "invites answered YES within 14 days", "invites sent", count=reach.uptake),
    Measure(
        "M2",
        "Reach",
        "texts that were delivered",
        "texts that the carrier took",
        "texts blocked because the number had opted out",
        "What became of the rest is shown apart while nobody knows it.",
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
        "check-ins answered within 72 hours and before the next",
        "check-ins delivered",
        "questions other than check-ins; repeats of one check-in",
        count=engagement.replies,
        compared=True,
    ),
    Measure(
        "M6",
        "Client reply time",
        "minutes from delivery to answer: median and 90th percentile",
        "answered check-ins",
        note="Nights are kept in.",
        count=engagement.reply_time,
    ),
    Measure(
        "M7",
        "Living goal",
        "clients with an active goal set, reviewed or revised in the last 30 days of the period",
        "clients enrolled in the period",
        note="Whether a goal is paused is known as of today.",
        count=goals.living,
    ),
    Measure(
        "M8",
        "Plan completeness",
        "active goals with step, time, place, pothole, detour and first action",
        "active goals",
        "paused goals",
        "Plans as they stand today.",
        goals.completeness,
    ),
    Measure(
        "M9",
        "Goal status",
        "goals that are achieved, revised, replaced, active, paused, released",
        "goals whose last step's day fell in the period",
        note="As of today. Revised and replaced are good news, not loss.",
        count=goals.outcomes,
        compared=True,
    ),
    Measure(
        "M10",
        "Step follow-through",
        "steps done or done in part",
        "steps reviewed in the period",
        "steps without an answer, which stand beside it",
        count=goals.follow_through,
    ),
    Measure(
        "M11",
        "Timely review",
        "goals whose steps were reviewed within 7 days of their day",
        "goals with a step's day in the period",
        count=goals.timely,
    ),
    Measure(
        "M12",
        "Learning turn",
        "of these, those followed by a revised or replaced plan within 7 days",
        "steps reviewed as not yet or changed",
        count=goals.learning,
        compared=True,
    ),
    Measure("M13", "Celebration", "", "", not_yet="nobody enters a worker's note on a result yet"),
    Measure("M14", "Participation ladder", "", "", not_yet="nobody enters the hours of a month yet"),
    Measure("M15", "Life areas", "", "", not_yet="nobody enters a second reading of the chosen life areas yet"),
    Measure(
        "M16",
        "Visits kept",
        "visits marked attended",
        "visits due in the period",
        "visits ended by the office; a visit that was moved counts at its new time only",
        "Confirmed, moved, missed and not marked stand beside it.",
        visits.kept,
        compared=True,
    ),
    Measure(
        "M17",
        "Promise kept",
        "items with a person's first contact by the time told to the client",
        "items whose told time came in the period",
        "items merged into another",
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
        count=escalations.load,
    ),
    Measure(
        "M20",
        "Opt-out",
        "opt-outs",
        "for every 100 client-months with consent, and for every 1,000 unprompted texts",
        count=reach.opt_outs,
        compared=True,
    ),
    Measure(
        "M21",
        "Not understood",
        "texts that say we did not understand",
        "for every 100 texts of clients",
        "STOP, HELP, WHO, automatic replies, wrong numbers, empty texts",
        count=understanding.not_understood,
    ),
    Measure(
        "M22",
        "Own language",
        "texts in the client's language as it is recorded today",
        "texts that left",
        note="The target is all of them.",
        count=reach.own_language,
        compared=True,
    ),
    Measure(
        "M23",
        "Text load",
        "unprompted texts a week: median, 90th percentile, maximum",
        "clients enrolled in the period",
        count=reach.load,
    ),
    Measure("M24", "Content quality", "", "", not_yet="nobody keeps the warnings on a worker's text yet"),
    Measure("M25", "Voice of client", "", "", not_yet="nobody asks clients in a survey yet"),
    Measure("M26", "Staff survey", "", "", not_yet="nobody enters a staff survey yet"),
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
        "items merged into another",
        "Each is listed.",
        escalations.crises,
    ),
)
