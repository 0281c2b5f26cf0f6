"""People and plans for the core's tests."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.languages import load_languages
from conversations.county import County
from conversations.goals import Goal, Moment, Step
from conversations.situation import Client, Consent, Situation

ZONE = ZoneInfo("America/Los_Angeles")
NOW = datetime(2027, 3, 2, 18, 0, tzinfo=UTC)  # a Tuesday, 10:00 in Los Angeles
COUNTY = County("Sample County", "Goal Line", "707-555-0134", ZONE, words_joined_within=timedelta(0))
"""Its clients say each thing in one text, so that a test can read turn by turn."""
MARIA = Client("c1", "Maria", "en", ZONE, Consent.ACTIVE, worker="Ana")
STEP = Step(
    1,
    "sign up for the class",
    Moment(datetime(2027, 3, 4, 10, 0, tzinfo=ZONE)),
    "library",
    obstacle="no sitter",
    detour="I ask my sister",
)
GOAL = Goal(1, "get my food handler card", meaning="home when the kids are", step=STEP)
LANGUAGES = load_languages(["en", "es"])
JOINED = Situation(MARIA, COUNTY)
WITH_PLAN = Situation(MARIA, COUNTY, goal=GOAL, goals_so_far=1)
