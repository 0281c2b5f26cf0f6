"""Goal setting: Goal and Plan of GPDR/R, in the client's own words (domain guide 2.1, 2.4, D2)."""

from conversations import acts
from conversations.county import Tool
from conversations.flows.common import (
    ONE_DAY,
    QUIET,
    SAVED,
    SAVED_WITHOUT_REMINDER,
    SMALLER,
    UNCLEAR,
    asking_when,
    gone_quiet,
    hand_over,
)
from conversations.notation import (
    ANYTHING,
    DONT_KNOW,
    NOTHING,
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
    Say,
    _,
)
from conversations.tools import Switch, switch

KEEP_IT = Reply("keep_it", _("keep it"))
NEW_GOAL = Reply("new_goal", _("pick a new one"))
LETTING_GO = Reply("letting_go", _("let it go"))
EASY = Reply("easy", _("easy"))
JUST_RIGHT = Reply("just_right", _("just right"))
A_LOT = Reply("a_lot", _("a lot right now"))
GOOD = Reply("good", _("good"))
CHANGE_IT = Reply("change_it", _("change it"))
STEP = Reply("step", _("the step"))
WHEN = Reply("when", _("when"))
WHERE = Reply("where", _("where or how"))
POTHOLE = Reply("pothole", _("what might get in the way"))
THAT_MORNING = Reply("that_morning", _("that morning"))
HOUR_BEFORE = Reply("hour_before", _("one hour before"))
NIGHT_BEFORE = Reply("night_before", _("night before"))
NO_REMINDER = Reply("none", _("no thanks"))
SHARE = Reply("yes", _("yes"))
NOT_YET = Reply("not_yet", _("not yet"))

LONGEST_GOAL = 160
SHORTER = _("You've thought about this. How would you say it in one short line?")
LOOKS = {GOOD: "save", CHANGE_IT: "change_which"}
RECAP_PRIVATE = _("Your plan is set for {when}. How does it look?")

goal_setting = Flow(
    name="goal_setting",
    purpose="Help someone name a goal, plan one small step of it with its detour, and save it.",
    starts_at="new_goal",
    entries=frozenset({"goal", "after_goal", "step", "change_which", "pothole", "workers_plan"}),
    if_unclear=UNCLEAR,
    if_silent=QUIET,
    asks_again_after=ONE_DAY,
    steps={
        "new_goal": Branch(acts.new_goal, when={acts.NewGoal.WANTED: "goal", acts.NewGoal.NOT_SAID: "any_goal"}),
        "any_goal": Branch(
            acts.goal_on_hand,
            when={
                acts.GoalOnHand.NONE: "goal",
                acts.GoalOnHand.ACTIVE: "keep_or_new",
                acts.GoalOnHand.PAUSED: "keep_or_new",
            },
        ),
        "keep_or_new": Ask(
            _("You have a goal: {goal}. What would you like to do?"),
            private=_("You have a goal. What would you like to do?"),
            save="next",
            when={KEEP_IT: "keep", NEW_GOAL: "goal", LETTING_GO: "let_go"},
        ),
        "keep": Branch(acts.plan_on_hand, when={acts.PlanOnHand.AHEAD: "kept", acts.PlanOnHand.NONE: "step"}),
        "kept": End(_("OK, your plan stands. Text PLAN to see it or CHANGE to edit it.")),
        "let_go": Do(acts.release_goal, then="released"),
        "released": End(_("OK, we let that one go. Each try teaches us something. Text GOAL any time for a new one.")),
        "goal": Ask(
            _("What is one thing you want to get done in the next 7 days? Pick something you can do yourself."),
            reads=Reads.WORDS,
            save="goal",
            longest=LONGEST_GOAL,
            when={ANYTHING: "after_goal", DONT_KNOW: "storm", TOO_LONG: "shorter_goal"},
        ),
        "shorter_goal": Ask(
            SHORTER,
            reads=Reads.WORDS,
            save="goal",
            longest=LONGEST_GOAL,
            when={ANYTHING: "after_goal", DONT_KNOW: "storm", TOO_LONG: "shorter_goal"},
        ),
        "storm": Branch(switch(Tool.GOAL_STORMING), when={Switch.ON: "to_ideas", Switch.OFF: "no_rush"}),
        "to_ideas": End(then=Into("goal_storming", carries=("next",))),
        "no_rush": End(_("That's OK, it can take time. Text GOAL when one comes up, or 0 for a person.")),
        "after_goal": Branch(acts.meaning, when={acts.Meaning.SAID: "size", acts.Meaning.OPEN: "meaning"}),
        "meaning": Ask(
            _("What would it mean to you to get this done?"),
            reads=Reads.WORDS,
            save="meaning",
            when={ANYTHING: "size", SKIP: "size", DONT_KNOW: "size"},
        ),
        "size": Ask(
            _("How does this goal feel?"), save="size", when={EASY: "bigger", JUST_RIGHT: "step", A_LOT: "smaller"}
        ),
        "bigger": Ask(
            _("Nice. What would make it a bit more of a stretch?"),
            reads=Reads.WORDS,
            save="stretch",
            when={ANYTHING: "step", SKIP: "step", NOTHING: "step", DONT_KNOW: "step"},
        ),
        "smaller": Ask(SMALLER, reads=Reads.WORDS, save="step", when={ANYTHING: "when", DONT_KNOW: "hand_over"}),
        "step": Ask(
            _("What is the first small step?"),
            reads=Reads.WORDS,
            save="step",
            when={ANYTHING: "after_step", DONT_KNOW: "smaller"},
        ),
        "after_step": Branch(acts.change, when={acts.Change.NONE: "when", acts.Change.ONE_PART: "recap"}),
        **asking_when("after_when"),
        "after_when": Branch(acts.change, when={acts.Change.NONE: "where", acts.Change.ONE_PART: "recap"}),
        "where": Ask(
            _("Where or how will you do it? One short line is fine."),
            reads=Reads.WORDS,
            save="where",
            when={ANYTHING: "after_where", SKIP: "after_where", DONT_KNOW: "after_where"},
        ),
        "after_where": Branch(acts.change, when={acts.Change.NONE: "asks_for_support", acts.Change.ONE_PART: "recap"}),
        "asks_for_support": Branch(
            acts.support_question,
            when={acts.SupportQuestion.ASKED: "support", acts.SupportQuestion.LEFT_OUT: "asks_for_pothole"},
        ),
        "support": Ask(
            _("Who or what could help you? A friend, a ride, a form. Or text NONE."),
            reads=Reads.WORDS,
            save="support",
            when={
                ANYTHING: "after_support",
                NOTHING: "asks_for_pothole",
                SKIP: "asks_for_pothole",
                DONT_KNOW: "asks_for_pothole",
            },
        ),
        "after_support": Branch(
            acts.support_named,
            when={acts.SupportNamed.SERVICE: "pass_on", acts.SupportNamed.OWN: "asks_for_pothole"},
        ),
        "pass_on": Do(acts.tell_of_service, then="passed_on"),
        "passed_on": Say(
            _("Thanks for telling me. I passed it on to {worker}, and you'll hear by {due}."),
            then="asks_for_pothole",
        ),
        "asks_for_pothole": Branch(switch(Tool.DETOUR), when={Switch.ON: "pothole", Switch.OFF: "rehearse"}),
        "pothole": Ask(
            _("What might get in the way? Naming it now makes it easier later."),
            reads=Reads.WORDS,
            save="obstacle",
            when={
                ANYTHING: "detour",
                NOTHING: "after_pothole",
                SKIP: "after_pothole",
                DONT_KNOW: "after_pothole",
            },
        ),
        "detour": Ask(
            _("If that comes up, what will you do? You can start with: I will..."),
            reads=Reads.WORDS,
            save="detour",
            when={ANYTHING: "after_pothole", SKIP: "after_pothole", DONT_KNOW: "after_pothole"},
        ),
        "after_pothole": Branch(acts.change, when={acts.Change.NONE: "rehearse", acts.Change.ONE_PART: "recap"}),
        "rehearse": Ask(
            _("Let's walk through it. It's {when}. What is the very first thing you do?"),
            reads=Reads.WORDS,
            save="first_action",
            when={ANYTHING: "recap", SKIP: "recap", DONT_KNOW: "recap"},
        ),
        # written down by a worker: it becomes the client's by their yes (domain guide 2.1)
        "workers_plan": Say(
            _("Here is a plan from our talk, for this goal: {goal}. It is yours only if you say so."),
            private=_("Here is a plan from our talk. It is yours only if you say so."),
            then="recap",
        ),
        "recap": Branch(
            acts.recap,
            when={
                acts.Recap.WHOLE: "recap_whole",
                acts.Recap.WITHOUT_WHERE: "recap_without_where",
                acts.Recap.WITHOUT_DETOUR: "recap_without_detour",
                acts.Recap.SHORT: "recap_short",
            },
        ),
        "recap_whole": Ask(
            _("Your plan: {step}. When: {when}. How: {where}. If {obstacle}: {detour}. How does it look?"),
            private=RECAP_PRIVATE,
            when=LOOKS,
        ),
        "recap_without_where": Ask(
            _("Your plan: {step}. When: {when}. If {obstacle}: {detour}. How does it look?"),
            private=RECAP_PRIVATE,
            when=LOOKS,
        ),
        "recap_without_detour": Ask(
            _("Your plan: {step}. When: {when}. How: {where}. How does it look?"), private=RECAP_PRIVATE, when=LOOKS
        ),
        "recap_short": Ask(_("Your plan: {step}. When: {when}. How does it look?"), private=RECAP_PRIVATE, when=LOOKS),
        "change_which": Ask(
            _("What would you like to change?"),
            save="change",
            when={STEP: "step", WHEN: "when", WHERE: "where", POTHOLE: "pothole"},
        ),
        "save": Do(acts.save_plan, then="can_remind"),
        "can_remind": Branch(
            acts.reminding, when={acts.Reminding.IN_TIME: "reminder", acts.Reminding.NOT: "is_shared"}
        ),
        "reminder": Ask(
            _("Want a reminder?"),
            save="reminder",
            when={
                THAT_MORNING: "remind",
                HOUR_BEFORE: "remind",
                NIGHT_BEFORE: "remind",
                NO_REMINDER: "remind",
            },
        ),
        "remind": Do(acts.set_reminder, then="is_shared"),
        "is_shared": Branch(acts.sharing, when={acts.Sharing.SHARED: "reminded", acts.Sharing.NOT_SHARED: "share"}),
        "share": Ask(
            _("Share this plan with {worker}? Sharing can help it stick."),
            save="share",
            when={SHARE: "set_shared", NOT_YET: "set_shared"},
        ),
        "set_shared": Do(acts.share_plan, then="reminded"),
        "reminded": Branch(
            acts.reminder_kept,
            when={acts.ReminderKept.YES: "saved", acts.ReminderKept.NO: "saved_without_reminder"},
        ),
        "saved": End(SAVED),
        "saved_without_reminder": End(SAVED_WITHOUT_REMINDER),
        "gone_quiet": gone_quiet(),
        "hand_over": hand_over(),
    },
)
