"""Reads the languages a county texts in: `locales/<code>/words.toml` and `phrases.toml`, and its compiled catalog.

Of the languages that it does not text in, the words that stop all texts and their names: `locales/keywords.toml`.
"""

from __future__ import annotations

import struct
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import cache
from gettext import GNUTranslations
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.classifier_file import classifier_from
from bot.errors import Problem, StartError
from conversations.classifier import Classifier
from conversations.folding import fold
from conversations.languages import Encoding, Language, OtherLanguage, Review, TimeWords
from conversations.phrases import PhraseBook, PhraseError, phrase_book

WRITTEN_IN = "en"
"""The language of the sentences in the code: it needs no catalog."""

CATALOG = "LC_MESSAGES/milepost.mo"


_Read = TypeVar("_Read")


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
    connectives: list[str]


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
    behind_hour: list[str]
    every: list[str]
    weekly: list[str]
    monthly: list[str]
    before_what: list[str]
    courtesies: list[str]
    on_days: dict[str, list[Annotated[int, Field(ge=0, le=6)]]]
    daily_parts: dict[str, Annotated[int, Field(ge=0, le=23)]]
    weekdays: dict[str, Annotated[int, Field(ge=0, le=6)]]
    months: dict[str, Annotated[int, Field(ge=1, le=12)]]
    parts_of_day: dict[str, Annotated[int, Field(ge=0, le=24)]]
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


class _Listed(_Table):
    """What must never be overheard, by topic."""

    self_harm: list[str]
    partner_violence: list[str]
    harm_to_others: list[str]
    medical: list[str]
    basic_need: list[str]
    stop: list[str]
    wrong_number: list[str]
    person: list[str]
    reminder_opening: list[str]
    language: list[str]


class _Unlike(_Table):
    """What only sounds like it."""

    danger: list[str]
    stop: list[str] = []
    wrong_number: list[str] = []
    person: list[str] = []
    reminder: list[str] = []
    language: list[str] = []


class _Phrases(_Table):
    phrases: _Listed
    unlike: _Unlike


class _Keywords(_Table):
    """A language without a folder: what its speakers may send all the same."""

    name: str = Field(min_length=1)
    names: list[str]
    opt_out: list[str]
    script: str = ""
    letters: str = ""


_KEYWORDS = TypeAdapter(dict[str, _Keywords])


def load_languages(codes: Iterable[str], folder: Traversable | None = None) -> dict[str, Language]:
    """Each language by its code. `folder` holds one folder a language; by default it is the package `locales`.

    Raises StartError with a Problem for each file that is missing or written wrongly.
    """
    return _loaded(tuple(codes), folder) if folder else dict(_of_package(tuple(codes)))


@cache
def _of_package(codes: tuple[str, ...]) -> dict[str, Language]:
    """Kept: the package does not change while it runs."""
    return _loaded(codes, resources.files("locales"))


def _loaded(codes: tuple[str, ...], folder: Traversable) -> dict[str, Language]:
    languages: dict[str, Language] = {}
    problems: list[Problem] = []
    for code in codes:
        try:
            languages[code] = _language(code, folder)
        except StartError as error:
            problems += error.problems
    try:
        languages = _beside_others(languages, _keywords(codes, folder), _classifier(folder))
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
            behind_hour=_folded(times.behind_hour),
            every=_folded(times.every),
            weekly=_folded(times.weekly),
            monthly=_folded(times.monthly),
            before_what=_folded(times.before_what),
            courtesies=_folded(times.courtesies),
            on_days={fold(words): frozenset(days) for words, days in times.on_days.items()},
            daily_parts=_folded_keys(times.daily_parts),
        ),
        encoding=Encoding(about.encoding),
        review=Review(about.reviewed_by, about.reviewed_on),
        fillers=_folded(words.small.fillers),
        negations=_folded(words.small.negations),
        counted=_folded(words.small.counted),
        connectives=_folded(words.small.connectives),
        phrases=_phrases(code, folder),
    )


def _words(code: str, folder: Traversable) -> _File:
    read = _read(f"{code}/words.toml", folder, _File.model_validate)
    if read.language.code != code:
        where = f"locales/{code}/words.toml language.code"
        raise StartError("", [Problem(where, f"is {read.language.code!r}", f"write {code!r}")])
    return read


def _phrases(code: str, folder: Traversable) -> PhraseBook:
    read = _read(f"{code}/phrases.toml", folder, _Phrases.model_validate)
    try:
        return phrase_book(read.phrases.model_dump(), read.unlike.model_dump())
    except PhraseError as error:
        remedy = "write it as conversations/phrases.py says"
        raise StartError("", [Problem(f"locales/{code}/phrases.toml", str(error), remedy)]) from None


def _classifier(folder: Traversable) -> Classifier:
    """`locales/classifier.bin`: a line of JSON, then the features and the weights. `training/train.py` writes it."""
    try:
        return classifier_from(folder.joinpath("classifier.bin").read_bytes())
    except (FileNotFoundError, ValueError) as error:
        raise StartError(
            "", [Problem("locales/classifier.bin", f"cannot be read: {error}", "make it with: make classifier")]
        ) from None


def _keywords(codes: Collection[str], folder: Traversable) -> dict[str, _Keywords]:
    """Of every language that is not switched on, whether it has a folder or not."""
    keywords = _read("keywords.toml", folder, _KEYWORDS.validate_python)
    for code in sorted(place.name for place in folder.iterdir() if place.joinpath("words.toml").is_file()):
        if code not in codes:
            words = _words(code, folder)
            keywords[code] = _Keywords(
                name=words.language.name, names=words.intents.language, opt_out=words.intents.opt_out
            )
    return {code: words for code, words in keywords.items() if code not in codes}


def _beside_others(
    languages: Mapping[str, Language], keywords: Mapping[str, _Keywords], classifier: Classifier
) -> dict[str, Language]:
    """The languages, each with what is known of those that are not switched on. Any language's word stops all texts."""
    others = tuple(
        OtherLanguage(code, words.name, _folded(words.names), words.script, words.letters)
        for code, words in keywords.items()
    )
    opt_out = _folded(word for words in keywords.values() for word in words.opt_out)
    return {
        code: replace(
            language,
            others=others,
            classifier=classifier,
            intents={**language.intents, "opt_out": language.intents["opt_out"] | opt_out},
        )
        for code, language in languages.items()
    }


def _read(path: str, folder: Traversable, read: Callable[[object], _Read]) -> _Read:
    """A TOML file below `locales`. Raises StartError with a Problem for each mistake."""
    where = f"locales/{path}"
    pattern = f"locales/{WRITTEN_IN}/{path.partition('/')[2]}" if "/" in path else "the tables beside it"
    try:
        return read(tomllib.loads(folder.joinpath(*path.split("/")).read_text("utf-8")))
    except FileNotFoundError:
        remedy = f"write it, with {pattern} as the pattern, or take the language out of the county file"
        raise StartError("", [Problem(where, "there is no such file", remedy)]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StartError("", [Problem(where, f"is not TOML in UTF-8: {error}")]) from None
    except ValidationError as error:
        wrong = [(".".join(map(str, each["loc"])), each["msg"]) for each in error.errors()]
        raise StartError(
            "", [Problem(f"{where} {key}", what, f"compare it with {pattern}") for key, what in wrong]
        ) from None


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
