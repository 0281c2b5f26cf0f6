"""The analyst's page and the diagram say what the table says."""

import re

import pytest

from conversations.flows import FLOWS
from conversations.notation import DONT_KNOW, FINISHED, NEEDED, NOTHING, SKIP, TOO_LONG, Ask, End, Flow, Say
from conversations.pages import SAID, mermaid, page

every_flow = pytest.mark.parametrize("flow", list(FLOWS.values()), ids=lambda flow: flow.name)


@every_flow
def test_a_page_holds_every_text_of_the_flow(flow: Flow) -> None:
    shown = page(flow)
    for step in flow.steps.values():
        if isinstance(step, Ask | Say | End):
            texts = [step.text, step.private, step.when_closed if isinstance(step, End) else None]
            assert all(text in shown for text in texts if text)


@every_flow
def test_a_page_leads_from_each_step_to_every_step_that_follows(flow: Flow) -> None:
    sections = re.split(r"\n(?= ?\d+\. )", page(flow))[1:]
    number = {name: n for n, name in enumerate(flow.steps, start=1)}
    assert len(sections) == len(flow.steps)
    for (_name, step), section in zip(flow.steps.items(), sections, strict=True):
        for there, why in flow.ways_out(step):
            if not why.startswith("not understood"):
                assert re.search(rf"go to {number[there]}\.", section)


@every_flow
def test_a_diagram_has_every_arrow_and_every_end(flow: Flow) -> None:
    drawn = mermaid(flow).splitlines()
    for here, there, _why in flow.arrows():
        assert any(line.startswith(f"    {here or '[*]'} --> {there}") for line in drawn)
    assert sum(line.endswith("--> [*]") for line in drawn) == sum(isinstance(step, End) for step in flow.steps.values())


def test_a_question_reads_like_the_text_on_the_phone() -> None:
    assert 'We text: "Hi {name}. How did it go: {step}? 1 done, 2 some of it, 3 not yet, 4 something changed"' in page(
        FLOWS["goal_check_in"]
    )


def test_choices_that_are_not_listed_are_not_shown() -> None:
    assert 'or PAUSE to rest from texts."\n' in page(FLOWS["goal_check_in"])


def test_silence_a_hand_over_and_a_person_are_told() -> None:
    check_in, setting = page(FLOWS["goal_check_in"]), page(FLOWS["goal_setting"])
    assert "If they are silent for 24 hours, go to 2." in check_in
    assert "A person is told: quiet, level U3." in check_in
    assert "It goes on in GOAL SETTING, at STEP." in check_in
    assert "It goes on in GOAL STORMING, with what they said for next." in setting
    assert "The talk is set aside at its question; the client is offered the way back." in setting


def test_a_set_aside_talk_goes_on_or_begins_again() -> None:
    shown = page(FLOWS["resume"])
    assert "The talk that was set aside goes on where it was." in shown
    assert "The talk that was set aside begins again." in shown


def test_the_clients_own_ideas_stand_in_the_menu() -> None:
    assert 'Which matters most to you right now? their own ideas"' in page(FLOWS["goal_storming"])


def test_a_page_can_be_read_in_another_language() -> None:
    def shouted(context: str, sentence: str) -> str:
        return sentence.upper() if context.startswith("goal_") else sentence

    assert 'We text: "WHICH MATTERS MOST TO YOU RIGHT NOW?' in page(FLOWS["goal_storming"], shouted)
    assert 'If they say "DONE"' in page(FLOWS["goal_check_in"], shouted)


def test_every_reply_without_a_label_has_words_of_its_own() -> None:
    always = {reply for needed in NEEDED.values() for reply in needed}
    assert {SKIP, NOTHING, DONT_KNOW, FINISHED, TOO_LONG, *always} == set(SAID)
