"""The words on a client's printed plan (domain guide 2.1, 2.6). What the client wrote stands under them as written."""

from __future__ import annotations

from conversations.effects import Sentence
from conversations.notation import _

TITLE = Sentence("goal_sheet/title", _("My Goal Plan"))
CASE_NUMBER = Sentence("goal_sheet/case_number", _("Case number"))
GOAL = Sentence("goal_sheet/goal", _("My goal"))
WHY = Sentence("goal_sheet/why", _("Why it matters to me"))
STEP = Sentence("goal_sheet/step", _("My next step"))
WHEN = Sentence("goal_sheet/when", _("When"))
WHERE = Sentence("goal_sheet/where", _("Where or how"))
WHO_HELPS = Sentence("goal_sheet/who_helps", _("Who can help me"))
POTHOLE = Sentence("goal_sheet/pothole", _("What might get in the way"))
DETOUR = Sentence("goal_sheet/detour", _("What I will do then"))
FIRST_ACTION = Sentence("goal_sheet/first_action", _("The very first thing I do"))
MY_SIGNATURE = Sentence("goal_sheet/my_signature", _("My signature"))
WORKERS_SIGNATURE = Sentence("goal_sheet/workers_signature", _("Worker's signature"))
DATE = Sentence("goal_sheet/date", _("Date"))

WORDS = (
    TITLE,
    CASE_NUMBER,
    GOAL,
    WHY,
    STEP,
    WHEN,
    WHERE,
    WHO_HELPS,
    POTHOLE,
    DETOUR,
    FIRST_ACTION,
    MY_SIGNATURE,
    WORKERS_SIGNATURE,
    DATE,
)
