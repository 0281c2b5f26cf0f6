"""Measures and their figures in plain words, and in which order a page shows them (domain guide 8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from babel.numbers import format_decimal, format_percent

from bot.staff.plain_words.clients import RUNGS
from bot.staff.plain_words.escalations import TRIGGERS
from bot.staff.plain_words.filters import number
from bot.wording import N_, Words, _, locale
from records.measures.figures import Figure, Unit

GROUPS: Mapping[str, Sequence[str]] = {
    N_("Goals"): ("M9", "M7", "M8", "M10", "M11", "M12", "M13"),
    N_("Taking part"): ("M3", "M14", "M4", "M5", "M6", "M15"),
    N_("People behind the texts"): ("M17", "M18", "M19", "M27", "M28"),
    N_("Visits"): ("M16",),
    N_("Consent and texts"): ("M1", "M2", "M20", "M21", "M22", "M23"),
    N_("What clients and staff say"): ("M24", "M25", "M26"),
}
"""What became of goals comes first: quality, not quantity. The ladder stands beside engagement."""

IN_SHORT: Mapping[str, int] = {"M6": 2, "M9": 6, "M10": 2, "M13": 2, "M14": 4, "M18": 2, "M20": 2, "M23": 3, "M24": 2}
"""How many of a measure's figures stand in its line; of the others one."""

IN_THE_CHART: Mapping[str, int] = {"M6": 2, "M9": 3, "M14": 4, "M18": 2}

LABELS = Words(
    {
        "achieved": "achieved",
        "revised": "revised",
        "replaced": "replaced",
        "paused": "paused",
        "released": "released",
        "median": "median",
        "maximum": "maximum",
        "kept": "kept",
        "delivered": "delivered",
        "attended": "attended",
        "confirmed": "confirmed",
        "missed": "missed",
        "moved": "moved",
        "answered": "answered",
        "yes": "answered YES",
        "not_known": "not known after 72 hours",
        "engaged": "wrote at least once",
        "active": "still active",
        "held": "still writing",
        "p90": "90th percentile",
        "living": "with a living goal",
        "whole": "whole plans",
        "text": "with a step",
        "when": "with day and time",
        "where": "with where or how",
        "obstacle": "with a pothole",
        "detour": "with a detour",
        "first_action": "with a first action",
        "followed": "done or some",
        "no_reply": "no answer",
        "timely": "in time",
        "turned": "followed by another plan",
        "acknowledged": "answered at once",
        "word_from_worker": "with a worker's word",
        "life_pulse_up": "life feels better",
        "not_marked": "not marked yet",
        "moved_late": "moved with less than a day's notice",
        "opened": "items opened",
        "acknowledged_in_time": "taken in time",
        "passed_up": "passed up",
        "reopened": "opened again within 14 days",
        "per_client_month": "client-months",
        "per_unprompted_text": "unprompted texts",
        "not_understood": "not understood",
        "own_language": "in their language",
        "in_touch": "in touch with a person",
        "in_time": "touched in 15 minutes",
        "own_words": "a worker's own words",
        "no_hint": "without a hint",
        "open_question": "with an open question",
        "no_text": "no text in the 30 days before",
    }
)

HOUR = 60
MOVE = ">"
"""Between the rungs of a move on the participation ladder."""


def label(name: str) -> str:
    """Of a figure; a text is called by its conversation and step."""
    if known := LABELS.get(name) or RUNGS.get(name) or TRIGGERS.get(name):
        return known
    if MOVE in name:
        was, now = (RUNGS[rung] for rung in name.split(MOVE))
        return _("from %(was)s to %(now)s", was=was, now=now)
    return name.replace("/", ": ").replace("_", " ")


def value(figure: Figure) -> str:
    if figure.hidden:
        return _("hidden")
    return _("none") if figure.value is None else _UNITS[figure.unit](figure.value)


def _minutes(minutes: float) -> str:
    if minutes >= 2 * HOUR:
        return _("%(hours)s h", hours=_decimal(minutes / HOUR))
    return _("%(minutes)s min", minutes=round(minutes))


def _decimal(number: float) -> str:
    return format_decimal(number, "0.0", locale=locale())


_UNITS: Mapping[Unit, Callable[[float], str]] = {
    Unit.SHARE: lambda share: format_percent(share, locale=locale()),
    Unit.MINUTES: _minutes,
    Unit.WORKING_MINUTES: lambda minutes: _("%(span)s of work", span=_minutes(minutes)),
    Unit.PER_HUNDRED: lambda rate: _("%(rate)s per 100", rate=_decimal(rate)),
    Unit.PER_THOUSAND: lambda rate: _("%(rate)s per 1,000", rate=_decimal(rate)),
    Unit.PER_WEEK: lambda texts: _("%(texts)s a week", texts=round(texts)),
}


def fraction(figure: Figure) -> str:
    """Of what it was made; "" where a fraction says nothing."""
    if figure.numerator is None or figure.denominator is None:
        return ""
    made_of = number(figure.numerator)
    if figure.unit in (Unit.MINUTES, Unit.WORKING_MINUTES, Unit.PER_WEEK):
        return _("of %(count)s", count=made_of)
    return _("%(part)s of %(whole)s", part=made_of, whole=number(round(figure.denominator)))


SPLITS = Words(
    {
        "language": "by language",
        "phone": "by phone",
        "team": "by team",
        "time since the last yes to texts": "by time since the last yes to texts",
    }
)


FILTERS: Mapping[str, Callable[..., object]] = {
    "figure_label": label,
    "figure_value": value,
    "figure_fraction": fraction,
    "split_name": lambda split: SPLITS.get(split.value, split.value),
}
