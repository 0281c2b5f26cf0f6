"""Reads the languages a county texts in: `locales/<code>/words.toml`, and the catalog compiled from its milepost.po."""

from __future__ import annotations

import struct
import tomllib
from collections.abc import Callable, Iterable, Mapping
from gettext import GNUTranslations
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import Problem, StartError
from conversations.folding import fold
from conversations.languages import Encoding, Language, Review, TimeWords

WRITTEN_IN = "en"
"""The language of the sentences in the code: it needs no catalog."""

CATALOG = "LC_MESSAGES/milepost.mo"


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _About(_Table):
    code: str
    name: str = Field(min_length=1)
    encoding: Literal["keep", "fold"]
    reviewed_by: str
    reviewed_on: str


class _Small(_Table):
    fillers: list[str]
    negations: list[str]
    counted: list[str]


class _Intents(_Table):
    opt_out: list[str]
    opt_in: list[str]
    help: list[str]
    person: list[str]
    thanks: list[str]
    language: list[str]


class _Times(_Table):
    by_hour: list[str]
    by_amount: list[str]
    by_next_day: list[str]
    next_week: list[str]
    before_day_number: list[str]
    skipped: list[str]
    weekdays: dict[str, Annotated[int, Field(ge=0, le=6)]]
    months: dict[str, Annotated[int, Field(ge=1, le=12)]]
    parts_of_day: dict[str, Annotated[int, Field(ge=0, le=23)]]
    relative_days: dict[str, Annotated[int, Field(ge=0, le=31)]]
    units: dict[str, Annotated[int, Field(ge=1)]]
    numbers: dict[str, Annotated[int, Field(ge=1)]]
    minutes_past: dict[str, Annotated[int, Field(ge=1, le=59)]]


class _File(_Table):
    language: _About
    small: _Small
    replies: dict[str, list[str]]
    commands: dict[str, list[str]]
    intents: _Intents
    times: _Times


def load_languages(codes: Iterable[str], folder: Traversable | None = None) -> dict[str, Language]:
    """Each language by its code. `folder` holds one folder a language; by default it is the package `locales`.

    Raises StartError with a Problem for each file that is missing or written wrongly.
    """
    folder = folder or resources.files("locales")
    languages: dict[str, Language] = {}
    problems: list[Problem] = []
    for code in codes:
        try:
            languages[code] = _language(code, folder)
        except StartError as error:
            problems += error.problems
    if problems:
        raise StartError("A language cannot be used:", problems)
    return languages


def _language(code: str, folder: Traversable) -> Language:
    words = _words(code, folder)
    about, times = words.language, words.times
    return Language(
        code=code,
        name=about.name,
        translate=_translations(code, folder),
        replies=_folded_lists(words.replies),
        commands=_folded_lists(words.commands),
        intents=_folded_lists(words.intents.model_dump()),
        times=TimeWords(
            weekdays=_folded_keys(times.weekdays),
            months=_folded_keys(times.months),
            parts_of_day=_folded_keys(times.parts_of_day),
            relative_days=_folded_keys(times.relative_days),
            units=_folded_keys(times.units),
            numbers=_folded_keys(times.numbers),
            minutes_past=_folded_keys(times.minutes_past),
            by_hour=_folded(times.by_hour),
            by_amount=_folded(times.by_amount),
            by_next_day=_folded(times.by_next_day),
            next_week=_folded(times.next_week),
            before_day_number=_folded(times.before_day_number),
            skipped=_folded(times.skipped),
        ),
        encoding=Encoding(about.encoding),
        review=Review(about.reviewed_by, about.reviewed_on),
        fillers=_folded(words.small.fillers),
        negations=_folded(words.small.negations),
        counted=_folded(words.small.counted),
    )


def _words(code: str, folder: Traversable) -> _File:
    where = f"locales/{code}/words.toml"
    try:
        read = _File.model_validate(tomllib.loads(folder.joinpath(code, "words.toml").read_text("utf-8")))
    except FileNotFoundError:
        remedy = "write it, with locales/en/words.toml as the pattern, or take the language out of the county file"
        raise StartError("", [Problem(where, "there is no such file", remedy)]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StartError("", [Problem(where, f"is not TOML in UTF-8: {error}")]) from None
    except ValidationError as error:
        wrong = [(".".join(map(str, each["loc"])), each["msg"]) for each in error.errors()]
        remedy = "compare it with locales/en/words.toml"
        raise StartError("", [Problem(f"{where} {key}", what, remedy) for key, what in wrong]) from None
    if read.language.code != code:
        raise StartError("", [Problem(f"{where} language.code", f"is {read.language.code!r}", f"write {code!r}")])
    return read


def _translations(code: str, folder: Traversable) -> Callable[[str, str], str]:
    try:
        with folder.joinpath(code, CATALOG).open("rb") as catalog:
            return GNUTranslations(catalog).pgettext
    except FileNotFoundError:
        if code == WRITTEN_IN:
            return _as_it_stands
        raise StartError("", [Problem(f"locales/{code}/{CATALOG}", "there is no such file", "make catalogs")]) from None
    except (OSError, UnicodeDecodeError, struct.error):
        problem = Problem(f"locales/{code}/{CATALOG}", "is no compiled catalog", "delete it, then make catalogs")
        raise StartError("", [problem]) from None


def _as_it_stands(_context: str, sentence: str) -> str:
    return sentence


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(fold, words)) - {""}


def _folded_lists(lists: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    return {name: _folded(words) for name, words in lists.items()}


def _folded_keys(numbers: Mapping[str, int]) -> dict[str, int]:
    return {fold(word): number for word, number in numbers.items()}
