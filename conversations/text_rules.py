"""The content rules that a single text can break, whatever conversation it stands in (domain guide 4.2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from conversations import segments
from conversations.catalog import Line
from conversations.dates import say_choice, say_moment, say_near
from conversations.effects import Purpose, Sentence, Texted
from conversations.folding import fold
from conversations.languages import Language
from conversations.marking import N_, Told
from conversations.placeholders import LABELS, VALUES
from conversations.reading_level import too_hard
from conversations.wording import texted, worded

SOURCE = "en"
"""The language that the sentences are written in."""


class RuleLevel(StrEnum):
    """An error stops a release; a warning is for the writer to weigh; a draft waits for its reviewer."""

    ERROR = "error"
    WARNING = "warning"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a text breaks. `where` is the sentence's context, a flow's name, or "" for a worker's own words."""

    rule: str
    level: RuleLevel
    where: str
    language: str
    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class RuleLists:
    """What the rules need to know of a language (`locales/<code>/rules.toml`). A star stands for any ending."""

    reading: str
    directive: tuple[str, ...]
    banned: tuple[str, ...]
    private: tuple[str, ...]
    open: tuple[str, ...]
    thanks: tuple[str, ...]
    capitals: frozenset[str]
    help: str
    other_language: str


@dataclass(frozen=True, slots=True)
class Text:
    """A line in one language, its placeholders not yet filled. `words` is the sentence, `labels` the menu under it."""

    line: Line
    words: str
    labels: tuple[str, ...]
    language: Language
    lists: RuleLists

    @property
    def whole(self) -> str:
        return " ".join((self.words, *self.labels))


@dataclass(frozen=True, slots=True)
class Rule:
    """`test` yields a reason for every breach."""

    name: str
    level: RuleLevel
    remedy: str
    test: Callable[[Text], Iterable[str]]


def in_language(line: Line, language: Language, lists: RuleLists) -> Text:
    def put(sentence: Sentence) -> str:
        return language.translate(sentence.context, sentence.text)

    return Text(line, put(line.says), tuple(put(label) for label in line.menu), language, lists)


def breaches(text: Text, rules: Iterable[Rule]) -> Iterator[Broken]:
    for rule in rules:
        for why in rule.test(text):
            yield Broken(rule.name, rule.level, text.line.says.context, text.language.code, why, rule.remedy)


PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
LAST_NAME = re.compile(r"(last|sur|family|full)_?name")
LONG_NUMBER = re.compile(r"(?<!\d)\d(?:[ .-]?\d){6,}")
HELP_LINES = ("800-799-7233",)
"""Numbers that anybody may be given (domain guide 6.9)."""
AMOUNT = re.compile(r"[$€]\s?\d")
LINK = re.compile(
    r"\w+://\S+|\bwww\.\S+|\b[\w-]+\.(?:com|org|net|gov|us|edu|info|io|ly|co|gl|me)\b(?:/\S*)?", re.IGNORECASE
)
WAY_OUT = re.compile(r"\{worker\}|\b0\b")
TYPED_MENU = re.compile(r"\b1 .+\b2 ")
CAPITALS = re.compile(r"\b[^\W\d_]{2,}\b")

RESERVED = frozenset(
    ("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "start", "unstop", "help", "info")
)
"""Words that the provider may act on before we see them (domain guide 3.2). YES is one too, but it never takes a client
away, and beside a number it reads best."""

STAR = r"\w*"
MOST_CHOICES = 5

UTC_ZONE = ZoneInfo("UTC")
WORST_DAYS = (datetime(2026, 9, 23, 12, 30, tzinfo=UTC_ZONE), datetime(2026, 9, 26, 12, 30, tzinfo=UTC_ZONE))
"""A Wednesday and a Saturday in September: the longest names, and in Spanish one with an accent that GSM-7 lacks."""

LONG_BEFORE = timedelta(days=14)

PARTS_OF_A_PLAN = frozenset({*LABELS, "when"})
PARTS_OF_A_RECAP = 3
"""A text that says back so many parts of a plan is a recap, and so is one with more own words than that."""

LONGEST = {
    "program": "Goal Line",
    "county": "San Luis Obispo",
    "phone": "707-555-0134",
    "name": "m" * 14,
    "worker": "m" * 14,
    "whom": "m" * 14,
    "weeks": "12",
    "n": "31",
    **{name: "m" * longest for name, longest in LABELS.items()},
}
"""Values as long as they get in practice (domain guide 4.2): a 14-letter name, a long place name, full labels."""


def phrases(listed: Iterable[str], text: str) -> Iterator[str]:
    """Those of the listed phrases that the text holds, however they are capitalised, accented or spaced."""
    folded = fold(text)
    for phrase in listed:
        if re.search(rf"\b{re.escape(fold(phrase))}{STAR if phrase.endswith('*') else ''}\b", folded):
            yield f'"{phrase}"'


def directive(text: Text) -> Iterator[str]:
    return phrases(text.lists.directive, text.whole)


def banned(text: Text) -> Iterator[str]:
    return phrases(text.lists.banned, text.whole)


def private(text: Text) -> Iterator[str]:
    yield from phrases(text.lists.private, text.whole)
    words = text.whole
    for line in HELP_LINES:
        words = words.replace(line, "")
    for what, pattern in ((Told("a long number"), LONG_NUMBER), (Told("an amount of money"), AMOUNT)):
        if pattern.search(words):
            yield what


def questions(text: Text) -> Iterator[str]:
    asked = max(text.whole.count("?"), text.whole.count("¿"))
    if asked > 1:
        yield Told("%(asked)s questions", asked=asked)


def too_long(text: Text) -> Iterator[str]:
    """One part, two for a recap; with accents kept one more, if the plain letters fit; three in other scripts."""
    parts = len(placeholders(text.line.says.text) & PARTS_OF_A_PLAN)
    most = 2 if parts >= PARTS_OF_A_RECAP or text.line.ideas > PARTS_OF_A_RECAP else 1
    worst = max((_at_worst(text, day) for day in WORST_DAYS), key=lambda said: said.segments)
    plain = segments.size(segments.fold_to_gsm(worst.body))
    if plain.alphabet is segments.Alphabet.UCS_2:
        most = 3
    elif worst.encoding == segments.Alphabet.UCS_2:
        most += 1
    if worst.segments > most:
        yield Told(
            "%(parts)s parts, %(characters)s characters at worst; %(most)s allowed",
            parts=worst.segments,
            characters=len(worst.body),
            most=most,
        )


def _at_worst(text: Text, day: datetime) -> Texted:
    code = text.language.code
    near = say_near(day, code, UTC_ZONE, day)
    values = {**LONGEST, "when": say_moment(day, code, UTC_ZONE), "remind": near, "due": near}
    ideas = ("m" * LABELS["goal"],) * text.line.ideas
    times = (say_choice(day, code, UTC_ZONE, day - LONG_BEFORE),) * text.line.times
    body = worded(text.line.says, (*ideas, *times, *text.line.menu), text.language, lambda name: values.get(name, ""))
    return texted(body, text.language, Purpose.REPLY)


def hard_to_read(text: Text) -> Iterator[str]:
    sentences = re.split(r"(?<=[.?!:;])\s", PLACEHOLDER.sub("", text.words))
    own = [sentence for sentence in sentences if text.lists.other_language not in sentence]
    if why := too_hard(" ".join(own), text.lists.reading):
        yield why


def no_way_out(text: Text) -> Iterator[str]:
    """A text that says we did not understand names a way to a person."""
    if text.line.says.context.startswith("fallback/") and not WAY_OUT.search(text.whole):
        yield "a fallback without a person"


def menu_labels(text: Text) -> Iterator[str]:
    reserved = RESERVED | text.language.intents.get("opt_out", frozenset())
    yield from (f'"{label}" is a reserved word' for label in text.labels if fold(label) in reserved)
    if len(set(text.labels)) < len(text.labels):
        yield "two choices read the same"
    if TYPED_MENU.search(text.words):
        yield "a menu is typed into the sentence"


def links(text: Text) -> Iterator[str]:
    yield from (Told("a link: %(link)s", link=link) for link in LINK.findall(text.whole))


def fancy_signs(text: Text) -> Iterator[str]:
    if segments.tidy(text.whole) != text.whole:
        yield Told("signs that do not fit a plain text: curly quotes, long dashes, special spaces")
    if any(unicodedata.category(sign) == "So" for sign in text.whole):
        yield Told("an emoji")


def loud(text: Text) -> Iterator[str]:
    if max(text.whole.count("!"), text.whole.count("¡")) > 1:
        yield Told("more than one exclamation mark")
    for word in CAPITALS.findall(PLACEHOLDER.sub("", text.whole)):
        if word.isupper() and word not in text.lists.capitals:
            yield Told("%(word)s is in capitals", word=word)


def last_names(text: Text) -> Iterator[str]:
    yield from (f"{{{name}}}" for name in sorted(placeholders(text.whole)) if LAST_NAME.fullmatch(name))


def other_placeholders(text: Text) -> Iterator[str]:
    """A translation holds the placeholders of its sentence, and every one is on the list."""
    line = text.line
    for source, said in zip((line.says, *line.menu), (text.words, *text.labels), strict=True):
        wanted, found = placeholders(source.text), placeholders(said)
        yield from (f"{{{name}}} is on no list" for name in sorted((wanted | found) - VALUES.keys()))
        yield from (f"{{{name}}} is in one of the two alone" for name in sorted(wanted ^ found))
        if set(PLACEHOLDER.sub("", said)) & set("{}"):
            yield "a lone brace"


def not_translated(text: Text) -> Iterator[str]:
    """A catalog gives the English sentence back where it knows no other."""
    line = text.line
    if text.language.code != SOURCE:
        for source, said in zip((line.says, *line.menu), (text.words, *text.labels), strict=True):
            if said == source.text:
                yield f'"{said}" is not translated'


def placeholders(template: str) -> frozenset[str]:
    return frozenset(PLACEHOLDER.findall(template))


ERROR, WARNING = RuleLevel.ERROR, RuleLevel.WARNING

R2 = Rule("R2", ERROR, N_("Ask or offer instead of telling: what would, you can."), directive)
R3 = Rule("R3", ERROR, N_("Say it without failing, blame or force: not yet, what might get in the way."), banned)
R4 = Rule("R4", ERROR, N_("Leave it out: others may read this phone."), private)
R5 = Rule("R5", ERROR, N_("Ask one thing, and the next when it is answered."), questions)
R7 = Rule("R7", ERROR, N_("Say it in fewer words."), too_long)
R8 = Rule("R8", ERROR, N_("Use shorter words and sentences."), hard_to_read)
R9 = Rule("R9", ERROR, "Offer a person or a pause.", no_way_out)
R10 = Rule("R10", ERROR, "Give each choice a label of its own that no command uses.", menu_labels)
R16 = Rule("R16", ERROR, N_("Say where to look or whom to ask instead."), links)
R17 = Rule("R17", ERROR, N_("Use plain quotes, hyphens, full stops and letters."), fancy_signs)
R18 = Rule("R18", WARNING, N_("Say it calmly."), loud)
R19 = Rule("R19", ERROR, "Use {name}, the first name, alone.", last_names)
R20 = Rule("R20", ERROR, "Use the placeholders of the English sentence, no others.", other_placeholders)
R20_MISSING = Rule("R20", ERROR, "Translate it in the catalog of this language.", not_translated)

TEXT_RULES = (R2, R3, R4, R5, R7, R8, R9, R10, R16, R17, R18, R19, R20, R20_MISSING)

HINTS = (*(replace(rule, level=WARNING) for rule in (R2, R3, R5, R7, R8, R16, R17, R18)), R4)
