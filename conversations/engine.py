"""One turn of a conversation: (flow, talk, event, situation, now) -> what follows. No clock, network or database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import assert_never

from conversations import office_hours
from conversations.effects import (
    AskAgainAt,
    ChangeMode,
    Effect,
    HoldTexts,
    Purpose,
    Send,
    Sentence,
    TellWorker,
    WaitUntil,
)
from conversations.events import Answered, FellSilent, NotUnderstood, TurnEvent
from conversations.goals import Moment
from conversations.notation import (
    ANYTHING,
    BEGINS,
    DAY_ONLY,
    EXACT,
    FAIR,
    LED_HERE,
    LOW,
    ON_OFFER,
    OTHER_TIME,
    PICKED,
    VAGUE,
    Arrow,
    Ask,
    Branch,
    Choice,
    Do,
    End,
    Flow,
    Into,
    Known,
    Parked,
    Reads,
    Reply,
    Say,
    _,
    answer_of,
    not_understood,
    silent_for,
)
from conversations.privacy import is_private
from conversations.situation import Mode, Situation, Talk

DIDNT_GET_THE_CHOICE = Sentence(
    "fallback/choice", _("Sorry, I didn't get that. Please reply with one of the numbers above, or 0 for a person.")
)
DIDNT_GET_THE_WORDS = Sentence(
    "fallback/words", _("Sorry, I didn't get that. What would you say in a few words? Or text 0 for a person.")
)
DIDNT_GET_THE_TIME = Sentence(
    "fallback/time", _("Sorry, I didn't get that. What day and time, like Tue 10am? Or text 0 for a person.")
)
DIDNT_GET_THE_NUMBER = Sentence(
    "fallback/number", _("Sorry, I didn't get that. What number from 1 to 10 fits? Or text 0 for a person.")
)
DIDNT_GET = {
    Reads.MENU: DIDNT_GET_THE_CHOICE,
    Reads.PICK: DIDNT_GET_THE_CHOICE,
    Reads.TIME: DIDNT_GET_THE_CHOICE,
    Reads.SCALE: DIDNT_GET_THE_NUMBER,
    Reads.WORDS: DIDNT_GET_THE_WORDS,
    Reads.MOMENT: DIDNT_GET_THE_TIME,
    Reads.REQUEST: DIDNT_GET_THE_WORDS,
}


IN_OWN_WORDS = frozenset({ANYTHING, EXACT, DAY_ONLY, VAGUE, PICKED, OTHER_TIME, LOW, FAIR})
"""The replies whose words are kept. "Skip", "nothing" and the like leave the answer empty."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn came to. `goes_on` names what follows in the same breath; `parked` a talk to come back to.

    `walked` are the arrows it took, as `Flow.arrows` names them.
    """

    talk: Talk
    effects: tuple[Effect, ...] = ()
    goes_on: Into | Parked | None = None
    parked: Talk | None = None
    walked: tuple[Arrow, ...] = ()


class LostStepError(LookupError):
    """A talk waits at a step that the flow no longer has: a release forgot `moved`."""


def begin(
    flow: Flow,
    situation: Situation,
    now: datetime,
    *,
    at: str | None = None,
    answers: dict[str, str] | None = None,
    purpose: Purpose = Purpose.REPLY,
) -> Turn:
    """Start a talk at the flow's start, or at one of its entries, with the answers carried over."""
    start = at or flow.starts_at
    why = BEGINS if start == flow.starts_at else LED_HERE
    return _Run(flow, situation, now, purpose).enter(Talk(flow.name, start, now, answers or {}), ("", start, why))


def open_question(flow: Flow, talk: Talk) -> Ask:
    """The question a talk waits at. Raises LostStepError if no such step is left."""
    step = flow.steps.get(flow.moved.get(talk.at, talk.at))
    if not isinstance(step, Ask):
        raise LostStepError(f"{talk.flow}/{talk.at}")
    return step


def ask_again(flow: Flow, talk: Talk, situation: Situation, now: datetime, purpose: Purpose = Purpose.REPLY) -> Turn:
    """Put the open question again, as if it were asked now."""
    here = flow.moved.get(talk.at, talk.at)
    again = _Run(flow, situation, now, purpose, again=True).enter(talk, (here, here, ""))
    return replace(again, walked=())


def turn(
    flow: Flow, talk: Talk, event: TurnEvent, situation: Situation, now: datetime, purpose: Purpose = Purpose.REPLY
) -> Turn:
    """Take one answer, or one silence, to the open question. A talk that is over, or a stale timer, changes nothing."""
    if talk.over:
        return Turn(talk)
    ask = open_question(flow, talk)
    here = flow.moved.get(talk.at, talk.at)
    run = _Run(flow, situation, now, purpose)
    match event:
        case FellSilent(asked_at=asked_at):
            if ask.if_silent is None or asked_at != talk.asked_at:
                return Turn(talk)
            return run.enter(talk, (here, ask.if_silent[1], silent_for(ask.if_silent[0])))
        case Answered():
            reply = next(reply for reply in ask.when if reply.name == event.reply)
            return run.enter(_kept(talk, ask, reply, event), (here, ask.when[reply], reply.name), event.comment)
        case NotUnderstood() if talk.misses + 1 >= flow.if_unclear[0]:
            return run.enter(talk, (here, flow.if_unclear[1], not_understood(flow.if_unclear[0])))
        case NotUnderstood():
            return Turn(replace(talk, misses=talk.misses + 1), (run.say_again(ask, talk),))
        case _:
            assert_never(event)


def choices(ask: Ask, known: Known) -> tuple[Choice, ...]:
    """What is on offer at this question beside its labelled replies, in the order of the numbers.

    Times are those that were shown when it was asked: a number means what stands on the phone.
    """
    if ask.reads is Reads.TIME:
        return tuple(datetime.fromisoformat(shown) for shown in known.talk.answers.get(ON_OFFER, "").split())
    return ask.offers(known) if ask.offers else ()


def read_from(ask: Ask, talk: Talk, local_now: datetime) -> datetime:
    """The moment from which an answer's day and time is read, in the client's zone: now, or the day it is to be on."""
    day = Moment.read(talk.answers.get(ask.save or "", "")).at
    if not ask.on_the_day or day is None or isinstance(day, datetime):
        return local_now
    return max(local_now, datetime.combine(day, time.min, local_now.tzinfo))


def _kept(talk: Talk, ask: Ask, reply: Reply, event: Answered) -> Talk:
    answers = dict(talk.answers)
    if ask.save:
        kept = reply.name if reply.label else event.value if reply in IN_OWN_WORDS else ""
        before = answers.get(ask.save, "")
        if ask.on_the_day and reply is VAGUE:
            kept = before
        elif ask.adds:
            kept = "\n".join(line for line in (before, kept) if line)
        answers[ask.save] = kept
    if event.comment:
        answers["comment"] = event.comment
    answers |= event.also
    return talk.knowing(answers)


@dataclass(frozen=True, slots=True)
class _Run:
    """From one question to the next."""

    flow: Flow
    situation: Situation
    now: datetime
    purpose: Purpose
    again: bool = False

    def enter(self, talk: Talk, arrow: Arrow, comment: str = "") -> Turn:
        """Follow an arrow, and run on until a question is open or the talk is over."""
        left = talk
        effects: list[Effect] = []
        walked = [arrow]
        while True:
            name = walked[-1][1]
            talk = talk.moved_to(name, self.now)
            step = self.flow.steps[name]
            match step:
                case Ask(takes_comment=True) if comment:
                    talk = _kept(talk, step, ANYTHING, Answered(ANYTHING.name, comment))
                    walked.append((name, step.when[ANYTHING], ANYTHING.name))
                    comment = ""
                case Ask():
                    talk = self.showing(step, talk)
                    effects.append(self.send(step, talk))
                    effects.extend(self.timers(step))
                    return Turn(talk, tuple(effects), walked=tuple(walked))
                case Say(then=then):
                    effects.append(self.send(step, talk))
                    walked.append((name, then, ""))
                case Do(act=act, then=then):
                    effects.extend(act(self.known(talk)))
                    walked.append((name, then, ""))
                case Branch(on=on, when=when):
                    outcome = on(self.known(talk))
                    walked.append((name, when[outcome], outcome.value))
                case End():
                    return Turn(
                        replace(talk, over=True),
                        (*effects, *self.ending(step, talk)),
                        step.then,
                        replace(left, misses=0) if step.parks else None,
                        tuple(walked),
                    )
                case _:
                    assert_never(step)

    def timers(self, ask: Ask) -> Iterator[Effect]:
        """What happens if no answer comes. A question is put once more, not time and again."""
        if ask.if_silent:
            span, there = ask.if_silent
            yield WaitUntil(self.now + span, self.now, self.flow.texts_at(there))
        patience = self.flow.asks_again_after
        if patience and ask.if_silent == self.flow.if_silent and not self.again:
            yield AskAgainAt(self.now + patience, self.now)

    def showing(self, ask: Ask, talk: Talk) -> Talk:
        """The talk with the times that this question is about to show."""
        if ask.reads is not Reads.TIME or ask.offers is None:
            return talk
        shown = " ".join(answer_of(choice) for choice in ask.offers(self.known(talk)))
        return talk.knowing({**talk.answers, ON_OFFER: shown})

    def ending(self, step: End, talk: Talk) -> list[Effect]:
        effects: list[Effect] = []
        if step.tell_worker:
            trigger, level = step.tell_worker
            due = office_hours.due(level, self.now, self.situation.county)
            effects.append(TellWorker(trigger, level, due))
            if step.holds:
                effects.append(HoldTexts(self.now + step.holds, trigger))
        if step.hands_over:
            effects.append(ChangeMode(Mode.HUMAN))
        if step.text:
            effects.append(self.send(step, talk))
        return effects

    def say_again(self, ask: Ask, talk: Talk) -> Send:
        """What is said to a reply that was not understood: where no menu stands above, the question itself again."""
        if ask.reads is Reads.MENU and not (ask.menu and ask.lists_choices):
            here = replace(talk, at=self.flow.moved.get(talk.at, talk.at))
            return self.send(replace(ask, lists_choices=True), here)
        return Send(DIDNT_GET[ask.reads], answers=talk.answers)

    def send(self, step: Ask | Say | End, talk: Talk) -> Send:
        menu: tuple[Sentence | Choice, ...] = ()
        context = f"{talk.flow}/{talk.at}"
        if isinstance(step, Ask) and step.lists_choices:
            labels = tuple(Sentence(context, reply.label) for reply in step.menu if reply.label)
            own = () if step.private and self.is_private(talk) else choices(step, self.known(talk))
            menu = (*own, *labels)
        return Send(Sentence(context, self.sentence(step, talk)), menu, talk.answers, self.purpose)

    def sentence(self, step: Ask | Say | End, talk: Talk) -> str:
        """Where the variants of a sentence are chosen: the private one, or the one for a closed office."""
        shut = not office_hours.is_open(self.now, self.situation.county)
        if isinstance(step, End) and step.when_closed and shut:
            return step.when_closed
        if step.private and self.is_private(talk):
            return step.private
        return step.text or ""

    def is_private(self, talk: Talk) -> bool:
        return self.situation.client.phone_is_shared or is_private(self.situation.goal, talk.answers)

    def known(self, talk: Talk) -> Known:
        return Known(self.situation, talk, self.now)
