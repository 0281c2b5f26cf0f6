"""How long a text is for the carrier: its alphabet and its parts, and the plain letters that keep it short.

A part holds 160 letters of GSM-7 alone and 153 in a row; 70 and 67 UTF-16 units otherwise (domain guide 4.3).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import smsutil
from smsutil.codecs import GSM_BASIC_CHARSET, GSM_EXT_CHARSET

ESCAPE = "\x1b"
"""Stands in GSM-7's table only to lead to its second page: no letter of its own."""

DOUBLE = frozenset(GSM_EXT_CHARSET)
"""The second page of GSM-7 (`[ ] { } ~ | \\ ^ €`): each of these takes the room of two."""

GSM = (frozenset(GSM_BASIC_CHARSET) | DOUBLE) - {ESCAPE}

TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u00a0\u2007\u2008\u2009\u200a\u202f\u3000", " "),
        "\u2026": "...",
        "\u200b": "",
        "\u2060": "",
        "\ufeff": "",
    }
)
"""Signs that phones and word processors put in, each of which would turn the whole text into UCS-2."""


class Alphabet(StrEnum):
    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


ROOM_IN_ONE = {Alphabet.GSM_7: 160, Alphabet.UCS_2: 70}

SPLIT = {Alphabet.GSM_7: smsutil.gsm_split, Alphabet.UCS_2: smsutil.unicode_split}

TAKES_TWO: dict[Alphabet, Callable[[str], bool]] = {
    Alphabet.GSM_7: DOUBLE.__contains__,
    Alphabet.UCS_2: lambda letter: letter > "\uffff",
}


@dataclass(frozen=True, slots=True)
class Size:
    """`units` counts septets in GSM-7 (a letter of its second page is two) and UTF-16 code units in UCS-2."""

    alphabet: Alphabet
    units: int
    segments: int


def is_gsm(text: str) -> bool:
    return GSM.issuperset(text)


def size(text: str) -> Size:
    """How the carrier will count this text. An empty text is one segment of nothing."""
    alphabet = Alphabet.GSM_7 if is_gsm(text) else Alphabet.UCS_2
    units = len(text) + sum(map(TAKES_TWO[alphabet], text))
    # Most texts fit in one, and smsutil takes twenty times as long to say so.
    segments = 1 if units <= ROOM_IN_ONE[alphabet] else len(SPLIT[alphabet](text).parts)
    return Size(alphabet, units, segments)


def tidy(text: str) -> str:
    """The text in plain signs: straight quotes, hyphens, three full stops, ordinary spaces, composed letters."""
    return unicodedata.normalize("NFC", text).translate(TYPOGRAPHY)


def fold_to_gsm(text: str) -> str:
    """The text with the letters that GSM-7 lacks made plain (á to a), and those that it has kept (é, ñ, ü, ¿).

    Where this does not bring the whole text into GSM-7 it would save nothing, and the text stays as it is.
    """
    folded = "".join(letter if letter in GSM else _plain(letter) for letter in text)
    return folded if is_gsm(folded) else text


def _plain(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))
