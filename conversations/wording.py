"""From an effect to the words on the phone: translation, placeholders, the numbered menu, plain signs, segments.

What a client typed goes into a text as data. No sentence is ever handed to `str.format`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache, partial

from conversations import segments
from conversations.effects import (
    ChangeConsent,
    Effect,
    Preference,
    Purpose,
    Send,
    SendWords,
    Sentence,
    SetPreference,
    Texted,
)
from conversations.labels import label, visible
from conversations.languages import Encoding, Language
from conversations.placeholders import LABELS, Facts, value_of
from conversations.situation import Situation

SHARED = "yes"
"""The value of the preference PHONE_IS_SHARED for a phone that others read."""

PLACEHOLDER = re.compile(r"( ?)\{([^{}]*)\}")
SENTENCE_ENDS = (".", "?", "!")


def say(
    effects: Sequence[Effect], situation: Situation, languages: Mapping[str, Language], now: datetime
) -> list[Effect]:
    """The effects in their order, every `Send` and `SendWords` turned into a `Texted` in the client's language.

    A language that is set in the same list counts from there on, and so does a shared phone. `now` is aware.
    """
    language = _language(situation.client.language, situation, languages)
    shared = situation.client.phone_is_shared
    said: list[Effect] = []
    for effect in effects:
        match effect:
            case Send(says=says, menu=menu, answers=answers, purpose=purpose):
                facts = Facts(answers, tuple(effects), situation, language, now, shared=shared)
                shown = [facts.choice(each) if isinstance(each, datetime) else each for each in menu]
                body = worded(says, shown, language, partial(value_of, facts))
                said.append(texted(body, language, purpose, says.context))
            case ChangeConsent(shown=Sentence() as shown):
                facts = Facts({}, tuple(effects), situation, language, now, shared=shared)
                said.append(replace(effect, shown=worded(shown, (), language, partial(value_of, facts))))
            case SendWords(words=words, purpose=purpose, signed=name):
                said.append(texted(f"{name}: {words}" if name else words, language, purpose))
            case SetPreference(what=Preference.LANGUAGE, value=code):
                language = _language(code, situation, languages)
                said.append(effect)
            case SetPreference(what=Preference.PHONE_IS_SHARED, value=value):
                shared = value == SHARED
                said.append(effect)
            case _:
                said.append(effect)
    return said


@lru_cache(maxsize=1024)
def texted(words: str, language: Language, purpose: Purpose, template: str = "") -> Texted:
    """Finished words as they will reach the phone: plain signs, no invisible ones, accents as the language wants.

    Kept, as most sentences are the same for everybody.
    """
    body = visible(segments.tidy(words), keep="\n").strip()
    if language.encoding is Encoding.FOLD:
        body = segments.fold_to_gsm(body)
    size = segments.size(body)
    return Texted(body, language.code, size.segments, size.alphabet, purpose, template)


def worded(says: Sentence, menu: Sequence[Sentence | str], language: Language, value: Callable[[str], str]) -> str:
    """The sentence and its numbered menu in a language; `value` gives what stands for a placeholder, "" for nothing."""

    def put(part: Sentence | str) -> str:
        if isinstance(part, str):
            return label(part, LABELS["goal"])
        return fill(language.translate(part.context, part.text), value)

    choices = ", ".join(f"{number} {put(choice)}" for number, choice in enumerate(menu, start=1))
    return f"{put(says)} {choices}".strip()


def fill(template: str, value: Callable[[str], str]) -> str:
    """The template with its placeholders filled, in one pass: what is put in is never read again.

    A value that opens a sentence gets a capital. Where there is no value, the space before it goes too.
    """

    def put(match: re.Match[str]) -> str:
        space, name = match.groups()
        words = value(name)
        before = template[: match.start()]
        if not before or before.endswith(SENTENCE_ENDS):
            words = words[:1].upper() + words[1:]
        return space + words if words else ""

    return PLACEHOLDER.sub(put, template)


def _language(code: str, situation: Situation, languages: Mapping[str, Language]) -> Language:
    """The language of this code, or the county's first where it is not (or no longer) on."""
    return languages.get(code) or languages[situation.county.languages[0]]
