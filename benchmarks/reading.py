"""How long the front desk takes to read a text, from 10 to 1,600 characters, of many kinds, at many questions.

The limit is what an ordinary answer takes in the same run: a text that is forty times as long may take forty times as
long, whatever it is made of. Nothing may grow faster than the text. CPU time of this thread; the quickest of three
texts that differ in one sign, for what was read is kept.

    python benchmarks/reading.py [--texts 6000] [--seed 1]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from benchmarks.tools.figures import Figures, percentile
from bot.decider import Decider
from bot.languages import load_languages
from conversations.county import County
from conversations.events import Said
from conversations.flows import FLOWS
from conversations.goals import Goal, Moment, Step
from conversations.notation import Ask
from conversations.situation import Client, Consent, Situation, Talk

LENGTHS = (10, 40, 160, 480, 1600)
ORDINARY = 40
"""Characters of an ordinary answer."""

LONGEST = 0.05
"""Seconds: while one text is read all others wait."""

ZONE = ZoneInfo("America/Los_Angeles")
NOW = datetime(2027, 3, 2, 18, 0, tzinfo=UTC)
COUNTY = County("Sample County", "Goal Line", "707-555-0134", ZONE, words_joined_within=timedelta(0))
STEP = Step(1, "sign up for the class", Moment(datetime(2027, 3, 4, 10, tzinfo=ZONE)), "library")
GOAL = Goal(1, "get my food handler card", "home when the kids are", step=STEP)
MARIA = Situation(Client("c1", "Maria", "en", ZONE, Consent.ACTIVE, worker="Ana"), COUNTY, goal=GOAL, goals_so_far=1)
BEFORE = {
    "goal": "get my food handler card",
    "step": "sign up for the class",
    "when": STEP.when.stored(),
    "where": "library",
    "obstacle": "no sitter",
    "detour": "my sister",
    "result": "done",
    "visit": "1",
    "own_reminder": "1",
    "what": "call the school",
    "pulse": "3",
}
QUESTIONS = [(flow.name, name) for flow in FLOWS.values() for name, step in flow.steps.items() if isinstance(step, Ask)]

SAID = (
    "i we my the a and to for at on is not no yes done kids school work job class ride bus sister mom friday tuesday "
    "tomorrow morning 10am 5 2 help stop card food rent sick call text later again maybe sure please thanks dont cant "
    "gonna remind me about it because nobody watches them when they are home"
)
WORDS = SAID.split()
LETTERS = "abcdefghijklmnopqrstuvwxyz"
PUNCTUATION = "!?.,:;-_()[]{}<>/\\|*#@&%$'\"~^+="
EMOJI = (*"👍👎🛑✋🙂✅❤🚗🎉", "👨‍👩‍👧", "🏳️‍🌈", "🇲🇽", "👍🏽", "1️⃣")
MARKS = "\u0300\u0301\u0308\u0303\u0327\u0336\u0489"
OTHER_SCRIPTS = "привет مرحبا 你好 नमस्ते שלום ສະບາຍດີ ሰላም"


def sentence(chance: Random, length: int) -> str:
    return _joined(chance.choices(WORDS, k=length), length)


def _joined(words: Sequence[str], length: int) -> str:
    return " ".join(words)[:length]


KINDS: dict[str, Callable[[Random, int], str]] = {
    "words": sentence,
    "one word again and again": lambda chance, n: _joined([chance.choice(WORDS)] * n, n),
    "two words again and again": lambda chance, n: _joined(chance.choices(WORDS, k=2) * n, n),
    "letters": lambda chance, n: "".join(chance.choices(LETTERS, k=n)),
    "letters and spaces": lambda chance, n: "".join(chance.choices(LETTERS + " ", k=n)),
    "one letter": lambda chance, n: chance.choice(LETTERS) * n,
    "one letter, spaced": lambda chance, n: (chance.choice(LETTERS) + " ") * (n // 2),
    "digits": lambda chance, n: "".join(chance.choices("0123456789", k=n)),
    "numbers": lambda chance, n: _joined([str(chance.randrange(100)) for _ in range(n)], n),
    "times": lambda chance, n: _joined([f"at {chance.randrange(24)}:{chance.randrange(60):02}pm" for _ in range(n)], n),
    "days": lambda chance, n: _joined(chance.choices(["friday", "next", "mon", "3/4", "the 5th", "in 2 days"], k=n), n),
    "punctuation": lambda chance, n: "".join(chance.choices(PUNCTUATION, k=n)),
    "words and punctuation": lambda chance, n: "".join(chance.choices([*WORDS, *PUNCTUATION, " "], k=n))[:n],
    "dots": lambda chance, n: (chance.choice("ab1 ") + ".") * (n // 2),
    "emoji": lambda chance, n: "".join(chance.choices(EMOJI, k=n))[:n],
    "words and emoji": lambda chance, n: _joined(chance.choices([*WORDS, *EMOJI], k=n), n),
    "accents on accents": lambda chance, n: "".join(chance.choices(LETTERS + MARKS * 4, k=n)),
    "other scripts": lambda chance, n: "".join(chance.choices(OTHER_SCRIPTS, k=n)),
    "lines": lambda chance, n: "\n".join(chance.choices(WORDS, k=n))[:n],
    "a request that goes on": lambda chance, n: ("remind me at 5 to " + sentence(chance, n))[:n],
    "requests again and again": lambda chance, n: _joined(["remind me", "at 5", "every", chance.choice(WORDS)] * n, n),
}


@dataclass(frozen=True, slots=True)
class Measured:
    seconds: float
    kind: str
    length: int
    question: str


class Desk:
    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._decider = Decider(COUNTY, load_languages(["en", "es"]))

    def read(self, kind: str, length: int) -> Measured:
        """In English or Spanish, at one of the questions there are or at none."""
        flow, at = self._chance.choice([*QUESTIONS, ("", "")])
        talk = Talk(flow, at, NOW - timedelta(hours=1), BEFORE) if flow else None
        client = replace(MARIA.client, language=self._chance.choice(["en", "es"]))
        situation = replace(MARIA, client=client, talk=talk)
        text = KINDS[kind](self._chance, length)
        tries = [self._timed(situation, text[:-1] + sign) for sign in "xyz"]
        return Measured(min(tries), kind, length, f"{flow}/{at}" if flow else "no question")

    def _timed(self, situation: Situation, text: str) -> float:
        began = time.thread_time()
        self._decider.decide(situation, Said(text), NOW)
        return time.thread_time() - began


def main(texts: int, seed: int) -> int:
    desk = Desk(Random(seed))
    for _ in range(100):
        desk.read("words", ORDINARY)
    rounds = max(1, texts // len(KINDS) // len(LENGTHS))
    measured: list[Measured] = []
    answers: list[float] = []
    for _ in range(rounds):
        for kind in KINDS:
            measured += [desk.read(kind, length) for length in LENGTHS]
            answers.append(desk.read("words", ORDINARY).seconds)
    ordinary = statistics.median(answers)
    print(f"{len(measured)} texts; an ordinary answer of {ORDINARY} characters: {ordinary * 1000:.2f} ms")
    by_length: dict[int, list[float]] = defaultdict(list)
    by_kind: dict[str, float] = defaultdict(float)
    for one in measured:
        by_length[one.length].append(one.seconds)
        by_kind[one.kind] = max(by_kind[one.kind], one.seconds)
    figures = Figures()
    for length, seen in by_length.items():
        half, most, longest = statistics.median(seen), percentile(seen, 99), max(seen)
        figures.note(f"{length:5} characters: half {_ms(half)}, 99 % {_ms(most)}, longest {_ms(longest)}")
    slowest = sorted(by_kind.items(), key=lambda item: item[1], reverse=True)[:3]
    figures.note("slowest kinds: " + ", ".join(f"{kind} {_ms(seconds)}" for kind, seconds in slowest))
    worst = max(measured, key=lambda one: one.seconds)
    where = f"{worst.length} characters of {worst.kind} at {worst.question}: {_ms(worst.seconds)}"
    figures.at_most("the longest", worst.seconds / ordinary, max(LENGTHS) / ORDINARY, " times an ordinary one", where)
    figures.at_most("the longest", worst.seconds * 1000, LONGEST * 1000, " ms")
    print("It is bound by the patterns that are looked for, one pass over the text each, and by the classifier.")
    return figures.exit_status()


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.exit(main(given.texts, given.seed))
