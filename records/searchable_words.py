"""Words as a search compares them: without accents, marks and capitals, and what somebody looks for made of them.

Chinese, Japanese, Thai, Lao, Khmer and Burmese put no blank between words, so there each sign is a word of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LONGEST_WORD = 100
"""Signs of a word that count."""

PREFIX_FROM = 3
"""A word of so many letters or more finds those that begin with it too: child, children."""

WITHOUT_BLANKS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)


@dataclass(frozen=True, slots=True)
class Word:
    """`plain` is the word as it is compared; `start` and `end` say where it stands in the text."""

    plain: str
    start: int
    end: int


def words_of(text: str) -> Iterator[Word]:
    plain, start = "", 0
    for at, sign in enumerate(text):
        folded = _fold(sign)
        if not folded and plain and unicodedata.category(sign).startswith("M"):
            continue  # an accent on the letter before
        if plain and (not folded or WITHOUT_BLANKS.match(sign)):
            yield Word(plain[:LONGEST_WORD], start, at)
            plain = ""
        if folded and WITHOUT_BLANKS.match(sign):
            yield Word(folded, at, at + 1)
        elif folded:
            start = start if plain else at
            plain += folded
    if plain:
        yield Word(plain[:LONGEST_WORD], start, len(text))


def _fold(sign: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKD", sign).casefold() if part.isalnum())


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand side by side; the last may only begin so if `is_beginning`."""

    words: Sequence[str]
    is_beginning: bool

    def begins_at(self, words: Sequence[Word], index: int) -> bool:
        found = [word.plain for word in words[index : index + len(self.words)]]
        if self.is_beginning and len(found) == len(self.words):
            return found[:-1] == self.words[:-1] and found[-1].startswith(self.words[-1])
        return found == self.words


def sought(asked: str) -> Sequence[Phrase]:
    """All of these must be there. What stands between quotation marks is one; empty if nothing can be looked for."""
    found = []
    for quoted, single in re.findall(r'"([^"]*)"|([^\s"]+)', asked):
        words = [word.plain for word in words_of(quoted or single)]
        alone = len(words) == 1 and not quoted and len(words[0]) >= PREFIX_FROM
        if words:
            found.append(Phrase(words, alone))
    return found


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    is_found: bool


AROUND = 60
"""Signs of a text that are shown before what was found, and twice as many after it."""


def excerpt(text: str, phrases: Sequence[Phrase]) -> Sequence[Piece]:
    """The text around the first of what was looked for, in pieces; all of it if it is short."""
    words = list(words_of(text))
    spans = sorted(
        (words[index].start, words[index + len(phrase.words) - 1].end)
        for phrase in phrases
        for index in range(len(words))
        if phrase.begins_at(words, index)
    )
    first = max(0, spans[0][0] - AROUND) if spans else 0
    last = min(len(text), first + 3 * AROUND)
    pieces, at = [Piece("…", is_found=False)] if first else [], first
    for start, end in spans:
        if start < at or end > last:
            continue
        pieces += [Piece(text[at:start], is_found=False), Piece(text[start:end], is_found=True)]
        at = end
    tail = text[at:last] + ("…" if last < len(text) else "")
    return [piece for piece in (*pieces, Piece(tail, is_found=False)) if piece.text]
