"""What texts say and what is kept: the client's language, no goal where others read, no private number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.simulator.findings import Broken, Finding, Look
from bot.simulator.history import Evidence, Life
from bot.simulator.sayings import PRIVATE_NUMBERS
from conversations.catalog import sentences
from conversations.effects import Purpose

TELLING = 16
"""So many characters of a sentence or a goal are no chance."""


def in_the_clients_language(evidence: Evidence) -> Iterator[Finding]:
    """Every text is in the language the client had at that moment. Who is asked who they are, in each one's."""
    english = {one.context: one.text.split("{")[0].strip() for one in sentences()}
    for life in evidence.lives.values():
        language = life.language
        for text in life.said:
            if text["purpose"] == Purpose.HUMAN or not text["template"]:
                continue
            wanted = {language.before(text["id"]), _after(life, text["id"])}
            lead = english.get(text["template"], "")
            english_words = len(lead) >= TELLING and text["body"].startswith(lead)
            if text["template"] == "single/who_is_this":
                yield Look.EXCUSED
            elif text["language"] not in wanted:
                yield Broken(life.person.nth, text["at"], f"{text['template']} in {text['language']}, not in {wanted}")
            elif text["language"] != "en" and english_words:
                yield Broken(life.person.nth, text["at"], f"{text['template']} is in English")
            else:
                yield Look.HOLDS


def _after(life: Life, id_: str) -> str:
    """The language set in the same breath: its row in the log comes after the text's."""
    set_ = [row for row in life.log if row["kind"] == "preference_set" and row["subject"] == "language"]
    same = [row["detail"]["value"] for row in set_ if row["id"] > id_ and row["id"][:12] == id_[:12]]
    return str(same[-1]) if same else life.language.before(id_)


def no_goal_on_a_shared_phone(evidence: Evidence) -> Iterator[Finding]:
    """Where others read along, no text says a word of a goal, a step or a detour."""
    for life in evidence.lives.values():
        owns = [row["text"] for row in (*life.goals, *life.steps)] + [row["detour"] for row in life.steps]
        private = {words.lower()[:TELLING] for words in owns if len(words) >= TELLING}
        shares = life.shares
        for text in life.said:
            if text["purpose"] == Purpose.HUMAN or shares.before(text["id"]) != "yes":
                continue
            said = [words for words in private if words in text["body"].lower()]
            what = f"{text['template']} says a goal on a shared phone"
            yield Broken(life.person.nth, text["at"], what) if said else Look.HOLDS


def no_private_number_kept(evidence: Evidence) -> Iterator[Finding]:
    """A number that nobody should text stands nowhere in the database."""
    planted = {re.sub(r"\D", "", number) for number in PRIVATE_NUMBERS}
    for where, text in evidence.texts_kept:
        digits = re.sub(r"[\s.\-]", "", text)
        found = any(number in digits for number in planted)
        yield Broken(0, evidence.ends, f"a private number is kept in {where}") if found else Look.HOLDS
