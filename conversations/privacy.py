"""What is never repeated, and what is never kept (domain guide 6.5)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from conversations.goals import Goal
from conversations.word_lists import PRIVATE_WORDS, mentions

WORDS_OF_A_PLAN = (
    "road",
    "goal",
    "mark_2",
    "mark_3",
    "meaning",
    "step",
    "where",
    "support",
    "obstacle",
    "detour",
    "first_action",
)

HIDDEN = "[hidden]"

UNSEEN = "\u00ad\u200b-\u200d\u2060\ufeff"
BETWEEN = rf"[\s.\-()\u2010-\u2015\u2212{UNSEEN}]{{0,3}}"
DIGITS = re.compile(rf"(?<![\d+/:.])\d(?:{BETWEEN}\d){{6,18}}(?![\d/:])")
"""Seven digits and more, however they are parted."""

APART = re.compile(r"\s")
FEWEST_APART = 9
"""Fewer digits with spaces between them are hours or days, not one number."""

NOT_PRIVATE = (
    re.compile(r"(?:1\D*)?[2-9]\d\d\D*[2-9]\d\d\D*\d{4}"),  # a phone number of the United States
    re.compile(r"[2-9]\d\d\D\d{4}"),  # without its area code
    re.compile(r"(?:19|20)\d\d[.\- ]\d{1,2}[.\- ]\d{1,2}(?: +\d{1,4})?"),  # a date, and an hour
    re.compile(r"\d{1,2}[.\- ]\d{1,2}[.\- ](?:19|20)\d\d(?: +\d{1,4})?"),
    re.compile(r"\d{5}-\d{4}"),  # a postal code
)


def is_private(goal: Goal | None, answers: Mapping[str, str]) -> bool:
    """Whether what a talk is about is private: a reminder; or the goal on hand, or the one that its answers are making.

    A new goal in plain words is not private because the one before it was.
    """
    if "what" in answers:
        return mentions(answers["what"], PRIVATE_WORDS)
    if any(mentions(answers.get(name, ""), PRIVATE_WORDS) for name in WORDS_OF_A_PLAN):
        return True
    names_another = goal is not None and answers.get("goal", goal.text) != goal.text
    return goal is not None and goal.private and not names_another


def without_private_numbers(text: str) -> tuple[str, bool]:
    """The text without the numbers nobody should text (ID, Social Security, card), and whether it held any.

    Phone numbers stay: clients send that of a school, or a new one of their own.
    """
    hidden = [found for found in DIGITS.finditer(text) if _is_private_number(found[0])]
    for found in reversed(hidden):
        text = text[: found.start()] + HIDDEN + text[found.end() :]
    return text, bool(hidden)


def _is_private_number(written: str) -> bool:
    if APART.search(written) and sum(sign.isdigit() for sign in written) < FEWEST_APART:
        return False
    return not any(known.fullmatch(written) for known in NOT_PRIVATE)
