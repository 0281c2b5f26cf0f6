"""One virtual client: reads what reaches the phone, and texts back, or out of the blue, as people do."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.simulator.luck import happens, how_often, one_of
from bot.simulator.reading import Asks, Read, read
from bot.simulator.sayings import OTHER, PRIVATE_NUMBERS, SAYINGS, Sayings
from bot.simulator.tempers import A_WEEK, ANSWERS, Impulse, Pace, Temper

AT_ONCE = timedelta(0)
SECONDS_LATER = timedelta(seconds=8)
"""Between two texts of one breath."""

A_DAY = timedelta(days=1)
A_WEEK_LONG = timedelta(days=7)
GRID = timedelta(minutes=15)
"""People text on the quarters of the hour, so that many text at the same moment, as in a busy hour."""

WAKES, SLEEPS = 7, 22

RARELY = (
    (re.compile(r"^(talk |with |call me|hablar|con |llám|llam)"), 0.08),
    (re.compile(r"break|pause|a rest|descans|pausa"), 0.1),
    (re.compile(r"no texts at all|ningún"), 0.4),
    (re.compile(r"^(not here|aquí no|change it|cambiar)"), 0.25),
    (re.compile(r"start fresh|empezar de nuevo|let it go|dejarla|pick a new|escoger otra"), 0.3),
    (re.compile(r"I share it|lo comparto"), 0.25),
    (re.compile(r"only when I text|solo si yo"), 0.2),
    (re.compile(r"need help|ayuda para|none of these|ninguna"), 0.3),
    (re.compile(r"daily|diario|^later|^después"), 0.3),
)
"""Labels that are chosen less often than others."""

A_GOAL = re.compile(r"7 days|7 días|one short line|línea corta")
NOT_DONE = re.compile(r"not yet|something changed|todavía no|algo cambió")
DONE = re.compile(r"^(done|hecho|some of it|una parte)")


class How(StrEnum):
    """How somebody puts an answer."""

    DIGIT = "digit"
    LABEL = "label"
    WITH_WORDS = "with_words"
    TYPO = "typo"
    VAGUE = "vague"
    SKIP = "skip"
    PLAIN = "plain"


HOW_TO_CHOOSE = {How.DIGIT: 0.81, How.LABEL: 0.1, How.WITH_WORDS: 0.04, How.TYPO: 0.03, How.VAGUE: 0.02}
HOW_TO_SAY = {How.PLAIN: 0.92, How.VAGUE: 0.04, How.SKIP: 0.04}


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is; `nth` counts from 1 in the whole caseload. `shares` says that the phone is not theirs alone."""

    nth: int
    name: str
    number: str
    language: str
    zone: ZoneInfo
    temper: Temper
    shares: bool = False
    provider_answers: bool = False
    """Whether the provider answers keywords from this phone by itself."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A text to send `after` the moment. `why` is the impulse behind it, None for an answer."""

    text: str
    why: Impulse | None = None
    after: timedelta = AT_ONCE
    has_media: bool = False
    answered: bool = False
    """The provider has answered it already."""


@dataclass
class VirtualClient:
    """Knows what was on the phone and what they themselves said, and nothing of the bot's."""

    person: Person
    chance: random.Random
    begins: datetime
    is_in: bool = False
    stopped: bool = False
    last_read: Read | None = None
    answers_at: datetime | None = None
    machine_until: datetime | None = None
    language: str = field(init=False)

    def __post_init__(self) -> None:
        self.language = self.person.language

    @property
    def says(self) -> Sayings:
        return SAYINGS[self.language]

    def impulses(self, ends: datetime, bustle: float) -> Iterator[tuple[datetime, Impulse]]:
        """All that will come over them, in no order."""
        week = self.begins
        while week < ends:
            for impulse, likely in A_WEEK.items():
                for _time in range(how_often(self.chance, likely * bustle)):
                    yield self._when_awake(week + self.chance.random() * A_WEEK_LONG), impulse
            week += A_WEEK_LONG

    def hear(self, texts: Sequence[str], now: datetime) -> datetime | None:
        """Texts came together; gives when they will be answered, None if not, or if an answer is under way already."""
        asked = [each for each in map(read, texts) if each.asks is not Asks.NOTHING]
        if asked:
            self.last_read = asked[-1]
        if self.answers_at is not None and self.answers_at > now:
            return None
        if self.machine_until and now < self.machine_until:
            self.answers_at = now + timedelta(seconds=2)
            return self.answers_at
        likely = ANSWERS[self.person.temper.pace] * self._is_there(now)
        if asked and asked[-1].asks is Asks.CHANGES:
            likely *= 0.3
        if not happens(self.chance, likely if asked else 0.06 * likely):
            return None
        if not asked:
            self.last_read = None
        self.answers_at = self._when_awake(now + self._delay())
        return self.answers_at

    def answer(self, now: datetime) -> list[Utterance]:
        """What they text about what they read last."""
        self.answers_at = None
        if self.machine_until and now < self.machine_until:
            return [Utterance(self.says.answering_machine[self.person.nth % 2], Impulse.MACHINE_ON)]
        asked, self.last_read = self.last_read, None
        if asked is None:
            return [Utterance(self.pick(self.says.thanks))]
        if self.stopped:
            return []
        said = ANSWERING[asked.asks](self, asked)
        return self._in_parts(said, asked)

    def act(self, impulse: Impulse, now: datetime) -> list[Utterance]:
        """What they text when it comes over them; nothing where it does not fit."""
        if impulse is Impulse.START:
            self.stopped, self.is_in = False, True
            return [self._keyword(self.says.came_back, impulse)]
        if self.stopped and impulse is not Impulse.HELP:
            return []
        if not self.is_in and impulse not in BEFORE_THE_YES:
            return []
        if self._is_there(now) < 1 and impulse is not Impulse.SMALL_TALK:
            return []
        return ACTING[impulse](self, now)

    def pick(self, of: Sequence[str]) -> str:
        return self.chance.choice(of)

    # answers

    def _yes(self, _asked: Read) -> str:
        if not self.person.temper.accepts and not self.is_in:
            self.stopped = True
            return self.pick((*self.says.no, "STOP"))
        self.is_in = True
        return self.pick(self.says.yes)

    def _choice(self, asked: Read) -> str:
        weights = [self._weight(label) for label in asked.choices]
        nth = self.chance.choices(range(len(asked.choices)), weights)[0]
        match one_of(self.chance, HOW_TO_CHOOSE):
            case How.TYPO:
                return self.pick(self.says.typos)
            case How.VAGUE:
                return self.pick(self.says.vague)
            case How.LABEL:
                return asked.choices[nth]
            case How.WITH_WORDS:
                return f"{nth + 1} {self.pick(self.says.words)}"
            case _:
                return self.pick(self.says.digits).format(n=nth + 1)

    def _weight(self, label: str) -> float:
        setbacks = self.person.temper.setbacks
        if NOT_DONE.search(label):
            return setbacks
        if DONE.search(label):
            return 1 - setbacks
        return next((weight for words, weight in RARELY if words.search(label)), 1.0)

    def _who(self, asked: Read) -> str:
        named = [nth for nth, label in enumerate(asked.choices, start=1) if label == self.person.name]
        return str(named[0]) if named and happens(self.chance, 0.7) else self.person.name

    def _moment(self, _asked: Read) -> str:
        return self.pick(self.says.moments)

    def _number(self, _asked: Read) -> str:
        return str(self.chance.randint(1, 10))

    def _change(self, _asked: Read) -> str:
        return "2" if happens(self.chance, 0.6) else self.pick(self.says.thanks)

    def _words(self, asked: Read) -> str:
        match one_of(self.chance, HOW_TO_SAY):
            case How.VAGUE:
                return self.pick(self.says.vague)
            case How.SKIP:
                return self.pick(self.says.skip)
            case _:
                return self.pick(self.says.goals if A_GOAL.search(asked.text) else self.says.words)

    def _in_parts(self, said: str, asked: Read) -> list[Utterance]:
        """Words now and then come in two texts; on a shared phone some put their name first."""
        if self.person.shares and happens(self.chance, 0.15):
            said = f"{self.person.name}: {said}"
        cut = said.find(" ", len(said) // 2)
        if asked.asks is Asks.WORDS and cut > 0 and happens(self.chance, 0.12):
            return [Utterance(said[:cut]), Utterance(said[cut + 1 :], after=SECONDS_LATER)]
        return [Utterance(said)]

    # impulses

    def _keyword(self, text: str, why: Impulse) -> Utterance:
        by_provider = self.person.provider_answers and text.strip().upper() in OF_THE_PROVIDER
        return Utterance(text, why, answered=by_provider)

    def _stop(self, _now: datetime) -> list[Utterance]:
        self.stopped, self.is_in = True, False
        return [self._keyword(self.pick(self.says.stop), Impulse.STOP)]

    def _stop_in_words(self, _now: datetime) -> list[Utterance]:
        self.stopped, self.is_in = True, False
        return [Utterance(self.pick(self.says.stop_in_words), Impulse.STOP_IN_WORDS)]

    def _wrong_number(self, _now: datetime) -> list[Utterance]:
        self.stopped, self.is_in = True, False
        return [Utterance(self.pick(self.says.wrong_number), Impulse.WRONG_NUMBER)]

    def _private(self, _now: datetime) -> list[Utterance]:
        text = self.pick(self.says.private).format(number=self.pick(PRIVATE_NUMBERS))
        return [Utterance(text, Impulse.PRIVATE)]

    def _media(self, _now: datetime) -> list[Utterance]:
        return [Utterance("", Impulse.MEDIA, has_media=True)]

    def _help(self, _now: datetime) -> list[Utterance]:
        return [self._keyword(self.pick(self.says.help), Impulse.HELP)]

    def _language(self, _now: datetime) -> list[Utterance]:
        text = self.says.other_language
        self.language = OTHER[self.language]
        return [Utterance(text, Impulse.LANGUAGE)]

    def _machine_on(self, now: datetime) -> list[Utterance]:
        self.machine_until = now + A_DAY * 2
        return []

    # time

    def _is_there(self, now: datetime) -> float:
        temper = self.person.temper
        if temper.pace is not Pace.FADING:
            return 1
        days = (now - self.begins) / A_DAY
        return 1 if days < temper.leaves_after or days > temper.back_after else 0

    def _delay(self) -> timedelta:
        soon = timedelta(minutes=self.chance.randint(1, 25))
        if self.person.temper.pace is Pace.PROMPT or self.person.temper.pace is Pace.FADING:
            return soon if happens(self.chance, 0.9) else timedelta(hours=self.chance.uniform(0.5, 6))
        return timedelta(hours=self.chance.uniform(0.3, 40))

    def _when_awake(self, at: datetime) -> datetime:
        """On the grid; at night only now and then."""
        local = at.astimezone(self.person.zone)
        if not WAKES <= local.hour < SLEEPS and happens(self.chance, 0.9):
            hours = (WAKES - local.hour) % 24 + self.chance.uniform(0, 2)
            at += timedelta(hours=hours)
        return on_grid(at)


def on_grid(at: datetime) -> datetime:
    """The next moment of the grid (UTC)."""
    seconds = int(at.timestamp())
    step = int(GRID.total_seconds())
    return datetime.fromtimestamp(-(-seconds // step) * step, tz=at.tzinfo)


def _saying(
    of: Callable[[Sayings], Sequence[str]], why: Impulse
) -> Callable[[VirtualClient, datetime], list[Utterance]]:
    return lambda client, _now: [Utterance(client.pick(of(client.says)), why)]


OF_THE_PROVIDER = frozenset({"STOP", "UNSUBSCRIBE", "QUIT", "END", "CANCEL", "START", "HELP", "INFO"})
BEFORE_THE_YES = frozenset({Impulse.STOP, Impulse.WRONG_NUMBER, Impulse.HELP})
"""What also who has not agreed texts."""

ANSWERING: Mapping[Asks, Callable[[VirtualClient, Read], str]] = {
    Asks.A_YES: VirtualClient._yes,  # noqa: SLF001  its own class
    Asks.A_CHOICE: VirtualClient._choice,  # noqa: SLF001
    Asks.A_MOMENT: VirtualClient._moment,  # noqa: SLF001
    Asks.A_NUMBER: VirtualClient._number,  # noqa: SLF001
    Asks.WHO_IT_IS: VirtualClient._who,  # noqa: SLF001
    Asks.WORDS: VirtualClient._words,  # noqa: SLF001
    Asks.CHANGES: VirtualClient._change,  # noqa: SLF001
}
ACTING: Mapping[Impulse, Callable[[VirtualClient, datetime], list[Utterance]]] = {
    Impulse.STOP: VirtualClient._stop,  # noqa: SLF001
    Impulse.STOP_IN_WORDS: VirtualClient._stop_in_words,  # noqa: SLF001
    Impulse.PERHAPS_STOP: _saying(lambda says: says.perhaps_stop, Impulse.PERHAPS_STOP),
    Impulse.WRONG_NUMBER: VirtualClient._wrong_number,  # noqa: SLF001
    Impulse.PERSON: _saying(lambda says: says.person, Impulse.PERSON),
    Impulse.DANGER: _saying(lambda says: says.danger, Impulse.DANGER),
    Impulse.PERHAPS_DANGER: _saying(lambda says: says.perhaps_danger, Impulse.PERHAPS_DANGER),
    Impulse.NEED: _saying(lambda says: says.need, Impulse.NEED),
    Impulse.MONEY: _saying(lambda says: says.money, Impulse.MONEY),
    Impulse.PRIVATE: VirtualClient._private,  # noqa: SLF001
    Impulse.MEDIA: VirtualClient._media,  # noqa: SLF001
    Impulse.REMINDER: _saying(lambda says: says.reminders, Impulse.REMINDER),
    Impulse.COMMAND: _saying(lambda says: says.commands, Impulse.COMMAND),
    Impulse.PAUSE: _saying(lambda says: says.pause, Impulse.PAUSE),
    Impulse.HELP: VirtualClient._help,  # noqa: SLF001
    Impulse.COMPLAINT: _saying(lambda says: says.complaint, Impulse.COMPLAINT),
    Impulse.LATE: _saying(lambda says: says.late, Impulse.LATE),
    Impulse.LANGUAGE: VirtualClient._language,  # noqa: SLF001
    Impulse.SMALL_TALK: _saying(lambda says: says.small_talk, Impulse.SMALL_TALK),
    Impulse.MACHINE_ON: VirtualClient._machine_on,  # noqa: SLF001
}
