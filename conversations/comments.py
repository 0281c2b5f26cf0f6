"""What a client says behind a choice in words: "not yet, kids got sick" (domain guide 3.3)."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

from conversations.folding import SIGNS, as_written, fold

PARTING = ",.;:!-"


def behind(text: str, count: int, connectives: Collection[str]) -> str:
    """The words behind the first `count` words of a text, as written, if they are something of their own.

    They are where a sign parts them from the rest, or a connective does ("because", "pero"), which is left out.
    """
    chunks = as_written(text).split()
    read = place = 0
    while read < count and place < len(chunks):
        read += _words_in(chunks[place])
        place += 1
    parted = place > 0 and _ends_apart(chunks[place - 1])
    while place < len(chunks) and not _words_in(chunks[place]):
        parted = parted or _ends_apart(chunks[place])
        place += 1
    rest = chunks[place:]
    if rest and fold(rest[0]) in connectives:
        parted = True
        del rest[0]
    return " ".join(rest).strip() if parted and read == count else ""


def _words_in(chunk: str) -> int:
    return sum(word not in SIGNS for word in fold(chunk).split())


def _ends_apart(chunk: str) -> bool:
    return chunk[-1] in PARTING or unicodedata.category(chunk[-1]) == "Pd"
