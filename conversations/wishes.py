"""What a client wants of us in plain words, whatever is asked (domain guide 6.4, 7.2): to stop, a person, a reminder.

Messages that are nothing but a keyword are read by `understand.intent`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum

from conversations import phrases
from conversations.folding import as_written, fold
from conversations.languages import Language, OtherLanguage
from conversations.phrases import Kind

BEFORE_WISH = " :,.-"

CERTAIN_OF_LANGUAGE = 2
"""So many letters that only one language has are no stranger's name in a text."""


class Sureness(StrEnum):
    SURE = "sure"
    DOUBTFUL = "doubtful"


def stop_wished(text: str, languages: Mapping[str, Language]) -> Sureness | None:
    """A wish that all texts stop. Doubtful is what a reasonable person could read either way: we ask once."""
    kind = _kind("stop", text, languages)
    return Sureness(kind) if kind else None


def says_wrong_number(text: str, languages: Mapping[str, Language], first_names: Collection[str]) -> bool:
    """Whoever has this phone is not the client. `first_names` are those of the clients on this number."""
    return _kind("wrong_number", text, languages, first_names) is not None


def asks_out_of_scope(text: str, languages: Mapping[str, Language]) -> bool:
    """A question about money, eligibility, notices, documents, months. Merely to mention them is none."""
    match _kind("out_of_scope", text, languages):
        case Kind.SURE:
            return True
        case Kind.DOUBTFUL:
            return "?" in unicodedata.normalize("NFKC", text) or _kind("question", text, languages) is not None
        case _:
            return False


def complains(text: str, languages: Mapping[str, Language]) -> bool:
    """Anger, a complaint, discrimination, or the words of the law."""
    return _kind("complaint", text, languages) is not None


def is_automatic(text: str, languages: Mapping[str, Language]) -> bool:
    """A reply that a phone or a mailbox gave by itself."""
    return _kind("automatic", text, languages) is not None


def wants_person(text: str, languages: Mapping[str, Language], worker: str) -> bool:
    """Asks to talk to a person, or to the worker by name. A worker who is merely mentioned is not asked for."""
    return _kind("person", text, languages, [worker]) is not None


def wants_reminder(text: str, languages: Mapping[str, Language]) -> str | None:
    """What the client wants to be reminded of and when: their own words behind "remind me to", "" if there are none.

    The whole text, if it asks in a way that cannot be cut off. None, if it asks for no reminder.
    """
    if _kind("reminder", text, languages) is None:
        return None
    openings = [
        heard
        for language in languages.values()
        for heard in phrases.heard_in(text, language.phrases)
        if heard.topic == "reminder_opening"
    ]
    end = min(openings, key=lambda heard: (heard.start, -heard.end)).end if openings else 0
    return " ".join(_from_word(end, text)).lstrip(BEFORE_WISH)


def other_language_named(text: str, languages: Mapping[str, Language]) -> str | None:
    """A language we do not text in, by its own name: one that is asked for, or whose script the text is written in."""
    others = {other.code: other for language in languages.values() for other in language.others}.values()
    said = f" {fold(text)} "
    for other in others:
        names = [name for name in other.names if f" {name} " in said]
        if said.strip() in names or (names and _kind("language", text, languages, names)):
            return other.name
    written_in = (other for is_written in (_has_letters, _is_in_script) for other in others if is_written(other, text))
    return next((other.name for other in written_in), None)


def _kind(topic: str, text: str, languages: Mapping[str, Language], people: Collection[str] = ()) -> Kind | None:
    books = (language.phrases for language in languages.values())
    found, _sounds_so = phrases.read(text, books, {topic}, people)
    return found.get(topic)


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
    if not other.script or text.isascii():
        return False
    letters = [sign for sign in text if sign.isalpha()]
    return 2 * sum(unicodedata.name(sign, "").startswith(other.script) for sign in letters) > len(letters)
