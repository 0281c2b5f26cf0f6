"""Phrases that speakers of a language use, in a notation that they can read and extend; and whether a text holds one.

    word      that word
    word*     any word that begins so
    (a|b c)   one of these; each can be several words
    [a]       a, or nothing
    ..        up to three words of any kind
    <person>  the name that the reader asks about
    ^  $      here the text begins, here it ends

Case, accents, punctuation and doubled letters make no difference, in a phrase or in a text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from conversations.folding import fold

PERSON = "<person>"
"""A name that the reader asks about, in phrases and in texts. No word of a folded text looks like it."""

SIGN = re.compile(r"\.\.|<person>|[()\[\]|^$]|[^\s()\[\]|^$]+")
MEANS = {"(": "(?:", ")": ")", "[": "(?:", "]": ")?", "|": "|", "..": r"(?:\S+ ){0,3}", "^": r"\A", "$": r"\Z"}
CLOSES = {"(": ")", "[": "]"}
DOUBLED = re.compile(r"([^\W\d_])\1+")
NEVER = re.compile(r"(?!)")


class PhraseError(ValueError):
    """A phrase cannot be read. It says which, and why."""


@dataclass(frozen=True, slots=True, eq=False)
class PhraseBook:
    """The phrases of a language by topic, and by topic those that only sound like it ("dying laughing")."""

    phrases: Mapping[str, re.Pattern[str]]
    unlike: Mapping[str, re.Pattern[str]]

    def holds(self, topic: str, text: str, people: Iterable[str] = ()) -> bool:
        """Whether the text holds a phrase of the topic."""
        return self.phrases.get(topic, NEVER).search(_plain(text, tuple(people))) is not None

    def without_unlike(self, topic: str, text: str, people: Iterable[str] = ()) -> str:
        """The text without what only sounds like the topic: folded, if there was any, else as it is written."""
        rest, count = self.unlike.get(topic, NEVER).subn("", _plain(text, tuple(people)))
        return rest if count else text

    def words_through(self, topic: str, text: str) -> int:
        """How many words of the folded text run to the end of the first phrase of the topic; 0 if it holds none."""
        plain = _plain(text)
        found = self.phrases.get(topic, NEVER).search(plain)
        return plain.count(" ", 0, found.end()) if found else 0


def phrase_book(phrases: Mapping[str, Collection[str]], unlike: Mapping[str, Collection[str]]) -> PhraseBook:
    """Reads the notation. Raises PhraseError."""
    return PhraseBook(_patterns(phrases), _patterns(unlike))


def _patterns(topics: Mapping[str, Collection[str]]) -> dict[str, re.Pattern[str]]:
    return {topic: _any_of(phrases) for topic, phrases in topics.items() if phrases}


def _any_of(phrases: Collection[str]) -> re.Pattern[str]:
    """Compiled once for all of them: each by itself would take as long again."""
    patterns = {phrase: _pattern(phrase) for phrase in phrases}
    whole = re.compile(rf"(?<!\S)(?:{'|'.join(patterns.values())})")
    if whole.match(""):
        empty = next(phrase for phrase, pattern in patterns.items() if re.match(pattern, ""))
        raise PhraseError(f"{empty!r}: nothing in it must be said")
    return whole


def _pattern(phrase: str) -> str:
    if not _brackets_close(phrase):
        raise PhraseError(f"{phrase!r}: a bracket has no counterpart")
    if _is_parted(phrase):
        raise PhraseError(f"{phrase!r}: '|' stands outside brackets")
    return "(?:" + "".join(MEANS.get(sign) or _word(sign, phrase) for sign in SIGN.findall(phrase)) + ")"


def _brackets_close(phrase: str) -> bool:
    closing: list[str] = []
    for sign in phrase:
        if sign in CLOSES:
            closing.append(CLOSES[sign])
        elif sign in CLOSES.values() and (not closing or closing.pop() != sign):
            return False
    return not closing


def _is_parted(phrase: str) -> bool:
    before = phrase.partition("|")[0]
    return before != phrase and sum(map(before.count, "([")) == sum(map(before.count, ")]"))


def _word(sign: str, phrase: str) -> str:
    if sign == PERSON:
        return f"{PERSON} "
    if sign.startswith("<"):
        raise PhraseError(f"{phrase!r}: {sign!r} is no name")
    plain = _plain(sign)
    if not plain.strip():
        raise PhraseError(f"{phrase!r}: {sign!r} is no word")
    return re.escape(plain[:-1]) + r"\S* " if sign.endswith("*") else re.escape(plain)


@lru_cache(maxsize=1024)
def _plain(text: str, people: tuple[str, ...] = ()) -> str:
    """Each word with a space behind it. Kept, because the front desk asks about topic after topic of the same text."""
    plain = "".join(f"{word} " for word in DOUBLED.sub(r"\1", fold(text)).split())
    for name in filter(None, (DOUBLED.sub(r"\1", fold(person)) for person in people)):
        plain = re.sub(rf"(?<!\S){re.escape(name)}s? ", f"{PERSON} ", plain)
    return plain
