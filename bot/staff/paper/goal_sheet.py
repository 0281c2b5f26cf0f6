"""My Goal Plan on paper: a sheet to sign, or a card for the pocket, in the client's language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time

from bot.staff.paper.pdf import Paper, fields
from conversations import goal_sheet
from conversations.effects import Sentence
from conversations.goals import Goal, Moment
from conversations.languages import Language
from conversations.situation import Client

POCKET = 3.375 * 25.4, 2.125 * 25.4
"""As a bank card, in millimetres."""

LINE = "_" * 34


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed. `case_number` is as typed for this print alone."""

    client: Client
    goal: Goal
    language: Language
    case_number: str
    on: date


def sheet(wanted: Sheet) -> bytes:
    """A page with all of the plan, and lines to sign on."""
    say = _say(wanted)
    paper = Paper(say(goal_sheet.TITLE), _day(wanted.on, wanted), wanted.language.code)
    paper.heading(say(goal_sheet.TITLE), 20)
    paper.line(wanted.client.first_name, 12)
    if wanted.case_number:
        paper.line(f"{say(goal_sheet.CASE_NUMBER)}: {wanted.case_number}")
    paper.gap(5)
    fields(paper, [(say(label), words) for label, words in _plan(wanted) if words])
    paper.gap(14)
    for who in (goal_sheet.MY_SIGNATURE, goal_sheet.WORKERS_SIGNATURE):
        paper.line(f"{say(who)}  {LINE}    {say(goal_sheet.DATE)}  {LINE[:14]}")
        paper.gap(9)
    return paper.done()


def pocket_card(wanted: Sheet) -> bytes:
    """Goal, step and when, with a border to cut along; neither a case number nor a programme."""
    say = _say(wanted)
    paper = Paper(say(goal_sheet.TITLE), "", wanted.language.code)
    width, height = POCKET
    left, top = paper.get_x(), paper.get_y()
    paper.set_dash_pattern(dash=1.5, gap=1.5)
    paper.rect(left, top, width, height)
    paper.set_margins(left + 4, top + 3, paper.w - left - width + 4)
    paper.set_xy(left + 4, top + 3)
    paper.heading(say(goal_sheet.TITLE), 10)
    short = (goal_sheet.GOAL, goal_sheet.STEP, goal_sheet.WHEN, goal_sheet.DETOUR)
    for label, words in _plan(wanted):
        if label in short and words and paper.get_y() < top + height - 9:
            paper.line(f"{say(label)}: {_cut(words)}", 8)
    return paper.done()


LONGEST_ON_A_CARD = 90


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST_ON_A_CARD else f"{words[:LONGEST_ON_A_CARD].rsplit(' ', 1)[0]} \u2026"


def _plan(wanted: Sheet) -> Iterator[tuple[Sentence, str]]:
    goal, step = wanted.goal, wanted.goal.step
    yield goal_sheet.GOAL, goal.text
    yield goal_sheet.WHY, goal.meaning
    if step is None:
        return
    yield goal_sheet.STEP, step.text
    yield goal_sheet.WHEN, _moment(step.when, wanted)
    yield goal_sheet.WHERE, step.where
    yield goal_sheet.WHO_HELPS, step.support
    yield goal_sheet.POTHOLE, step.obstacle
    yield goal_sheet.DETOUR, step.detour
    yield goal_sheet.FIRST_ACTION, step.first_action


def _say(wanted: Sheet) -> Callable[[Sentence], str]:
    return lambda sentence: wanted.language.translate(sentence.context, sentence.text)


def _moment(when: Moment, wanted: Sheet) -> str:
    match when.at:
        case datetime() as at:
            local = at.astimezone(wanted.client.zone)
            return f"{_day(local.date(), wanted)}, {format_time(local.time(), 'short', locale=_locale(wanted))}"
        case date() as day:
            return _day(day, wanted)
        case None:
            return when.words


def _day(day: date, wanted: Sheet) -> str:
    return format_date(day, "full", locale=_locale(wanted))


def _locale(wanted: Sheet) -> Locale:
    """English for a language whose days nobody has written down."""
    try:
        return Locale.parse(wanted.language.code, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")
