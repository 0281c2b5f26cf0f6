"""The contents that a county needs, in the form that the provider's Content API takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.chat.wording import _, speak
from conversations.county import County
from conversations.effects import Purpose
from conversations.whatsapp_contents import MOST_BUTTONS, MOST_LINES, offer, opener

OUR_WORDS = "{{1}}"


@dataclass(frozen=True, slots=True)
class Definition:
    """`needs_approval`: it may start a conversation, so WhatsApp looks at it first."""

    name: str
    language: str
    body: str
    types: Mapping[str, Any]
    samples: Mapping[str, str]
    needs_approval: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "friendly_name": f"milepost_{self.name}_{self.language}",
            "language": self.language,
            "variables": dict(self.samples),
            "types": dict(self.types),
        }


def wanted(county: County) -> Iterator[Definition]:
    """In each of the county's languages."""
    for language in county.languages:
        speak(language)
        yield from _openers(county, language)
        for count in range(2, MOST_LINES + 1):
            yield _choices(count, language)


def _openers(county: County, language: str) -> Iterator[Definition]:
    """A variable may neither begin nor end a template, and says too little alone."""
    about = {"program": county.program, "words": OUR_WORDS}
    sample = _("Call the school, Tue 10am. You've got your plan.")
    bodies = {
        Purpose.REMINDER: _("A reminder from %(program)s: %(words)s You can answer here.", **about),
        Purpose.CHECK_IN: _("A question from %(program)s: %(words)s You can answer here.", **about),
        Purpose.VISIT: _("About your visit, from %(program)s: %(words)s You can answer here.", **about),
        Purpose.NUDGE: _("A message from %(program)s: %(words)s You can answer here.", **about),
    }
    for purpose, body in bodies.items():
        types = {"twilio/text": {"body": body}}
        yield Definition(opener(purpose), language, body, types, {"1": sample}, needs_approval=True)


def _choices(count: int, language: str) -> Definition:
    """Tapped, a choice says its number, as if it had been typed."""
    samples = {"1": _("How did it go?"), **{str(nth): str(nth - 1) for nth in range(2, count + 2)}}
    titles = ["{{" + str(nth) + "}}" for nth in range(2, count + 2)]
    if count <= MOST_BUTTONS:
        actions = [{"title": title, "id": str(number)} for number, title in enumerate(titles, start=1)]
        types = {"twilio/quick-reply": {"body": OUR_WORDS, "actions": actions}}
    else:
        items = [{"item": title, "id": str(number)} for number, title in enumerate(titles, start=1)]
        types = {"twilio/list-picker": {"body": OUR_WORDS, "button": _("Choose"), "items": items}}
    return Definition(offer(count), language, OUR_WORDS, types, samples, needs_approval=False)
