"""What clients read on the pages of the web chat, in their language. The functions have gettext's names.

As in `bot.wording`, which is for staff: what is put in is named, and a per cent sign of its own is written twice. Each
speaks the language of whoever is being answered, which `speak` has set. `python -m bot.translations` gathers all of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources

from babel import Locale, UnknownLocaleError

from bot.errors import Problem, StartError
from bot.languages import WRITTEN_IN

_speaking: ContextVar[str] = ContextVar("speaking_in_chat", default=WRITTEN_IN)

MISSING = "is missing. `make catalogs` compiles it from chat.po."


def load(codes: Iterable[str]) -> None:
    """Raises StartError where a catalog is missing: at the start, and not on somebody's page."""
    for code in codes:
        _catalog(code)


def speak(code: str) -> None:
    """Until the end of this request, or until it is called again."""
    _speaking.set(code)


def spoken() -> str:
    return _speaking.get()


def direction() -> str:
    """In which letters run: "ltr" or "rtl"."""
    try:
        return Locale.parse(spoken(), sep="-").text_direction
    except (UnknownLocaleError, ValueError):  # a language that Babel does not know
        return "ltr"


@cache
def _catalog(code: str) -> NullTranslations:
    if code == WRITTEN_IN:
        return NullTranslations()
    compiled = resources.files("locales").joinpath(code, "LC_MESSAGES", "chat.mo")
    if not compiled.is_file():
        raise StartError("The web chat cannot speak a language:", [Problem(f"{code}/chat.mo", MISSING)])
    with compiled.open("rb") as source:
        return GNUTranslations(source)


def gettext_of(message: str) -> str:
    return _catalog(spoken()).gettext(message)


def ngettext_of(one: str, many: str, count: int) -> str:
    return _catalog(spoken()).ngettext(one, many, count)


def _(message: str, **put_in: object) -> str:
    return gettext_of(message) % put_in
