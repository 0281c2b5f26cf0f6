"""What a person reads in a text: is something asked, and what could be answered. Only the words on the phone count."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Asks(StrEnum):
    """What kind of answer a text asks for."""

    NOTHING = "nothing"
    A_YES = "a_yes"
    A_CHOICE = "a_choice"
    A_MOMENT = "a_moment"
    A_NUMBER = "a_number"
    WHO_IT_IS = "who_it_is"
    WORDS = "words"
    CHANGES = "changes"  # a notice that a number answers, if it does not fit


@dataclass(frozen=True, slots=True)
class Read:
    """`choices` are the labels of a numbered menu, in its order; `text` is all of the text."""

    asks: Asks
    text: str
    choices: tuple[str, ...] = ()


MENU = re.compile(r"(?:^|\s)1 (.+)$", re.DOTALL)
A_YES = re.compile(r"Reply YES|Responda S[IÍ]")
A_NUMBER = re.compile(r"from 1 \(|de 1 \(")
CHANGES = re.compile(r"Text 2\b|Escriba 2\b|escriba 2\b")
WHO_IT_IS = re.compile(r"Who is this\?|¿Quién es\?|¿Con quién hablo\?|¿Quién escribe\?")
A_MOMENT = re.compile(
    r"When (?:will|should)|What time|[Ww]hich day|[Dd]ay and time|Like 3pm"
    r"|Cuándo|[Qq]ué hora|[Qq]ué día|[Dd]ía y hora"
)


def read(text: str) -> Read:
    """The text as its reader takes it."""
    if A_YES.search(text):
        return Read(Asks.A_YES, text)
    if choices := _menu(text):
        return Read(Asks.WHO_IT_IS if WHO_IT_IS.search(text) else Asks.A_CHOICE, text, choices)
    if A_NUMBER.search(text):
        return Read(Asks.A_NUMBER, text)
    if CHANGES.search(text):
        return Read(Asks.CHANGES, text)
    if A_MOMENT.search(text):
        return Read(Asks.A_MOMENT, text)
    return Read(Asks.WORDS if "?" in text else Asks.NOTHING, text)


def _menu(text: str) -> tuple[str, ...]:
    """The labels behind 1, 2, 3; none where the numbers do not follow each other."""
    found = MENU.search(text)
    if found is None:
        return ()
    labels: list[str] = []
    rest = found[1]
    while parted := re.search(rf", {len(labels) + 2} ", rest):
        labels.append(rest[: parted.start()])
        rest = rest[parted.end() :]
    return (*labels, rest) if labels else ()
