"""What flows record and decide by about a roadmap (domain guide 2.3), over what is known.

The outcomes of a `Branch` are said as an analyst reads them, as in `acts`.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from conversations.effects import Effect, KeepRoadmap
from conversations.notation import Known
from conversations.privacy import is_private
from conversations.roadmaps import Roadmap, RoadmapStatus

Effects = tuple[Effect, ...]

GOAL_AHEAD = "road"
"""The answer that holds the goal at the end of the road; "goal" is its first mark, which becomes a goal first."""

MARKS = ("goal", "mark_2", "mark_3")
"""The answers that hold the marks, nearest first."""


class Marks(Enum):
    ONE = "they have named one mark"
    TWO = "they have named two marks"
    THREE = "they have named three marks"


def marks(known: Known) -> Marks:
    return {2: Marks.TWO, 3: Marks.THREE}.get(len(_marks(known)), Marks.ONE)


class Ahead(Enum):
    MARK = "their road goes on, and this phone may show where"
    NOTHING = "there is nothing to show of a road"


def ahead(known: Known) -> Ahead:
    return Ahead.MARK if next_mark(known) else Ahead.NOTHING


def next_mark(known: Known) -> tuple[str, ...]:
    """What comes next on the road, if that is no secret here. What was achieved in this very breath is behind."""
    roadmap = _standing(known)
    if roadmap is None or known.situation.client.phone_is_shared:
        return ()
    following = roadmap.way[_behind(roadmap, known) :][:1]
    return tuple(mark for mark in following if not is_private(None, {"goal": mark}))


def keep_roadmap(known: Known) -> Effects:
    """The client's yes to their road. One that stood before makes way."""
    said, newest, old = known.talk.answers, known.situation.roadmap, _standing(known)
    number = newest.number + 1 if newest else 1
    roadmap = Roadmap(number, said.get(GOAL_AHEAD, ""), said.get("meaning", ""), _marks(known))
    replaced = (KeepRoadmap(replace(old, status=RoadmapStatus.REPLACED)),) if old else ()
    return (*replaced, KeepRoadmap(roadmap))


def pass_mark(known: Known) -> Effects:
    """The goal that is achieved just now may be a mark, or the end of the road."""
    roadmap, goal = _standing(known), known.situation.goal
    if roadmap is None or goal is None or goal.text not in roadmap.way:
        return ()
    reached = _behind(roadmap, known)
    status = RoadmapStatus.REACHED if reached == len(roadmap.way) else RoadmapStatus.ACTIVE
    return (KeepRoadmap(replace(roadmap, reached=reached, status=status)),)


def _behind(roadmap: Roadmap, known: Known) -> int:
    """How much of the way is achieved, with the goal that is on hand."""
    goal = known.situation.goal
    return roadmap.way.index(goal.text) + 1 if goal and goal.text in roadmap.way else roadmap.reached


def _standing(known: Known) -> Roadmap | None:
    roadmap = known.situation.roadmap
    return roadmap if roadmap and roadmap.status is RoadmapStatus.ACTIVE else None


def _marks(known: Known) -> tuple[str, ...]:
    said = (known.talk.answers.get(name, "") for name in MARKS)
    return tuple(mark for mark in said if mark)
