"""From a client's text to a meaning (domain guide 3.3, 3.4, 6.4): an answer to the open question, a command, an intent.

All words come from the languages' data; this file knows how people answer a numbered menu, not what they call things.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile, groupby

from conversations import moments
from conversations.events import Answered, NotUnderstood
from conversations.folding import SIGNS, as_written, fold, one_slip_apart
from conversations.languages import Language
from conversations.notation import (
    ANYTHING,
    DAY_ONLY,
    DONT_KNOW,
    EXACT,
    PICKED,
    TOO_LONG,
    VAGUE,
    Ask,
    Reads,
    Reply,
)

__all__ = ["answer", "command", "fold", "intent", "language_named"]

INTENTS = ("opt_out", "opt_in", "help", "person", "thanks")
"""The wishes that a whole message can be, whatever is asked; the first that fits counts."""

SHORT = 5
"""So many words are a short message, in which an option's words may stand anywhere."""

MIDDLING = 8
"""So many words still begin with an option's one word, and mean it."""

UNKNOWING = 4
"""So many words that begin with "I don't know" say no more than that."""

NEGATION_REACHES = 2
"""A negation turns round the words so far behind it: "did not really finish"."""

SURE_LENGTH = 5
"""Shorter words are too like each other for a slip of the finger to be forgiven."""

SURE_WORDS = 3
"""A wish of so many words is one with a courtesy before or behind it, too: "please dont text me"."""

LONGEST_NUMBER = 2
LONGEST_PHRASE = 7
"""So many words are the most that stand for one option."""

BEFORE_COMMENT = re.compile(r"^\D*\d+[\s.,:;!)\]#\ufe0f\u20e3-]*")

NOT_SAID = frozenset({ANYTHING, TOO_LONG, EXACT, DAY_ONLY, VAGUE, PICKED})
"""Replies that no word of a language stands for."""

Words = tuple[str, ...]


def answer(
    ask: Ask, text: str, language: Language, offered: tuple[str, ...], now: datetime
) -> Answered | NotUnderstood:
    """The text as an answer to an open question.

    `offered` are the client's own words on the menu; they come before the labelled replies in the numbering. `now` is
    aware, in the client's zone.
    """
    said = tuple(fold(text).split())
    choices = _Choices(ask, language, offered)
    if chosen := choices.outright(said):
        return chosen
    match ask.reads:
        case Reads.MENU:
            return choices.numbered(said, text) or choices.spoken(said) or choices.misspelt(said) or NotUnderstood()
        case Reads.PICK:
            return choices.numbered(said, text) or choices.own_idea(said) or _in_own_words(ask, text)
        case Reads.WORDS:
            return choices.unknowing(said) or _in_own_words(ask, text)
        case _:
            return _moment(ask, text, language, now)


def command(text: str, language: Language) -> str | None:
    """The command that the whole message is, by its name in the language's data."""
    said = fold(text)
    return next((name for name, words in language.commands.items() if said in words), None)


def intent(text: str, languages: Mapping[str, Language]) -> str | None:
    """The wish that the whole message is, in any of the languages. One word over and over counts once.

    Words at its ends that change nothing ("please", "thank you") are overlooked where enough is left to be sure.
    """
    said = tuple(word for word, _run in groupby(fold(text).split()))
    plain = _without(said, SIGNS)
    ways = {code: {said, plain, *_with_courtesies_cut(plain, language)} for code, language in languages.items()}
    for name in INTENTS:
        for code, language in languages.items():
            if any(" ".join(way) in language.intents.get(name, frozenset()) for way in ways[code]):
                return name
    return None


def language_named(text: str, languages: Mapping[str, Language]) -> str | None:
    """The code of the language that the whole message asks for ("english please", "en español"), in any language."""
    said = tuple(fold(text).split())
    fillers = frozenset[str]().union(*(language.fillers for language in languages.values()))
    ways = {" ".join(said), " ".join(_without(said, fillers))}
    named = (code for code, language in languages.items() if ways & language.intents.get("language", frozenset()))
    return next(named, None)


@dataclass(frozen=True, slots=True)
class _Choices:
    """What can be chosen at a question, by number or by words."""

    ask: Ask
    language: Language
    offered: tuple[str, ...]

    def outright(self, said: Words) -> Answered | None:
        """The whole message is a number, or an option's words, alone or among words that change nothing."""
        plain = _without(said, SIGNS)
        for words in (said, plain, _without(plain, self.language.fillers)):
            if chosen := self._by_number_alone(words):
                return chosen
            if reply := self._meant_by(" ".join(words)):
                return Answered(reply.name)
        return None

    def numbered(self, said: Words, text: str) -> Answered | NotUnderstood | None:
        """A number and then more: "2 i found the website". The words behind it are kept, unless they say the same.

        None if the number counts something else ("2 weeks"), not understood if the words choose something else.
        """
        number, *behind = self._from_first_word(said) or ("",)
        chosen = self._under(number) if number.isdecimal() else None
        if chosen is None:
            return None
        if meant := self._meant_by(" ".join(behind)):
            return chosen if meant.name == chosen.reply else NotUnderstood()
        times = self.language.times
        if any(_begins_with(behind, counted) for counted in (times.units, times.parts_of_day, self.language.counted)):
            return None
        return Answered(chosen.reply, chosen.value, BEFORE_COMMENT.sub("", as_written(text), count=1))

    def spoken(self, said: Words) -> Answered | None:
        """An option's words in a short message, or at the start of a longer one. The most words win.

        "I don't know" is heard even where nothing stands for it, so that its "no" is not taken for an answer.
        """
        words = _without(said, SIGNS)
        phrases = tuple(self._phrases(words))
        unknown = (DONT_KNOW, self.language.replies.get(DONT_KNOW.name, frozenset()))
        found = {
            reply: max((length for phrase, length in phrases if phrase in meanings), default=0)
            for reply, meanings in (*self._named(), unknown)
        }
        most = max(found.values())
        best = [reply for reply, length in found.items() if length == most]
        return Answered(best[0].name) if most and len(best) == 1 and best[0] in self.ask.when else None

    def misspelt(self, said: Words) -> Answered | None:
        """The whole message is an option's words but for one slip. Never a guess about figures."""
        whole = " ".join(_without(_without(said, SIGNS), self.language.fillers))
        if len(whole) < SURE_LENGTH or any(sign.isdigit() for sign in whole):
            return None
        near = [reply for reply, phrases in self._named() if any(one_slip_apart(whole, phrase) for phrase in phrases)]
        return Answered(near[0].name) if len(near) == 1 else None

    def own_idea(self, said: Words) -> Answered | None:
        """Words of one, and only one, of the client's own ideas."""
        words = _without(_without(said, SIGNS), self.language.fillers)
        near = [idea for idea in self.offered if words and _holds(tuple(fold(idea).split()), words)]
        return Answered(PICKED.name, near[0]) if len(near) == 1 else None

    def unknowing(self, said: Words) -> Answered | None:
        """As in "idk everything lol"."""
        phrases = self.language.replies.get(DONT_KNOW.name, frozenset())
        if DONT_KNOW in self.ask.when and len(said) <= UNKNOWING and _begins_with(said, phrases):
            return Answered(DONT_KNOW.name)
        return None

    def _named(self) -> Iterator[tuple[Reply, frozenset[str]]]:
        for reply in self.ask.when:
            if reply not in NOT_SAID:
                yield reply, self.language.replies.get(reply.name, frozenset())

    def _meant_by(self, phrase: str) -> Reply | None:
        return next((reply for reply, phrases in self._named() if phrase in phrases), None)

    def _by_number_alone(self, words: Words) -> Answered | None:
        """One number; on a menu the first of several ("1 and 3")."""
        several = self.ask.reads in {Reads.MENU, Reads.PICK}
        if not words or (len(words) > 1 and not several) or not all(self._is_number(word) for word in words):
            return None
        return self._under(words[0])

    def _is_number(self, word: str) -> bool:
        return word.isdecimal() or word in self.language.times.numbers

    def _under(self, number: str) -> Answered | None:
        """What stands on the menu under a number: the client's own words first, then the labelled replies."""
        if number.isdecimal() and len(number) > LONGEST_NUMBER:
            return None
        place = int(number) if number.isdecimal() else self.language.times.numbers[number]
        if 0 < place <= len(self.offered):
            return Answered(PICKED.name, self.offered[place - 1])
        labelled = self.ask.menu[place - len(self.offered) - 1 :][:1] if place > len(self.offered) else ()
        return Answered(labelled[0].name) if labelled else None

    def _from_first_word(self, said: Words) -> Words:
        """The message without the words at its start that change nothing."""
        return tuple(dropwhile(self.language.fillers.__contains__, said))

    def _phrases(self, words: Words) -> Iterator[tuple[str, int]]:
        """What the message says that may be an option's words, and how many words it is: nothing that is denied."""
        start = len(words) - len(self._from_first_word(words))
        for place in range(len(words) if len(words) <= SHORT else start + 1):
            before = words[max(0, place - NEGATION_REACHES) : place]
            if not self.language.negations.isdisjoint(before):
                continue
            shortest = 1 if len(words) <= MIDDLING else 2
            for length in range(shortest, min(LONGEST_PHRASE, len(words) - place) + 1):
                yield " ".join(words[place : place + length]), length


def _in_own_words(ask: Ask, text: str) -> Answered | NotUnderstood:
    """A small number by itself is nobody's words: it was meant for a menu that is gone."""
    words = as_written(text)
    if ANYTHING not in ask.when or not any(sign.isalnum() for sign in words):
        return NotUnderstood()
    if (number := fold(text)).isdecimal() and len(number) <= LONGEST_NUMBER:
        return NotUnderstood()
    if 0 < ask.longest < len(words):
        return Answered(TOO_LONG.name)
    return Answered(ANYTHING.name, words)


def _moment(ask: Ask, text: str, language: Language, now: datetime) -> Answered | NotUnderstood:
    moment = moments.read(text, language.times, now, on_the_day=ask.on_the_day)
    if moment is None:
        return NotUnderstood()
    reply = EXACT if moment.has_hour else DAY_ONLY if moment.at else VAGUE
    return Answered(reply.name, moment.stored())


def _without(words: Words, dropped: Collection[str]) -> Words:
    """The words but for those dropped; all of them if nothing would be left."""
    return tuple(word for word in words if word not in dropped) or words


def _with_courtesies_cut(words: Words, language: Language) -> Iterator[Words]:
    """The words without those at either end that change nothing, if enough is left to be sure."""
    ahead = tuple(dropwhile(language.fillers.__contains__, words))
    kept = tuple(dropwhile(language.fillers.__contains__, ahead[::-1]))[::-1]
    if len(kept) >= SURE_WORDS:
        yield kept


def _begins_with(words: Collection[str], phrases: Collection[str]) -> bool:
    row = tuple(words)
    return any(" ".join(row[:length]) in phrases for length in range(1, len(row) + 1))


def _holds(words: Words, part: Words) -> bool:
    return any(words[place : place + len(part)] == part for place in range(len(words) - len(part) + 1))
