"""One inbound text, with everything that a rule of the front desk may look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from conversations import understand
from conversations.effects import Effect, TellWorker
from conversations.engine import choices, open_question, read_from
from conversations.escalations import Level, Trigger
from conversations.events import Answered, NotUnderstood, Said
from conversations.flows import FLOWS
from conversations.languages import Language
from conversations.notation import ANYTHING, VAGUE, Known
from conversations.situation import Situation, Talk
from conversations.telling import tell

IN_LOOSE_WORDS = frozenset({ANYTHING.name, VAGUE.name})
"""The replies that any words at all would be."""

Effects = tuple[Effect, ...]


@dataclass(frozen=True)
class Arrival:
    """`now` is aware. A rule gives the effects of the text, or None where it is not for that rule.

    Many rules look at what the text says: it is read once.
    """

    said: Said
    situation: Situation
    languages: Mapping[str, Language]
    now: datetime

    @property
    def language(self) -> Language:
        return self.languages[self.situation.client.language]

    @cached_property
    def intent(self) -> str | None:
        return understand.intent(self.said.text, self.languages)

    def answer_to(self, talk: Talk) -> Answered | NotUnderstood:
        return self.answer if talk is self.situation.talk else self._read(talk)

    def _read(self, talk: Talk) -> Answered | NotUnderstood:
        """The text, read as an answer to the question this talk waits at; in another language where theirs says less.

        Who texts in two languages writes "done" under a Spanish menu.
        """
        ask = open_question(FLOWS[talk.flow], talk)
        offered = choices(ask, Known(self.situation, talk, self.now))
        read_at = read_from(ask, talk, self.now.astimezone(self.situation.client.zone))
        theirs = understand.answer(ask, self.said.text, self.language, offered, read_at)
        if _says_enough(theirs):
            return theirs
        others = (language for language in self.languages.values() if language is not self.language)
        said = (understand.answer(ask, self.said.text, each, offered, read_at) for each in others)
        return next(filter(_says_enough, said), theirs)

    @cached_property
    def answer(self) -> Answered | NotUnderstood:
        """The text as an answer to the open question, if there is one."""
        talk = self.situation.talk
        return self._read(talk) if talk else NotUnderstood()

    @property
    def is_plain_answer(self) -> bool:
        """Is it one of the choices on offer, or a moment that was asked for? Not merely words where words will do."""
        answer = self.answer
        return isinstance(answer, Answered) and answer.reply not in IN_LOOSE_WORDS

    @property
    def is_answer(self) -> bool:
        """Is the open question answered by it, be it in any words? Another wish must be said outright then."""
        return isinstance(self.answer, Answered)

    @cached_property
    def is_choice_or_command(self) -> bool:
        """What is so plain is not read between the lines."""
        texts = (understand.command(self.said.text, language) for language in self.languages.values())
        return self.is_plain_answer or any(texts)

    def is_late_for(self, talk: Talk) -> bool:
        return self.now - talk.asked_at > self.situation.county.flow_parked_after

    def heard_within(self, moment: datetime | None, span: timedelta) -> bool:
        return moment is not None and self.now - moment < span

    def tell(self, trigger: Trigger, level: Level, *, about: str = "", to_supervisor: bool = False) -> TellWorker:
        """A person is told, and acts within the level's time."""
        return tell(self.situation, trigger, level, self.now, about=about, to_supervisor=to_supervisor)


def _says_enough(answer: Answered | NotUnderstood) -> bool:
    return isinstance(answer, Answered) and answer.reply != VAGUE.name
