"""A flow that is written wrongly is refused when it is made."""

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum

import pytest

from conversations.notation import (
    ANYTHING,
    BEGINS,
    DAY_ONLY,
    EXACT,
    LED_HERE,
    MOST_CHOICES,
    PICKED,
    TOO_LONG,
    VAGUE,
    Ask,
    Branch,
    Do,
    End,
    Flow,
    FlowError,
    Known,
    Reads,
    Reply,
    Say,
    Step,
    days,
    hours,
    not_understood,
    silent_for,
)

YES = Reply("yes", "yes")
END = End("Bye.")


class Size(Enum):
    BIG = "it is big"
    SMALL = "it is small"


def big(_known: Known) -> Size:
    return Size.BIG


def nothing(_known: Known) -> tuple[()]:
    return ()


def ideas(_known: Known) -> tuple[str, ...]:
    return ("a job",)


def flow(
    steps: Mapping[str, Step],
    *,
    unclear: str = "end",
    entries: frozenset[str] = frozenset(),
    moved: Mapping[str, str] | None = None,
) -> Flow:
    return Flow("small", "A small flow.", next(iter(steps)), steps, (2, unclear), entries, moved or {})


def one_question(ask: Ask) -> Flow:
    return flow({"ask": ask, "end": END})


def test_a_small_flow_names_all_its_arrows_in_order() -> None:
    whole = flow(
        {
            "ask": Ask("Yes?", when={YES: "say"}, if_silent=(days(7), "end")),
            "say": Say("Good.", then="do"),
            "do": Do(nothing, then="branch"),
            "branch": Branch(big, when={Size.BIG: "end", Size.SMALL: "ask"}),
            "end": END,
        },
        entries=frozenset({"say"}),
    )
    assert list(whole.arrows()) == [
        ("", "ask", BEGINS),
        ("", "say", LED_HERE),
        ("ask", "say", "yes"),
        ("ask", "end", "not understood 2 times"),
        ("ask", "end", "silent for 7 days"),
        ("say", "do", ""),
        ("do", "branch", ""),
        ("branch", "end", "it is big"),
        ("branch", "ask", "it is small"),
    ]


def test_the_steps_of_a_flow_cannot_be_changed() -> None:
    made = one_question(Ask("Yes?", when={YES: "end"}))
    with pytest.raises(TypeError):
        made.steps["other"] = END  # type: ignore[index]


@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        ({"end": Say("Hi.", then="nowhere")}, "'end' leads to 'nowhere', which is no step"),
        ({"ask": Ask("Yes?", when={YES: "nowhere"}), "end": END}, "leads to 'nowhere'"),
        ({"ask": Ask("Yes?", when={YES: "end"}, if_silent=(hours(1), "nowhere")), "end": END}, "leads to 'nowhere'"),
        ({"say": Say("Hi.", then="end"), "lost": END, "end": END}, r"nothing leads to \['lost'\]"),
        ({"end": Say("Hi.", then="end")}, "'end' leads back to itself without a question"),
        (
            {
                "say": Say("Hi.", then="do"),
                "do": Do(nothing, then="branch"),
                "branch": Branch(big, when=dict.fromkeys(Size, "say")),
            },
            "'say' leads back to itself",
        ),
    ],
)
def test_a_flow_that_does_not_hold_together_is_refused(steps: Mapping[str, Step], problem: str) -> None:
    with pytest.raises(FlowError, match=problem):
        flow(steps, unclear="end" if "end" in steps else "say")


def test_a_way_out_for_unclear_replies_must_exist() -> None:
    with pytest.raises(FlowError, match="'ask' leads to 'person'"):
        flow({"ask": Ask("Yes?", when={YES: "end"}), "end": END}, unclear="person")


def test_an_entry_must_exist() -> None:
    with pytest.raises(FlowError, match="leads to 'side'"):
        flow({"end": END}, entries=frozenset({"side"}))


def test_a_circle_with_a_question_in_it_is_no_circle() -> None:
    flow({"ask": Ask("Yes?", when={YES: "say"}), "say": Say("Again.", then="ask"), "end": END})


def test_two_ways_may_meet_again_without_being_a_circle() -> None:
    steps: dict[str, Step] = {
        "branch": Branch(big, when={Size.BIG: "big", Size.SMALL: "end"}),
        "big": Say("Big.", then="end"),
        "end": END,
    }
    flow(steps)


@pytest.mark.parametrize(
    ("ask", "problem"),
    [
        (Ask("Why?", when={YES: "end"}, reads=Reads.WORDS), r"needs an arrow for \['anything'\]"),
        (Ask("When?", when={EXACT: "end", VAGUE: "end"}, reads=Reads.MOMENT), r"needs an arrow for \['day_only'\]"),
        (Ask("Which?", when={ANYTHING: "end"}, reads=Reads.PICK, offers=ideas), r"needs an arrow for \['picked'\]"),
        (Ask("Yes?", when={}), "a menu needs replies"),
        (
            Ask("Which?", when={Reply(str(n), str(n)): "end" for n in range(MOST_CHOICES + 1)}),
            f"a menu has at most {MOST_CHOICES} choices",
        ),
        (Ask("Which?", when={PICKED: "end"}, reads=Reads.PICK), "offers and Reads.PICK or Reads.TIME go together"),
        (Ask("Yes?", when={YES: "end"}, offers=ideas), "offers and Reads.PICK or Reads.TIME go together"),
        (Ask("Why?", when={ANYTHING: "end"}, reads=Reads.WORDS, longest=160), "longest and TOO_LONG go together"),
        (Ask("Why?", when={ANYTHING: "end", TOO_LONG: "end"}, reads=Reads.WORDS), "longest and TOO_LONG go together"),
        (Ask("Yes?", when={YES: "end"}, save="when", on_the_day=True), "an hour on the day needs Reads.MOMENT"),
        (
            Ask("When?", when=dict.fromkeys((EXACT, DAY_ONLY, VAGUE), "end"), reads=Reads.MOMENT, on_the_day=True),
            "a name to save it under",
        ),
        (
            Ask("When?", when=dict.fromkeys((EXACT, DAY_ONLY, VAGUE), "end"), reads=Reads.MOMENT, may_repeat=True),
            "a moment that may repeat and TOO_FAR go together",
        ),
    ],
)
def test_a_question_that_lacks_something_is_refused(ask: Ask, problem: str) -> None:
    with pytest.raises(FlowError, match=f"small/ask: .*{problem}"):
        one_question(ask)


def test_a_question_may_be_answered_in_words_that_it_names_itself() -> None:
    """The invitation says "Reply YES": no menu under it."""
    ask = Ask("Reply YES to start.", when={Reply("yes"): "end"})
    one_question(ask)
    assert ask.menu == ()


@pytest.mark.parametrize("when", [{}, {Size.BIG: "end"}])
def test_a_branch_must_say_where_every_outcome_leads(when: Mapping[Size, str]) -> None:
    with pytest.raises(FlowError, match="small/branch: a branch needs an arrow for every outcome"):
        flow({"branch": Branch(big, when=when), "end": END})


def test_a_renamed_step_leads_from_a_name_that_is_gone_to_one_that_is_there() -> None:
    steps: dict[str, Step] = {"ask": Ask("Yes?", when={YES: "end"}), "end": END}
    flow(steps, moved={"question": "ask"})
    for moved in ({"ask": "end"}, {"question": "gone"}):
        with pytest.raises(FlowError, match="cannot have moved"):
            flow(steps, moved=moved)


def test_only_replies_with_a_label_stand_in_the_menu() -> None:
    no = Reply("no", "no")
    assert Ask("Yes?", when={YES: "end", ANYTHING: "end", no: "end"}).menu == (YES, no)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (hours(24), "silent for 24 hours"),
        (hours(72), "silent for 72 hours"),
        (days(4), "silent for 4 days"),
        (timedelta(days=12), "silent for 12 days"),
    ],
)
def test_silence_is_said_in_hours_up_to_three_days(span: timedelta, said: str) -> None:
    assert silent_for(span) == said


def test_unclear_replies_are_counted_in_words() -> None:
    assert not_understood(2) == "not understood 2 times"


def test_the_silence_of_the_whole_flow_holds_where_a_question_has_none_of_its_own() -> None:
    own = Ask("Yes?", when={YES: "other"}, if_silent=(hours(24), "other"))
    other = Ask("Sure?", when={YES: "end"})
    whole = Flow("small", "A small flow.", "ask", {"ask": own, "other": other, "end": END}, (2, "end"))
    assert whole.steps["other"] == other
    quiet = Flow("small", "A small flow.", "ask", whole.steps, (2, "end"), if_silent=(days(7), "end"))
    assert quiet.steps == dict(whole.steps) | {"other": Ask("Sure?", when={YES: "end"}, if_silent=(days(7), "end"))}


def test_a_flow_knows_whether_a_step_comes_to_a_text() -> None:
    steps: dict[str, Step] = {
        "ask": Ask("Yes?", when={YES: "say"}),
        "say": Say("Good.", then="do"),
        "do": Do(nothing, then="size"),
        "size": Branch(big, when={Size.BIG: "silent", Size.SMALL: "bye"}),
        "silent": End(),
        "bye": END,
    }
    whole = flow(steps, unclear="bye")
    assert {name for name in steps if not whole.texts_at(name)} == {"silent"}
