"""The content rules that a program can check: on all our texts in all languages, and on a worker's own.

The rules are those of domain guide 4.2. R1 and R21 hold by construction (`placeholders`); R12 and R14 are for a
reviewer to judge; R15 is the scheduler's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from conversations import flow_rules, text_rules
from conversations.catalog import Line, lines
from conversations.effects import Sentence
from conversations.flow_rules import FlowTexts
from conversations.languages import Language
from conversations.notation import Flow
from conversations.text_rules import HINTS, TEXT_RULES, Broken, RuleLevel, RuleLists, Text, in_language


def check(
    flows: Mapping[str, Flow],
    others: Iterable[Line],
    languages: Mapping[str, Language],
    lists: Mapping[str, RuleLists],
) -> list[Broken]:
    """Every breach in the texts of the flows and in the others. `lists` has an entry for every language."""
    others = list(others)
    found: list[Broken] = []
    for code, language in languages.items():
        if language.review.is_draft:
            found.append(Broken("R20", RuleLevel.DRAFT, "", code, "not reviewed yet", "Have a translator review it."))
        for line in others:
            found += text_rules.breaches(in_language(line, language, lists[code]), TEXT_RULES)
        for flow in flows.values():
            found += _of_flow(flow, language, lists[code])
    return found


def _of_flow(flow: Flow, language: Language, lists: RuleLists) -> list[Broken]:
    texts: dict[str, tuple[Text, ...]] = dict.fromkeys(flow.steps, ())
    for line in lines(flow):
        _flow, step = line.says.context.split("/")
        texts[step] = (*texts[step], in_language(line, language, lists))
    alone = [broken for said in texts.values() for text in said for broken in text_rules.breaches(text, TEXT_RULES)]
    return [*alone, *flow_rules.breaches(FlowTexts(flow, texts, language, lists))]


def hints(words: str, language: Language, lists: RuleLists, phones: Collection[str] = ()) -> list[Broken]:
    """What a worker may want to change in words of their own; only what endangers privacy is an error (R22).

    `phones` are the numbers that may be said.
    """
    for phone in phones:
        words = words.replace(phone, "")
    return list(text_rules.breaches(Text(Line(Sentence("", words)), words, (), language, lists), HINTS))


def asks_openly(words: str, lists: RuleLists) -> bool:
    """Whether a worker's words hold a question that is not answered by yes or no (domain guide 4.1)."""
    return "?" in words and any(text_rules.phrases(lists.open, words))


def endangers_privacy(words: str, language: Language, lists: RuleLists, phones: Collection[str] = ()) -> bool:
    """Whether a worker's words hold what no text may hold, whoever wrote it (R4)."""
    return any(broken.level is RuleLevel.ERROR for broken in hints(words, language, lists, phones))
