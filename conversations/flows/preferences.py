"""Preferences: how often, when, in which language and how privately to text, and what to rest from (3.4, 3.5)."""

from conversations import acts, single_texts
from conversations.flows.common import RESTING, UNCLEAR, hand_over
from conversations.flows.welcome import (
    DAILY,
    EVENING,
    KEPT_SHORT,
    MIDDAY,
    MORNING,
    ONLY_ME,
    SHARED,
    TWO_WEEKS,
    WEEKLY,
    WHEN_I_TEXT,
)
from conversations.notation import Ask, Do, End, Flow, Reply, _

HOW_OFTEN = Reply("how_often", _("how often"))
TIME = Reply("time_of_day", _("time"))
LANGUAGE = Reply("language", _("language"))
PRIVACY = Reply("privacy", _("privacy"))
A_REST = Reply("pause_texts", _("a rest from texts"))
ALL_TEXTS = Reply("all_texts", _("all texts"))
CHECK_INS = Reply("check_ins", _("check-ins"))
STEP_REMINDERS = Reply("step_reminders", _("plan reminders"))

preferences = Flow(
    name="preferences",
    purpose="Let someone change how they are texted, or rest from some of it.",
    starts_at="which",
    entries=frozenset({"privacy", "rest"}),
    if_unclear=UNCLEAR,
    is_passing=True,
    steps={
        "which": Ask(
            _("What would you like to change?"),
            when={HOW_OFTEN: "rhythm", TIME: "time", LANGUAGE: "language", PRIVACY: "privacy", A_REST: "rest"},
        ),
        "rhythm": Ask(
            _("How often should we check in?"),
            save="rhythm",
            when={DAILY: "set_rhythm", WEEKLY: "set_rhythm", TWO_WEEKS: "set_rhythm", WHEN_I_TEXT: "set_rhythm"},
        ),
        "set_rhythm": Do(acts.set_rhythm, then="kept"),
        "time": Ask(
            _("When is a good time for you?"),
            save="part_of_day",
            when={MORNING: "set_time", MIDDAY: "set_time", EVENING: "set_time"},
        ),
        "set_time": Do(acts.set_part_of_day, then="kept"),
        "kept": End(_("Done. I'll keep to that from now on.")),
        "language": End(single_texts.LANGUAGES_OFFERED.text),
        "privacy": Ask(
            _("Who reads this phone?"), save="privacy", when={ONLY_ME: "phone_is_mine", SHARED: "phone_is_shared"}
        ),
        "phone_is_mine": Do(acts.set_privacy, then="kept"),
        "phone_is_shared": Do(acts.set_privacy, then="kept_short"),
        "kept_short": End(KEPT_SHORT),
        "rest": Ask(
            _("What would you like a rest from?"),
            when={ALL_TEXTS: "rest_from_all", CHECK_INS: "no_check_ins", STEP_REMINDERS: "no_reminders"},
        ),
        "rest_from_all": Do(acts.rest, then="resting"),
        "resting": End(RESTING),
        "no_check_ins": Do(acts.rest_from_check_ins, then="check_ins_rest"),
        "check_ins_rest": End(_("OK, no check-ins. Text SET any time to have them back.")),
        "no_reminders": Do(acts.rest_from_reminders, then="reminders_rest"),
        "reminders_rest": End(_("OK, no reminder of this plan. Text CHANGE to edit it any time.")),
        "hand_over": hand_over(parks=False),
    },
)
