"""What a text means, whatever was asked: the phrases that speakers of a language listed, and the classifier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from conversations.classifier import CLIENT, NO_CLASSIFIER, WORKER, Classifier, Names, Sureness
from conversations.folding import fold
from conversations.languages import Language


def classifier_of(languages: Iterable[Language]) -> Classifier:
    """One for all of them: many texts mix two."""
    return next((language.classifier for language in languages), NO_CLASSIFIER)


def meant(
    topic: str, text: str, languages: Mapping[str, Language], *, clients: Iterable[str] = (), worker: str = ""
) -> Sureness | None:
    """What the classifier hears. A listed phrase is never overheard: it is in doubt at least.

    `clients` and `worker` are the first names of those whom the text may name. What speakers listed as only sounding
    so is not read at all.
    """
    return _meant(topic, text, tuple(languages.values()), tuple(clients), worker)


@lru_cache(maxsize=8192)
def _meant(
    topic: str, text: str, languages: tuple[Language, ...], clients: tuple[str, ...], worker: str
) -> Sureness | None:
    """Kept, because the front desk asks about the same text again, and people say the same things."""
    people = (*clients, worker)
    text = _without_unlike(topic, text, languages, people)
    heard = classifier_of(languages).heard(text, _named(text, clients, worker)).get(topic)
    return heard or (Sureness.DOUBTFUL if _is_listed(topic, text, languages, people) else None)


def is_listed(topic: str, text: str, languages: Iterable[Language], people: Iterable[str] = ()) -> bool:
    """Whether the text holds a phrase that speakers of one of the languages listed."""
    return _is_listed(topic, text, tuple(languages), tuple(people))


def without_unlike(topic: str, text: str, languages: Iterable[Language], people: Iterable[str] = ()) -> str:
    """The text without what speakers of the languages listed as only sounding like the topic."""
    return _without_unlike(topic, text, tuple(languages), tuple(people))


@lru_cache(maxsize=8192)
def _is_listed(topic: str, text: str, languages: tuple[Language, ...], people: tuple[str, ...]) -> bool:
    """Kept, as above."""
    return any(language.phrases.holds(topic, text, people) for language in languages)


@lru_cache(maxsize=8192)
def _without_unlike(topic: str, text: str, languages: tuple[Language, ...], people: tuple[str, ...]) -> str:
    """Kept, as above."""
    for language in languages:
        text = language.phrases.without_unlike(topic, text, people)
    return text


def _named(text: str, clients: Iterable[str], worker: str) -> Names:
    """Those of the names that may be in the text."""
    said = fold(text)
    roles = (*((name, CLIENT) for name in clients), (worker, WORKER))
    return tuple((word, role) for name, role in roles for word in fold(name).split() if word in said)
