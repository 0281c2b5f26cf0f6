"""A language as the core sees it: sentences, and the words its speakers answer with. Loaded at the edge, passed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from conversations.classifier import NO_CLASSIFIER, Classifier
from conversations.phrases import PhraseBook, phrase_book


class Encoding(StrEnum):
    """What to do with letters that GSM-7 lacks (domain guide 4.3): keep them, or fold them to save cost."""

    KEEP = "keep"
    FOLD = "fold"


@dataclass(frozen=True, slots=True)
class Review:
    """Who answers for a translation. Without a reviewer it is a draft (domain guide R20)."""

    reviewed_by: str = ""
    reviewed_on: str = ""

    @property
    def is_draft(self) -> bool:
        return not (self.reviewed_by and self.reviewed_on)


@dataclass(frozen=True, slots=True, eq=False)
class TimeWords:
    """How a language names days and hours. Every word or phrase is folded (`folding.fold`).

    It is compared by identity, so that what a reader makes of it can be kept.

    `weekdays` runs from Monday = 0; `months` from January = 1; `parts_of_day` gives an hour from 0 to 24;
    `relative_days` gives days from today; `units` minutes; `numbers` numbers written as words; `minutes_past` minutes
    to add to the hour beside it ("half past", "y media"). The sets hold what stands before or behind an hour ("at"),
    before or behind an amount of time to come ("in", "from now"), beside a weekday that is not today ("next"), for the
    week after this one, before the number of a day ("the", "el"), and what a reader skips ("of", "de").

    For what comes again, `on_days` gives weekdays ("every day", "mondays"), `daily_parts` the hour of a part of every
    day; the sets hold what makes any weekday one of every week ("every"), "weekly" and "monthly". `before_what` leads
    to what a client wants to be reminded of ("to", "que"); `courtesies` stand at its ends.
    """

    weekdays: Mapping[str, int]
    months: Mapping[str, int]
    parts_of_day: Mapping[str, int]
    relative_days: Mapping[str, int]
    units: Mapping[str, int]
    numbers: Mapping[str, int]
    minutes_past: Mapping[str, int]
    by_hour: frozenset[str]
    by_amount: frozenset[str]
    by_next_day: frozenset[str]
    next_week: frozenset[str]
    before_day_number: frozenset[str]
    skipped: frozenset[str]
    behind_hour: frozenset[str]
    every: frozenset[str]
    weekly: frozenset[str]
    monthly: frozenset[str]
    before_what: frozenset[str]
    courtesies: frozenset[str]
    on_days: Mapping[str, frozenset[int]]
    daily_parts: Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class OtherLanguage:
    """A language that we do not text in, by what its speakers may still send us. Compared as `Language` is.

    `name` is its own, as we write it to the client; `names` are its names in any language, folded. `script` is what the
    Unicode names of its letters begin with, and `letters`, in lower case, are those that no other language here has;
    both can be empty.
    """

    code: str
    name: str
    names: frozenset[str]
    script: str = ""
    letters: str = ""


NO_PHRASES = phrase_book({}, {})


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """One language a county texts in.

    It is compared by identity, so that what was read with it can be kept.

    `translate(context, sentence)` returns the catalog's text for an English sentence of the flow step that `context`
    names ("goal_setting/when"), or the sentence itself in English. `replies` holds the words that mean a reply, by its
    name; `commands` and `intents` likewise for whole-message commands (domain guide 3.4) and front-desk intents
    ("opt_out", "help", "person", ...). `fillers` change nothing around a choice ("please", "option", "I pick");
    `negations` turn the words behind them round ("not", "didn't"); a number before `counted` is no choice ("3 times");
    `connectives` part what follows from the choice ("because").
    All words are folded (`folding.fold`). `phrases` are for what is meant whatever is asked. `classifier` and `others`,
    the languages that are not switched on, are the same for every language.
    """

    code: str
    name: str
    translate: Callable[[str, str], str]
    replies: Mapping[str, frozenset[str]]
    commands: Mapping[str, frozenset[str]]
    intents: Mapping[str, frozenset[str]]
    times: TimeWords
    encoding: Encoding
    review: Review
    fillers: frozenset[str] = frozenset()
    negations: frozenset[str] = frozenset()
    counted: frozenset[str] = frozenset()
    connectives: frozenset[str] = frozenset()
    phrases: PhraseBook = NO_PHRASES
    classifier: Classifier = NO_CLASSIFIER
    others: tuple[OtherLanguage, ...] = ()
