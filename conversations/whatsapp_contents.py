"""What leaves on WhatsApp in a form of its own: an approved template that starts a conversation, buttons, a list.

https://www.twilio.com/docs/content and https://www.twilio.com/docs/whatsapp/tutorial/send-whatsapp-notification-messages-templates
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conversations.effects import Purpose
from conversations.menu_choices import Choice, choices_in

OPENS = frozenset({Purpose.REMINDER, Purpose.CHECK_IN, Purpose.VISIT, Purpose.NUDGE})
"""What may start a conversation. All else answers one."""

MOST_BUTTONS, LONGEST_BUTTON = 3, 20
MOST_LINES, LONGEST_LINE = 10, 24
LONGEST_BODY = 1024
"""Letters, as WhatsApp counts them."""

WORDS = "1"
"""The variable that holds our words; those after it hold the titles of the choices, in their order."""


A_VARIABLE = re.compile(r"\{\{(\d+)\}\}")


def opener(purpose: Purpose) -> str:
    """The name of the template for texts of this purpose."""
    return f"open_{purpose}"


def offer(choices: int) -> str:
    """The name of the content for so many choices."""
    return f"choose_{choices}"


def one_line(words: str) -> str:
    """A variable holds no line breaks, tabs or long blanks."""
    return " ".join(words.split())


def rendered(template: str, variables: Mapping[str, str]) -> str:
    """As it stands on the phone, and in the provider's list. What is put in is never read again."""
    return A_VARIABLE.sub(lambda name: variables.get(name[1], name[0]), template)


@dataclass(frozen=True, slots=True)
class Form:
    """Which content to use, by its name, and what fills it."""

    name: str
    variables: Mapping[str, str]


def form_to_open(purpose: Purpose, body: str) -> Form | None:
    """For a text outside the 24 hours in which we may use our own words; None if none may start with it."""
    words = one_line(body)
    return Form(opener(purpose), {WORDS: words}) if purpose in OPENS and len(words) <= LONGEST_BODY // 2 else None


def form_to_choose(body: str) -> Form | None:
    """For a text that offers choices, inside these hours; None if it offers none, or more than fit."""
    choices, words = choices_in(body), one_line(body)
    if not 1 < len(choices) <= MOST_LINES or len(words) > LONGEST_BODY:
        return None
    longest = LONGEST_BUTTON if len(choices) <= MOST_BUTTONS else LONGEST_LINE
    titles = _titles(choices, longest)
    if len(set(titles.values())) < len(choices):  # WhatsApp takes no two that are the same
        return None
    return Form(offer(len(choices)), {WORDS: words, **titles})


def _titles(choices: Sequence[Choice], longest: int) -> Mapping[str, str]:
    return {str(nth): title(choice.label, longest) for nth, choice in enumerate(choices, start=2)}


def title(label: str, longest: int) -> str:
    """Cut at a word, if need be."""
    words = one_line(label)
    if len(words) <= longest:
        return words
    cut = words[: longest - 1].rsplit(" ", 1)[0] if " " in words[:longest] else words[: longest - 1]
    return f"{cut}…"
