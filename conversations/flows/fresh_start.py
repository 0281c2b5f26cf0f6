"""Fresh start: the rest is over. One kind question, and the plan goes on when the client wants it to."""

from conversations import acts
from conversations.escalations import Level, Trigger
from conversations.flows.common import LATER, NOW, QUIET, RESTING, UNCLEAR, WITH_WORKER, bring_worker, hand_over
from conversations.notation import Ask, Branch, Do, End, Flow, Into, _

fresh_start = Flow(
    name="fresh_start",
    purpose="After a rest, ask when someone would like to pick up their goals again.",
    starts_at="pick_up",
    if_unclear=UNCLEAR,
    if_silent=QUIET,
    steps={
        "pick_up": Ask(
            _("Hi {name}. We hope the rest did you good. When would you like to pick up your goals again?"),
            when={NOW: "any_goal", LATER: "rest", WITH_WORKER: "with_worker"},
        ),
        "any_goal": Branch(
            acts.goal_on_hand,
            when={
                acts.GoalOnHand.NONE: "name_a_goal",
                acts.GoalOnHand.ACTIVE: "any_plan",
                acts.GoalOnHand.PAUSED: "resume",
            },
        ),
        "any_plan": Branch(
            acts.plan_on_hand, when={acts.PlanOnHand.AHEAD: "keep_or_new", acts.PlanOnHand.NONE: "plan_a_step"}
        ),
        "keep_or_new": End(then=Into("goal_setting")),
        "resume": Do(acts.resume_goal, then="plan_a_step"),
        "plan_a_step": End(then=Into("goal_setting", at="step")),
        "name_a_goal": End(then=Into("goal_setting", at="goal")),
        "rest": Do(acts.rest, then="resting"),
        "resting": End(RESTING),
        "with_worker": bring_worker(),
        "gone_quiet": End(tell_worker=(Trigger.QUIET, Level.U3)),
        "hand_over": hand_over(),
    },
)
