"""A client's own words as one short line in a text: cleaned, and cut to a length (domain guide R21)."""

from __future__ import annotations

import unicodedata

from conversations.segments import tidy

INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})

JOINERS = "\u200c\u200d"
"""Invisible too, but Farsi is misspelt and emoji fall apart without them."""


def label(words: str, longest: int) -> str:
    """The words on one line, in plain signs, cut between two words where that is possible."""
    line = " ".join(visible(tidy(words)).split())
    if len(line) > longest:
        end = longest
        while _tears(line, end):
            end -= 1
        between_words = line.rfind(" ", 0, end + 1)
        line = line[: between_words if between_words > longest // 2 else end]
    return line.rstrip(" .,;:")


def visible(text: str, keep: str = "") -> str:
    """The text without control marks and marks of direction; a line break or tab becomes a space. `keep` stays."""
    return "".join(sign if _is_visible(sign) or sign in keep else " " * sign.isspace() for sign in text)


def _is_visible(sign: str) -> bool:
    return sign in JOINERS or unicodedata.category(sign) not in INVISIBLE


def _tears(line: str, at: int) -> bool:
    """A cut here would part an accent from its letter, or the halves of a joined emoji."""
    if at == 0:
        return False
    return unicodedata.category(line[at]).startswith("M") or line[at] in JOINERS or line[at - 1] in JOINERS
