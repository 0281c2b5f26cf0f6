"""A client's own words as one short line in a text: cleaned, and cut to a length (domain guide R21)."""

from __future__ import annotations

import unicodedata

from conversations.segments import tidy

INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})

JOINERS = "\u200c\u200d"
"""Invisible too, but Farsi is misspelt and emoji fall apart without them."""


OPENING = " .,;:-/&+([{\"'\u00bf\u00a1"
# fmt: off
LEADING_ON = frozenset(
    {
        # English
        "a", "about", "an", "and", "at", "before", "but", "by", "for", "from", "her", "his", "if", "in", "into", "is",
        "my", "of", "on", "or", "our", "so", "that", "the", "their", "to", "until", "when", "with", "your",
        # Spanish
        "al", "como", "con", "cuando", "de", "del", "e", "el", "en", "hasta", "la", "las", "lo", "los", "me", "mi",
        "mis", "o", "para", "pero", "por", "que", "se", "si", "sin", "su", "sus", "tu", "u", "un", "una", "y",
    }
)
"""Words that nobody ends on."""
# fmt: on


def label(words: str, longest: int) -> str:
    """The words on one line, in plain signs, cut between two words where that is possible, with nothing odd left."""
    line = " ".join(visible(tidy(words)).split())
    if len(line) > longest:
        end = longest
        while _tears(line, end):
            end -= 1
        between_words = line.rfind(" ", 0, end + 1)
        line = _ended(line[: between_words if between_words > longest // 2 else end])
    return line.rstrip(" .,;:")


def _ended(cut: str) -> str:
    """Without a bracket that nothing closes, and without small words that lead on ("call the school about the")."""
    whole, bracket, inside = cut.rpartition("(")
    if bracket and ")" not in inside and whole.strip():
        cut = whole
    words = cut.rstrip(OPENING).split(" ")
    while len(words) > 1 and words[-1].lower() in LEADING_ON:
        words = " ".join(words[:-1]).rstrip(OPENING).split(" ")
    return " ".join(words) or cut


def visible(text: str, keep: str = "") -> str:
    """The text without control marks and marks of direction; a line break or tab becomes a space. `keep` stays."""
    if text.isascii() and text.isprintable():  # most are, and have nothing to take out
        return text
    return "".join(sign if _is_visible(sign) or sign in keep else " " * sign.isspace() for sign in text)


def _is_visible(sign: str) -> bool:
    return sign in JOINERS or unicodedata.category(sign) not in INVISIBLE


def _tears(line: str, at: int) -> bool:
    """A cut here would part an accent from its letter, or the halves of a joined emoji."""
    if at == 0:
        return False
    return unicodedata.category(line[at]).startswith("M") or line[at] in JOINERS or line[at - 1] in JOINERS
