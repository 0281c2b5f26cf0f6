"""How an event is decided on: the core says what, the plan says when, the wording says how. Pure; wired here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from conversations import content_rules, shared_phone, strangers, wording
from conversations.arrival import Arrival
from conversations.county import County
from conversations.decide import decide
from conversations.effects import Effect, SendWords, Texted
from conversations.escalations import Level, Trigger
from conversations.events import Event, FellDue, Said, WorkerInvited
from conversations.languages import Language
from conversations.nudges import Nudge
from conversations.shared_phone import Held, Phone, Routing
from conversations.situation import MAY_BE_INVITED, Client, Situation
from conversations.telling import tell
from conversations.text_rules import RuleLists
from scheduler import admission, plan


@dataclass(frozen=True, slots=True)
class Decider:
    """What the writer asks about each event. Implements `records.writer.Decider`."""

    county: County
    languages: Mapping[str, Language]
    lists: Mapping[str, RuleLists] = field(default_factory=dict)
    """Of each language, what a worker's own words are looked through for."""

    def decide(self, situation: Situation, event: Event, now: datetime) -> Sequence[Effect]:
        if isinstance(event, WorkerInvited) and situation.client.consent in MAY_BE_INVITED:
            later = plan.invitation(situation, now)
            if later is not None:
                return (later,)
        effects = decide(situation, event, now, self.languages)
        effects += self._of_words(effects, situation, now)
        return wording.say(plan.plan(effects, situation, now), situation, self.languages, now)

    def _of_words(self, effects: Sequence[Effect], situation: Situation, now: datetime) -> tuple[Effect, ...]:
        """A worker's own words go out as they are; of those that endanger privacy the supervisor hears (7.2)."""
        code, phones = situation.client.language, [self.county.phone]
        language, lists = self.languages.get(code), self.lists.get(code)
        words = [effect.words for effect in effects if isinstance(effect, SendWords)]
        if not (words and language and lists):
            return ()
        if not any(content_rules.endangers_privacy(each, language, lists, phones) for each in words):
            return ()
        return (tell(situation, Trigger.CONTENT_RULE_BROKEN, Level.U3, now, to_supervisor=True),)

    def decide_due(self, situation: Situation, nudges: Sequence[Nudge], now: datetime) -> Sequence[Effect]:
        """At most one of the nudges goes out; every one of them is settled, with its reason."""
        admitted = admission.admit(situation, nudges, now)
        if admitted.go is None:
            return admitted.settled
        going = FellDue(admitted.go.kind, admitted.go.subject, admitted.go.words)
        return (*admitted.settled, *self.decide(situation, going, now))

    def route(self, phone: Phone, arrived: Held, now: datetime) -> Routing:
        """Whose text it is, of several who share a number; what is asked of them is worded here."""
        routing = shared_phone.route(phone, arrived, self.languages, now)
        people = {one.client.id: one for one in phone.people}
        says = tuple(
            (client, tuple(wording.say(effects, people[client], self.languages, now)))
            for client, effects in routing.says
        )
        return replace(routing, says=says)

    def answer_stranger(self, text: str, helped_at: datetime | None, now: datetime) -> Sequence[Texted]:
        """What a number that we do not know hears (`strangers.answer`)."""
        nobody = Situation(Client("", "", self.county.languages[0], self.county.zone), self.county)
        answer = strangers.answer(Arrival(Said(text), nobody, self.languages, now), helped_at)
        return [said for said in wording.say(answer, nobody, self.languages, now) if isinstance(said, Texted)]
