"""Whether a text speaks of danger (domain guide 7.4). Missing a true one costs far more than a false one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from conversations.classifier import Sureness
from conversations.languages import Language
from conversations.meanings import classifier_of, is_listed, without_unlike


class DangerKind(StrEnum):
    """What is in danger, the gravest first. Phrases and the classifier name them so."""

    SELF_HARM = "self_harm"
    PARTNER_VIOLENCE = "partner_violence"
    HARM_TO_OTHERS = "harm_to_others"
    MEDICAL = "medical"
    BASIC_NEED = "basic_need"


@dataclass(frozen=True, slots=True)
class Danger:
    """Doubtful is a soft match, and one in a text that also holds what only sounds like danger.

    A need is no alarm: in doubt about it the sign is slight, and a slighter one is none.
    """

    kind: DangerKind
    sureness: Sureness


def danger(text: str, languages: Mapping[str, Language]) -> Danger | None:
    """The likeliest danger to life that the text speaks of; a need, if it speaks of no other.

    A listed phrase is never overheard: it is in doubt at least, and sure where the classifier hears the same. A listed
    need is sure by itself: its answer is no alarm. A danger beside what only sounds like one is in doubt.
    """
    return _danger(text, tuple(languages.values()))


@lru_cache(maxsize=2048)
def _danger(text: str, languages: tuple[Language, ...]) -> Danger | None:
    """Kept, because the front desk asks about the same text again, and people say the same things."""
    rest = without_unlike("danger", text, languages)
    spoken_of = classifier_of(languages).heard(rest)
    heard = spoken_of.get("danger")
    listed = [kind for kind in DangerKind if is_listed(kind, rest, languages)]
    if heard is None and not listed:
        return None
    kind = _kind(rest, languages, listed)
    is_sure = heard is Sureness.SURE or (kind in listed and (kind in spoken_of or kind is DangerKind.BASIC_NEED))
    if is_sure and rest == text:
        return Danger(kind, Sureness.SURE)
    in_doubt = is_sure or listed or heard is Sureness.DOUBTFUL
    if kind is DangerKind.BASIC_NEED:
        return Danger(kind, Sureness.SLIGHT) if in_doubt else None
    return Danger(kind, Sureness.DOUBTFUL if in_doubt else Sureness.SLIGHT)


def _kind(text: str, languages: tuple[Language, ...], listed: Collection[DangerKind]) -> DangerKind:
    """The likeliest of those that are listed, or else of those that are heard; a need only where there is no other."""
    classifier = classifier_of(languages)
    heard = classifier.heard(text)
    likely = listed or [kind for kind in DangerKind if kind in heard] or list(DangerKind)
    to_life = [kind for kind in likely if kind is not DangerKind.BASIC_NEED or likely == list(DangerKind)]
    return max(to_life or likely, key=lambda kind: classifier.log_odds(text).get(kind, 0.0))
