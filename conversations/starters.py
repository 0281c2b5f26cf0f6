"""Open questions with which a worker's own words can begin, reviewed in each language (domain guide 4.1).

None asks for a yes or a no, none names a goal or a step: so they fit a shared phone as well.
"""

from __future__ import annotations

from collections.abc import Mapping

from conversations.effects import Sentence
from conversations.languages import Language
from conversations.notation import _

STARTERS: Mapping[str, Sentence] = {
    name: Sentence(f"starter/{name}", text)
    for name, text in (
        ("went_well", _("What went well since we last talked?")),
        ("small_step", _("What is one small step you want to take this week?")),
        ("in_the_way", _("What might get in the way, and what could you do then?")),
        ("would_help", _("What would help you most right now?")),
        ("learned", _("What did you find out that could help next time?")),
        ("fits", _("How does that fit with your week?")),
    )
}


def starters_in(language: Language) -> Mapping[str, tuple[str, str]]:
    """By name, each as the client reads it, and in English."""
    return {name: (language.translate(one.context, one.text), one.text) for name, one in STARTERS.items()}


def begun_with(words: str, name: str, language: Language) -> str:
    """The words, with this question at their end; as they were where there is no such question."""
    starter = STARTERS.get(name)
    return f"{words} {language.translate(starter.context, starter.text)}".strip() if starter else words
