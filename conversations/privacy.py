"""Which plans are never repeated in the client's own words (domain guide 6.5)."""

from __future__ import annotations

from collections.abc import Mapping

from conversations.goals import Goal
from conversations.word_lists import PRIVATE_WORDS, mentions

WORDS_OF_A_PLAN = ("goal", "meaning", "step", "where", "support", "obstacle", "detour", "first_action")


def is_private(goal: Goal | None, answers: Mapping[str, str]) -> bool:
    """Whether the plan is private: the goal on hand, or the one that a talk's answers are making.

    A new goal in plain words is not private because the one before it was.
    """
    if any(mentions(answers.get(name, ""), PRIVATE_WORDS) for name in WORDS_OF_A_PLAN):
        return True
    names_another = goal is not None and answers.get("goal", goal.text) != goal.text
    return goal is not None and goal.private and not names_another
