"""What staff read, in their language. The functions have gettext's names: `_`, `ngettext`, `pgettext`, `N_`.

A sentence is written in English where it is said. What is put into it is named, the same in code and in templates:

    _("Write a name of at most %(most)s characters.", most=80)
    ngettext("%(count)s text", "%(count)s texts", count)

A per cent sign of its own is therefore written twice. Each speaks the language of whoever is being answered, which
`speak` has set; outside of a request that is English. Tables of words are `Words`; a sentence that stands elsewhere
before anybody reads it is marked by `N_` and said by `_`. `python -m bot.translations` gathers all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources

from babel import Locale

from bot.errors import Problem, StartError
from conversations.marking import N_, Told
from records.errors import RefusedError, TooLateError

__all__ = ["N_"]

ENGLISH = "en"
STAFF_LANGUAGES = {"en": "English", "es": "Español"}
"""Those that staff can choose, each by its own name."""

DRAFTS = frozenset({"es"})
"""Those whose words no qualified translator has reviewed."""

LOCALES = {"en": Locale("en", "US"), "es": Locale("es", "US")}

_speaking: ContextVar[str] = ContextVar("speaking", default=ENGLISH)


def speak(language: str) -> None:
    """Until the end of this request, or until it is called again. Raises KeyError for none of STAFF_LANGUAGES."""
    _speaking.set(LOCALES[language].language)


def spoken() -> str:
    """The code of the language in which whoever is being answered reads."""
    return _speaking.get()


def locale() -> Locale:
    """How days, hours and numbers are written there."""
    return LOCALES[spoken()]


def load_staff_languages() -> None:
    """Raises StartError where a catalog is missing: at the start, and not on somebody's page."""
    for code in STAFF_LANGUAGES:
        _catalog(code)


@cache
def _catalog(code: str) -> NullTranslations:
    if code == ENGLISH:
        return NullTranslations()
    compiled = resources.files("locales").joinpath(code, "LC_MESSAGES", "staff.mo")
    if not compiled.is_file():
        raise StartError("A language of the staff pages cannot be used:", [Problem(f"{code}/staff.mo", MISSING)])
    with compiled.open("rb") as source:
        return GNUTranslations(source)


MISSING = "is missing. `make catalogs` compiles it from staff.po."


def gettext_of(message: str) -> str:
    """Without anything put in: what a template's own gettext is made of."""
    return _catalog(spoken()).gettext(message)


def ngettext_of(one: str, many: str, count: int) -> str:
    return _catalog(spoken()).ngettext(one, many, count)


def pgettext_of(context: str, message: str) -> str:
    return _catalog(spoken()).pgettext(context, message)


def npgettext_of(context: str, one: str, many: str, count: int) -> str:
    return _catalog(spoken()).npgettext(context, one, many, count)


def _(message: str, **put_in: object) -> str:
    return gettext_of(message) % put_in


def ngettext(one: str, many: str, count: int, **put_in: object) -> str:
    """`count` is put in as well, by that name."""
    return ngettext_of(one, many, count) % {"count": count, **put_in}


def pgettext(context: str, message: str, **put_in: object) -> str:
    """Where one English word is two in another language."""
    return pgettext_of(context, message) % put_in


def told(words: str) -> str:
    """What the core told, in the language of who reads it; other words as they are."""
    return _(words.message, **words.put_in) if isinstance(words, Told) else words


def refusal(no: RefusedError | TooLateError) -> str:
    """Why not, and what to do instead."""
    return _(no.message, **no.put_in) if isinstance(no, RefusedError) else _(str(no))


class Words(Mapping[str, str]):
    """A table of words, each read in the language of whoever is being answered."""

    def __init__(self, english: Mapping[str, str]) -> None:
        self.english = english

    def __getitem__(self, word: str) -> str:
        english = self.english[word]
        return gettext_of(english) if english else ""

    def only(self, *words: str) -> Words:
        return Words({word: self.english[word] for word in words})

    def __iter__(self) -> Iterator[str]:
        return iter(self.english)

    def __len__(self) -> int:
        return len(self.english)
