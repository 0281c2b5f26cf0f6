"""My Roadmap by text (domain guide 2.3), as texts go to and fro, and what is kept of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.county import Tool
from conversations.decide import decide
from conversations.effects import Effect, KeepRoadmap, SaveTalk, Texted
from conversations.events import Said
from conversations.goals import Goal, StepStatus
from conversations.notation import Known
from conversations.paths import remembered
from conversations.roadmap_acts import Marks, ahead, marks, next_mark, pass_mark
from conversations.roadmaps import Roadmap, RoadmapStatus
from conversations.situation import Situation, Talk
from conversations.wording import say
from tests.core.people import COUNTY, GOAL, JOINED, LANGUAGES, MARIA, NOW, STEP

ROAD = Roadmap(1, "a steady job", "a home of our own", ("my card", "three interviews"))
WITH_ROADS = replace(COUNTY, tools=frozenset(Tool))
ON_FOOT = replace(JOINED, county=WITH_ROADS)


class Phone:
    """One client's phone, in a county that uses roadmaps."""

    def __init__(self, situation: Situation = ON_FOOT, language: str = "en") -> None:
        self.situation = replace(situation, client=replace(situation.client, language=language))
        self.now = NOW
        self.kept: list[Roadmap] = []

    def says(self, *texts: str) -> str:
        """What is heard after the last of these texts."""
        return [self._after(decide(self.situation, Said(text), self.now, LANGUAGES)) for text in texts][-1]

    def at(self) -> str:
        talk = self.situation.talk
        return f"{talk.flow}/{talk.at}" if talk else ""

    def _after(self, effects: tuple[Effect, ...]) -> str:
        said = [each.body for each in say(effects, self.situation, LANGUAGES, self.now) if isinstance(each, Texted)]
        self.situation = remembered(self.situation, effects)
        self.now += timedelta(minutes=1)
        for effect in effects:
            match effect:
                case SaveTalk(talk=talk, parked=parked):
                    self.situation = replace(self.situation, talk=talk, parked=parked)
                case KeepRoadmap(roadmap=roadmap):
                    self.kept.append(roadmap)
                case _:
                    pass
        return "\n".join(said)


def test_a_road_is_laid_out_backwards_and_its_first_mark_becomes_the_goal() -> None:
    phone = Phone()
    assert phone.says("ROAD") == "Think a few months ahead. What is one bigger thing you want for you or your family?"
    assert phone.says("a steady job") == "What makes that worth it for you?"
    assert phone.says("a home of our own") == "What would be a first sign you're on your way?"
    assert phone.says("my food handler card") == "And what comes after that? Text it, or text DONE."
    assert phone.says("three interviews") == "And what comes after that? Text it, or text DONE."
    assert phone.says("a trial week") == (
        "Your road: my food handler card > three interviews > a trial week > a steady job. "
        "Start with the first one? 1 yes, 2 change it"
    )
    assert phone.kept == []
    assert phone.says("1") == "How does this goal feel? 1 easy, 2 just right, 3 a lot right now"
    marks = ("my food handler card", "three interviews", "a trial week")
    assert phone.kept == [Roadmap(1, "a steady job", "a home of our own", marks)]
    phone.says("just right", "sign up online", "thu 10am", "library", "none", "none", "skip", "good")
    goal = phone.situation.goal
    assert goal is not None
    assert (goal.text, goal.meaning) == ("my food handler card", "a home of our own")


def test_a_road_in_spanish() -> None:
    phone = Phone(language="es")
    assert phone.says("Camino").startswith("Piense en unos meses.")
    assert phone.says("un trabajo", "mi familia", "mi licencia", "LISTO") == (
        "Su camino: mi licencia > un trabajo. ¿Empieza por lo primero? 1 sí, 2 cambiarlo"
    )
    assert phone.says("sí").startswith("¿Cómo se siente esta meta?")


@pytest.mark.parametrize("enough", ["DONE", "that's all", "nothing else", "skip", "idk"])
def test_one_mark_or_two_are_enough(enough: str) -> None:
    phone = Phone()
    assert phone.says("road", "a steady job", "skip", "my card", enough).startswith(
        "Your road: my card > a steady job."
    )
    phone = Phone()
    assert phone.says("road", "a steady job", "skip", "my card", "interviews", enough).startswith(
        "Your road: my card > interviews > a steady job."
    )


def test_without_a_why_the_goal_s_own_meaning_is_asked() -> None:
    phone = Phone()
    assert phone.says("road", "a steady job", "skip", "my card", "done", "1") == (
        "What would it mean to you to get this done?"
    )


def test_changing_it_asks_for_the_marks_anew_and_keeps_where_it_leads() -> None:
    phone = Phone()
    phone.says("road", "a steady job", "a home", "my card", "interviews", "a trial week")
    assert phone.says("2") == "What would be a first sign you're on your way?"
    assert phone.says("a clean record", "done") == (
        "Your road: a clean record > a steady job. Start with the first one? 1 yes, 2 change it"
    )
    phone.says("1")
    assert phone.kept == [Roadmap(1, "a steady job", "a home", ("a clean record",))]


@pytest.mark.parametrize("before", [["road"], ["road", "a steady job", "skip"]])
def test_nobody_is_pressed_for_a_big_plan(before: list[str]) -> None:
    phone = Phone()
    assert phone.says(*before, "idk") == (
        "That's OK, big plans take time. Text ROAD when one comes up, or 0 for a person."
    )
    assert phone.at() == ""


@pytest.mark.parametrize(
    "before",
    [
        ["road"],
        ["road", "a job", "skip"],
        ["road", "a job", "skip", "card"],
        ["road", "a job", "skip", "card", "talks"],
    ],
)
def test_what_is_long_is_asked_for_in_one_line(before: list[str]) -> None:
    phone = Phone()
    asked = phone.says(*before, "and so on " * 20)
    assert asked == "You've thought about this. How would you say it in one short line?"
    assert phone.says("and so on " * 20) == asked
    place = phone.at()
    phone.says("in short")
    assert phone.at() != place


def test_others_who_read_the_phone_see_nothing_of_the_road() -> None:
    shared = replace(ON_FOOT, client=replace(MARIA, phone_is_shared=True))
    assert Phone(shared).says("road", "a steady job", "skip", "my card", "done") == (
        "I have your road now. Start with the first part? 1 yes, 2 change it"
    )


@pytest.mark.parametrize("where", range(5))
def test_a_private_word_anywhere_keeps_the_road_private(where: int) -> None:
    words = ["a steady job", "for my kids", "my card", "interviews", "a week"]
    words[where] = "finish therapy"
    phone = Phone()
    assert phone.says("road", *words).startswith("I have your road now.")
    phone.says("1")
    talk = phone.situation.talk
    assert talk is not None
    assert ("finish therapy" in talk.answers.values()) == (where < 3)


def test_a_new_road_replaces_the_one_that_stands() -> None:
    phone = Phone(replace(ON_FOOT, roadmap=ROAD))
    phone.says("road", "a house", "skip", "save", "done", "yes")
    assert phone.kept == [replace(ROAD, status=RoadmapStatus.REPLACED), Roadmap(2, "a house", "", ("save",))]
    phone = Phone(replace(ON_FOOT, roadmap=replace(ROAD, status=RoadmapStatus.REACHED)))
    phone.says("road", "a house", "skip", "save", "done", "yes")
    assert phone.kept == [Roadmap(2, "a house", "", ("save",))]


def achieving(text: str, road: Roadmap = ROAD) -> Situation:
    """A goal of these words, whose last step was just done and celebrated."""
    goal = Goal(1, text, step=replace(STEP, status=StepStatus.DONE))
    reached = Talk("goal_check_in", "reached", NOW - timedelta(minutes=5), {"result": "done", "next": "new_goal"})
    return replace(ON_FOOT, talk=reached, goal=goal, goals_so_far=1, roadmap=road)


def test_at_a_mark_the_next_one_is_offered_in_the_client_s_own_words() -> None:
    phone = Phone(achieving("my card"))
    assert phone.says("I reached it") == (
        "You reached your goal! You set it, and you got there.\n"
        "Here is what comes next on your road. What would you like to work on? 1 three interviews, 2 new goal"
    )
    assert phone.kept == [replace(ROAD, reached=1)]
    assert phone.says("1") == "What would it mean to you to get this done?"
    talk = phone.situation.talk
    assert talk is not None
    assert talk.answers["goal"] == "three interviews"


@pytest.mark.parametrize(("answer", "asks"), [("a car", "goal_setting/meaning"), ("2", "goal_setting/goal")])
def test_at_a_mark_the_client_may_turn_off_the_road(answer: str, asks: str) -> None:
    phone = Phone(achieving("my card"))
    phone.says("I reached it", answer)
    assert phone.at() == asks


def test_at_the_end_of_the_road_a_goal_is_asked_for() -> None:
    phone = Phone(achieving("a steady job", replace(ROAD, reached=2)))
    assert "What is one thing you want to get done in the next 7 days?" in phone.says("I reached it")
    assert phone.kept == [replace(ROAD, reached=3, status=RoadmapStatus.REACHED)]


def test_a_goal_beside_the_road_moves_nobody_along_it() -> None:
    phone = Phone(achieving("a car", replace(ROAD, reached=1)))
    assert "1 three interviews, 2 new goal" in phone.says("I reached it")
    assert phone.kept == []


@pytest.mark.parametrize(
    "situation",
    [
        ON_FOOT,
        replace(ON_FOOT, roadmap=replace(ROAD, status=RoadmapStatus.REPLACED)),
        replace(ON_FOOT, roadmap=ROAD, client=replace(MARIA, phone_is_shared=True)),
        replace(ON_FOOT, roadmap=replace(ROAD, marks=("finish therapy",))),
    ],
)
def test_no_mark_is_shown_where_there_is_none_or_it_is_private(situation: Situation) -> None:
    known = Known(situation, Talk("roadmap", "next_mark", NOW), NOW)
    assert next_mark(known) == ()
    assert ahead(known).value == "there is nothing to show of a road"


def test_an_act_about_a_road_does_nothing_where_there_is_none() -> None:
    talk = Talk("goal_check_in", "reached", NOW)
    assert pass_mark(Known(replace(ON_FOOT, goal=GOAL), talk, NOW)) == ()
    assert pass_mark(Known(replace(ON_FOOT, roadmap=ROAD), talk, NOW)) == ()
    assert marks(Known(ON_FOOT, talk, NOW)) is Marks.ONE
