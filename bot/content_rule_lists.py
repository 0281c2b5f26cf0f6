"""Reads what the content rules need to know of each language: `locales/<code>/rules.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

from conversations.text_rules import RuleLists

LISTS = ("directive", "banned", "private", "open", "thanks")


def load_rule_lists(codes: Iterable[str]) -> dict[str, RuleLists]:
    """The lists of each language. Raises FileNotFoundError for a language without, KeyError for a missing list."""
    return {code: _lists(code) for code in codes}


@cache
def _lists(code: str) -> RuleLists:
    read: dict[str, Any] = tomllib.loads(resources.files("locales").joinpath(code, "rules.toml").read_text("utf-8"))
    return RuleLists(
        reading=read["reading"],
        capitals=frozenset(read["capitals"]),
        help=read["help"],
        other_language=read["other_language"],
        **{name: tuple(read[name]) for name in LISTS},
    )
