"""Phrases that speakers of a language use, in a notation that they can read and extend; and which of them a text holds.

    word      that word; if it is long, with a slip of the finger too
    word*     any word that begins so
    (a|b c)   one of these; each can be several words
    [a]       a, or nothing
    ..        up to three words of any kind
    <name>    one of the words of a named set; <person> is whoever the reader asks about
    ^  $      here the text begins, here it ends

Case, accents, punctuation and doubled letters make no difference, in a phrase or in a text. A phrase hinges on its
rarest word: only where that word stands in a text is the rest looked at, so a long text costs little.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache, reduce
from operator import or_

from conversations.folding import fold, one_slip_apart

PERSON = "<person>"
"""A name that the reader asks about, in phrases and in texts. No word of a client looks like it."""

WIDEST_GAP = 3

SURE_LENGTH = 6
"""Shorter words are too like each other for a slip of the finger to be forgiven; at this length, a wrong letter is."""

SIGN = re.compile(r"\.\.|<\w+>|[()\[\]|^$]|[^\s()\[\]|<>^$]+|[<>]")
DOUBLED = re.compile(r"([^\W\d_])\1+")


class PhraseError(ValueError):
    """A phrase cannot be read. It says which, and why."""


class Kind(StrEnum):
    """What a phrase says about its topic: it means it, it may mean it, it sounds like it and is something else."""

    SURE = "sure"
    DOUBTFUL = "doubtful"
    UNLIKE = "unlike"


@dataclass(frozen=True, slots=True)
class Heard:
    """One phrase in a text, from the word `start` to before the word `end` of the folded text."""

    topic: str
    kind: Kind
    start: int
    end: int

    def is_inside(self, other: Heard) -> bool:
        """Whether the other holds it and more."""
        return other.start <= self.start and self.end <= other.end and self.end - self.start < other.end - other.start

    def touches(self, other: Heard) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, eq=False)
class PhraseBook:
    """All phrases of one language. It is compared by identity, so that what it hears in a text can be kept.

    `spellings` gives the words that a shortened or misspelt word stands for. `known` words are no slip of another, nor
    is what starts with one of the `beginnings`; `slips` leads from a long word, or what a slip leaves of it, to the
    words that may be meant. The phrases stand under each of the words that they hinge on.
    """

    spellings: Mapping[str, tuple[str, ...]]
    known: frozenset[str]
    beginnings: frozenset[str]
    slips: Mapping[str, tuple[str, ...]]
    phrases: Mapping[str, tuple[_Phrase, ...]]

    def heard(self, text: str, people: Collection[str] = ()) -> Iterator[Heard]:
        """Every phrase in the text, each as long as it can be read. `PERSON` stands for the people's names."""
        names = frozenset[str]().union(*map(_name_words, people))
        words: list[_Ways] = []
        places: list[int] = []
        for place, word in enumerate(_words(text)):
            meant = _meant(self, word) if word not in names else () if words[-1:] == [(PERSON,)] else ((PERSON,),)
            words += meant
            places += [place] * len(meant)
        said = _Said(words)
        for phrase in {phrase for word in said.where for phrase in self.phrases.get(word, ())}:
            for start, end in phrase.spans(said):
                yield Heard(phrase.topic, phrase.kind, places[start], places[end - 1] + 1)


_Ways = tuple[str, ...]
"""A word of a text, and the beginnings that it has."""


@lru_cache(maxsize=8192)
def _meant(book: PhraseBook, word: str) -> tuple[_Ways, ...]:
    """The words that a word of a text stands for. Kept, because people use few words."""
    begun = _begun(book, word)
    if word in book.spellings:
        return tuple((each, *_begun(book, each)) for each in book.spellings[word])
    if begun or word in book.known or len(word) < SURE_LENGTH - 1 or not word.isalpha():
        return ((word, *begun),)
    near = {each for left in _with_one_less(word) for each in book.slips.get(left, ())}
    return next((((each, *_begun(book, each)),) for each in sorted(near) if _is_slip(word, each)), ((word,),))


def _begun(book: PhraseBook, word: str) -> list[str]:
    return [begun for end in range(1, len(word) + 1) if (begun := f"{word[:end]}*") in book.beginnings]


def _is_slip(word: str, of: str) -> bool:
    """A letter too many or too few, two that changed places, or in a longer word a wrong one."""
    is_wrong_letter = len(word) == len(of) and sorted(word) != sorted(of)
    return word[0] == of[0] and (len(of) > SURE_LENGTH or not is_wrong_letter) and one_slip_apart(word, of)


def phrase_book(
    phrases: Mapping[str, Mapping[Kind, Iterable[str]]],
    sets: Mapping[str, Iterable[str]],
    spellings: Mapping[str, Iterable[str]],
    real_words: Iterable[str],
) -> PhraseBook:
    """The phrases of a language: by topic and kind.

    A set may use the sets before it. `spellings` gives a word, or several, and the other ways to write it; `real_words`
    are not to be taken for slips of other words. Raises PhraseError.
    """
    spelt = {other: _words(word) for word, ways in spellings.items() for way in ways for other in _words(way)}
    reader = _Reader(spelt)
    for name, ways in sets.items():
        reader.known[f"<{name}>"] = (_either([reader.row(way) for way in ways]),)
    rows = [
        (topic, kind, phrase, reader.row(phrase))
        for topic, kinds in phrases.items()
        for kind, written in kinds.items()
        for phrase in written
    ]
    uses = Counter(word for *_about, row in rows for word in frozenset[str]().union(*map(_first_words, row)))
    by_word = defaultdict[str, list[_Phrase]](list)
    for topic, kind, phrase, row in rows:
        needs = _needs(row, uses, phrase)
        cut = _Phrase(topic, kind, row, needs[1:], _Word(_first_words(*row)))
        for word in needs[0]:
            by_word[word].append(cut)
    return PhraseBook(
        spelt,
        frozenset({*reader.words, *spelt, *_words(" ".join(real_words))}),
        frozenset(reader.beginnings),
        _slips(reader.words),
        {word: tuple(cut) for word, cut in by_word.items()},
    )


def read(
    text: str, books: Iterable[PhraseBook], topics: Collection[str], people: Collection[str] = ()
) -> tuple[dict[str, Kind], bool]:
    """Which of the topics are meant in any of the languages, how surely, and whether something only sounds so.

    What only sounds like one of the topics takes away the phrases that it touches. A phrase inside a longer one does
    not count: "hurt myself" in "not going to hurt myself", "he hit" in "he hit my son".
    """
    said = frozenset(_words(text)) if people else frozenset()
    named = tuple(name for name in people if not said.isdisjoint(_name_words(name)))
    heard = {each for book in books for each in heard_in(text, book, named) if each.topic in topics}
    unlike = [each for each in heard if each.kind is Kind.UNLIKE]
    meant = [each for each in heard if each.kind is not Kind.UNLIKE and not _is_masked(each, unlike)]
    found: dict[str, Kind] = {}
    for each in meant:
        kind = _kind_among(each, meant)
        if kind is Kind.SURE or (kind and each.topic not in found):
            found[each.topic] = kind
    return found, bool(unlike)


def _kind_among(each: Heard, meant: Iterable[Heard]) -> Kind | None:
    """Of a phrase inside longer ones: doubtful, if one of its topic is; nothing, if one of another topic is sure."""
    around = [other for other in meant if each.is_inside(other)]
    if any(other.topic != each.topic and other.kind is Kind.SURE for other in around):
        return None
    if any(other.topic == each.topic and other.kind is Kind.DOUBTFUL for other in around):
        return Kind.DOUBTFUL
    return each.kind


@lru_cache(maxsize=256)
def heard_in(text: str, book: PhraseBook, people: tuple[str, ...] = ()) -> tuple[Heard, ...]:
    """Kept, because the front desk puts one question after another about the same text."""
    return tuple(book.heard(text, people))


@lru_cache(maxsize=256)
def _name_words(name: str) -> frozenset[str]:
    return frozenset(way for word in _words(name) for way in (word, f"{word}s"))


def _is_masked(each: Heard, unlike: Iterable[Heard]) -> bool:
    return any(other.touches(each) and not other.is_inside(each) for other in unlike)


class _Said:
    """The words of a text, and where each of them stands.

    Sets of places between words are the bits of a number: 1 is before the first word. So all places are tried at once.
    """

    def __init__(self, words: Sequence[_Ways]) -> None:
        self.end = 1 << len(words)
        self.where: dict[str, int] = {}
        for place, ways in enumerate(words):
            for way in ways:
                self.where[way] = self.where.get(way, 0) | 1 << place
        self._found: dict[_Word, int] = {}
        self._ways: dict[_Either, list[_Row]] = {}

    def places(self, word: _Word) -> int:
        if word.ways.isdisjoint(self.where):
            return 0
        if word not in self._found:
            self._found[word] = _any(self.where[way] for way in self.where.keys() & word.ways)
        return self._found[word]

    def ways(self, either: _Either) -> list[_Row]:
        """Those of the ways that can begin in this text."""
        if either not in self._ways:
            self._ways[either] = [
                way for way, first in either.ways.items() if not first or not first.isdisjoint(self.where)
            ]
        return self._ways[either]


class _Word:
    """One word, of these. A beginning ends with `*`."""

    def __init__(self, ways: frozenset[str]) -> None:
        self.ways = ways

    def passed(self, places: int, said: _Said) -> int:
        return (places & said.places(self)) << 1


class _Either:
    """One of these rows, each with the words it can begin with."""

    def __init__(self, ways: Iterable[_Row]) -> None:
        self.ways = {way: _first_words(*way) for way in ways}

    def passed(self, places: int, said: _Said) -> int:
        return _any(_along(way, places, said) for way in said.ways(self))


class _Gap:
    def passed(self, places: int, said: _Said) -> int:
        return (places | places << 1 | places << 2 | places << 3) & ((said.end << 1) - 1)


class _Edge:
    def __init__(self, *, is_end: bool) -> None:
        self.is_end = is_end

    def passed(self, places: int, said: _Said) -> int:
        return places & (said.end if self.is_end else 1)


_Part = _Word | _Either | _Gap | _Edge
_Row = tuple[_Part, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Phrase:
    """`needs` holds the words of each part that must be said, `first` those it can begin with, if it must begin so."""

    topic: str
    kind: Kind
    row: _Row
    needs: tuple[frozenset[str], ...]
    first: _Word

    def spans(self, said: _Said) -> Iterator[tuple[int, int]]:
        """From which word to before which, for each place at which it begins."""
        if any(need.isdisjoint(said.where) for need in self.needs):
            return
        starts = said.places(self.first) if self.first.ways else said.end - 1
        if not _along(self.row, starts, said):
            return
        while starts:
            start = starts & -starts
            starts ^= start
            if ends := _along(self.row, start, said):
                yield start.bit_length() - 1, ends.bit_length() - 1


def _along(row: _Row, places: int, said: _Said) -> int:
    """Where one can be, from these places between words, when the row has been read."""
    for part in row:
        if not places:
            break
        places = part.passed(places, said)
    return places


def _any(places: Iterable[int]) -> int:
    return reduce(or_, places, 0)


class _Reader:
    """Reads phrases. `known` is what each sign stands for, `words` gathers all words, for slips of the finger."""

    def __init__(self, spelt: Mapping[str, tuple[str, ...]]) -> None:
        self.spelt = spelt
        self.known: dict[str, _Row] = {PERSON: (_Word(frozenset({PERSON})),)}
        self.words: set[str] = set()
        self.beginnings: set[str] = set()

    def row(self, phrase: str) -> _Row:
        signs = SIGN.findall(phrase)[::-1]
        ways = self._ways(signs, phrase)
        if signs or len(ways) > 1:
            raise PhraseError(f"{phrase!r}: {signs[-1] if signs else '|'!r} stands outside brackets")
        return ways[0]

    def _ways(self, signs: list[str], phrase: str) -> list[_Row]:
        """The rows up to a closing bracket, which is left. `signs` run backwards, and are used up."""
        ways: list[list[_Part]] = [[]]
        while signs and signs[-1] not in {")", "]"}:
            match sign := signs.pop():
                case "|":
                    ways.append([])
                case "(" | "[":
                    inner = self._ways(signs, phrase)
                    if not signs or signs.pop() != {"(": ")", "[": "]"}[sign]:
                        raise PhraseError(f"{phrase!r}: {sign} is not closed")
                    ways[-1].append(_either([*inner, ()] if sign == "[" else inner))
                case "..":
                    ways[-1].append(_Gap())
                case "^" | "$":
                    ways[-1].append(_Edge(is_end=sign == "$"))
                case _:
                    ways[-1] += self._word(sign, phrase)
        return [tuple(way) for way in ways]

    def _word(self, sign: str, phrase: str) -> _Row:
        if sign not in self.known:
            self.known[sign] = self._new_word(sign, phrase)
        return self.known[sign]

    def _new_word(self, sign: str, phrase: str) -> _Row:
        if "<" in sign or ">" in sign:
            raise PhraseError(f"{phrase!r}: there is no set {sign} above it")
        plain = _words(sign)
        if not plain:
            raise PhraseError(f"{phrase!r}: {sign!r} is no word")
        if sign.endswith("*"):
            begun = f"{plain[-1]}*"
            self.beginnings.add(begun)
            return (*self._exactly(plain[:-1]), _Word(frozenset({begun})))
        return self._exactly(plain)

    def _exactly(self, plain: Iterable[str]) -> _Row:
        words = [meant for word in plain for meant in self.spelt.get(word, (word,))]
        self.words.update(words)
        return tuple(_Word(frozenset({word})) for word in words)


def _either(ways: Iterable[_Row]) -> _Part:
    """Single words among the ways become one part, which is quicker to compare."""
    kept: list[_Row] = []
    words: frozenset[str] = frozenset()
    for way in ways:
        match way:
            case (_Word(ways=single),):
                words |= single
            case (_Either(ways=inner),):
                kept += inner
            case _:
                kept.append(way)
    if words:
        kept.insert(0, (_Word(words),))
    return kept[0][0] if len(kept) == 1 and len(kept[0]) == 1 else _Either(kept)


def _first_words(*row: _Part) -> frozenset[str]:
    """What a row can begin with. Nothing, if it can be anything."""
    found = frozenset[str]()
    for part in row:
        match part:
            case _Word(ways=ways):
                return found | ways
            case _Either(ways=ways):
                begun = [first for way, first in ways.items() if way]
                if not all(begun):
                    break
                found = found.union(*begun)
                if () not in ways:
                    return found
            case _Gap():
                break
            case _:
                continue
    return frozenset()


def _needs(row: _Row, uses: Mapping[str, int], phrase: str) -> tuple[frozenset[str], ...]:
    """The first words of each part that must be said. First the part that it hinges on: its words are the rarest."""
    needs = sorted(filter(None, map(_first_words, row)), key=lambda words: max(uses[word] for word in words))
    if not needs:
        raise PhraseError(f"{phrase!r}: nothing in it must be said")
    return tuple(needs)


def _slips(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    slips = defaultdict[str, list[str]](list)
    for word in words:
        if len(word) >= SURE_LENGTH:
            for left in _with_one_less(word):
                slips[left].append(word)
    return {left: tuple(sources) for left, sources in slips.items()}


def _with_one_less(word: str) -> set[str]:
    """The word, and what is left of it without each of its letters."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _words(text: str) -> tuple[str, ...]:
    """Folded, and without doubled letters: people write "diiie", "stoping" and "killl"."""
    folded = text.lower() if text.isascii() and text.isalpha() else fold(text)
    return tuple(DOUBLED.sub(r"\1", folded).split())
