"""How hard a text is to read, by the formulas that reading teachers of a language use (domain guide R8)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from conversations.marking import Told

WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
SENTENCE_END = re.compile(r"[.?!:;]+")
LONGEST_SENTENCE = 14
FEWEST_WORDS = 5
"""A formula says nothing of fewer words than these."""


HIGHEST_GRADE = 6
LOWEST_EASE = 60


@dataclass(frozen=True, slots=True)
class Formula:
    """`judge(mean words in a sentence, mean syllables in a word)` gives the level where it is too hard, else ""."""

    syllables: Callable[[str], int]
    judge: Callable[[float, float], str]


def too_hard(text: str, formula: str) -> str:
    """Why the text is too hard, or "". `formula` is a key of FORMULAS."""
    sentences = [words for part in SENTENCE_END.split(text) if (words := WORD.findall(part))]
    if longest := max((len(words) for words in sentences if len(words) > LONGEST_SENTENCE), default=0):
        return Told("a sentence has %(longest)s words", longest=longest)
    words = [word for sentence in sentences for word in sentence]
    if len(words) < FEWEST_WORDS:
        return ""
    used = FORMULAS[formula]
    syllables = sum(used.syllables(word.lower()) for word in words)
    return used.judge(len(words) / len(sentences), syllables / len(words))


def flesch_kincaid(words: float, syllables: float) -> str:
    grade = 0.39 * words + 11.8 * syllables - 15.59
    return Told("school grade %(grade)s", grade=f"{grade:.1f}") if grade > HIGHEST_GRADE else ""


def fernandez_huerta(words: float, syllables: float) -> str:
    ease = 206.84 - 60 * syllables - 1.02 * words
    return Told("reading ease %(ease)s", ease=f"{ease:.0f}") if ease < LOWEST_EASE else ""


def english_syllables(word: str) -> int:
    """An estimate: groups of vowels, less a silent last e."""
    found = len(re.findall(r"[aeiouy]+", word))
    silent = re.search(r"[^aeiouyl]e$|[^aeiouytd]ed$|[^aeiouyscxzgh]es$", word)
    return max(1, found - bool(silent))


def spanish_syllables(word: str) -> int:
    """Each strong or accented vowel makes one; weak ones make one only where no strong one carries them."""
    heard = re.sub(r"qu|gu(?=[eiéí])", "g", word)
    strong = len(re.findall(r"[aeoáéíóú]", heard))
    alone = len(re.findall(r"(?<![aeoáéíóúiuü])[iuü]+(?![aeoáéíóúiuü])", heard))
    return max(1, strong + alone)


FORMULAS = {
    "flesch_kincaid": Formula(english_syllables, flesch_kincaid),
    "fernandez_huerta": Formula(spanish_syllables, fernandez_huerta),
}
