"""Front door: a text came, and nothing was asked; what would help is asked now."""

from conversations.effects import Effect, Send
from conversations.flows.common import TALK_TO_WORKER, UNCLEAR, bring_worker, hand_over
from conversations.notation import Ask, Do, End, Flow, Into, Known, Reply, _
from conversations.single_texts import pocket_plan

MY_PLAN = Reply("my_plan", _("see my plan"))
NEW_GOAL = Reply("new_goal", _("set a goal"))


def show_plan(known: Known) -> tuple[Effect, ...]:
    return (Send(pocket_plan(known.situation)),)


front_door = Flow(
    name="front_door",
    purpose="Someone texts out of the blue: offer their plan, a goal, or a person.",
    starts_at="what_would_help",
    if_unclear=UNCLEAR,
    is_passing=True,
    steps={
        "what_would_help": Ask(
            _("Thanks for texting. What would help most?"),
            when={MY_PLAN: "show_plan", NEW_GOAL: "set_goal", TALK_TO_WORKER: "person"},
        ),
        "show_plan": Do(show_plan, then="plan_shown"),
        "plan_shown": End(),
        "set_goal": End(then=Into("goal_setting")),
        "person": bring_worker(),
        "hand_over": hand_over(parks=False),
    },
)
