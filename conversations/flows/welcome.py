"""Welcome: the invitation, the client's own yes, and how they like to be texted (domain guide 3.10, D1, D11)."""

from conversations import acts
from conversations.effects import Sentence
from conversations.escalations import Level, Trigger
from conversations.flows.common import LATER, NOW, QUIET, UNCLEAR, WITH_WORKER, bring_worker, gone_quiet, hand_over
from conversations.notation import Ask, Branch, Do, End, Flow, Into, Reply, Say, _, days, hours

YES = Reply("yes")
NO = Reply("no")
ONLY_ME = Reply("only_me", _("only me"))
SHARED = Reply("shared", _("I share it"))
MORNING = Reply("morning", _("morning"))
MIDDAY = Reply("midday", _("midday"))
EVENING = Reply("evening", _("evening"))
DAILY = Reply("daily", _("daily"))
WEEKLY = Reply("weekly", _("weekly"))
TWO_WEEKS = Reply("two_weeks", _("every 2 weeks"))
WHEN_I_TEXT = Reply("when_i_text", _("only when I text"))

INVITE = _(
    "{program}: Hi {name}, {worker} says you'd like texts about your goals. Reply YES to start or STOP for no texts. "
    "Msg&data rates may apply."
)
INVITATION = Sentence("welcome/invite", INVITE)
WELCOME = _(
    "{program}: Welcome! We help you set and reach your goals. Up to 12 texts a month. Msg&data rates may apply. "
    "HELP for help, STOP to end, 0 for a person."
)
WELCOME_BACK = _(
    "{program}: Welcome back. Up to 12 texts a month. Msg&data rates may apply. HELP for help, STOP to end. "
    "Text PLAN to see your plan."
)

KEPT_SHORT = _("Thanks. We'll keep texts short, with no details. Text PRIVACY to change this.")

welcome = Flow(
    name="welcome",
    purpose="Ask for consent by text, then learn when, how often and how privately to text.",
    starts_at="invite",
    entries=frozenset({"joined", "rhythm_again", "privacy"}),
    if_unclear=UNCLEAR,
    if_silent=QUIET,
    steps={
        "invite": Ask(INVITE, when={YES: "agreed", NO: "declines"}, if_silent=(hours(48), "invite_again")),
        "invite_again": Ask(INVITE, when={YES: "agreed", NO: "declines"}, if_silent=(days(12), "unanswered")),
        "agreed": Do(acts.agree_to(INVITATION), then="welcome"),
        "joined": Do(acts.agree_to(Sentence("welcome/welcome", WELCOME)), then="welcome"),
        "welcome": Say(WELCOME, then="privacy"),
        "privacy": Ask(
            _("One quick thing first. Who reads this phone?"),
            save="privacy",
            when={ONLY_ME: "phone_is_mine", SHARED: "phone_is_shared"},
        ),
        "phone_is_mine": Do(acts.set_privacy, then="time"),
        "phone_is_shared": Do(acts.set_privacy, then="kept_short"),
        "kept_short": Say(KEPT_SHORT, then="time"),
        "time": Ask(
            _("When is a good time for you?"),
            save="part_of_day",
            when={MORNING: "time_set", MIDDAY: "time_set", EVENING: "time_set"},
        ),
        "time_set": Do(acts.set_part_of_day, then="rhythm"),
        "rhythm_again": Do(acts.agree_to(Sentence("welcome/welcome_back", WELCOME_BACK)), then="welcome_back"),
        "welcome_back": Say(WELCOME_BACK, then="rhythm"),
        "rhythm": Ask(
            _("How often should we check in?"),
            save="rhythm",
            when={DAILY: "rhythm_set", WEEKLY: "rhythm_set", TWO_WEEKS: "rhythm_set", WHEN_I_TEXT: "rhythm_set"},
        ),
        "rhythm_set": Do(acts.set_rhythm, then="any_goal"),
        "any_goal": Branch(
            acts.goal_on_hand,
            when={
                acts.GoalOnHand.NONE: "ready",
                acts.GoalOnHand.ACTIVE: "all_set",
                acts.GoalOnHand.PAUSED: "all_set",
            },
        ),
        "ready": Ask(
            _("All set. Would you like to pick one small goal?"),
            when={NOW: "goal_now", LATER: "goal_later", WITH_WORKER: "with_worker"},
        ),
        "goal_now": End(then=Into("goal_setting")),
        "goal_later": End(_("OK, whenever you like. Text GOAL any time to pick one.")),
        "with_worker": bring_worker(),
        "all_set": End(_("All set. Text PLAN to see your plan or GOAL to set a goal.")),
        "declines": Do(acts.close_consent, then="declined"),
        "declined": End(_("OK, no texts from us. {worker} can still help by phone: {phone}.")),
        "unanswered": Do(acts.close_consent, then="invite_closed"),
        "invite_closed": End(tell_worker=(Trigger.INVITE_UNANSWERED, Level.U3)),
        "gone_quiet": gone_quiet(),
        "hand_over": hand_over(),
    },
)
