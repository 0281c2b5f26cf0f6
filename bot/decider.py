"""How an event is decided on: the core says what, the plan says when, the wording says how. Pure; wired here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from conversations import single_texts as texts
from conversations import understand, wording
from conversations.county import County
from conversations.decide import decide
from conversations.effects import Effect, Purpose, Send, Texted
from conversations.events import Event, FellDue, WorkerInvited
from conversations.front_desk import HELP_AGAIN_AFTER
from conversations.languages import Language
from conversations.nudges import Nudge
from conversations.situation import MAY_BE_INVITED, Client, Situation
from scheduler import plan


@dataclass(frozen=True, slots=True)
class Decider:
    """What the writer asks about each event. Implements `records.writer.Decider`."""

    county: County
    languages: Mapping[str, Language]

    def decide(self, situation: Situation, event: Event, now: datetime) -> Sequence[Effect]:
        if isinstance(event, WorkerInvited) and situation.client.consent in MAY_BE_INVITED:
            later = plan.invitation(situation, now)
            if later is not None:
                return (later,)
        effects = decide(situation, event, now, self.languages)
        return wording.say(plan.plan(effects, situation, now), situation, self.languages, now)

    def decide_due(self, situation: Situation, nudges: Sequence[Nudge], now: datetime) -> Sequence[Effect]:
        """At most one of the nudges goes out; every one of them is settled, with its reason."""
        admission = plan.admit(situation, nudges, now)
        if admission.go is None:
            return admission.settled
        going = FellDue(admission.go.kind, admission.go.subject, admission.go.words)
        return (*admission.settled, *self.decide(situation, going, now))

    def answer_stranger(self, text: str, helped_at: datetime | None, now: datetime) -> Sequence[Texted]:
        """A number we do not know hears the help text, once a day at most; a wish to stop hears nothing."""
        if helped_at is not None and now - helped_at < HELP_AGAIN_AFTER:
            return ()
        if understand.intent(text, self.languages) == "opt_out":
            return ()
        nobody = Situation(Client("", "", self.county.languages[0], self.county.zone), self.county)
        said = wording.say([Send(texts.HELP, purpose=Purpose.LEGAL)], nobody, self.languages, now)
        return [text for text in said if isinstance(text, Texted)]
