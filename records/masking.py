"""Taking out of a text what would tell who somebody is: names, numbers, addresses, places (domain guide 1.2).

No rule finds every name that a client may write of others, so who reads a masked text keeps it to themselves.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from records.searchable_words import words_of

ADDRESS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+", re.IGNORECASE)
STREET = re.compile(
    r"\b\d+\s+(?:\w+\s+){1,3}(?:st|street|ave|avenue|rd|road|blvd|boulevard|dr|drive|ln|lane|way|ct|court|calle)\b\.?"
    r"|\bcalle\s+(?:\w+\s+){0,2}\d+",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\(?\d(?:[\s().-]{0,2}\d){2,}|\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b")
"""From three digits on, however they are parted; a day like 3/14. An hour like 9:30 stays."""

SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class Known:
    """`names` are taken out wherever they stand; `others`, of which many are words too, where they are capitalised."""

    names: frozenset[str]
    others: frozenset[str] = frozenset()
    places: Collection[str] = field(default=())


def known(names: Iterable[str], others: Iterable[str], places: Iterable[str]) -> Known:
    return Known(_plain(names), _plain(others), [place for place in places if place.strip()])


def mask(text: str, known: Known) -> str:
    for place in sorted(known.places, key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(place)}\b", "[place]", text, flags=re.IGNORECASE)
    text = ADDRESS.sub("[address]", text)
    text = STREET.sub("[place]", text)
    text = NUMBER.sub("[number]", text)
    for word in reversed(list(words_of(text))):
        is_other = word.plain in known.others and text[word.start].isupper()
        if word.plain in known.names or is_other:
            text = f"{text[: word.start]}[name]{text[word.end :]}"
    return text


def _plain(names: Iterable[str]) -> frozenset[str]:
    found = {word.plain for name in names for word in words_of(name)}
    return frozenset(one for one in found if len(one) >= SHORTEST_NAME)
