"""The content rules about how a conversation is led: ways out, open questions, a whole plan (domain guide 4.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from conversations.folding import fold
from conversations.goals import SETBACKS, StepStatus
from conversations.languages import Language
from conversations.notation import Ask, End, Flow
from conversations.text_rules import ERROR, WARNING, WAY_OUT, Broken, RuleLevel, RuleLists, Text, placeholders

OPEN_SHARE = 0.6
MOST_CHOICES = 5
PARTS_OF_A_PLAN = ("step", "when", "where", "obstacle", "detour", "first_action")
RECAP = frozenset({"step", "when", "obstacle", "detour"})
PAUSES = frozenset({"pause", "a_break"})
"""Replies that let the client rest."""

Breach = tuple[str, str]
"""The step, and why."""


@dataclass(frozen=True, slots=True)
class FlowTexts:
    """A flow in one language, with its texts by step."""

    flow: Flow
    texts: Mapping[str, tuple[Text, ...]]
    language: Language
    lists: RuleLists

    def asks(self) -> Iterator[tuple[str, Ask]]:
        yield from ((name, step) for name, step in self.flow.steps.items() if isinstance(step, Ask))

    def setbacks(self) -> Iterator[str]:
        """Where the flow goes when a step was not done."""
        for _name, ask in self.asks():
            if asks_for_result(ask):
                yield from (there for reply, there in ask.when.items() if reply.name in SETBACKS)

    def after(self, step: str) -> Iterator[str]:
        """Every step that can follow, this one included."""
        seen: set[str] = set()
        todo = [step]
        while todo:
            here = todo.pop()
            if here not in seen:
                seen.add(here)
                yield here
                todo += [there for there, _why in self.flow.ways_out(self.flow.steps[here])]

    def said_first(self, step: str) -> Iterator[Text]:
        """The texts that can come first from here on."""
        if texts := self.texts[step]:
            yield from texts
        else:
            for there, _why in self.flow.ways_out(self.flow.steps[step]):
                yield from self.said_first(there)


@dataclass(frozen=True, slots=True)
class FlowRule:
    name: str
    level: RuleLevel
    remedy: str
    test: Callable[[FlowTexts], Iterable[Breach]]


def breaches(of: FlowTexts) -> Iterator[Broken]:
    for rule in FLOW_RULES:
        for step, why in rule.test(of):
            where = f"{of.flow.name}/{step}" if step else of.flow.name
            yield Broken(rule.name, rule.level, where, of.language.code, why, rule.remedy)


def asks_for_result(ask: Ask) -> bool:
    return {StepStatus.DONE, StepStatus.NOT_YET} <= {reply.name for reply in ask.when}


FOR_CONSENT_OR_SAFETY = frozenset({"renewal", "safe_contact"})


def few_open_questions(of: FlowTexts) -> Iterator[Breach]:
    """Six in ten questions are open; those for a result, for consent and for safety are left out."""
    if of.flow.name in FOR_CONSENT_OR_SAFETY:
        return
    asked = [of.texts[name][0].words for name, ask in of.asks() if not asks_for_result(ask)]
    questions = [question for words in asked for question in re.findall(r"[^.!?:]*\?", words)]
    opens = sum(_opens(question, of.lists.open) for question in questions)
    if opens < OPEN_SHARE * len(questions):
        yield "", f"{opens} of {len(questions)} questions are open"


def _opens(sentence: str, words: Iterable[str]) -> bool:
    folded = fold(sentence)
    return any(re.match(rf"{re.escape(fold(word))}\b", folded) for word in words)


def menu_without_exit(of: FlowTexts) -> Iterator[Breach]:
    """After a setback every menu offers a person or a pause."""
    steps = {step: of.flow.steps[step] for start in of.setbacks() for step in of.after(start)}
    for name, step in steps.items():
        if isinstance(step, Ask) and step.menu and not PAUSES & {reply.name for reply in step.menu}:
            yield from ((name, "a menu after a setback without a person or a pause") for _ in _without_exit(of, name))


def last_nudge_without_exit(of: FlowTexts) -> Iterator[Breach]:
    for _name, ask in of.asks():
        if ask.if_silent and _is_last_nudge(of.flow, ask.if_silent[1]):
            yield from (
                (ask.if_silent[1], "a last nudge without a person") for _ in _without_exit(of, ask.if_silent[1])
            )


def _is_last_nudge(flow: Flow, name: str) -> bool:
    step = flow.steps[name]
    return isinstance(step, Ask) and not (step.if_silent and isinstance(flow.steps[step.if_silent[1]], Ask))


def _without_exit(of: FlowTexts, step: str) -> Iterator[Text]:
    yield from (text for text in of.texts[step] if not WAY_OUT.search(text.whole))


def unclear_without_person(of: FlowTexts) -> Iterator[Breach]:
    name = of.flow.if_unclear[1]
    step = of.flow.steps[name]
    if not (isinstance(step, End) and step.tell_worker):
        yield name, "the last miss tells no person"


def welcome_without_stop(of: FlowTexts) -> Iterator[Breach]:
    """The text that opens the service says how to stop it and how to get help (domain guide 6.2)."""
    said = [text.whole for texts in of.texts.values() for text in texts]
    if of.flow.name == "welcome" and not any("STOP" in words and of.lists.help in words for words in said):
        yield "", f"no text names STOP and {of.lists.help}"


def too_many_choices(of: FlowTexts) -> Iterator[Breach]:
    """Five choices; six where they are one list of areas, which all lead the same way."""
    for name, ask in of.asks():
        ways = {ask.when[reply] for reply in ask.menu}
        if len(ask.menu) > MOST_CHOICES and len(ways) > 1:
            yield name, f"{len(ask.menu)} choices"


def plan_with_gaps(of: FlowTexts) -> Iterator[Breach]:
    """A flow that asks for a goal asks for its whole plan, and reads it back."""
    saved = {ask.save for _name, ask in of.asks()}
    if not {"goal", "step"} <= saved:
        return
    yield from (("", f"nothing asks for the {part}") for part in PARTS_OF_A_PLAN if part not in saved)
    if not any(placeholders(text.words) >= RECAP for texts in of.texts.values() for text in texts):
        yield "", "no recap of step, when, obstacle and detour"


def setback_without_thanks(of: FlowTexts) -> Iterator[Breach]:
    for start in of.setbacks():
        for text in of.said_first(start):
            if not _opens(text.words, of.lists.thanks):
                yield start, "a reply to a setback that does not begin with thanks"


FLOW_RULES = (
    FlowRule("R6", WARNING, "Begin with what, how, when, where, who.", few_open_questions),
    FlowRule("R9", ERROR, "Offer a person or a pause.", menu_without_exit),
    FlowRule("R9", ERROR, "Name 0 for a person.", last_nudge_without_exit),
    FlowRule("R9", ERROR, "End it by telling a worker.", unclear_without_person),
    FlowRule("R9", ERROR, "Say how to stop and how to get help.", welcome_without_stop),
    FlowRule("R10", ERROR, "Ask in two steps.", too_many_choices),
    FlowRule("R11", ERROR, "Ask for it before the plan is saved.", plan_with_gaps),
    FlowRule("R13", ERROR, "Thank first, then ask.", setback_without_thanks),
)
