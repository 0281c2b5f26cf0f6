"""A person takes the thread: when a client asks for one, when a worker steps in, and how it is handed back (7, D17)."""

from __future__ import annotations

from datetime import datetime, timedelta

from conversations import open_talk, understand, wishes
from conversations import single_texts as texts
from conversations.arrival import Arrival, Effects
from conversations.effects import AskAgainAt, ChangeMode, Effect, EndHold, HoldTexts, Purpose, SaveTalk, Send, SendWords
from conversations.escalations import Level, Trigger
from conversations.events import WorkerJoined, WorkerLeft, WorkerPaused, WorkerPlanned, WorkerResumed, WorkerWrote
from conversations.office_hours import is_open
from conversations.situation import PAUSED, SAID_YES, Consent, Mode, Situation

QUIET_AFTER_A_PERSON = timedelta(hours=12)
"""The bot never goes on straight after a person (domain guide 3.8)."""


def person_wanted(arrival: Arrival) -> Effects | None:
    if arrival.intent != "person" and not names_worker(arrival) and not asks_for_person(arrival):
        return None
    told = arrival.tell(Trigger.ASKED_FOR_PERSON, Level.U1)
    return (told, *answer_by_a_person(arrival))


def names_worker(arrival: Arrival) -> bool:
    worker = understand.fold(arrival.situation.client.worker)
    return bool(worker) and understand.fold(arrival.said.text) == worker


def asks_for_person(arrival: Arrival) -> bool:
    """In plain words; not where it is one of the choices on offer, which leads to a person by itself."""
    text, worker = arrival.said.text, arrival.situation.client.worker
    wanted = wishes.wants_person(text, arrival.languages, worker, outright=arrival.is_answer)
    return wanted and not arrival.is_choice_or_command


def complaint(arrival: Arrival) -> Effects | None:
    """Anger, discrimination, the law: for a person and their supervisor, never for a bot (domain guide 7.2)."""
    if arrival.is_choice_or_command or not wishes.complains(arrival.said.text, arrival.languages):
        return None
    told = arrival.tell(Trigger.COMPLAINT, Level.U2, to_supervisor=True)
    return (told, *answer_by_a_person(arrival))


def answer_by_a_person(arrival: Arrival, purpose: Purpose = Purpose.REPLY) -> Effects:
    """The bot is silent from here on; the client hears the truth about when a person answers (domain guide 7.1).

    Who waits for a person already is told again by when.
    """
    says = texts.PERSON if is_open(arrival.now, arrival.situation.county) else texts.PERSON_WHEN_CLOSED
    taken = (ChangeMode(Mode.HUMAN),) if arrival.situation.client.mode is Mode.BOT else ()
    return (open_talk.set_aside(arrival.situation), *taken, Send(says, purpose=purpose))


def with_a_person(arrival: Arrival) -> Effects | None:
    """The thread is a person's: the text is theirs to answer, and they are told (domain guide 3.1)."""
    if arrival.situation.client.mode is Mode.BOT:
        return None
    return (arrival.tell(Trigger.WAITS_FOR_REPLY, Level.U1),)


ByWorker = WorkerJoined | WorkerWrote | WorkerLeft | WorkerPlanned | WorkerPaused | WorkerResumed


def by_worker(situation: Situation, event: ByWorker, now: datetime) -> Effects:
    """Nothing goes to a client who said no, or that texts are not safe; a thread can be handed back all the same."""
    if isinstance(event, WorkerLeft):
        return leave(situation, event, now)
    if isinstance(event, WorkerPaused | WorkerResumed):
        return paused(event)
    if situation.client.consent not in SAID_YES or situation.client.mode is Mode.SILENT:
        return ()
    if isinstance(event, WorkerPlanned):
        return show_plan(situation, event, now)
    return join(situation, event) if isinstance(event, WorkerJoined) else write(situation, event)


def show_plan(situation: Situation, event: WorkerPlanned, now: datetime) -> Effects:
    """What a worker wrote down is nobody's plan until the client says yes to it (domain guide 2.1)."""
    if situation.client.consent is not Consent.ACTIVE or situation.client.mode is not Mode.BOT:
        return ()
    entry, answers = "workers_plan", event.answers
    return open_talk.begin(situation, now, "goal_setting", at=entry, answers=answers, purpose=Purpose.NUDGE)


def paused(event: WorkerPaused | WorkerResumed) -> Effects:
    return (HoldTexts(event.until, PAUSED, event.why) if isinstance(event, WorkerPaused) else EndHold(),)


def join(situation: Situation, event: WorkerJoined) -> Effects:
    says = Send(texts.WORKER_JOINED, answers={"worker": event.name}, purpose=Purpose.HUMAN)
    return (open_talk.set_aside(situation), *_taken_over(situation), says)


def write(situation: Situation, event: WorkerWrote) -> Effects:
    """Who writes has the thread."""
    words = SendWords(event.words, Purpose.HUMAN, signed=event.name)
    return (open_talk.set_aside(situation), *_taken_over(situation), words)


def _taken_over(situation: Situation) -> tuple[Effect, ...]:
    """After a crisis it stays stopped until a person starts it again."""
    return (ChangeMode(Mode.HUMAN),) if situation.client.mode is Mode.BOT else ()


def leave(situation: Situation, event: WorkerLeft, now: datetime) -> Effects:
    """Handed back: where we were is taken up by the client, or after a while by us."""
    if situation.client.mode is Mode.BOT:
        return ()
    back: list[Effect] = [ChangeMode(Mode.BOT, event.why)]
    if situation.talk is None and (parked := situation.parked):
        back += [SaveTalk(parked, None), AskAgainAt(now + QUIET_AFTER_A_PERSON, parked.asked_at)]
    if event.says_so and situation.client.consent in SAID_YES:
        back.append(Send(texts.WORKER_LEFT, answers={"worker": event.name}, purpose=Purpose.HUMAN))
    return tuple(back)
