"""Goal check-in: Do and Review/Revise. There is no failing, only what was learned (domain guide 3.6, D3-D6)."""

from conversations import acts, roadmap_acts
from conversations.escalations import Trigger
from conversations.flows.common import (
    NEW_GOAL,
    QUIET,
    RESTING,
    SAVED,
    SAVED_WITHOUT_REMINDER,
    SMALLER,
    TALK_TO_WORKER,
    UNCLEAR,
    asking_when,
    bring_worker,
    gone_quiet,
    hand_over,
)
from conversations.goals import StepStatus
from conversations.notation import (
    ANYTHING,
    DONT_KNOW,
    NOTHING,
    SKIP,
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
    days,
    hours,
)

DONE = Reply("done", _("done"))
SOME = Reply("some", _("some of it"))
NOT_YET = Reply("not_yet", _("not yet"))
CHANGED = Reply("changed", _("something changed"))
NEXT_STEP = Reply("next_step", _("next step"))
A_BREAK = Reply("a_break", _("a break"))
REACHED_IT = Reply("reached_it", _("I reached it"))
MOVING_ON = Reply("moving_on", _("I'm moving on"))
YES = Reply("yes", _("yes"))
NOT_NOW = Reply("not_now", _("not now"))
ADJUST = Reply("adjust", _("adjust my plan"))
PAUSE = Reply("pause", _("pause for now"))
NEW_TIME = Reply("new_time", _("new time"))
SMALLER_STEP = Reply("smaller_step", _("smaller step"))
NEW_PLAN = Reply("new_plan", _("new plan"))

RESULTS = {DONE: "done", SOME: "some", NOT_YET: "not_yet", CHANGED: "changed"}

goal_check_in = Flow(
    name="goal_check_in",
    purpose="Ask how the step went, celebrate or learn from it, and agree what comes next.",
    starts_at="how_did_it_go",
    if_unclear=UNCLEAR,
    if_silent=QUIET,
    steps={
        "how_did_it_go": Ask(
            _("Hi {name}. How did it go: {step}?"),
            private=_("Hi {name}. How did your plan go?"),
            save="result",
            when=RESULTS,
            if_silent=(hours(24), "nudge_1"),
        ),
        "nudge_1": Ask(_("No rush. When you're ready:"), save="result", when=RESULTS, if_silent=(hours(48), "nudge_2")),
        "nudge_2": Ask(
            _("Still here for you. Reply any time, 0 for a person, or PAUSE to rest from texts."),
            save="result",
            when=RESULTS,
            lists_choices=False,
            if_silent=(days(4), "no_reply"),
        ),
        "no_reply": Do(acts.review(StepStatus.NO_REPLY), then="gone_quiet"),
        "gone_quiet": gone_quiet(),
        "done": Do(acts.review(StepStatus.DONE), then="helped"),
        "helped": Ask(
            _("You did it! What helped you get there?"),
            reads=Reads.WORDS,
            save="helped",
            when={ANYTHING: "keep_helped", SKIP: "keep_helped", DONT_KNOW: "keep_helped", NOTHING: "keep_helped"},
        ),
        "keep_helped": Do(acts.keep_review, then="count"),
        "count": Branch(acts.steps_done, when={acts.StepsDone.SEVERAL: "celebrate", acts.StepsDone.ONE: "what_next"}),
        "celebrate": Say(_("That's {n} steps done this month. You made that happen!"), then="what_next"),
        "what_next": Ask(
            _("That's good to know for next time. What now?"),
            save="next",
            when={NEXT_STEP: "plan_a_step", NEW_GOAL: "reached", A_BREAK: "rest"},
        ),
        "reached": Ask(
            _("Your goal was: {goal}. Where is it now?"),
            private=_("Where is your goal now?"),
            save="reached",
            when={REACHED_IT: "achieve", MOVING_ON: "name_a_goal"},
        ),
        "achieve": Do(acts.achieve_goal, then="pass_mark"),
        "pass_mark": Do(roadmap_acts.pass_mark, then="achieved"),
        "achieved": Say(_("You reached your goal! You set it, and you got there."), then="any_road"),
        "any_road": Branch(
            roadmap_acts.ahead,
            when={roadmap_acts.Ahead.MARK: "on_the_road", roadmap_acts.Ahead.NOTHING: "name_a_goal"},
        ),
        "on_the_road": End(then=Into("roadmap", at="next_mark")),
        "some": Do(acts.review(StepStatus.SOME), then="went_well"),
        "went_well": Ask(
            _("That's real progress. What part went well?"),
            reads=Reads.WORDS,
            save="went_well",
            when={ANYTHING: "keep_went_well", SKIP: "keep_went_well", DONT_KNOW: "keep_went_well"},
        ),
        "keep_went_well": Do(acts.keep_review, then="next_piece"),
        "next_piece": Ask(
            _("What is the next small piece? Add a day and time."),
            reads=Reads.WORDS,
            save="step",
            may_say_when=True,
            when={ANYTHING: "when_said", DONT_KNOW: "revise"},
        ),
        "when_said": Branch(
            acts.when_said,
            when={acts.WhenSaid.HOUR: "save", acts.WhenSaid.DAY: "hour", acts.WhenSaid.NOT_SAID: "when"},
        ),
        "not_yet": Do(acts.review(StepStatus.NOT_YET), then="got_in_way"),
        "got_in_way": Ask(
            _("Thanks for telling me. First plans rarely fit, and each try teaches us. What got in the way?"),
            reads=Reads.WORDS,
            save="got_in_way",
            takes_comment=True,
            when={ANYTHING: "foreseen", SKIP: "learned", DONT_KNOW: "learned", NOTHING: "learned"},
        ),
        "foreseen": Branch(acts.obstacle, when={acts.Obstacle.FORESEEN: "own_detour", acts.Obstacle.NEW: "learned"}),
        "own_detour": Ask(
            _("You planned for that: {detour}. How could that work this time?"),
            private=_("You planned for that. How could your plan work this time?"),
            reads=Reads.WORDS,
            save="own_detour",
            when={ANYTHING: "learned", SKIP: "learned", DONT_KNOW: "learned"},
        ),
        "learned": Ask(
            _("What did you learn that could help next time? A few words is fine."),
            reads=Reads.WORDS,
            save="learned",
            when={ANYTHING: "keep_learned", SKIP: "keep_learned", DONT_KNOW: "keep_learned", NOTHING: "keep_learned"},
        ),
        "keep_learned": Do(acts.keep_review, then="setbacks"),
        "changed": Do(acts.review(StepStatus.CHANGED), then="what_changed"),
        "what_changed": Ask(
            _("Thanks for letting me know. What changed? Share as much or as little as you like."),
            reads=Reads.WORDS,
            save="what_changed",
            takes_comment=True,
            when={ANYTHING: "keep_changed", SKIP: "keep_changed", DONT_KNOW: "keep_changed", NOTHING: "keep_changed"},
        ),
        "keep_changed": Do(acts.keep_review, then="setbacks"),
        "changed_next": Ask(
            _("That makes sense. What would help?"),
            save="next",
            when={ADJUST: "revise", PAUSE: "rest", TALK_TO_WORKER: "talk"},
        ),
        # a second setback running: a person is told either way, and the client is asked
        "setbacks": Branch(acts.setbacks, when={acts.Setbacks.FIRST: "after_setback", acts.Setbacks.AGAIN: "tell"}),
        "tell": Do(acts.tell_of_setbacks, then="setback_twice"),
        "setback_twice": Ask(
            _("Thanks for sharing that. You keep showing up, and that counts. Would talking with {worker} help?"),
            save="talk",
            when={YES: "talk_after_setback", NOT_NOW: "after_setback"},
        ),
        "talk_after_setback": bring_worker(Trigger.SECOND_SETBACK),
        "after_setback": Branch(
            acts.setback_kind,
            when={acts.SetbackKind.NOT_YET: "revise", acts.SetbackKind.CHANGED: "changed_next"},
        ),
        "revise": Ask(
            _("Good to know. What fits now?"),
            save="next",
            when={
                NEW_TIME: "when",
                SMALLER_STEP: "smaller",
                NEW_PLAN: "plan_a_step",
                NEW_GOAL: "name_a_goal",
                TALK_TO_WORKER: "talk",
            },
        ),
        "smaller": Ask(SMALLER, reads=Reads.WORDS, save="step", when={ANYTHING: "when", DONT_KNOW: "hand_over"}),
        **asking_when("save"),
        "save": Do(acts.revise_plan, then="reminded"),
        "reminded": Branch(
            acts.reminder_kept,
            when={acts.ReminderKept.YES: "saved", acts.ReminderKept.NO: "saved_without_reminder"},
        ),
        "saved": End(SAVED),
        "saved_without_reminder": End(SAVED_WITHOUT_REMINDER),
        "rest": Do(acts.rest, then="resting"),
        "resting": End(RESTING),
        "plan_a_step": End(then=Into("goal_setting", at="step")),
        "name_a_goal": End(then=Into("goal_setting", at="goal", carries=("next",))),
        "talk": bring_worker(),
        "hand_over": hand_over(),
    },
)
