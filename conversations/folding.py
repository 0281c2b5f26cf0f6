"""A client's text as a reader compares it, and as it is kept."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import sha256

from conversations.labels import visible

SIGNS = frozenset("👍👎🛑✋✅❌")
"""Pictures that are words to us. All others are dropped."""

INVISIBLE = frozenset({"Cf", "Mc", "Me", "Mn"})

APOSTROPHES = re.compile(r"(?<=\w)['\u2018\u2019\u02bc\u00b4`](?=\w)")
DOTTED_LETTERS = re.compile(r"(?<![^\W\d_])(?:[^\W\d_]\.)+[^\W\d_]?(?![^\W\d_])")
KEPT = re.compile(r"(?<=\d)[:./-](?=\d)|[^\W_]")
HALF_OF_DAY = re.compile(r"(\d) ?([ap]) ?m\b")


@lru_cache(maxsize=2048)
def fold(text: str) -> str:
    """The text in lower case, without accents, punctuation and pictures, words parted by one space.

    Digits of any script become 0-9. `:` `.` `/` and `-` stay between two digits, where times and dates need them; am
    and pm are joined to their hour ("10 a.m." is "10am"). The few `SIGNS` stay, each as a word, a run of one sign once.
    """
    plain = DOTTED_LETTERS.sub(lambda dotted: dotted[0].replace(".", ""), APOSTROPHES.sub("", text))
    letters = "".join(_plain(sign) for sign in unicodedata.normalize("NFKD", plain).casefold())
    kept = {place.start() for place in KEPT.finditer(letters)}
    parted = "".join(_parted(sign, kept=place in kept) for place, sign in enumerate(letters))
    return HALF_OF_DAY.sub(r"\1\2m", " ".join(_runs_once(parted.split())))


def as_written(text: str) -> str:
    """The client's own words on one line, without marks that cannot be seen."""
    return " ".join(visible(text).split())


def trace(text: str) -> str:
    """By which the same words are known again, without keeping them."""
    return sha256(fold(text).encode()).hexdigest()[:16]


def _plain(sign: str) -> str:
    """Nothing for an accent or an invisible mark; the plain digit for a digit of any script."""
    if unicodedata.category(sign) in INVISIBLE:
        return ""
    digit = unicodedata.decimal(sign, None)
    return sign if digit is None else str(digit)


def _parted(sign: str, *, kept: bool) -> str:
    if sign in SIGNS:
        return f" {sign} "
    return sign if kept else " "


def _runs_once(words: list[str]) -> list[str]:
    return [word for word, before in zip(words, ["", *words], strict=False) if word != before or word not in SIGNS]


def one_slip_apart(one: str, other: str) -> bool:
    """One letter more, less, changed, or two that changed places."""
    if abs(len(one) - len(other)) > 1:
        return False
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    if len(one) == len(other) == len("xy"):
        return one == other[::-1]
    return max(len(one), len(other)) <= 1
