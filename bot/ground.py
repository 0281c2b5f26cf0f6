"""What every command stands on: settings, county, languages, a database of this release; or one clear message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.county_file import load_county
from bot.errors import Problem, Severity, StartError
from bot.languages import load_languages
from bot.settings import DatabaseSettings, StoreSettings, load
from conversations.county import County
from conversations.languages import Language
from records.database import check_schema, connect
from records.errors import SchemaError
from records.sqlite_files import file_of, made_at


def open_database(settings: DatabaseSettings, *, may_be_copy: bool = False) -> Engine:
    """An engine whose tables are this release's, and which is no mere copy. Raises StartError."""
    file = file_of(settings.database)
    if file and not may_be_copy and made_at(file):
        problem = Problem("DATABASE_URL", "is a backup, of which texts would go out again", "run `milepost restored`")
        raise StartError("The database cannot be used:", [problem])
    engine = connect(settings.database)
    try:
        check_schema(engine)
    except SchemaError as error:
        problem = Problem("DATABASE_URL", str(error))
        raise StartError("The database cannot be used:", [problem]) from None
    except SQLAlchemyError as error:
        raise unreachable(error) from None
    return engine


def unreachable(error: SQLAlchemyError) -> StartError:
    """The driver's words are left out: they hold the address, and with it the password."""
    remedy = "check DATABASE_URL, and that the database runs"
    what = f"cannot be opened ({type(error).__name__})"
    return StartError("The database cannot be reached:", [Problem("DATABASE_URL", what, remedy)])


@contextmanager
def transaction(settings: DatabaseSettings) -> Iterator[Connection]:
    """One transaction of a command of its own. Raises StartError if there is no usable database."""
    engine = open_database(settings)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def load_store() -> tuple[StoreSettings, County]:
    """Raises StartError."""
    settings = load(StoreSettings)
    return settings, load_county(settings.county)


def load_reviewed(county: County) -> Mapping[str, Language]:
    """The county's languages. Raises StartError for one that is missing, or a draft where drafts are not allowed."""
    languages = load_languages(county.languages)
    raise_errors("The county file cannot be used:", draft_languages(county, languages))
    return languages


def draft_languages(county: County, languages: Mapping[str, Language]) -> list[Problem]:
    """Languages that no speaker has reviewed: errors, or warnings where the county allows drafts."""
    severity = Severity.WARNING if county.drafts_allowed else Severity.ERROR
    remedy = "have a speaker review it, take it out of languages, or set drafts_allowed = true in the county file"
    return [
        Problem("languages", f"nobody has reviewed {language.name} ({code})", remedy, severity)
        for code, language in languages.items()
        if language.review.is_draft
    ]


def raise_errors(title: str, problems: Sequence[Problem]) -> None:
    """Raises StartError if one of them is an error."""
    if errors := [problem for problem in problems if problem.severity is Severity.ERROR]:
        raise StartError(title, errors)
