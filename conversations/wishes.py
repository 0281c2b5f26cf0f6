"""What a client wants of us in plain words, whatever is asked (domain guide 6.4, 7.2): to stop, a person, a reminder.

Messages that are nothing but a keyword are read by `understand.intent`.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

from conversations.classifier import Sureness
from conversations.folding import as_written, fold
from conversations.languages import Language, OtherLanguage
from conversations.meanings import is_listed, meant, without_unlike

BEFORE_WISH = " :,.-"

CERTAIN_OF_LANGUAGE = 2
"""So many letters that only one language has are no stranger's name in a text."""


def stop_wished(text: str, languages: Mapping[str, Language], *, outright: bool = False) -> Sureness | None:
    """A wish that all texts stop. Doubtful is what a reasonable person could read either way: we ask once.

    `outright` leaves no doubt but of words that speakers listed.
    """
    wished = meant("stop", text, languages)
    if outright and wished is Sureness.DOUBTFUL and not is_listed("stop", text, languages.values()):
        return None
    return wished


def says_wrong_number(text: str, languages: Mapping[str, Language], first_names: Collection[str]) -> bool:
    """Whoever has this phone is not the client. `first_names` are those of the clients on this number."""
    return meant("wrong_number", text, languages, clients=first_names) is not None


def asks_out_of_scope(text: str, languages: Mapping[str, Language]) -> bool:
    """A question about money, eligibility, notices, documents, months. Merely to mention them is none."""
    return meant("out_of_scope", text, languages) is not None


def complains(text: str, languages: Mapping[str, Language]) -> bool:
    """Anger, a complaint, discrimination, or the words of the law."""
    return meant("complaint", text, languages) is not None


def is_automatic(text: str, languages: Mapping[str, Language]) -> bool:
    """A reply that a phone or a mailbox gave by itself."""
    return meant("automatic", text, languages) is not None


def wants_person(text: str, languages: Mapping[str, Language], worker: str, *, outright: bool = False) -> bool:
    """Asks to talk to a person, or to the worker by name. A worker who is merely mentioned is not asked for.

    `outright` asks for words that speakers listed.
    """
    if outright and not is_listed("person", text, languages.values(), [worker]):
        return False
    return meant("person", text, languages, worker=worker) is not None


def wants_reminder(text: str, languages: Mapping[str, Language], *, outright: bool = False) -> str | None:
    """What the client wants to be reminded of and when: their own words behind "remind me to", "" if there are none.

    The whole text, if it asks in a way that cannot be cut off. None, if it asks for no reminder. `outright` asks
    for words that speakers listed.
    """
    if meant("reminder", text, languages) is None:
        return None
    if outright and not is_listed("reminder_opening", text, languages.values()):
        return None
    through = (language.phrases.words_through("reminder_opening", text) for language in languages.values())
    return " ".join(_from_word(max(through, default=0), text)).lstrip(BEFORE_WISH)


def other_language_named(text: str, languages: Mapping[str, Language]) -> str | None:
    """A language we do not text in, by its own name: one that is asked for, or whose script the text is written in."""
    others = {other.code: other for language in languages.values() for other in language.others}
    named, written_in = _others_in(text, tuple(others.values()))
    for other, names in named:
        if fold(text) in names or _is_asked_for(names, text, languages):
            return other.name
    return written_in.name if written_in else None


@lru_cache(maxsize=2048)
def _others_in(
    text: str, others: tuple[OtherLanguage, ...]
) -> tuple[tuple[tuple[OtherLanguage, tuple[str, ...]], ...], OtherLanguage | None]:
    """Those that it names, with the names, and the one that it is written in. Kept, as people say the same things."""
    said = f" {fold(text)} "
    named = tuple((other, tuple(name for name in other.names if f" {name} " in said)) for other in others)
    ways = () if text.isascii() else (_has_letters, _is_in_script)
    written_in = next((other for is_written in ways for other in others if is_written(other, text)), None)
    return tuple((other, names) for other, names in named if names), written_in


def _is_asked_for(names: Collection[str], text: str, languages: Mapping[str, Language]) -> bool:
    rest = without_unlike("language", text, languages.values(), names)
    return is_listed("language", rest, languages.values(), names)


def _from_word(place: int, text: str) -> Iterator[str]:
    """The text, as it is written, from this word of the folded text on."""
    read = 0
    for chunk in as_written(text).split():
        if read >= place:
            yield chunk
        read += len(fold(chunk).split())


def _has_letters(other: OtherLanguage, text: str) -> bool:
    composed = unicodedata.normalize("NFC", text).lower()
    return sum(composed.count(letter) for letter in other.letters) >= CERTAIN_OF_LANGUAGE


def _is_in_script(other: OtherLanguage, text: str) -> bool:
    return bool(other.script) and _script(text) == other.script


@lru_cache(maxsize=256)
def _script(text: str) -> str:
    """What the Unicode names of more than half of the letters begin with; nothing where most are plain."""
    letters = [sign for sign in text if sign.isalpha()]
    scripts = Counter(unicodedata.name(sign, "").partition(" ")[0] for sign in letters if not sign.isascii())
    script, count = next(iter(scripts.most_common(1)), ("", 0))
    return script if 2 * count > len(letters) else ""
