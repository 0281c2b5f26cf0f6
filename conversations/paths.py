"""Walk every path of a flow: each reply on offer, an unclear one and silence, at every question, in typical situations.

Between every two turns the talk is written out and read back, as if the client had paused for days. Two talks count as
the same when they wait at the same question and every branch of the flow would send them the same way; from each of
these every way on is taken, so that what is walked covers every path, with any number of rounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from conversations import engine
from conversations.county import County
from conversations.effects import ChangeConsent, Effect, KeepIdea, Preference, ReviewStep, SaveGoal, SetPreference
from conversations.engine import Turn, choices
from conversations.events import Answered, FellSilent, NotUnderstood, TurnEvent
from conversations.goals import Goal, GoalEvent, GoalStatus, Moment, Reminder, Step, StepStatus
from conversations.notation import (
    ANYTHING,
    DAY_ONLY,
    EXACT,
    PICKED,
    VAGUE,
    Arrow,
    Ask,
    Branch,
    End,
    Flow,
    FlowError,
    Known,
    Reads,
    Reply,
)
from conversations.situation import Client, Consent, Situation, Talk
from conversations.talks import loaded, saved

WORDS = ("call the school at nine", "no ride, and no money")
"""Two answers in free words: one that is about nothing in particular, one that several branches listen for."""

COMMENT = "the kids got sick"


@dataclass(frozen=True, slots=True)
class Scene:
    """A situation to begin in, the moment when it begins (aware), and the answers in hand."""

    name: str
    situation: Situation
    now: datetime
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Walk:
    """What was seen of one flow.

    `endings` are the ends that were reached, `stuck` the questions from which no end can be, and `talks` holds one talk
    at each question, as it is stored.
    """

    flow: Flow
    arrows: set[Arrow] = field(default_factory=set)
    endings: set[str] = field(default_factory=set)
    stuck: set[str] = field(default_factory=set)
    talks: dict[str, str] = field(default_factory=dict)
    turns: int = 0

    @property
    def never_walked(self) -> set[Arrow]:
        return set(self.flow.arrows()) - self.arrows

    @property
    def never_ended(self) -> set[str]:
        return {name for name, step in self.flow.steps.items() if isinstance(step, End)} - self.endings


Place = tuple[str, int, int, tuple[Enum, ...]]
"""A question, the misses at it, the lines piled up in answers, and the outcomes of all branches that may still come."""


Waiting = tuple[str, Place, Situation, datetime]
"""A talk as it is stored, its place, and the client's situation at the moment of its question."""


def walk(flow: Flow, scenes: Sequence[Scene]) -> Walk:
    """Take every way through the flow, from its start and its entries, in every scene."""
    walker = _Walker(Walk(flow))
    for scene in scenes:
        walker.walk(scene)
    walker.walked.stuck |= {place[0] for place in walker.ways if not walker.comes_to_an_end(place)}
    return walker.walked


def remembered(situation: Situation, effects: Sequence[Effect]) -> Situation:
    """The situation as it is once these effects are kept: what the records do, as far as flows look at it."""
    for effect in effects:
        match effect:
            case SaveGoal(goal=goal, what=what):
                open_goal = goal if goal.status in {GoalStatus.ACTIVE, GoalStatus.PAUSED} else None
                new = situation.goals_so_far + (what is GoalEvent.SET)
                situation = replace(situation, goal=open_goal, goals_so_far=new)
            case ReviewStep(result=result, setbacks=setbacks) if situation.goal:
                step = replace(effect.step, status=result)
                first = result is StepStatus.DONE and effect.step.status is not StepStatus.DONE
                goal = replace(situation.goal, step=step, setbacks=setbacks)
                situation = replace(situation, goal=goal, steps_this_month=situation.steps_this_month + first)
            case KeepIdea(text=idea):
                situation = replace(situation, ideas=(*situation.ideas, idea))
            case ChangeConsent(to=consent):
                situation = replace(situation, client=replace(situation.client, consent=consent))
            case SetPreference(what=Preference.PHONE_IS_SHARED, value=value):
                situation = replace(situation, client=replace(situation.client, phone_is_shared=value == "yes"))
            case _:
                pass
    return situation


@dataclass(slots=True)
class _Walker:
    walked: Walk
    ways: dict[Place, set[Place]] = field(default_factory=dict)
    ended: set[Place] = field(default_factory=set)
    ahead: Mapping[str, Sequence[Branch]] = field(init=False)

    def __post_init__(self) -> None:
        self.ahead = {name: _branches_from(name, self.flow) for name in self.flow.steps}

    @property
    def flow(self) -> Flow:
        return self.walked.flow

    def walk(self, scene: Scene) -> None:
        todo: list[Waiting] = []
        for start in (self.flow.starts_at, *sorted(self.flow.entries)):
            turn = engine.begin(self.flow, scene.situation, scene.now, at=start, answers=dict(scene.answers))
            self.take(turn, None, scene.situation, scene.now, todo)
        while todo:
            stored, here, situation, now = todo.pop()
            talk = loaded(stored)
            for event, later in events(self.flow, talk, situation, now):
                turn = engine.turn(self.flow, talk, event, situation, later)
                self.take(turn, here, situation, later, todo)

    def take(
        self,
        turn: Turn,
        before: Place | None,
        situation: Situation,
        now: datetime,
        todo: list[Waiting],
    ) -> None:
        """Note a turn, and put the question it led to on the list, unless its place is known."""
        self.walked.turns += 1
        self.walked.arrows.update(turn.walked)
        situation = remembered(situation, turn.effects)
        if turn.talk.over:
            self.walked.endings.add(turn.talk.at)
            if before:
                self.ended.add(before)
            return
        place = self.place(turn.talk, situation, now)
        if before:
            self.ways[before].add(place)
        if place not in self.ways:
            self.ways[place] = set()
            stored = saved(turn.talk)
            self.walked.talks.setdefault(turn.talk.at, stored)
            todo.append((stored, place, situation, now))

    def place(self, talk: Talk, situation: Situation, now: datetime) -> Place:
        known = Known(situation, talk, now)
        branches = tuple(branch.on(known) for branch in self.ahead[talk.at])
        piled = {step.save for step in self.flow.steps.values() if isinstance(step, Ask) and step.adds and step.save}
        return talk.at, talk.misses, sum(talk.answers.get(name, "").count("\n") for name in piled), branches

    def comes_to_an_end(self, place: Place) -> bool:
        seen: set[Place] = set()
        todo = [place]
        while todo:
            here = todo.pop()
            if here in self.ended:
                return True
            if here not in seen:
                seen.add(here)
                todo += self.ways[here]
        return False


def _branches_from(start: str, flow: Flow) -> tuple[Branch, ...]:
    """The branches that a talk at this step may still come to."""
    reached = (flow.steps[name] for name in sorted(flow.reachable_from((start,))))
    return tuple(step for step in reached if isinstance(step, Branch))


def events(flow: Flow, talk: Talk, situation: Situation, now: datetime) -> Iterator[tuple[TurnEvent, datetime]]:
    """All that can happen to a talk at its open question, each with the moment when it does."""
    ask = engine.open_question(flow, talk)
    later = now + timedelta(hours=1)
    known = Known(situation, talk, later)
    hears_comments = any(isinstance(step, Ask) and step.takes_comment for step in flow.steps.values())
    for reply in ask.when:
        for value in _values(ask, reply, known):
            yield Answered(reply.name, value), later
        if ask.reads is Reads.MENU and hears_comments:
            yield Answered(reply.name, comment=COMMENT), later
    yield NotUnderstood(), later
    if ask.if_silent:
        yield FellSilent(talk.asked_at), now + ask.if_silent[0]


def _values(ask: Ask, reply: Reply, known: Known) -> tuple[str, ...]:
    """What an understanding reader could make of a text that is this reply."""
    local_now = known.now.astimezone(known.situation.client.zone)
    if reply == ANYTHING:
        return WORDS
    if reply == EXACT:
        return tuple(Moment(local_now + ahead).stored() for ahead in (timedelta(days=2), timedelta(minutes=30)))
    if reply == DAY_ONLY:
        return (Moment(date(local_now.year + 1, 1, 2)).stored(),)
    if reply == VAGUE:
        return ("soon",)
    if reply == PICKED:
        return choices(ask, known)[:1]
    return ("",)


def typical_scenes() -> tuple[Scene, ...]:
    """Situations in which, taken together, every branch of every flow goes each of its ways."""
    zone = ZoneInfo("America/Los_Angeles")
    monday = datetime(2027, 3, 1, 18, tzinfo=UTC)
    saturday = datetime(2027, 3, 6, 18, tzinfo=UTC)
    county = County("Example County", "Goal Line", "707-555-0134", zone)
    quiet_county = replace(county, asks_for_support=False)
    maria = Client("maria", "Maria", "en", zone, Consent.ACTIVE, worker="Ana")
    shared = replace(maria, phone_is_shared=True)
    step = Step(1, "sign up online", Moment(monday.astimezone(zone) + timedelta(days=9)), "library", "", "no ride")
    with_detour = replace(step, detour="ask my sister", first_action="grab my ID", reminder=Reminder.THAT_MORNING)
    goal = Goal(1, "get my food handler card", "home by three", step=step)
    planned = replace(goal, step=with_detour)
    again = replace(planned, setbacks=1)
    asked_before = Talk("goal_setting", "where", monday, {"goal": "a card", "step": "sign up"})
    at_check_in = Talk("goal_check_in", "helped", monday, {"result": "done"})
    return (
        Scene("no goal yet", Situation(replace(maria, consent=Consent.INVITED, worker="Ana"), county), monday),
        Scene(
            "an idea from goal-storming, and a new goal wanted",
            Situation(maria, county, goal=goal, goals_so_far=1),
            monday,
            {"meaning": "home by three", "next": "new_goal"},
        ),
        Scene(
            "a plan without a detour", Situation(maria, county, goal=replace(goal, shared=True), goals_so_far=1), monday
        ),
        Scene(
            "one setback, some steps done, a check-in set aside",
            Situation(maria, county, parked=at_check_in, goal=again, goals_so_far=1, steps_this_month=3),
            monday,
        ),
        Scene(
            "a resting goal, a talk about a new one set aside",
            Situation(maria, county, parked=asked_before, goal=replace(planned, status=GoalStatus.PAUSED)),
            monday,
        ),
        Scene(
            "a private goal without a step, a shared phone, the office closed, no question about support",
            Situation(shared, quiet_county, goal=replace(goal, private=True, step=None), goals_so_far=1),
            saturday,
        ),
    )


def check(flow: Flow) -> Walk:
    """Walk a flow in the typical scenes. Raises FlowError for what is never reached, or has no way out."""
    walked = walk(flow, typical_scenes())
    if walked.never_walked or walked.never_ended or walked.stuck:
        raise FlowError(
            f"{flow.name}: never walked {sorted(walked.never_walked)}, never ended at {sorted(walked.never_ended)}, "
            f"stuck at {sorted(walked.stuck)}"
        )
    return walked
