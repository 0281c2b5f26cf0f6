"""Roadmap: a bigger goal, and the marks on the way to it, of which the first becomes a goal (domain guide 2.3)."""

from conversations import roadmap_acts
from conversations.flows.common import NEW_GOAL, ONE_DAY, QUIET, UNCLEAR, gone_quiet, hand_over
from conversations.flows.goal_setting import CHANGE_IT, LONGEST_GOAL, SHORTER
from conversations.notation import (
    ANYTHING,
    DONT_KNOW,
    FINISHED,
    NOTHING,
    PICKED,
    SKIP,
    TOO_LONG,
    Ask,
    Branch,
    Do,
    End,
    Flow,
    Into,
    Reads,
    Reply,
    Step,
    _,
)
from conversations.roadmap_acts import Marks

YES = Reply("yes", _("yes"))
LOOKS = {YES: "keep", CHANGE_IT: "other_marks"}
AND_THEN = _("And what comes after that? Text it, or text DONE.")
RECAP_PRIVATE = _("I have your road now. Start with the first part?")


def enough(then: str) -> dict[Reply, str]:
    return dict.fromkeys((FINISHED, NOTHING, SKIP, DONT_KNOW), then)


def in_a_line(name: str, question: str, save: str, when: dict[Reply, str]) -> dict[str, Step]:
    """A question, and what is said to an answer that is too long for a goal."""
    ways = {**when, TOO_LONG: f"shorter_{name}"}
    return {
        step: Ask(text, reads=Reads.WORDS, save=save, longest=LONGEST_GOAL, when=ways)
        for step, text in ((name, question), (f"shorter_{name}", SHORTER))
    }


roadmap = Flow(
    name="roadmap",
    purpose="Look some months ahead, find the marks on the way there, and begin with the first one.",
    starts_at="ask",
    entries=frozenset({"mark", "next_mark"}),
    if_unclear=UNCLEAR,
    if_silent=QUIET,
    asks_again_after=ONE_DAY,
    steps={
        **in_a_line(
            "ask",
            _("Think a few months ahead. What is one bigger thing you want for you or your family?"),
            roadmap_acts.GOAL_AHEAD,
            {ANYTHING: "why", DONT_KNOW: "no_rush"},
        ),
        "why": Ask(
            _("What makes that worth it for you?"),
            reads=Reads.WORDS,
            save="meaning",
            when={ANYTHING: "mark", SKIP: "mark", DONT_KNOW: "mark"},
        ),
        **in_a_line(
            "mark",
            _("What would be a first sign you're on your way?"),
            roadmap_acts.MARKS[0],
            {ANYTHING: "next", DONT_KNOW: "no_rush"},
        ),
        **in_a_line("next", AND_THEN, roadmap_acts.MARKS[1], {ANYTHING: "last", **enough("recap")}),
        **in_a_line("last", AND_THEN, roadmap_acts.MARKS[2], {ANYTHING: "recap", **enough("recap")}),
        "recap": Branch(
            roadmap_acts.marks,
            when={Marks.ONE: "recap_of_one", Marks.TWO: "recap_of_two", Marks.THREE: "recap_of_three"},
        ),
        "recap_of_one": Ask(
            _("Your road: {m1} > {road}. Start with the first one?"), private=RECAP_PRIVATE, when=LOOKS
        ),
        "recap_of_two": Ask(
            _("Your road: {m1} > {m2} > {road}. Start with the first one?"), private=RECAP_PRIVATE, when=LOOKS
        ),
        "recap_of_three": Ask(
            _("Your road: {m1} > {m2} > {m3} > {road}. Start with the first one?"), private=RECAP_PRIVATE, when=LOOKS
        ),
        "keep": Do(roadmap_acts.keep_roadmap, then="first_goal"),
        "first_goal": End(then=Into("goal_setting", at="after_goal", carries=("goal", "meaning", "road"))),
        "other_marks": End(then=Into("roadmap", at="mark", carries=("road", "meaning"))),
        # a mark was reached, and the check-in led here
        "next_mark": Ask(
            _("Here is what comes next on your road. What would you like to work on?"),
            reads=Reads.PICK,
            offers=roadmap_acts.next_mark,
            offers_most=1,
            save="goal",
            when={PICKED: "next_goal", ANYTHING: "next_goal", NEW_GOAL: "other_goal", DONT_KNOW: "other_goal"},
        ),
        "next_goal": End(then=Into("goal_setting", at="after_goal", carries=("goal",))),
        "other_goal": End(then=Into("goal_setting", at="goal")),
        "no_rush": End(_("That's OK, big plans take time. Text ROAD when one comes up, or 0 for a person.")),
        "gone_quiet": gone_quiet(),
        "hand_over": hand_over(),
    },
)
