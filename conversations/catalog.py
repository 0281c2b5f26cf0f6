"""Every sentence that a client can get, gathered from where it is written, for translators and the content rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conversations import goal_sheet
from conversations.effects import Sentence
from conversations.engine import DIDNT_GET
from conversations.flows import FLOWS
from conversations.notation import Ask, End, Flow, Reads, Say, Step
from conversations.placeholders import AGAIN, INSTEAD
from conversations.single_texts import all_single_texts
from conversations.starters import STARTERS
from conversations.visit_acts import MOST_OFFERED
from conversations.worker_templates import WORKER_TEMPLATES


@dataclass(frozen=True, slots=True)
class Line:
    """One text as it is written: the sentence, the labels of its menu, how many own ideas or times come first."""

    says: Sentence
    menu: tuple[Sentence, ...] = ()
    ideas: int = 0
    times: int = 0


def lines(flow: Flow) -> Iterator[Line]:
    """Every text of a flow, with its private and closed-office forms."""
    for name, step in flow.steps.items():
        yield from lines_of(step, f"{flow.name}/{name}")


def lines_of(step: Step, context: str) -> Iterator[Line]:
    """Each with its menu, even where that is listed only after a reply that was not understood.

    A private form lists nothing of the client's own.
    """
    menu: tuple[Sentence, ...] = ()
    ideas = times = 0
    match step:
        case Ask(text=text, private=private):
            said = [text, private]
            menu = tuple(Sentence(context, reply.label) for reply in step.menu if reply.label)
            ideas = step.offers_most if step.reads is Reads.PICK else 0
            times = MOST_OFFERED if step.reads is Reads.TIME else 0
        case Say(text=text, private=private):
            said = [text, private]
        case End(text=end_text, private=private, when_closed=when_closed):
            said = [end_text, private, when_closed]
        case _:
            said = []
    for place, words in enumerate(said):
        if words:
            yield Line(Sentence(context, words), menu, 0 if place else ideas, 0 if place else times)


def standing_alone() -> Iterator[Line]:
    """The texts outside the flows."""
    for sentence in (*DIDNT_GET.values(), *all_single_texts()):
        yield Line(sentence)
    for template in WORKER_TEMPLATES.values():
        yield Line(template.says)
    for starter in STARTERS.values():
        yield Line(starter)


def sentences() -> Iterator[Sentence]:
    """Every sentence once, the labels of menus and what stands in for a missing value among them."""
    yield from notes()


def notes() -> dict[Sentence, str]:
    """Every sentence, with what a translator has to know of its place."""
    found: dict[Sentence, str] = {}
    for line in (*(line for flow in FLOWS.values() for line in lines(flow)), *standing_alone()):
        found.setdefault(line.says, "A menu follows: 1 ..., 2 ..." if line.menu else "")
        found.update(dict.fromkeys(line.menu, f"A choice, after its number, under: {line.says.text}"))
    found.update(
        {words: f"Stands in for {{{name}}} where it is unknown or private." for name, words in INSTEAD.items()}
    )
    found.update(dict.fromkeys(goal_sheet.WORDS, "Printed on the client's own plan, over their words; never texted."))
    found.update(dict.fromkeys(AGAIN, "How often a reminder comes; {days} are weekdays."))
    return found
