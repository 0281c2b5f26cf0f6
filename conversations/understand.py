"""From a client's text to a meaning (domain guide 3.3, 3.4, 6.4): an answer to the open question, a command, an intent.

All words come from the languages' data; this file knows how people answer a numbered menu, not what they call things.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import dropwhile, groupby

from conversations import comments, moments, picking, requests, scales
from conversations.events import Answered, NotUnderstood
from conversations.folding import SIGNS, as_written, fold, one_slip_apart
from conversations.languages import Language
from conversations.marks import Kind, marks_of
from conversations.notation import (
    ANYTHING,
    DAY_ONLY,
    DONT_KNOW,
    EXACT,
    FAIR,
    LOW,
    OTHER_TIME,
    PICKED,
    TOO_FAR,
    TOO_LONG,
    VAGUE,
    Ask,
    Choice,
    Reads,
    Reply,
    answer_of,
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

SAY_NO_TIME = frozenset({Kind.OTHER, Kind.PART_OF_DAY})
"""Marks that name neither a day nor an hour."""

NUMBERED = frozenset({Reads.MENU, Reads.PICK, Reads.TIME})
OF_WORDS = frozenset({Reads.MENU, Reads.PICK})
"""Menus without days among their choices, so that "1/3" is two numbers."""

NUMBER = re.compile(r"(\d{1,2})(?:st|nd|rd|th|ro|do|er|a|o)?")
JOINED = re.compile(r"\d{1,2}(?:[/.-]\d{1,2})+")
OTHER_THUMB = {"👍": "👎", "👎": "👍"}

NOT_SAID = frozenset({ANYTHING, TOO_FAR, TOO_LONG, EXACT, DAY_ONLY, VAGUE, PICKED, OTHER_TIME, LOW, FAIR})
"""Replies that no word of a language stands for."""

Words = tuple[str, ...]


def answer(
    ask: Ask, text: str, language: Language, offered: tuple[Choice, ...], now: datetime
) -> Answered | NotUnderstood:
    """The text as an answer to an open question.

    `offered` are the client's own words or the times on the menu; they come before the labelled replies in the
    numbering. `now` is aware, in the client's zone.
    """
    said = tuple(fold(text).split())
    choices = _Choices(ask, language, offered, now)
    if chosen := choices.outright(said):
        return _with_words(choices.noting_others(chosen, said, text), ask, text)
    match ask.reads:
        case Reads.MENU | Reads.TIME:
            picked = choices.time(text) or choices.numbered(said, text) or choices.other_time(text)
            read = picked or choices.spoken(said, text) or choices.misspelt(said) or NotUnderstood()
            return _with_words(read, ask, text)
        case Reads.PICK:
            return choices.numbered(said, text) or choices.own_idea(said) or _in_own_words(ask, text)
        case Reads.SCALE:
            number = scales.read(said, language.times.numbers)
            return (
                Answered((LOW if number <= scales.LOW_END else FAIR).name, str(number)) if number else NotUnderstood()
            )
        case Reads.WORDS:
            read = choices.unknowing(said) or _in_own_words(ask, text)
            return _parted_from_time(read, language, now) if ask.may_say_when else read
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
    return _intent(text, tuple(languages.values()))


@lru_cache(maxsize=2048)
def _intent(text: str, languages: tuple[Language, ...]) -> str | None:
    """Kept, because people say the same things."""
    said = tuple(word for word, _run in groupby(fold(text).split()))
    plain = _without(said, SIGNS)
    ways = [{said, plain, *_with_courtesies_cut(plain, language)} for language in languages]
    for name in INTENTS:
        for language, theirs in zip(languages, ways, strict=True):
            if any(" ".join(way) in language.intents.get(name, frozenset()) for way in theirs):
                return name
    return None


def language_named(text: str, languages: Mapping[str, Language]) -> str | None:
    """The code of the language that the whole message asks for ("english please", "en español"), in any language."""
    return _language_named(text, tuple(languages.values()))


@lru_cache(maxsize=2048)
def _language_named(text: str, languages: tuple[Language, ...]) -> str | None:
    """Kept, as above."""
    said = tuple(fold(text).split())
    fillers = frozenset[str]().union(*(language.fillers for language in languages))
    ways = {" ".join(said), " ".join(_without(said, fillers))}
    named = (language.code for language in languages if ways & language.intents.get("language", frozenset()))
    return next(named, None)


@dataclass(frozen=True, slots=True)
class _Choices:
    """What can be chosen at a question, by number or by words."""

    ask: Ask
    language: Language
    offered: tuple[Choice, ...]
    now: datetime

    def outright(self, said: Words) -> Answered | None:
        """The whole message is a number, or an option's words, alone or among words that change nothing."""
        plain = _without(said, SIGNS)
        for words in (said, plain, _without(plain, self.language.fillers)):
            if chosen := self._by_number_alone(words):
                return chosen
            if reply := self._meant_by(" ".join(words)) or self._by_thumb(words):
                return Answered(reply.name)
        return None

    def noting_others(self, chosen: Answered, said: Words, text: str) -> Answered:
        """Of several numbers ("1 and 3") the first counts; all are noted."""
        numbers = {number for word in _parted(said) if (number := self._number(word))}
        several = self.ask.reads in NUMBERED and len(numbers) > 1
        return replace(chosen, also={"comment": as_written(text)}) if several else chosen

    def numbered(self, said: Words, text: str) -> Answered | NotUnderstood | None:
        """A number and then more: "2 i found the website". The words behind it are kept, unless they say the same.

        None if the number counts something else ("2 weeks"), not understood if the words choose something else.
        """
        number, *behind = self._from_first_word(said) or ("",)
        chosen = self._under(int(number)) if number.isdecimal() and len(number) <= LONGEST_NUMBER else None
        if chosen is None:
            return None
        if meant := self._meant_by(" ".join(behind)):
            return chosen if meant.name == chosen.reply else NotUnderstood()
        if named := self.time(" ".join(behind)):
            return chosen if named == chosen else NotUnderstood()
        times = self.language.times
        if any(_begins_with(behind, counted) for counted in (times.units, times.parts_of_day, self.language.counted)):
            return None
        return Answered(chosen.reply, chosen.value, BEFORE_COMMENT.sub("", as_written(text), count=1))

    def spoken(self, said: Words, text: str) -> Answered | None:
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
        if not most or len(best) > 1 or best[0] not in self.ask.when:
            return None
        return Answered(best[0].name, comment=self._comment(best[0], words, text))

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
        ideas = [idea for idea in self.offered if isinstance(idea, str)]
        near = [idea for idea in ideas if words and _holds(tuple(fold(idea).split()), words)]
        return Answered(PICKED.name, near[0]) if len(near) == 1 else None

    def time(self, text: str) -> Answered | None:
        """The one time on offer that the text names: "thursday", "the 2pm one", "jueves a las 2"."""
        near = self._times_meant(text)
        return Answered(PICKED.name, answer_of(near[0])) if len(near) == 1 else None

    def other_time(self, text: str) -> Answered | None:
        """A day or hour at which nothing is on offer."""
        if OTHER_TIME not in self.ask.when or self._times_meant(text) or self._denies(text):
            return None
        moment = moments.read(text, self.language.times, self.now)
        return Answered(OTHER_TIME.name, moment.stored()) if moment and moment.at else None

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

    def _by_thumb(self, words: Words) -> Reply | None:
        """Where one of two choices is a thumb down, the other is a thumb up, and the other way round."""
        if len(words) != 1 or words[0] not in OTHER_THUMB or len(self.ask.menu) != len(OTHER_THUMB):
            return None
        other = self._meant_by(OTHER_THUMB[words[0]])
        return next((reply for reply in self.ask.menu if reply != other), None) if other in self.ask.menu else None

    def _comment(self, reply: Reply, words: Words, text: str) -> str:
        """What is said behind an option's words at the start: nothing if it only says so again."""
        start = len(words) - len(self._from_first_word(words))
        phrases = self.language.replies.get(reply.name, frozenset())
        ends = (start + length for length in range(LONGEST_PHRASE, 0, -1))
        end = next((end for end in ends if " ".join(words[start:end]) in phrases), None)
        said = comments.behind(text, end, self.language.connectives) if end else ""
        rest = fold(said).split()
        return "" if self._meant_by(fold(said)) or all(map(self._says_nothing, rest)) else said

    def _says_nothing(self, word: str) -> bool:
        return word in self.language.fillers or self._number(word) is not None

    def _by_number_alone(self, words: Words) -> Answered | None:
        """One number; on a menu the first of several ("1 and 3")."""
        several = self.ask.reads in NUMBERED
        numbers = [self._number(word) for word in (_parted(words) if self.ask.reads in OF_WORDS else words)]
        if not numbers or (len(numbers) > 1 and not several):
            return None
        first = numbers[0]
        return self._under(first) if first and all(numbers) else None

    def _times_meant(self, text: str) -> tuple[datetime, ...]:
        times = [each for each in self.offered if isinstance(each, datetime)]
        if not times or self._denies(text):
            return ()
        local = [each.astimezone(self.now.tzinfo) for each in times]
        meant = picking.meant(text, self.language.times, self.now, local)
        return tuple(each for each in times if each in meant)

    def _denies(self, text: str) -> bool:
        return not self.language.negations.isdisjoint(fold(text).split())

    def _number(self, word: str) -> int | None:
        """The number that a word is: "1", "one", "1st", "1ro"."""
        if figures := NUMBER.fullmatch(word):
            return int(figures[1])
        return self.language.times.numbers.get(word)

    def _under(self, place: int) -> Answered | None:
        """What stands on the menu under a number: the client's own words first, then the labelled replies."""
        if 0 < place <= len(self.offered):
            return Answered(PICKED.name, answer_of(self.offered[place - 1]))
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


def _with_words(answer: Answered | NotUnderstood, ask: Ask, text: str) -> Answered | NotUnderstood:
    """With all that was said, where the reply is one whose words are kept."""
    keeping = {reply.name for reply in ask.when if reply.keeps_words}
    if isinstance(answer, NotUnderstood) or answer.reply not in keeping:
        return answer
    return replace(answer, comment=as_written(text))


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


def _parted_from_time(answer: Answered | NotUnderstood, language: Language, now: datetime) -> Answered | NotUnderstood:
    """Words of their own without the day and time that they name, which stands beside them: "finish form thu 9am"."""
    if not isinstance(answer, Answered) or answer.reply != ANYTHING.name:
        return answer
    request = requests.split(answer.value, language.times, now)
    if request and request.what and request.moment and _stands_apart(request.moment.words, answer.value, language):
        return replace(answer, value=request.what, also={"when": request.moment.stored()})
    return replace(answer, also={"when": ""})


def _stands_apart(time: str, words: str, language: Language) -> bool:
    """At an end of the text, and more than a part of the day: "the night class" is no time."""
    said = " ".join(words.split())
    marks = marks_of(fold(time).split(), language.times)
    return (said.startswith(time) or said.endswith(time)) and any(mark.kind not in SAY_NO_TIME for mark in marks)


def _request(ask: Ask, text: str, language: Language, now: datetime) -> Answered | None:
    """When and how often, and what if that is asked too. What is not said leaves the answer that there was."""
    request = requests.split(text, language.times, now)
    if request is None:
        return None
    asks_what = ask.reads is Reads.REQUEST and request.what != ""
    also = {"repeats": request.repeats, **({"what": request.what} if asks_what else {})}
    if request.is_too_far:
        return Answered(TOO_FAR.name, also=also)
    if request.moment:
        return Answered((EXACT if request.moment.has_hour else DAY_ONLY).name, request.moment.stored(), also=also)
    return Answered(VAGUE.name, also=also) if asks_what else None


def _moment(ask: Ask, text: str, language: Language, now: datetime) -> Answered | NotUnderstood:
    if ask.may_repeat and (requested := _request(ask, text, language, now)):
        return requested
    if ask.reads is Reads.REQUEST:
        return _request(ask, text, language, now) or NotUnderstood()
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


def _parted(words: Words) -> Words:
    """Numbers that stand together as one word ("1/3") parted."""
    return tuple(part for word in words for part in (re.split("[/.-]", word) if JOINED.fullmatch(word) else [word]))


def _holds(words: Words, part: Words) -> bool:
    return any(words[place : place + len(part)] == part for place in range(len(words) - len(part) + 1))
