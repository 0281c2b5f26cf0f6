"""How a moment is said to a client: always in the client's zone, in one fixed form a language (domain guide 4.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.lists import format_list

NOON = 12
DAYS_WITHOUT_DATE = timedelta(days=7)
A_MONDAY = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class DayForms:
    """Babel's patterns for a day with its date, a weekday alone and both in brief, in one of Babel's locales."""

    locale: str
    with_date: str
    weekday: str
    brief: str
    brief_with_date: str


# Spanish weekdays are written in full: "mar" is both Tuesday and March. The US locale keeps clear of U+202F.
FORMS = {
    "en": DayForms("en_US", "EEE MMM d", "EEE", "EEE", "EEE MMM d"),
    "es": DayForms("es_US", "EEEE d MMM", "EEEE", "EEE", "EEE d MMM"),
}


def say_moment(at: datetime | date, language: str, zone: ZoneInfo) -> str:
    """The day and hour, "Tue Mar 4, 10am"; a day alone is "Tue Mar 4". A datetime is aware."""
    forms = FORMS.get(language, FORMS["en"])
    if not isinstance(at, datetime):
        return _day(at, forms.with_date, forms)
    local = at.astimezone(zone)
    return f"{_day(local, forms.with_date, forms)}, {say_hour(local)}"


def say_near(at: datetime, language: str, zone: ZoneInfo, now: datetime) -> str:
    """The weekday and hour, "Tue 8am"; with the date where the weekday alone would be taken for an earlier one."""
    forms = FORMS.get(language, FORMS["en"])
    local = at.astimezone(zone)
    if local.date() - now.astimezone(zone).date() >= DAYS_WITHOUT_DATE:
        return say_moment(at, language, zone)
    return f"{_day(local, forms.weekday, forms)} {say_hour(local)}"


def say_choice(at: datetime, language: str, zone: ZoneInfo, now: datetime) -> str:
    """As `say_near`, but in brief and without a comma, as one line of a menu: "jue 2pm", "jueves 11 mar 2pm"."""
    forms = FORMS.get(language, FORMS["en"])
    local = at.astimezone(zone)
    is_near = local.date() - now.astimezone(zone).date() < DAYS_WITHOUT_DATE
    return f"{_day(local, forms.brief if is_near else forms.with_date, forms)} {say_hour(local)}"


def say_brief(at: datetime, language: str, zone: ZoneInfo) -> str:
    """The day with its date and the hour in as few letters as can be: "Tue Mar 4 10am", "mar 4 mar 10am"."""
    forms = FORMS.get(language, FORMS["en"])
    local = at.astimezone(zone)
    return f"{_day(local, forms.brief_with_date, forms)} {say_hour(local)}"


def say_weekdays(days: Sequence[int], language: str) -> str:
    """Weekdays from Monday = 0, as a list: "Mon and Wed", "lunes y miércoles"."""
    forms = FORMS.get(language, FORMS["en"])
    return format_list(
        [_day(A_MONDAY + timedelta(days=day), forms.weekday, forms) for day in days], locale=forms.locale
    )


def say_hour(local: datetime) -> str:
    """The hour as "10am", "2:30pm", "12pm" for noon: the form in which clients type it back."""
    minutes = f":{local.minute:02}" if local.minute else ""
    half = "am" if local.hour < NOON else "pm"
    return f"{local.hour % NOON or NOON}{minutes}{half}"


def _day(day: date, pattern: str, forms: DayForms) -> str:
    return format_date(day, pattern, locale=forms.locale)
