"""Front door: a text came, and nothing was asked; what would help is asked now."""

from conversations.county import Tool
from conversations.effects import Effect, Send
from conversations.flows.common import TALK_TO_WORKER, UNCLEAR, bring_worker, hand_over
from conversations.notation import Ask, Branch, Do, End, Flow, Into, Known, Reply, _
from conversations.single_texts import pocket_plan
from conversations.tools import Switch, switch

MY_PLAN = Reply("my_plan", _("see my plan"))
NEW_GOAL = Reply("new_goal", _("set a goal"))
WHAT_WOULD_HELP = _("Thanks for texting. What would help most?")


def show_plan(known: Known) -> tuple[Effect, ...]:
    return (Send(pocket_plan(known.situation)),)


front_door = Flow(
    name="front_door",
    purpose="Someone texts out of the blue: offer their plan, a goal, or a person.",
    starts_at="any_plans",
    if_unclear=UNCLEAR,
    is_passing=True,
    steps={
        "any_plans": Branch(switch(Tool.POCKET_PLAN), when={Switch.ON: "what_would_help", Switch.OFF: "without_plan"}),
        "what_would_help": Ask(
            WHAT_WOULD_HELP, when={MY_PLAN: "show_plan", NEW_GOAL: "set_goal", TALK_TO_WORKER: "person"}
        ),
        "without_plan": Ask(WHAT_WOULD_HELP, when={NEW_GOAL: "set_goal", TALK_TO_WORKER: "person"}),
        "show_plan": Do(show_plan, then="plan_shown"),
        "plan_shown": End(),
        "set_goal": End(then=Into("goal_setting")),
        "person": bring_worker(),
        "hand_over": hand_over(parks=False),
    },
)
