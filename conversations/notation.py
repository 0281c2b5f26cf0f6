"""The words a conversation is written in. Pure data: nothing here sends, stores or waits.

A `Flow` is a table of named steps. A talk waits only at an `Ask`; it runs on through `Say`, `Do` and `Branch`, and
stops at an `End`, which may lead into another flow. A flow that is written wrongly raises FlowError when its module
is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto
from types import MappingProxyType
from typing import Any, assert_never

from conversations.effects import Effect
from conversations.escalations import Level, Trigger
from conversations.goals import Moment
from conversations.situation import Situation, Talk

HOURS_SAID = 72
"""Up to so many hours a span is said in hours, from there on in days."""

MOST_CHOICES = 6
"""Domain guide R10: five by default, six for lists of life areas."""


def _(text: str) -> str:
    """Mark a sentence for translation: Babel finds it; the wording translates it when it is sent."""
    return text


def hours(n: int) -> timedelta:
    return timedelta(hours=n)


def days(n: int) -> timedelta:
    return timedelta(days=n)


Arrow = tuple[str, str, str]
"""From a step, to a step, and why; an arrow from "" is a way into the flow."""

BEGINS = "begins"
LED_HERE = "another flow leads here"


def silent_for(span: timedelta) -> str:
    """Why a talk goes on by itself: "silent for 48 hours", "silent for 12 days"."""
    whole_hours = int(span.total_seconds()) // 3600
    return f"silent for {span.days} days" if whole_hours > HOURS_SAID else f"silent for {whole_hours} hours"


def not_understood(times: int) -> str:
    return f"not understood {times} times"


def answer_of(choice: Choice) -> str:
    """What is kept when this is picked."""
    return Moment(choice).stored() if isinstance(choice, datetime) else choice


class FlowError(ValueError):
    """A flow is written wrongly."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a `Branch`, a `Do` or an offer may look at. `now` is aware; the situation is as it was before this turn."""

    situation: Situation
    talk: Talk
    now: datetime


class Reads(StrEnum):
    """How a step understands a text.

    A choice, free words, a day and time, one of the client's own ideas, one of the times on offer, a number on a scale
    from 1 to 10, or a request: what, when and how often in one text. A request keeps "what" and "repeats" beside the
    moment.
    """

    MENU = "menu"
    WORDS = "words"
    MOMENT = "moment"
    PICK = "pick"
    TIME = "time"
    SCALE = "scale"
    REQUEST = "request"


Choice = str | datetime
"""What a question can offer beside its labelled replies: the client's own words, or an aware moment."""

ON_OFFER = "on_offer"
"""The answer under which a talk keeps the times that were shown."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A meaning a client can send. Its label is the menu line; the words for it are each language's data.

    With `keeps_words` the whole text is kept as the answer's comment: the words say why, too ("can't, work").
    """

    name: str
    label: str | None = None
    keeps_words: bool = False


ANYTHING = Reply("anything")
SKIP = Reply("skip")
NOTHING = Reply("nothing")
DONT_KNOW = Reply("dont_know")
FINISHED = Reply("finished")
TOO_LONG = Reply("too_long")
EXACT = Reply("exact")
DAY_ONLY = Reply("day_only")
VAGUE = Reply("vague")
PICKED = Reply("picked")
OTHER_TIME = Reply("other_time")
LOW = Reply("low")
FAIR = Reply("fair")
TOO_FAR = Reply("too_far")

NEEDED = {
    Reads.MENU: frozenset[Reply](),
    Reads.WORDS: frozenset({ANYTHING}),
    Reads.MOMENT: frozenset({EXACT, DAY_ONLY, VAGUE}),
    Reads.PICK: frozenset({PICKED}),
    Reads.TIME: frozenset({PICKED, OTHER_TIME}),
    Reads.SCALE: frozenset({LOW, FAIR}),
    Reads.REQUEST: frozenset({EXACT, DAY_ONLY, VAGUE, TOO_FAR}),
}
"""The replies that a step of each kind can always be given, and so must lead somewhere."""

OFFERING = frozenset({Reads.PICK, Reads.TIME})


@dataclass(frozen=True, slots=True)
class Ask:
    """One open question.

    The menu under it is rendered from those replies in `when` that have a label, in their order, or from `offers`.
    `save` is the name the answer is kept under: a labelled reply by its name, anything else in the client's own words
    or as a stored `Moment`; `adds` appends a line instead of replacing. `private` is said instead of `text` on a
    shared phone or about a private goal, and without what is on offer in the client's own words. `longest` is in
    characters, 0 for no limit, and needs TOO_LONG in `when`.
    `takes_comment` lets the words behind the last digit ("3 kids got sick") answer this question unasked. With
    `lists_choices` off the menu is not shown, because the question before showed it; its digits still count.
    `on_the_day` reads an hour on the day that is already kept under `save`; `may_repeat` keeps how often, under
    "repeats", and needs TOO_FAR in `when`. `may_say_when` takes a day and time out of the words and keeps it under
    "when", or nothing if none is said. `offers_most` is how many own words are on offer at most.
    """

    text: str
    when: Mapping[Reply, str]
    save: str | None = None
    reads: Reads = Reads.MENU
    if_silent: tuple[timedelta, str] | None = None
    private: str | None = None
    offers: Callable[[Known], tuple[Choice, ...]] | None = None
    longest: int = 0
    adds: bool = False
    takes_comment: bool = False
    lists_choices: bool = True
    on_the_day: bool = False
    may_repeat: bool = False
    may_say_when: bool = False
    offers_most: int = 3

    @property
    def menu(self) -> tuple[Reply, ...]:
        return tuple(reply for reply in self.when if reply.label)


@dataclass(frozen=True, slots=True)
class Say:
    text: str
    then: str
    private: str | None = None


@dataclass(frozen=True, slots=True)
class Do:
    """Record something: a pure function gives the effects."""

    act: Callable[[Known], tuple[Effect, ...]]
    then: str


@dataclass(frozen=True, slots=True)
class Branch:
    """The one escape hatch: a pure function gives a member of an enum, and every member leads somewhere."""

    on: Callable[[Known], Enum]
    when: Mapping[Any, str]


@dataclass(frozen=True, slots=True)
class Into:
    """Go on in another flow, at its start or at one of its entries, with these answers in hand."""

    flow: str
    at: str | None = None
    carries: tuple[str, ...] = ()


class Parked(Enum):
    """What becomes of the talk that was set aside: taken up where it was, or begun again."""

    TAKEN_UP = auto()
    BEGUN_AGAIN = auto()


@dataclass(frozen=True, slots=True)
class End:
    """The talk is over.

    With `tell_worker` a person is told and `{due}` in the text says by when they act; `when_closed` is said instead
    outside office hours. `hands_over` makes the thread a person's from here on; with `holds`, texts that go out by
    themselves wait so long. `parks` keeps the talk, at the question it came from, so that the client can be offered the
    way back.
    """

    text: str | None = None
    private: str | None = None
    when_closed: str | None = None
    tell_worker: tuple[Trigger, Level] | None = None
    hands_over: bool = False
    holds: timedelta | None = None
    then: Into | Parked | None = None
    parks: bool = False


Step = Ask | Say | Do | Branch | End


@dataclass(frozen=True)
class Flow:
    """One conversation. Step names are for ever: a renamed one stays in `moved` (old name -> new name).

    `is_passing` marks a talk that is not worth coming back to: it is dropped, not parked, when something else begins.

    `entries` are the steps, beside `starts_at`, at which another flow may lead in. `if_unclear` is how many replies
    in a row may be not understood, and the step that follows then; `if_silent` is for every question that has none of
    its own, and such a question is put once more `asks_again_after` that long.
    """

    name: str
    purpose: str
    starts_at: str
    steps: Mapping[str, Step]
    if_unclear: tuple[int, str]
    entries: frozenset[str] = frozenset()
    moved: Mapping[str, str] = field(default_factory=dict)
    is_passing: bool = False
    if_silent: tuple[timedelta, str] | None = None
    asks_again_after: timedelta | None = None

    def __post_init__(self) -> None:
        steps = {name: self._with_silence(step) for name, step in self.steps.items()}
        object.__setattr__(self, "steps", MappingProxyType(steps))
        for name, step in self.steps.items():
            for problem in _problems(step):
                raise FlowError(f"{self.name}/{name}: {problem}")
        for here, there, _why in self.arrows():
            if there not in self.steps:
                raise FlowError(f"{self.name}: {here!r} leads to {there!r}, which is no step")
        for old, new in self.moved.items():
            if old in self.steps or new not in self.steps:
                raise FlowError(f"{self.name}: {old!r} cannot have moved to {new!r}")
        if lost := set(self.steps) - self.reachable_from((self.starts_at, *self.entries)):
            raise FlowError(f"{self.name}: nothing leads to {sorted(lost)}")
        if endless := self._endless():
            raise FlowError(f"{self.name}: {endless!r} leads back to itself without a question")

    def _with_silence(self, step: Step) -> Step:
        if isinstance(step, Ask) and step.if_silent is None:
            return replace(step, if_silent=self.if_silent)
        return step

    def texts_at(self, name: str) -> bool:
        """Whether the client is texted when the talk comes to this step."""
        step = self.steps[name]
        match step:
            case Ask() | Say():
                return True
            case End(text=text):
                return text is not None
            case _:
                return any(self.texts_at(there) for there, _why in self.ways_out(step))

    def arrows(self) -> Iterator[Arrow]:
        """Every arrow. The checks, the diagram, the analyst's page and the path walker all read this."""
        yield "", self.starts_at, BEGINS
        for entry in sorted(self.entries):
            yield "", entry, LED_HERE
        for name, step in self.steps.items():
            yield from ((name, there, why) for there, why in self.ways_out(step))

    def ways_out(self, step: Step) -> Iterator[tuple[str, str]]:
        """Every (to, why) of one step."""
        match step:
            case Say(then=then) | Do(then=then):
                yield then, ""
            case Branch(when=outcomes):
                yield from ((there, outcome.value) for outcome, there in outcomes.items())
            case Ask(when=when, if_silent=if_silent):
                yield from ((there, reply.name) for reply, there in when.items())
                yield self.if_unclear[1], not_understood(self.if_unclear[0])
                if if_silent:
                    yield if_silent[1], silent_for(if_silent[0])
            case End():
                pass
            case _:
                assert_never(step)

    def reachable_from(self, starts: Iterable[str]) -> set[str]:
        """These steps, and all that a talk can come to from them."""
        seen: set[str] = set()
        todo = [*starts]
        while todo:
            here = todo.pop()
            if here not in seen:
                seen.add(here)
                todo += [there for there, _why in self.ways_out(self.steps[here])]
        return seen

    def _endless(self) -> str | None:
        """A step from which a talk could run in a circle for ever, never waiting for the client."""
        for start, step in self.steps.items():
            seen: set[str] = set()
            todo = [] if isinstance(step, Ask) else [there for there, _why in self.ways_out(step)]
            while todo:
                here = todo.pop()
                if here == start:
                    return start
                if here not in seen and not isinstance(self.steps[here], Ask):
                    seen.add(here)
                    todo += [there for there, _why in self.ways_out(self.steps[here])]
        return None


def _problems(step: Step) -> Iterator[str]:
    match step:
        case Ask(reads=reads, when=when) as ask:
            if missing := NEEDED[reads] - set(when):
                yield f"a step that reads {reads} needs an arrow for {sorted(reply.name for reply in missing)}"
            if reads is Reads.MENU and not when:
                yield "a menu needs replies"
            if len(ask.menu) > MOST_CHOICES:
                yield f"a menu has at most {MOST_CHOICES} choices"
            if (reads in OFFERING) != (ask.offers is not None):
                yield "offers and Reads.PICK or Reads.TIME go together"
            if (ask.longest > 0) != (TOO_LONG in when):
                yield "longest and TOO_LONG go together"
            yield from _problems_of_time(ask)
        case Branch(when=outcomes):
            kinds: set[type[Enum]] = {type(outcome) for outcome in outcomes}
            members = {member for kind in kinds for member in kind}
            if not members or members != set(outcomes):
                yield "a branch needs an arrow for every outcome"
        case _:
            pass


def _problems_of_time(ask: Ask) -> Iterator[str]:
    if ask.on_the_day and not (ask.reads is Reads.MOMENT and ask.save):
        yield "an hour on the day needs Reads.MOMENT and a name to save it under"
    if ask.may_repeat != (ask.reads is Reads.MOMENT and TOO_FAR in ask.when):
        yield "a moment that may repeat and TOO_FAR go together"
