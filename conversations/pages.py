"""A flow as people read it: a page of plain text for an analyst, and a diagram. Both come from the one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import assert_never

from conversations.notation import (
    ANYTHING,
    DAY_ONLY,
    DONT_KNOW,
    EXACT,
    FAIR,
    FINISHED,
    LOW,
    NOTHING,
    OTHER_TIME,
    PICKED,
    SKIP,
    TOO_FAR,
    TOO_LONG,
    VAGUE,
    Ask,
    Branch,
    Do,
    End,
    Flow,
    Into,
    Parked,
    Reads,
    Reply,
    Say,
    Step,
    silent_for,
)

SAID = {
    ANYTHING: "say anything",
    SKIP: "skip it",
    NOTHING: "say there is nothing",
    DONT_KNOW: "do not know",
    FINISHED: "say they have finished",
    TOO_LONG: "write too much",
    EXACT: "give a day and an hour",
    DAY_ONLY: "give a day alone",
    VAGUE: "stay vague",
    PICKED: "pick one",
    OTHER_TIME: "name another time",
    LOW: "give a 1 or a 2",
    FAIR: "give a 3 or more",
    TOO_FAR: "name a day more than a year ahead",
}
OFFERED = {Reads.PICK: "their own ideas", Reads.TIME: "free times"}
INDENT = " " * 6

Translate = Callable[[str, str], str]
"""From the step ("goal_setting/when") and its English sentence to the sentence in a language."""


def english(_context: str, sentence: str) -> str:
    return sentence


def page(flow: Flow, translate: Translate = english) -> str:
    """The flow step by step, in the words a client sees; `translate` as in `Language`."""
    reader = _Page(flow, translate)
    steps = [line for name, step in flow.steps.items() for line in ("", *reader.step(name, step))]
    times, there = flow.if_unclear
    lines = [
        title(flow.name),
        flow.purpose,
        *steps,
        "",
        f"At any question: after {times} replies in a row that we do not understand, go to {reader.number[there]}.",
        "At any question: STOP, HELP, 0 for a person and the name of a language are heard first.",
    ]
    return "\n".join(lines) + "\n"


def mermaid(flow: Flow) -> str:
    """The flow as a Mermaid state diagram."""
    arrows = [f"    {here or '[*]'} --> {there}" + (f": {why}" if why else "") for here, there, why in flow.arrows()]
    ends = [f"    {name} --> [*]" for name, step in flow.steps.items() if isinstance(step, End)]
    return "\n".join(["stateDiagram-v2", *arrows, *ends]) + "\n"


def title(name: str) -> str:
    return name.replace("_", " ").upper()


class _Page:
    def __init__(self, flow: Flow, translate: Translate) -> None:
        self.flow = flow
        self.said = translate
        self.number = dict(zip(flow.steps, count(1), strict=False))

    def step(self, name: str, step: Step) -> Iterator[str]:
        entry = " (other conversations can lead here)" if name in self.flow.entries else ""
        yield f"{self.number[name]:2}. {title(name)}{entry}"
        for line in self.lines(f"{self.flow.name}/{name}", step):
            yield INDENT + line

    def lines(self, context: str, step: Step) -> Iterator[str]:
        match step:
            case Ask():
                yield from self.texts(context, step)
                yield from self.replies(context, step)
            case Say(then=then):
                yield from self.texts(context, step)
                yield f"Then go to {self.number[then]}."
            case Do(act=act, then=then):
                done = act.__qualname__.partition(".")[0].replace("_", " ")
                yield f"We record: {done}. Then go to {self.number[then]}."
            case Branch(when=when):
                yield from (f"If {outcome.value}, go to {self.number[there]}." for outcome, there in when.items())
            case End():
                yield from self.texts(context, step)
                yield from _ending(step)
            case _:
                assert_never(step)

    def texts(self, context: str, step: Ask | Say | End) -> Iterator[str]:
        if step.text:
            yield f'We text: "{self.said(context, step.text)}{self.menu(context, step)}"'
        if step.private:
            yield f'On a shared phone or about a private goal: "{self.said(context, step.private)}"'
        if isinstance(step, End) and step.when_closed:
            yield f'When the office is closed: "{self.said(context, step.when_closed)}"'

    def menu(self, context: str, step: Ask | Say | End) -> str:
        if not isinstance(step, Ask) or not step.lists_choices:
            return ""
        offered = [OFFERED[step.reads]] if step.reads in OFFERED else []
        labels = [f"{n} {self.said(context, reply.label or '')}" for n, reply in enumerate(step.menu, start=1)]
        return "".join(f" {line}" for line in [", ".join([*offered, *labels])] if line)

    def replies(self, context: str, ask: Ask) -> Iterator[str]:
        """One line for each place to go; replies that lead to the same place share it."""
        ways: dict[str, list[str]] = {}
        for reply, there in ask.when.items():
            ways.setdefault(there, []).append(self.reply(context, reply))
        for there, replies in ways.items():
            yield f"If they {' or '.join(replies)}, go to {self.number[there]}."
        if self.flow.asks_again_after and ask.if_silent == self.flow.if_silent:
            yield f"If they are {silent_for(self.flow.asks_again_after)}, ask once more."
        if ask.if_silent:
            span, there = ask.if_silent
            yield f"If they are {silent_for(span)}, go to {self.number[there]}."

    def reply(self, context: str, reply: Reply) -> str:
        if reply.label:
            return f'say "{self.said(context, reply.label)}"'
        return SAID.get(reply, f'say "{reply.name.replace("_", " ")}"')


def _ending(end: End) -> Iterator[str]:
    if end.tell_worker:
        trigger, level = end.tell_worker
        yield f"A person is told: {trigger.replace('_', ' ')}, level {level}."
    if end.parks:
        yield "The talk is set aside at its question; the client is offered the way back."
    match end.then:
        case Into(flow=flow, at=at, carries=carries):
            place = f", at {title(at)}" if at else ""
            in_hand = f", with what they said for {' and '.join(carries)}" if carries else ""
            yield f"It goes on in {title(flow)}{place}{in_hand}."
        case Parked.TAKEN_UP:
            yield "The talk that was set aside goes on where it was."
        case Parked.BEGUN_AGAIN:
            yield "The talk that was set aside begins again."
        case None:
            yield "The talk is over."
        case _:
            assert_never(end.then)
