"""What a text most likely means: logistic regression over its words and letters, learned from labelled texts.

Words alone and beside each other, words with a gap, and runs of letters inside words are its features, so that a slip
of the finger or a new ending leaves most of a word known. `training/` holds the texts and learns the weights.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate, chain
from math import exp, inf, log, sqrt
from operator import add, sub
from zlib import crc32

from conversations.folding import fold

CLIENT, WORKER = "<client>", "<worker>"
"""What stands for their names. No word of a folded text looks like it."""

LETTERS = (3, 4, 5)
"""Runs of so many letters of a word, its ends marked."""

WINDOW = 20
"""Words. A longer text is also read in parts: a point made in passing must not drown in it."""

ENDS = "^$"

DIGITS = re.compile(r"\d+")
DOUBLED = re.compile(r"([^\W\d_])\1+")

Names = tuple[tuple[str, str], ...]
"""Pairs of a folded word and what it is read as: `CLIENT` or `WORKER`."""


class Sureness(StrEnum):
    """How sure it is, from the most to the least."""

    SURE = "sure"
    DOUBTFUL = "doubtful"
    SLIGHT = "slight"


@dataclass(frozen=True, slots=True)
class Label:
    """One meaning. A weight is `scale` times its signed byte; the limits are the log-odds from which it is heard.

    What speaks for any of its `kinds`, other labels, speaks for it too. One that is meant `in_passing` is looked for in
    every part of a long text.
    """

    name: str
    scale: float
    bias: float
    slight_from: float
    doubtful_from: float
    sure_from: float
    kinds: tuple[str, ...] = ()
    in_passing: bool = False

    def sureness(self, log_odds: float) -> Sureness | None:
        if log_odds < self.slight_from:
            return None
        if log_odds < self.doubtful_from:
            return Sureness.SLIGHT
        return Sureness.DOUBTFUL if log_odds < self.sure_from else Sureness.SURE


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """`features` holds the CRC-32 of each known feature, rising; `weights` a signed byte of each for each label.

    It is compared by identity, so that what it made of a text can be kept.
    """

    labels: tuple[Label, ...]
    features: array[int]
    weights: array[int]

    def log_odds(self, text: str, names: Names = ()) -> Mapping[str, float]:
        """How likely each label is, by its name: the natural logarithm of the odds."""
        return _log_odds(self, text, names)

    def heard(self, text: str, names: Names = ()) -> Mapping[str, Sureness]:
        """The labels that the text is likely to have, by name."""
        return _heard(self, text, names)

    def tally(self, features: Iterable[str]) -> Tally:
        """What those of the features that it knows weigh together."""
        width, rows = len(self.labels), []
        for feature in features:
            key = crc32(feature.encode())
            place = bisect_left(self.features, key)
            if place < len(self.features) and self.features[place] == key:
                rows.append(self.weights[place * width : (place + 1) * width])
        return Tally(len(rows), tuple(map(sum, zip(*rows, strict=True)))) if rows else self.nothing

    @property
    def nothing(self) -> Tally:
        return Tally(0, (0,) * len(self.labels))


@dataclass(frozen=True, slots=True)
class Tally:
    """So many features that are known, and for each label the sum of their weights."""

    features: int
    weights: tuple[int, ...]

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.features + other.features, tuple(map(add, self.weights, other.weights)))

    def __sub__(self, other: Tally) -> Tally:
        return Tally(self.features - other.features, tuple(map(sub, self.weights, other.weights)))

    def log_odds(self, place: int, label: Label) -> float:
        return self.weights[place] * label.scale / sqrt(self.features or 1)


NO_CLASSIFIER = Classifier((), array("I"), array("b"))


@lru_cache(maxsize=1024)
def _heard(classifier: Classifier, text: str, names: Names) -> Mapping[str, Sureness]:
    """Kept, because the front desk puts one question after another about the same text."""
    odds = _log_odds(classifier, text, names)
    found = ((label.name, label.sureness(odds[label.name])) for label in classifier.labels)
    return {name: sureness for name, sureness in found if sureness}


@lru_cache(maxsize=1024)
def _log_odds(classifier: Classifier, text: str, names: Names) -> Mapping[str, float]:
    """Kept, as above."""
    words = text_words(text, dict(names))
    if not words:
        return {label.name: -inf for label in classifier.labels}
    up_to = list(accumulate(_tallies(classifier, words), initial=classifier.nothing))
    whole = up_to[-1] + classifier.tally(sign_features(text))
    ends = range(WINDOW + 1, len(words) + 1, WINDOW // 2)
    parts = [whole, *(up_to[end] - up_to[end - WINDOW] for end in ends)]
    odds = {
        label.name: label.bias + max(tally.log_odds(place, label) for tally in (parts if label.in_passing else [whole]))
        for place, label in enumerate(classifier.labels)
    }
    of_kinds = {label.name: _of_any(label.kinds, odds) for label in classifier.labels if label.kinds}
    return odds | {name: odds[name] + more for name, more in of_kinds.items()}


def _of_any(labels: Iterable[str], odds: Mapping[str, float]) -> float:
    return log(sum(exp(odds[label]) for label in labels))


def _tallies(classifier: Classifier, words: Sequence[str]) -> Iterator[Tally]:
    for word, run in runs(words):
        beside = classifier.tally(run_features(run))
        yield beside + _of_word(classifier, word) if word else beside


@lru_cache(maxsize=16_384)
def _of_word(classifier: Classifier, word: str) -> Tally:
    """Kept, because people use few words."""
    return classifier.tally(word_features(word))


def text_words(text: str, names: Mapping[str, str]) -> list[str]:
    """Folded; numbers as 0; without doubled letters, for people write "diiie", "stoping" and "killl"."""
    words = DIGITS.sub("0", DOUBLED.sub(r"\1", fold(text))).split()
    if not names:
        return words
    plain = {DOUBLED.sub(r"\1", name): role for name, role in names.items()}
    return [plain.get(word) or plain.get(word.removesuffix("s")) or word for word in words]


def text_features(text: str, names: Mapping[str, str]) -> Iterator[int]:
    """The CRC-32 of each feature of the text, as often as it counts."""
    for word, run in runs(text_words(text, names)):
        for feature in chain(word_features(word) if word else (), run_features(run)):
            yield crc32(feature.encode())
    for sign in sign_features(text):
        yield crc32(sign.encode())


def runs(words: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each word with the three behind it, from the start to the end. What is said again counts no more: it is empty."""
    row = (ENDS[0], *words, ENDS[1])
    seen: set[str | tuple[str, ...]] = set(ENDS)
    for place, word in enumerate(row):
        run = row[place : place + 4]
        yield "" if word in seen else word, () if run in seen else run
        seen |= {word, run}


def word_features(word: str) -> Iterator[str]:
    """The word, and the runs of letters in it."""
    yield word
    marked = f"<{word}>"
    yield from (f"#{marked[start : start + size]}" for size in LETTERS for start in range(len(marked) - size + 1))


def run_features(run: Sequence[str]) -> Iterator[str]:
    """The first word with each of those behind it, and with both of the next two."""
    for gap, behind in enumerate(run[1:]):
        yield f"{run[0]} {'. ' * gap}{behind}"
    if len(run) > len("xy"):
        yield " ".join(run[:3])


def sign_features(text: str) -> Iterator[str]:
    """Pictures, and whether it asks or exclaims: each once, however often it is repeated."""
    signs = dict.fromkeys(unicodedata.normalize("NFKC", text))
    yield from (sign for sign in signs if sign in "?!" or unicodedata.category(sign) == "So")
