"""Words of danger: one right reply, a person at once, everything else stopped until a person starts it (7.4).

No assessment, no advice, no promise of rescue, and no question but whether texts are safe (domain guide 6.9).
"""

from __future__ import annotations

from datetime import timedelta

from conversations import open_talk, safety
from conversations import single_texts as texts
from conversations.arrival import Arrival, Effects
from conversations.classifier import Sureness
from conversations.effects import CancelNudges, ChangeMode, HoldTexts, Purpose, Send, TellWorker
from conversations.escalations import Level, Trigger
from conversations.events import Answered
from conversations.folding import fold
from conversations.hand_over import answer_by_a_person
from conversations.nudges import NudgeKind
from conversations.office_hours import is_open
from conversations.safety import Danger, DangerKind
from conversations.situation import Mode

ANSWERED_AGAIN_AFTER = timedelta(hours=1)
NO_CHECK_INS_IN_NEED = timedelta(hours=48)

UNSAID = CancelNudges(frozenset({NudgeKind.BREATH}), "danger")
"""What was said in the same breath is for a person to read."""

TRIGGERS = {kind: Trigger(kind.value) for kind in DangerKind}


def safety_word(arrival: Arrival) -> Effects | None:
    """The word that client and worker agreed on: to who reads along the reply says nothing (domain guide 7.2)."""
    word = arrival.situation.client.safety_word
    if not word or word not in fold(arrival.said.text).split():
        return None
    return (
        open_talk.set_aside(arrival.situation),
        UNSAID,
        ChangeMode(Mode.STOPPED),
        arrival.tell(Trigger.SAFETY_WORD, Level.U0),
        *_once_an_hour(arrival, Send(texts.RECEIVED, purpose=Purpose.CRISIS)),
    )


def words_of_danger(arrival: Arrival) -> Effects | None:
    """A text that is one plain wish ("HELP") is read as that."""
    found = safety.danger(arrival.said.text, arrival.languages)
    if found is None or arrival.intent is not None:
        return None
    if found.sureness is Sureness.SURE:
        return in_need(arrival) if found.kind is DangerKind.BASIC_NEED else in_danger(arrival, found)
    is_alarm = found.sureness is Sureness.DOUBTFUL and not arrival.is_choice_or_command
    return in_doubt(arrival) if is_alarm else None


def hint_of_danger(arrival: Arrival, answer: Effects) -> Effects:
    """Too slight to break off a talk about it, which goes on; a person reads it, if none does after this answer."""
    found = safety.danger(arrival.said.text, arrival.languages)
    if found is None or found.sureness is not Sureness.SLIGHT:
        return ()
    is_read = any(isinstance(effect, TellWorker) and effect.level <= Level.U2 for effect in answer)
    if is_read or arrival.intent is not None or arrival.is_choice_or_command:
        return ()
    return (arrival.tell(Trigger.HINT_OF_DANGER, Level.U2),)


def in_danger(arrival: Arrival, found: Danger) -> Effects:
    told = (UNSAID, ChangeMode(Mode.STOPPED), arrival.tell(TRIGGERS[found.kind], Level.U0))
    if arrival.said.is_answered or arrival.heard_within(arrival.situation.warned_at, ANSWERED_AGAIN_AFTER):
        return (open_talk.set_aside(arrival.situation), *told) if arrival.situation.client.mode is Mode.BOT else told
    if found.kind is DangerKind.PARTNER_VIOLENCE:
        return (*told, *open_talk.begin(arrival.situation, arrival.now, "safe_contact", purpose=Purpose.CRISIS))
    reply = texts.in_danger(found.kind, is_open=someone_reads(arrival))
    return (open_talk.set_aside(arrival.situation), *told, Send(reply, purpose=Purpose.CRISIS))


def someone_reads(arrival: Arrival) -> bool:
    return arrival.situation.county.on_call or is_open(arrival.now, arrival.situation.county)


def in_doubt(arrival: Arrival) -> Effects:
    """A person looks, as soon as at a sure one; the client hears that one will (domain guide 7.2)."""
    told = (UNSAID, arrival.tell(Trigger.CRISIS_IN_DOUBT, Level.U0))
    if arrival.said.is_answered or arrival.situation.client.mode is not Mode.BOT:
        return told
    return (*told, *answer_by_a_person(arrival, Purpose.CRISIS))


def in_need(arrival: Arrival) -> Effects:
    """Food, shelter, power: where help is at once, and by when a person turns to them; check-ins can wait."""
    need = arrival.tell(Trigger.BASIC_NEED, Level.U1)
    if arrival.said.is_answered or arrival.situation.client.mode is not Mode.BOT:
        return (need,)
    return (
        open_talk.set_aside(arrival.situation),
        UNSAID,
        need,
        HoldTexts(arrival.now + NO_CHECK_INS_IN_NEED, Trigger.BASIC_NEED),
        Send(texts.IN_NEED, purpose=Purpose.CRISIS),
    )


def safe_contact_answered(arrival: Arrival) -> Effects | None:
    """Whether texts are safe: the one question that is open while a person has the thread."""
    talk = arrival.situation.talk
    if talk is None or talk.flow != "safe_contact":
        return None
    answer = arrival.answer_to(talk)
    return open_talk.go_on(arrival.situation, talk, answer, arrival.now) if isinstance(answer, Answered) else None


def _once_an_hour(arrival: Arrival, reply: Send) -> tuple[Send, ...]:
    return () if arrival.heard_within(arrival.situation.warned_at, ANSWERED_AGAIN_AFTER) else (reply,)
