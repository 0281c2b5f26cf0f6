"""One number, several people: who is writing (domain guide 3.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from conversations import safety, understand, wishes
from conversations import single_texts as texts
from conversations.classifier import Sureness
from conversations.effects import Effect, Send
from conversations.events import Said
from conversations.flows import FLOWS
from conversations.folding import fold
from conversations.languages import Language
from conversations.situation import SAID_YES, Consent, Situation

PROMPT_LASTS = timedelta(hours=12)
"""A question asked so lately is what a text from this phone answers, if there is only one."""

MOST_HELD = 3
"""So many texts wait until it is known whose they are; then they are taken as the last speaker's."""

MOST_NAMED = 5
"""Domain guide R10: a menu of five, and the last one is "someone else"."""


@dataclass(frozen=True, slots=True)
class Held:
    """A text and the id of its message."""

    message_id: str
    said: Said

    def without(self, first_name: str) -> Held:
        """Without the name it begins with, if more follows ("jose: done")."""
        name, *rest = self.said.text.split(maxsplit=1)
        return replace(self, said=replace(self.said, text=rest[0])) if rest and fold(name) == fold(first_name) else self


@dataclass(frozen=True, slots=True)
class Phone:
    """A number from which several people text; `people` are in the order of their ids.

    `speaker` is the id of who wrote last, at `spoke_at`; `asked_at` is when "who is this?" was asked, None once it is
    answered; `held` are the texts whose writer is not known yet. Moments are UTC.
    """

    people: tuple[Situation, ...]
    speaker: str = ""
    spoke_at: datetime | None = None
    asked_at: datetime | None = None
    held: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Routing:
    """Which text is whose. `gives` names clients and their texts, in order; a held text may go to nobody.

    `says` is what goes out to the number itself, each through one of its people. `phone` is how things are from now on.
    """

    gives: tuple[tuple[str, Held], ...]
    phone: Phone
    says: tuple[tuple[str, tuple[Effect, ...]], ...] = ()


def route(phone: Phone, arrived: Held, languages: Mapping[str, Language], now: datetime) -> Routing:
    """Whose text this is. Where it cannot be known, it is held and asked; what concerns the number goes to all."""
    return _Desk(phone, arrived, languages, now).route()


@dataclass(frozen=True, slots=True)
class _Desk:
    phone: Phone
    arrived: Held
    languages: Mapping[str, Language]
    now: datetime

    def route(self) -> Routing:
        text = self.arrived.said.text
        if self.is_for_all(text):
            return self.to_all(self.phone.people)
        if self.phone.asked_at:
            return self.to_all(self.reached) if safety.danger(text, self.languages) else self.answered()
        if self.needs_no_name(text):
            return self.to(self.likely, self.arrived)
        if self.still_speaking is None and safety.danger(text, self.languages):
            return self.to_all(self.reached)
        if named := self.named(text):
            return self.to(named, self.arrived.without(named.client.first_name))
        speaker = self.only_one or self.still_speaking or self.asked_lately
        return self.to(speaker, self.arrived) if speaker else self.ask(self.arrived)

    @property
    def reached(self) -> Sequence[Situation]:
        """Those whom we text; all, if there is none."""
        return [one for one in self.phone.people if _is_reached(one)] or self.phone.people

    @property
    def likely(self) -> Situation:
        """Who wrote last; at first, whoever is first."""
        return next((one for one in self.reached if one.client.id == self.phone.speaker), self.reached[0])

    @property
    def only_one(self) -> Situation | None:
        return self.reached[0] if len(self.reached) == 1 else None

    @property
    def still_speaking(self) -> Situation | None:
        """Who wrote a while ago writes on, unless another has been asked something since."""
        speaker, at = self.likely, self.phone.spoke_at
        known_for = speaker.county.speaker_known_for
        if at is None or speaker.client.id != self.phone.speaker or self.now - at > known_for:
            return None
        newer = [one for one in self.open_prompts() if one is not speaker and one.talk and one.talk.asked_at > at]
        return None if newer and speaker.talk is None else speaker

    @property
    def asked_lately(self) -> Situation | None:
        prompts = self.open_prompts()
        return prompts[0] if len(prompts) == 1 else None

    def open_prompts(self) -> list[Situation]:
        asked = [one for one in self.reached if one.talk and not FLOWS[one.talk.flow].is_passing]
        return [one for one in asked if one.talk and self.now - one.talk.asked_at <= PROMPT_LASTS]

    def is_for_all(self, text: str) -> bool:
        """A stop belongs to the number: carriers block the pair of numbers, not the person."""
        if understand.intent(text, self.languages) == "opt_out":
            return True
        if wishes.stop_wished(text, self.languages) is Sureness.SURE:
            return True
        if self.phone.asked_at or self.named(text):  # "someone else" is an answer to who is writing
            return False
        names = [one.client.first_name for one in self.phone.people]
        return wishes.says_wrong_number(text, self.languages, names)

    def needs_no_name(self, text: str) -> bool:
        return understand.intent(text, self.languages) == "help" or wishes.is_automatic(text, self.languages)

    def named(self, text: str) -> Situation | None:
        """Who begins with their own first name, or says who they are in few words ("its jose")."""
        words = fold(text).split()
        names = {fold(one.client.first_name): one for one in self.reached}
        if words and words[0] in names:
            return names[words[0]]
        fillers = frozenset[str]().union(*(language.fillers for language in self.languages.values()))
        left = [word for word in words if word not in fillers | IS_ME]
        return names[left[0]] if len(left) == 1 and left[0] in names else None

    def answered(self) -> Routing:
        """To "who is this?": a number or a name. What is neither is held with the rest, up to a few texts."""
        text = self.arrived.said.text
        people = self.reached[:MOST_NAMED]
        chosen = self.named(text) or next((one for one, number in _numbered(people) if fold(text) == number), None)
        if chosen:
            return self.to(chosen, *self.phone.held)
        if fold(text) == str(len(people) + 1) or self.is_someone_else(text):
            said = ((self.likely.client.id, (Send(texts.SOMEONE_ELSE),)),)
            return Routing((), replace(self.phone, asked_at=None, held=()), said)
        held = (*self.phone.held, self.arrived)
        return self.to(self.likely, *held) if len(held) >= MOST_HELD else self.ask(*held)

    def is_someone_else(self, text: str) -> bool:
        label = texts.NOBODY_HERE
        labels = {fold(language.translate(label.context, label.text)) for language in self.languages.values()}
        return fold(text) in labels

    def to(self, speaker: Situation, *held: Held) -> Routing:
        gives = tuple((speaker.client.id, one) for one in held)
        return Routing(gives, Phone(self.phone.people, speaker.client.id, self.now))

    def to_all(self, people: Sequence[Situation]) -> Routing:
        """One of them hears the answer: who wrote last, if that is known."""
        quiet = Held(self.arrived.message_id, replace(self.arrived.said, is_answered=True))
        first, *others = sorted(people, key=lambda one: one is not self.likely)
        gives = ((first.client.id, self.arrived), *((one.client.id, quiet) for one in others))
        return Routing(gives, replace(self.phone, asked_at=None, held=()))

    def ask(self, *held: Held) -> Routing:
        """In the last speaker's language; in each of theirs while nobody has spoken."""
        asked = replace(self.phone, asked_at=self.now, held=held)
        names = [one.client.first_name for one in self.reached[:MOST_NAMED]]
        question = Send(texts.WHO_IS_THIS, (*names, texts.NOBODY_HERE))
        through = [self.likely] if self.phone.speaker else _one_a_language(self.reached)
        return Routing((), asked, tuple((one.client.id, (question,)) for one in through))


IS_ME = frozenset({"its", "this", "is", "here", "es", "soy", "habla", "aqui", "yo"})


def _is_reached(one: Situation) -> bool:
    return one.client.consent in SAID_YES or (one.client.consent is Consent.INVITED and one.talk is not None)


def _numbered(people: Iterable[Situation]) -> Iterable[tuple[Situation, str]]:
    return ((one, str(number)) for number, one in enumerate(people, start=1))


def _one_a_language(people: Iterable[Situation]) -> list[Situation]:
    return list({one.client.language: one for one in reversed(list(people))}.values())[::-1]
