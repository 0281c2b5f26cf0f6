"""Everything that can be looked at before the first text goes out, and every problem with it at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.content_rule_lists import load_rule_lists
from bot.county_file import load_county
from bot.errors import Problem, Severity, StartError
from bot.ground import draft_languages, open_database
from bot.hooks.addresses import load_hooks
from bot.languages import load_languages
from bot.settings import Settings, StoreSettings, load
from conversations import content_rules
from conversations.catalog import standing_alone
from conversations.county import County
from conversations.flows import FLOWS
from conversations.languages import Language
from conversations.text_rules import Broken, RuleLevel


def check_all() -> list[Problem]:
    """Settings, county file, languages, texts, database. Drafts are warnings where the county allows them."""
    problems, settings = _settings()
    if settings is None:
        return problems
    try:
        county = load_county(settings.county)
    except StartError as error:
        return [*problems, *error.problems, *_database(settings)]
    if isinstance(settings, Settings):
        problems += _hooks(settings)
    return [*problems, *_languages(county), *_database(settings)]


def _settings() -> tuple[list[Problem], StoreSettings | None]:
    """The settings as far as they can be read, so that one that is missing does not hide what else is wrong."""
    try:
        return [], load(Settings)
    except StartError as error:
        problems = list(error.problems)
    try:
        return problems, load(StoreSettings)
    except StartError:
        return problems, None


def _hooks(settings: Settings) -> list[Problem]:
    try:
        load_hooks(settings)
    except StartError as error:
        return list(error.problems)
    return []


def _languages(county: County) -> list[Problem]:
    try:
        languages = load_languages(county.languages)
    except StartError as error:
        return list(error.problems)
    return [*draft_languages(county, languages), *_texts(languages)]


def _texts(languages: Mapping[str, Language]) -> Iterator[Problem]:
    for broken in content_rules.check(FLOWS, standing_alone(), languages, load_rule_lists(languages)):
        if broken.level is not RuleLevel.DRAFT:
            yield _problem(broken)


def _problem(broken: Broken) -> Problem:
    where = " ".join(word for word in (broken.where, broken.language) if word)
    severity = Severity.ERROR if broken.level is RuleLevel.ERROR else Severity.WARNING
    return Problem(where, f"{broken.why} ({broken.rule})", broken.remedy, severity)


def _database(settings: StoreSettings) -> list[Problem]:
    try:
        open_database(settings).dispose()
    except StartError as error:
        return list(error.problems)
    return []
