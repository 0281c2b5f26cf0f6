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
from conversations.effects import (
    ChangeConsent,
    Effect,
    KeepIdea,
    KeepRoadmap,
    Preference,
    ReviewStep,
    SaveGoal,
    SaveReminder,
    SaveVisit,
    SetPreference,
    TakeTime,
)
from conversations.engine import Turn, choices
from conversations.events import Answered, FellSilent, NotUnderstood, TurnEvent
from conversations.goals import Goal, GoalEvent, GoalStatus, Moment, Reminder, Step, StepStatus
from conversations.notation import (
    ANYTHING,
    DAY_ONLY,
    EXACT,
    FAIR,
    LOW,
    ON_OFFER,
    OTHER_TIME,
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
    answer_of,
)
from conversations.own_reminders import OwnReminder
from conversations.roadmaps import Roadmap
from conversations.situation import Client, Consent, Situation, Talk
from conversations.talks import loaded, saved
from conversations.visits import FreeTime, Visit

WORDS = ("call the school at nine", "no ride, and no money")
"""Two answers in free words: one that is about nothing in particular, one that several branches listen for."""

SAID = {ANYTHING: WORDS, VAGUE: ("soon",), LOW: ("1",), FAIR: ("7",)}
COMMENT = "the kids got sick"

AN_HOUR = timedelta(hours=1)
"""After which the client answers."""


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
"""A question, the misses at it, how many lines are piled up in answers and how much is there to pick from, and the
outcomes of all branches that may still come."""


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
        situation = _with_client(_with_plans(situation, effect), effect)
    return situation


def _with_plans(situation: Situation, effect: Effect) -> Situation:
    match effect:
        case SaveGoal(goal=goal, what=what):
            open_goal = goal if goal.status in {GoalStatus.ACTIVE, GoalStatus.PAUSED} else None
            new = situation.goals_so_far + (what is GoalEvent.SET)
            return replace(situation, goal=open_goal, goals_so_far=new)
        case ReviewStep(result=result, setbacks=setbacks) if situation.goal:
            step = replace(effect.step, status=result)
            first = result is StepStatus.DONE and effect.step.status is not StepStatus.DONE
            goal = replace(situation.goal, step=step, setbacks=setbacks)
            return replace(situation, goal=goal, steps_this_month=situation.steps_this_month + first)
        case KeepIdea(text=idea):
            return replace(situation, ideas=(*situation.ideas, idea))
        case KeepRoadmap(roadmap=roadmap):
            return replace(situation, roadmap=roadmap)
        case _:
            return situation


def _with_client(situation: Situation, effect: Effect) -> Situation:
    match effect:
        case ChangeConsent(to=consent):
            return replace(situation, client=replace(situation.client, consent=consent))
        case SetPreference(what=Preference.PHONE_IS_SHARED, value=value):
            return replace(situation, client=replace(situation.client, phone_is_shared=value == "yes"))
        case SaveVisit(visit=visit):
            others = (other for other in situation.visits if other.number != visit.number)
            so_far = max(situation.visits_so_far, visit.number)
            return replace(situation, visits=(visit, *others), visits_so_far=so_far)
        case SaveReminder(reminder=reminder):
            set_before = (other for other in situation.own_reminders if other.number != reminder.number)
            so_far = max(situation.reminders_so_far, reminder.number)
            return replace(situation, own_reminders=(reminder, *set_before), reminders_so_far=so_far)
        case TakeTime(time=taken):
            left = tuple(time for time in situation.free_times if time.id != taken)
            return replace(situation, free_times=left)
        case _:
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
        known = Known(situation, talk, now + AN_HOUR)
        branches = tuple(branch.on(known) for branch in self.ahead[talk.at])
        piled = {step.save for step in self.flow.steps.values() if isinstance(step, Ask) and step.adds and step.save}
        lines = sum(talk.answers.get(name, "").count("\n") for name in piled)
        ask = engine.open_question(self.flow, talk)
        shown = talk.answers.get(ON_OFFER, "").split() if ask.reads is not Reads.PICK else choices(ask, known)
        return talk.at, talk.misses, lines + len(shown), branches

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
    later = now + AN_HOUR
    known = Known(situation, talk, later)
    hears_comments = any(isinstance(step, Ask) and step.takes_comment for step in flow.steps.values())
    for reply in ask.when:
        for value in _values(ask, reply, known):
            yield Answered(reply.name, value), later
        if ask.may_say_when and reply == ANYTHING:
            for when in (*_values(ask, EXACT, known), *_values(ask, DAY_ONLY, known)):
                yield Answered(reply.name, COMMENT, also={"when": when}), later
        if ask.reads is Reads.MENU and hears_comments:
            yield Answered(reply.name, comment=COMMENT), later
    yield NotUnderstood(), later
    if ask.if_silent:
        yield FellSilent(talk.asked_at), now + ask.if_silent[0]


def _values(ask: Ask, reply: Reply, known: Known) -> tuple[str, ...]:
    """What an understanding reader could make of a text that is this reply."""
    local_now = known.now.astimezone(known.situation.client.zone)
    if reply in SAID:
        return SAID[reply]
    if reply == EXACT:
        return tuple(Moment(local_now + ahead).stored() for ahead in (timedelta(days=2), timedelta(minutes=30)))
    if reply == DAY_ONLY:
        return (Moment(date(local_now.year + 1, 1, 2)).stored(),)
    if reply in {PICKED, OTHER_TIME}:
        offered = map(answer_of, choices(ask, known)[:1])
        return (*offered, *_other_times(reply, known)) if ask.reads is Reads.TIME else tuple(offered)
    return ("",)


def _other_times(reply: Reply, known: Known) -> tuple[str, ...]:
    """A time that has gone; for one that was not shown, the worker's last free one, too."""
    gone = Moment(known.now - timedelta(days=1)).stored()
    last = known.situation.free_times[-1:] if reply == OTHER_TIME else ()
    return (gone, *(answer_of(time.starts_at) for time in last))


def typical_scenes() -> tuple[Scene, ...]:
    """Situations in which, taken together, every branch of every flow goes each of its ways."""
    zone = ZoneInfo("America/Los_Angeles")
    monday = datetime(2027, 3, 1, 18, tzinfo=UTC)
    saturday = datetime(2027, 3, 6, 18, tzinfo=UTC)
    county = County("Example County", "Goal Line", "707-555-0134", zone)
    quiet_county = replace(county, tools=frozenset(), asks_for_support=False)
    maria = Client("maria", "Maria", "en", zone, Consent.ACTIVE, worker="Ana")
    shared = replace(maria, phone_is_shared=True)
    step = Step(1, "sign up online", Moment(monday.astimezone(zone) + timedelta(days=9)), "library", "", "no ride")
    with_detour = replace(step, detour="ask my sister", first_action="grab my ID", reminder=Reminder.THAT_MORNING)
    goal = Goal(1, "get my food handler card", "home by three", step=step)
    planned = replace(goal, step=with_detour)
    again = replace(planned, setbacks=1)
    road = Roadmap(1, "a steady job", "a home of our own", (goal.text, "three interviews"))
    asked_before = Talk("goal_setting", "where", monday, {"goal": "a card", "step": "sign up"})
    at_check_in = Talk("goal_check_in", "helped", monday, {"result": "done"})
    visit = Visit(1, monday + timedelta(days=4), "Ana", "Koster office")
    tomorrow = replace(visit, starts_at=monday + timedelta(days=1), bring="your ID")
    times = tuple(FreeTime(f"t{n}", monday + timedelta(days=n)) for n in range(1, 6))
    soon = (FreeTime("t0", monday + timedelta(minutes=45)),)
    return (
        Scene("no goal yet", Situation(replace(maria, consent=Consent.INVITED, worker="Ana"), county), monday),
        Scene(
            "an idea from goal-storming, and a new goal wanted",
            Situation(maria, county, goal=goal, goals_so_far=1, visits=(visit,), visits_so_far=1, free_times=times),
            monday,
            {"meaning": "home by three", "next": "new_goal"},
        ),
        Scene(
            "a plan without a detour, a visit tomorrow with something to bring",
            Situation(maria, county, goal=replace(goal, shared=True), goals_so_far=1, visits=(tomorrow,)),
            monday,
        ),
        Scene(
            "one setback, some steps done, a road, a check-in set aside, all that is said before a visit",
            Situation(
                maria,
                county,
                parked=at_check_in,
                goal=again,
                goals_so_far=1,
                steps_this_month=3,
                roadmap=road,
                visits=(replace(tomorrow, leaves_at="9am"),),
            ),
            monday,
        ),
        Scene(
            "a resting goal, a talk about a new one set aside, a visit by phone",
            Situation(
                maria,
                county,
                parked=asked_before,
                goal=replace(planned, status=GoalStatus.PAUSED),
                visits=(replace(visit, by_phone=True),),
                free_times=soon,
            ),
            monday,
        ),
        Scene(
            "a private goal without a step, a shared phone, the office closed, as little asked as can be",
            Situation(
                shared,
                quiet_county,
                goal=replace(goal, private=True, step=None),
                goals_so_far=1,
                visits=(replace(visit, starts_at=saturday + timedelta(days=3), leaves_at="9am"),),
            ),
            saturday,
        ),
        *_scenes_of_reminders(Situation(maria, county), monday),
    )


def _scenes_of_reminders(situation: Situation, now: datetime) -> tuple[Scene, ...]:
    pills = OwnReminder(1, "take my pills", now + timedelta(days=1), "daily")
    one_more = replace(pills, number=2, what="call the school", repeats="")
    full = tuple(replace(one_more, number=number, at=now + timedelta(days=number)) for number in range(1, 11))
    gone_by = Moment((now - timedelta(hours=1)).astimezone(situation.client.zone)).stored()
    return (
        Scene("a request whose time has gone by", situation, now, {"what": "call the school", "when": gone_by}),
        Scene(
            "some own reminders, one of them has come",
            replace(situation, own_reminders=(pills, *full[1:6]), reminders_so_far=6),
            now,
            {"what": "call the school", "own_reminder": "2"},
        ),
        Scene("as many own reminders as can be", replace(situation, own_reminders=full, reminders_so_far=10), now),
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
