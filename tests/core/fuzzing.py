"""Any text at all, in any situation at all: made from a number, so that each one can be made again."""

from __future__ import annotations

import json
import string
import sys
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

from conversations.danger import ANSWERED_AGAIN_AFTER
from conversations.effects import ChangeMode, CountIdle, Effect, PlanNudge, Preference, SaveTalk, SetPreference, Texted
from conversations.escalations import Level, OpenItem, Trigger
from conversations.events import Said
from conversations.flows import FLOWS
from conversations.goals import Moment
from conversations.loops import MOST_REPLIES
from conversations.notation import Ask
from conversations.nudges import NudgeKind
from conversations.own_reminders import OwnReminder
from conversations.paths import remembered, typical_scenes
from conversations.safety import danger
from conversations.shared_phone import Held, Phone
from conversations.situation import SAID_YES, Consent, Hold, Idle, Mode, Situation, Talk
from conversations.talks import loaded, saved
from conversations.wishes import is_automatic
from records.turns import Inbound
from tests.core.people import LANGUAGES, ZONE

HERE = Path(__file__).parent
LONGEST = 1600
"""Characters of a text, as the provider joins its parts."""

MONDAY = datetime(2027, 3, 8, 8, tzinfo=UTC)
"""Midnight in California. The clocks change on the Sunday that ends this week."""

QUESTIONS = [(flow.name, name) for flow in FLOWS.values() for name, step in flow.steps.items() if isinstance(step, Ask)]

SCENES = typical_scenes()

NOT_SURE = (None, timedelta(minutes=1), timedelta(hours=5), timedelta(days=4))
"""How long ago something was."""


@cache
def real_texts() -> Sequence[str]:
    """What the tables of texts hold."""
    files = [HERE / "inbound.toml", *sorted((HERE / "labelled").glob("*_dev.toml"))]
    return [text for file in files for text in _strings(tomllib.loads(file.read_text("utf-8")))]


def _strings(found: object) -> Iterator[str]:
    match found:
        case str():
            yield found
        case dict():
            for each in found.values():
                yield from _strings(each)
        case list():
            for each in found:
                yield from _strings(each)


# Texts

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\ufe0f\u180e"
TURNS_AROUND = "\u202a\u202b\u202d\u202e\u202c\u2066\u2067\u2069\u200f\u061c"
CONTROLS = "".join(map(chr, [*range(32), *range(127, 160)])) + "\u2028\u2029"
SIGNS = "{}%$<>&\\'\"`;|=+@#[]()*_~^/?!.,:-0123456789"
MARKS = "\u0300\u0301\u0308\u0303\u0327\u0336\u0489\u20e3\U0001f3fd"
PLANES = ((0x20, 0x7F), (0xA0, 0x24F), (0x370, 0x6FF), (0x900, 0x11FF), (0x3040, 0x30FF), (0x4E00, 0x9FFF))
EMOJI = [*"👍👎🛑✋🙂✅❤️🚗", "1️⃣", "👨‍👩‍👧", "🏳️‍🌈", "🇲🇽", "👍🏽"]


@cache
def digits() -> str:
    """Of all scripts, and what else counts as a number."""
    return "".join(map(chr, filter(lambda code: unicodedata.category(chr(code))[0] == "N", range(0x20000))))


def any_sign(chance: Random) -> str:
    """Halves of pairs among them, which no text should hold."""
    first, last = chance.choice([*PLANES, (0, sys.maxunicode), (0xD800, 0xDFFF), (0x1F300, 0x1FAFF)])
    return chr(chance.randint(first, last))


def noise(chance: Random) -> str:
    return "".join(any_sign(chance) for _ in range(chance.randint(0, 60)))


def real(chance: Random) -> str:
    return chance.choice(real_texts())


def joined(chance: Random) -> str:
    between = chance.choice([" ", "\n", ". ", ", ", " pero ", " and ", ""])
    return between.join(real(chance) for _ in range(chance.randint(2, 5)))


def digits_and_words(chance: Random) -> str:
    number = "".join(chance.choice(digits()) for _ in range(chance.randint(1, chance.choice([1, 3, 20]))))
    return number + chance.choice(["", " ", "!", ") ", " and "]) + chance.choice(["", real(chance)])


def mutated(chance: Random) -> str:
    signs = list(real(chance))
    for _ in range(chance.randint(1, 6)):
        place = chance.randint(0, len(signs))
        match chance.randrange(6):
            case 0:
                del signs[place : place + chance.randint(1, 4)]
            case 1:
                signs[place:place] = chance.choice([INVISIBLE, TURNS_AROUND, CONTROLS, SIGNS, MARKS, digits()])[:9]
            case 2:
                signs.insert(place, any_sign(chance))
            case 3:
                signs[place:place] = signs[place : place + 5] * chance.randint(1, 4)
            case 4:
                signs[place:] = reversed(signs[place:])
            case _:
                signs.insert(place, chance.choice(EMOJI))
    return chance.choice(CHANGES)("".join(signs))


def _wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def _apart(text: str) -> str:
    return " ".join(text)


def _taken_apart(text: str) -> str:
    return unicodedata.normalize("NFKD", text)


CHANGES: Sequence[Callable[[str], str]] = (
    str,
    str.upper,
    str.title,
    str.swapcase,
    str.casefold,
    _wide,
    _apart,
    _taken_apart,
)


PIECES: Sequence[Callable[[Random], str]] = (real, mutated, noise, digits_and_words)


def huge(chance: Random) -> str:
    piece = chance.choice(PIECES)(chance) or " "
    return piece * (LONGEST // len(piece) + 1)


SHORT: tuple[str, ...] = (
    *"0123456789",
    "yes",
    "no",
    "si",
    "skip",
    "ok",
    "idk",
    "tue 10am",
    "mañana",
    "done",
    "GO",
    "?",
)


def typed(chance: Random) -> str:
    """What is short and means something somewhere."""
    return chance.choice(SHORT)


def code(chance: Random) -> str:
    signs = string.printable + SIGNS
    return "".join(chance.choice(signs) for _ in range(chance.randint(1, 80)))


MAKERS: Mapping[Callable[[Random], str], int] = {
    real: 20,
    mutated: 30,
    joined: 12,
    typed: 15,
    digits_and_words: 8,
    noise: 8,
    code: 5,
    huge: 1,
}


def any_text(chance: Random) -> str:
    (make,) = chance.choices(list(MAKERS), list(MAKERS.values()))
    return make(chance)[:LONGEST]


def any_said(chance: Random) -> Said:
    """As the webhook's door leaves it."""
    has_media, is_answered = chance.random() < 0.05, chance.random() < 0.02
    return Inbound("SM1", "+17075550111", any_text(chance), int(has_media), is_answered).said()


# Situations


def any_situation(chance: Random, now: datetime, name: str = "Maria") -> Situation:
    scene = chance.choice(SCENES)
    moved = now - scene.now
    situation = _moved(scene.situation, moved)
    talk = any_talk(chance, now)
    client = replace(
        situation.client,
        id=name,
        first_name=name,
        language=chance.choice(["en", "es"]),
        consent=Consent.ACTIVE if chance.random() < 0.8 else chance.choice(list(Consent)),
        mode=Mode.BOT if chance.random() < 0.8 else chance.choice(list(Mode)),
        phone_is_shared=chance.random() < 0.2,
        safety_word=chance.choice(["", "", "", "umbrella"]),
        worker=chance.choice(["Ana", ""]),
        resting_until=chance.choice([None, None, now + timedelta(days=3)]),
    )
    if talk and talk.flow == "safe_contact":
        client = replace(client, mode=Mode.STOPPED)
    if talk and talk.flow in {"welcome", "renewal"}:
        client = replace(client, consent=Consent.INVITED if talk.flow == "welcome" else Consent.RENEW_DUE)
    county = replace(
        situation.county,
        words_joined_within=chance.choice([timedelta(0), timedelta(seconds=20)]),
        on_call=chance.random() < 0.3,
    )
    return replace(
        situation,
        client=client,
        county=county,
        talk=talk,
        parked=any_talk(chance, now) if chance.random() < 0.3 else None,
        said_so_far=real(chance) if talk and chance.random() < 0.1 else "",
        idle=Idle(chance.choice([0, 0, 3, 6, 9]), ago(chance, now), chance.choice(["", "ok"])),
        hold=chance.choice([None, Hold(now + timedelta(hours=5), chance.choice(list(Trigger)))]),
        open_items=(OpenItem(chance.choice(list(Trigger)), Level.U1, now),) if chance.random() < 0.2 else (),
        warned_at=ago(chance, now),
        last_heard_at=ago(chance, now),
        person_wrote_at=ago(chance, now),
        cover=chance.choice([None, "", "Ben"]),
        others_here=chance.choice([(), ("Jose",)]),
        ideas=chance.choice([(), ("fix the car", "call mom")]),
    )


def ago(chance: Random, now: datetime) -> datetime | None:
    span = chance.choice(NOT_SURE)
    return now - span if span else None


def any_talk(chance: Random, now: datetime) -> Talk | None:
    """Each question there is, asked a minute or days ago, with all that could have been said before it."""
    if chance.random() < 0.2:
        return None
    flow, at = chance.choice(QUESTIONS)
    asked_at = now - (chance.choice(NOT_SURE) or timedelta(seconds=5))
    local = now.astimezone(ZONE)
    said = {
        "goal": "get my food handler card",
        "step": real(chance)[:160],
        "when": Moment(local + timedelta(days=2)).stored(),
        "where": "library",
        "support": "no ride",
        "obstacle": "no sitter {step}",
        "detour": "my sister",
        "result": chance.choice(["done", "some", "not_yet", "changed"]),
        "visit": chance.choice(["1", "2"]),
        "own_reminder": "1",
        "what": "call the school",
        "pulse": "3",
        "kind": flow,
    }
    left_out = chance.choice([None, "when", "own_reminder", "what", "visit"])
    return Talk(flow, at, asked_at, {name: said[name] for name in said if name != left_out}, chance.choice([0, 0, 1]))


def _moved(situation: Situation, span: timedelta) -> Situation:
    """The same situation at another time."""
    return replace(
        situation,
        visits=tuple(replace(each, starts_at=each.starts_at + span) for each in situation.visits),
        free_times=tuple(replace(each, starts_at=each.starts_at + span) for each in situation.free_times),
        own_reminders=tuple(_later(each, span) for each in situation.own_reminders),
    )


def _later(reminder: OwnReminder, span: timedelta) -> OwnReminder:
    return replace(reminder, at=reminder.at + span)


def any_phone(chance: Random, now: datetime) -> Phone:
    """A number that two or three people share; texts may wait on it until it is known whose they are."""
    names = ["Maria", "Jose", "Ana Luisa"][: chance.randint(2, 3)]
    people = tuple(any_situation(chance, now, name) for name in names)
    asked_at = ago(chance, now)
    held = tuple(Held(f"m{n}", any_said(chance)) for n in range(chance.randint(1, 2))) if asked_at else ()
    return Phone(people, chance.choice([*names, ""]), ago(chance, now), asked_at, held)


def any_moment(chance: Random) -> datetime:
    return MONDAY + timedelta(minutes=chance.randrange(8 * 24 * 60))


# What follows


def answer_is_due(situation: Situation, said: Said, effects: Sequence[Effect], now: datetime) -> bool:
    """Whether this text is to be answered by a text, now.

    It is where the client said yes (or is invited), the bot has the thread and nobody has replied to this text; but not
    where nobody is there to read it (a machine, in one text or in many), where more of the same breath is waited for,
    where words of danger were answered within the hour, and where the client just said that texts are not safe.
    """
    client = situation.client
    may_text = client.consent in SAID_YES or (client.consent is Consent.INVITED and situation.talk is not None)
    if not may_text or client.mode is not Mode.BOT or said.is_answered or is_automatic(said.text, LANGUAGES):
        return False
    warned = situation.warned_at is not None and now - situation.warned_at < ANSWERED_AGAIN_AFTER
    if warned and (danger(said.text, LANGUAGES) or client.safety_word in said.text.casefold()):
        return False
    return not any(_ends_it(effect) for effect in effects)


def _ends_it(effect: Effect) -> bool:
    match effect:
        case PlanNudge(kind=NudgeKind.BREATH) | ChangeMode(to=Mode.SILENT):
            return True
        case CountIdle(idle=idle):
            return idle.replies > MOST_REPLIES
        case _:
            return False


def is_answered(effects: Sequence[Effect]) -> bool:
    return any(isinstance(effect, Texted) and effect.body for effect in effects)


def afterwards(situation: Situation, effects: Sequence[Effect], now: datetime) -> Situation:
    """As the records leave it, the talks written out and read back."""
    situation = replace(remembered(situation, effects), said_so_far="", last_heard_at=now)
    for effect in effects:
        match effect:
            case SaveTalk(talk=talk, parked=parked):
                situation = replace(situation, talk=_kept(talk), parked=_kept(parked))
            case ChangeMode(to=mode):
                situation = replace(situation, client=replace(situation.client, mode=mode))
            case CountIdle(idle=idle):
                situation = replace(situation, idle=idle)
            case PlanNudge(kind=NudgeKind.BREATH, words=words):
                situation = replace(situation, said_so_far=words)
            case SetPreference(what=Preference.LANGUAGE, value=language):
                situation = replace(situation, client=replace(situation.client, language=language))
            case _:
                pass
    return situation


def _kept(talk: Talk | None) -> Talk | None:
    """Raises ValueError for what is not the same once it was stored."""
    if talk is None or talk.over:
        return None
    stored = saved(talk).encode("utf-8")
    if loaded(stored.decode("utf-8")) != talk:
        raise ValueError("a talk is not the same once it was stored")
    return loaded(stored.decode("utf-8"))


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong in which case: everything that is needed to see it again."""

    case: int
    what: str
    text: str
    where: str

    def __str__(self) -> str:
        return f"case {self.case}, {self.where}: {self.what} after {json.dumps(self.text[:200])}"


def where(situation: Situation) -> str:
    talk, client = situation.talk, situation.client
    at = f"{talk.flow}/{talk.at}" if talk else "nothing open"
    return f"{at}, {client.language}, {client.consent}, {client.mode}"
