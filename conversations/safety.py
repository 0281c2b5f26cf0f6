"""Whether a text speaks of danger (domain guide 7.4). Missing a true one costs far more than a false one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from conversations import phrases
from conversations.languages import Language


class DangerKind(StrEnum):
    """What is in danger, the gravest first. The phrases of each stand under its name in a language's data."""

    SELF_HARM = "self_harm"
    PARTNER_VIOLENCE = "partner_violence"
    HARM_TO_OTHERS = "harm_to_others"
    MEDICAL = "medical"
    BASIC_NEED = "basic_need"


TO_LIFE = tuple(kind for kind in DangerKind if kind is not DangerKind.BASIC_NEED)


@dataclass(frozen=True, slots=True)
class Danger:
    """`is_sure` is off for a soft or doubtful match, and where the text also holds what only sounds like danger."""

    kind: DangerKind
    is_sure: bool


def danger(text: str, languages: Mapping[str, Language]) -> Danger | None:
    """The gravest danger that the text speaks of. A sure one comes before a doubtful one; a need after any danger."""
    books = [language.phrases for language in languages.values()]
    for kinds in (TO_LIFE, (DangerKind.BASIC_NEED,)):
        found, sounds_so = phrases.read(text, books, kinds)
        dangers = [Danger(kind, found[kind] is phrases.Kind.SURE and not sounds_so) for kind in kinds if kind in found]
        if dangers:
            return next((each for each in dangers if each.is_sure), dangers[0])
    return None
