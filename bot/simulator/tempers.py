"""What kinds of people there are in a caseload: how soon they answer, how their steps go, what comes over them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.simulator.luck import happens


class Pace(StrEnum):
    """How somebody answers. FADING is prompt at first, then silent, and back in the end."""

    PROMPT = "prompt"
    SLOW = "slow"
    FADING = "fading"
    SILENT = "silent"


class Impulse(StrEnum):
    """What somebody texts, or does, without being asked."""

    STOP = "stop"
    STOP_IN_WORDS = "stop_in_words"
    PERHAPS_STOP = "perhaps_stop"
    START = "start"
    WRONG_NUMBER = "wrong_number"
    PERSON = "person"
    DANGER = "danger"
    PERHAPS_DANGER = "perhaps_danger"
    NEED = "need"
    MONEY = "money"
    PRIVATE = "private"
    MEDIA = "media"
    REMINDER = "reminder"
    COMMAND = "command"
    PAUSE = "pause"
    HELP = "help"
    COMPLAINT = "complaint"
    LATE = "late"
    LANGUAGE = "language"
    SMALL_TALK = "small_talk"
    MACHINE_ON = "machine_on"


A_WEEK: Mapping[Impulse, float] = {
    Impulse.STOP: 0.009,
    Impulse.STOP_IN_WORDS: 0.006,
    Impulse.PERHAPS_STOP: 0.006,
    Impulse.WRONG_NUMBER: 0.003,
    Impulse.PERSON: 0.03,
    Impulse.DANGER: 0.008,
    Impulse.PERHAPS_DANGER: 0.008,
    Impulse.NEED: 0.012,
    Impulse.MONEY: 0.04,
    Impulse.PRIVATE: 0.012,
    Impulse.MEDIA: 0.02,
    Impulse.REMINDER: 0.12,
    Impulse.COMMAND: 0.25,
    Impulse.PAUSE: 0.015,
    Impulse.HELP: 0.015,
    Impulse.COMPLAINT: 0.006,
    Impulse.LATE: 0.02,
    Impulse.LANGUAGE: 0.012,
    Impulse.SMALL_TALK: 0.12,
    Impulse.MACHINE_ON: 0.008,
}
"""How likely each is in a week."""

PACES = (Pace.PROMPT,) * 6 + (Pace.SLOW,) * 7 + (Pace.FADING,) * 4 + (Pace.SILENT,) * 3

ANSWERS: Mapping[Pace, float] = {Pace.PROMPT: 0.93, Pace.SLOW: 0.75, Pace.FADING: 0.9, Pace.SILENT: 0.04}
"""How likely somebody answers a question."""


@dataclass(frozen=True, slots=True)
class Temper:
    """`setbacks` is how likely a step did not go; `accepts` whether the invitation is welcome.

    `leaves_after` and `back_after` are days from the start, between which one who fades is silent.
    """

    pace: Pace
    setbacks: float
    accepts: bool
    comes_back: bool
    leaves_after: float
    back_after: float


def temper(chance: random.Random) -> Temper:
    leaves_after = chance.uniform(4, 20)
    return Temper(
        pace=chance.choice(PACES),
        setbacks=chance.choice((0.1, 0.25, 0.4, 0.75)),
        accepts=happens(chance, 0.92),
        comes_back=happens(chance, 0.5),
        leaves_after=leaves_after,
        back_after=leaves_after + chance.uniform(8, 25),
    )
