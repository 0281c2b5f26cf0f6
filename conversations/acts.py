"""What flows record and decide by: pure functions over what is known. The flows name them in `Do` and `Branch`.

The outcomes of a `Branch` are said as an analyst reads them: "if they have no goal yet".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum

from conversations.effects import (
    CancelNudges,
    ChangeConsent,
    ChangeMode,
    CheckIn,
    Effect,
    EndHold,
    EndRestAt,
    KeepAnswer,
    KeepIdea,
    Preference,
    RemindOfStep,
    ReviewStep,
    SaveGoal,
    Sentence,
    SetPreference,
    TellWorker,
    WatchConsent,
)
from conversations.escalations import Level, Trigger
from conversations.goals import (
    Difficulty,
    Goal,
    GoalEvent,
    GoalStatus,
    Moment,
    Reminder,
    Step,
    StepStatus,
    after,
    setbacks_after,
)
from conversations.notation import Known
from conversations.nudges import END_WITH_CONSENT, NudgeKind
from conversations.office_hours import due
from conversations.privacy import is_private
from conversations.reminders import moment_for
from conversations.single_texts import STOPPED
from conversations.situation import PAUSED, Consent, Mode, Rhythm, Situation
from conversations.word_lists import SERVICE_WORDS, mentions, telling_words

Effects = tuple[Effect, ...]
Act = Callable[[Known], Effects]

LIFE_PULSE = "life_pulse"
MOST_IDEAS = 5
MOST_OFFERED = 3
SAID_IN_REVIEW = ("helped", "went_well", "got_in_way", "own_detour", "learned", "what_changed", "comment")
ABOUT_THE_STEP = frozenset({NudgeKind.STEP_REMINDER, NudgeKind.CHECK_IN})


class GoalOnHand(Enum):
    NONE = "they have no goal yet"
    ACTIVE = "they have a goal"
    PAUSED = "their goal is resting"


def goal_on_hand(known: Known) -> GoalOnHand:
    goal = known.situation.goal
    if goal is None:
        return GoalOnHand.NONE
    return GoalOnHand.PAUSED if goal.status is GoalStatus.PAUSED else GoalOnHand.ACTIVE


class NewGoal(Enum):
    WANTED = "they have asked for a new goal"
    NOT_SAID = "they have not asked for a new goal"


def new_goal(known: Known) -> NewGoal:
    return NewGoal.WANTED if known.talk.answers.get("next") == "new_goal" else NewGoal.NOT_SAID


class PlanOnHand(Enum):
    AHEAD = "a planned step is still ahead"
    NONE = "no step is planned"


def plan_on_hand(known: Known) -> PlanOnHand:
    goal = known.situation.goal
    if goal and goal.status is GoalStatus.ACTIVE and goal.step and goal.step.status is StepStatus.PLANNED:
        return PlanOnHand.AHEAD
    return PlanOnHand.NONE


class Meaning(Enum):
    SAID = "they have said what it means to them"
    OPEN = "they have not said what it means to them"


def meaning(known: Known) -> Meaning:
    return Meaning.SAID if known.talk.answers.get("meaning") else Meaning.OPEN


class Change(Enum):
    NONE = "the plan is being made"
    ONE_PART = "one part of the plan is being changed"


def change(known: Known) -> Change:
    return Change.ONE_PART if "change" in known.talk.answers else Change.NONE


class SupportQuestion(Enum):
    ASKED = "the county asks for support"
    LEFT_OUT = "the county leaves this question out"


def support_question(known: Known) -> SupportQuestion:
    return SupportQuestion.ASKED if known.situation.county.asks_for_support else SupportQuestion.LEFT_OUT


class SupportNamed(Enum):
    SERVICE = "they name money, a ride, child care or tools"
    OWN = "they name other help"


def support_named(known: Known) -> SupportNamed:
    says_so = mentions(known.talk.answers.get("support", ""), SERVICE_WORDS)
    return SupportNamed.SERVICE if says_so else SupportNamed.OWN


class Recap(Enum):
    WHOLE = "the plan is whole"
    WITHOUT_WHERE = "it does not say where or how"
    WITHOUT_DETOUR = "it has no detour"
    SHORT = "it has neither"


def recap(known: Known) -> Recap:
    step = planned(known).step
    detour = bool(step and step.obstacle and step.detour)
    if step and step.where:
        return Recap.WHOLE if detour else Recap.WITHOUT_DETOUR
    return Recap.WITHOUT_WHERE if detour else Recap.SHORT


class Reminding(Enum):
    IN_TIME = "there is an hour to remind of, and it is still ahead"
    NOT = "no reminder could come in time"


def reminding(known: Known) -> Reminding:
    """Who would like one that morning gets any that can still come."""
    step = planned(known).step
    if step is None or not step.when.has_hour:
        return Reminding.NOT
    in_time = _can_remind(replace(step, reminder=Reminder.THAT_MORNING), known)
    return Reminding.IN_TIME if in_time else Reminding.NOT


class Sharing(Enum):
    SHARED = "their worker sees this goal already"
    NOT_SHARED = "their worker does not see this goal yet"


def sharing(known: Known) -> Sharing:
    return Sharing.SHARED if planned(known).shared else Sharing.NOT_SHARED


class ReminderKept(Enum):
    YES = "a reminder is set"
    NO = "no reminder is set"


def reminder_kept(known: Known) -> ReminderKept:
    step = planned(known).step
    return ReminderKept.YES if step and _can_remind(step, known) else ReminderKept.NO


class IdeasSoFar(Enum):
    FEW = "there is room for more ideas"
    FULL = f"there are {MOST_IDEAS} ideas"


def ideas_so_far(known: Known) -> IdeasSoFar:
    return IdeasSoFar.FULL if len(_ideas(known)) >= MOST_IDEAS else IdeasSoFar.FEW


class IdeasToPick(Enum):
    ONE = "there is one idea"
    SEVERAL = "there are several ideas"


def ideas_to_pick(known: Known) -> IdeasToPick:
    return IdeasToPick.SEVERAL if len(_ideas(known)) > 1 else IdeasToPick.ONE


def ideas_on_offer(known: Known) -> tuple[str, ...]:
    """The first ideas of this talk, in the client's own words."""
    return _ideas(known)[:MOST_OFFERED]


class StepsDone(Enum):
    ONE = "it is the first step this month"
    SEVERAL = "it is not the first step this month"


def steps_done(known: Known) -> StepsDone:
    """The step at hand was counted when it was reported, a turn ago."""
    return StepsDone.SEVERAL if known.situation.steps_this_month > 1 else StepsDone.ONE


class WhenSaid(Enum):
    HOUR = "they said a day and time"
    DAY = "they said a day"
    NOT_SAID = "they did not say when"


def when_said(known: Known) -> WhenSaid:
    """A step and its time may come in one text: what was said is not asked again (domain guide D4)."""
    when = Moment.read(known.talk.answers.get("when", ""))
    if when.at is None:
        return WhenSaid.NOT_SAID
    return WhenSaid.HOUR if when.has_hour else WhenSaid.DAY


class Obstacle(Enum):
    FORESEEN = "it is what they had foreseen"
    NEW = "it is something else"


def obstacle(known: Known) -> Obstacle:
    """Did their own pothole come true? Then their own detour is shown first (domain guide 2.4)."""
    goal = known.situation.goal
    if goal is None or goal.step is None or not goal.step.detour:
        return Obstacle.NEW
    shared = telling_words(goal.step.obstacle) & telling_words(known.talk.answers.get("got_in_way", ""))
    return Obstacle.FORESEEN if shared else Obstacle.NEW


class Setbacks(Enum):
    FIRST = "it is the first setback running"
    AGAIN = "it is at least the second setback running"


def setbacks(known: Known) -> Setbacks:
    """The setback at hand was counted when it was reported, a turn ago."""
    goal = known.situation.goal
    return Setbacks.AGAIN if goal and goal.setbacks > 1 else Setbacks.FIRST


class SetbackKind(Enum):
    NOT_YET = "the step is not done yet"
    CHANGED = "something changed"


def setback_kind(known: Known) -> SetbackKind:
    return SetbackKind.CHANGED if known.talk.answers.get("result") == "changed" else SetbackKind.NOT_YET


class ParkedOn(Enum):
    STEP = "it was about a step"
    OTHER = "it was about something else"


def parked_on(known: Known) -> ParkedOn:
    """`{step}` comes from the parked talk's answers, which this talk carries, or from the goal a check-in is about."""
    situation = known.situation
    checks_in = situation.parked is not None and situation.parked.flow == "goal_check_in"
    about_goal = checks_in and situation.goal is not None and situation.goal.step is not None
    return ParkedOn.STEP if known.talk.answers.get("step") or about_goal else ParkedOn.OTHER


def agree_to(shown: Sentence) -> Act:
    """The client's own yes to being texted; `shown` is what they answered or are told (domain guide 6.1)."""

    def agree(_known: Known) -> Effects:
        return (ChangeConsent(Consent.ACTIVE, shown), WatchConsent())

    return agree


def close_consent(_known: Known) -> Effects:
    return (ChangeConsent(Consent.CLOSED),)


def expire_consent(_known: Known) -> Effects:
    return (ChangeConsent(Consent.EXPIRED), CancelNudges(END_WITH_CONSENT, "consent_expired"))


def revoke(_known: Known) -> Effects:
    """The client's answer to the question whether all texts are to stop."""
    return (ChangeConsent(Consent.REVOKED, STOPPED), CancelNudges(END_WITH_CONSENT, "opted_out"))


def go_silent(_known: Known) -> Effects:
    """Texts are not safe: nothing at all goes out to this phone until a person starts it again (domain guide 6.8)."""
    return (ChangeMode(Mode.SILENT),)


def end_hold(known: Known) -> Effects:
    """What a worker paused stays so."""
    hold = known.situation.hold
    return () if hold and hold.reason == PAUSED else (EndHold(),)


def rest_from_check_ins(_known: Known) -> Effects:
    rhythm = SetPreference(Preference.RHYTHM, Rhythm.WHEN_I_TEXT)
    return (rhythm, CancelNudges(frozenset({NudgeKind.CHECK_IN}), "resting"))


def rest_from_reminders(_known: Known) -> Effects:
    return (CancelNudges(frozenset({NudgeKind.STEP_REMINDER}), "resting"),)


def set_privacy(known: Known) -> Effects:
    shared = known.talk.answers["privacy"] == "shared"
    return (SetPreference(Preference.PHONE_IS_SHARED, "yes" if shared else "no"),)


def set_part_of_day(known: Known) -> Effects:
    return (SetPreference(Preference.PART_OF_DAY, known.talk.answers["part_of_day"]),)


def set_rhythm(known: Known) -> Effects:
    """A new rhythm holds for the plan that stands, too."""
    rhythm = SetPreference(Preference.RHYTHM, known.talk.answers["rhythm"])
    goal = known.situation.goal
    if plan_on_hand(known) is PlanOnHand.NONE or goal is None or goal.step is None:
        return (rhythm,)
    return (rhythm, CheckIn(goal.number, goal.step))


def keep_ideas(known: Known) -> Effects:
    """What came up since the last turn; one text may hold several lines."""
    return tuple(KeepIdea(idea) for idea in _ideas(known) if idea not in known.situation.ideas)


def keep_life_pulse(known: Known) -> Effects:
    return (KeepAnswer(LIFE_PULSE, int(known.talk.answers["pulse"])),)


def keep_life_words(known: Known) -> Effects:
    """What would move the number up, beside the number."""
    said = known.talk.answers
    return (KeepAnswer(LIFE_PULSE, int(said["pulse"]), said["up"]),) if said.get("up") else ()


def tell_of_low_pulse(known: Known) -> Effects:
    return _tell(known, Trigger.LOW_LIFE_PULSE, Level.U2)


def tell_of_service(known: Known) -> Effects:
    return _tell(known, Trigger.SUPPORTIVE_SERVICE, Level.U2)


def tell_of_setbacks(known: Known) -> Effects:
    return _tell(known, Trigger.SECOND_SETBACK, Level.U2)


def planned(known: Known) -> Goal:
    """The goal and step that the answers come to, over what was planned before.

    A goal in other words than the one on hand is a new goal. A question that was answered with nothing empties its
    field; one that was not asked leaves it.
    """
    said = known.talk.answers
    old = _goal_to_revise(known)
    before = old.step if old and old.step else Step(0, "", Moment(None))
    text = said.get("step") or before.text or said.get("goal", "")
    pothole = said.get("obstacle", before.obstacle)
    step = Step(
        number=before.number if before.number and before.status is StepStatus.PLANNED else before.number + 1,
        text=text,
        when=Moment.read(said["when"]) if "when" in said else before.when,
        where=said.get("where", before.where),
        support=said.get("support", before.support),
        obstacle=pothole,
        detour=said.get("detour", before.detour) if pothole else "",
        first_action=said.get("first_action", before.first_action),
        reminder=Reminder(said["reminder"]) if said.get("reminder") else before.reminder,
    )
    if old is None:
        return _new_goal(known, said.get("goal") or text, step)
    status = after(old.status, GoalEvent.REVISED)
    private = old.private or is_private(old, said)
    return replace(old, status=status, version=old.version + 1, private=private, step=step)


def save_plan(known: Known) -> Effects:
    """The client's assent: the plan is theirs now. An earlier goal makes way for a new one, which is not a failure."""
    goal, old = planned(known), known.situation.goal
    if old is not None and old.number == goal.number:
        saved: Effects = (SaveGoal(goal, GoalEvent.REVISED, known.talk.answers.get("change", "")),)
    else:
        saved = (SaveGoal(goal, GoalEvent.SET, known.talk.answers.get("stretch", "")),)
        if old is not None:
            saved = (SaveGoal(_moved(old, GoalEvent.REPLACED), GoalEvent.REPLACED, replaced_by=goal.number), *saved)
    return (*saved, *_follow_up(goal, known))


def revise_plan(known: Known) -> Effects:
    """A new time or a smaller step after a check-in; what was not asked again stays as it was."""
    goal = planned(known)
    return (SaveGoal(goal, GoalEvent.REVISED, known.talk.answers.get("next", "")), *_follow_up(goal, known))


def set_reminder(known: Known) -> Effects:
    """The plan was saved a turn ago; the reminder is part of the same version."""
    goal = known.situation.goal
    if goal is None or goal.step is None:
        return ()
    chosen = Reminder(known.talk.answers["reminder"])
    reminded = replace(goal, step=replace(goal.step, reminder=chosen))
    saved = SaveGoal(reminded, GoalEvent.REVISED, chosen.value)
    earlier = CancelNudges(frozenset({NudgeKind.STEP_REMINDER}), "reminder_chosen")
    return (saved, earlier, *_remind(reminded, known))


def share_plan(known: Known) -> Effects:
    """Sharing is the client's choice; the reminder is wished for again, so that the last text can say when it comes."""
    goal = known.situation.goal
    if goal is None:
        return ()
    shared = replace(goal, shared=known.talk.answers["share"] == "yes")
    saved = (SaveGoal(shared, GoalEvent.REVISED, "shared" if shared.shared else "not_shared"),)
    return (*(saved if shared != goal else ()), *_remind(shared, known))


def review(result: StepStatus) -> Act:
    """How the step went, kept as soon as it is said: a client who then falls silent has reported all the same."""

    def keep(known: Known) -> Effects:
        goal = known.situation.goal
        if goal is None or goal.step is None:
            return ()
        words = {name: said for name in SAID_IN_REVIEW if (said := known.talk.answers.get(name))}
        return (ReviewStep(goal.number, goal.step, result, words, setbacks_after(goal, result)),)

    return keep


def keep_review(known: Known) -> Effects:
    """What the client said about it, added to the result that was kept a turn ago."""
    return review(StepStatus(known.talk.answers["result"]))(known)


def achieve_goal(known: Known) -> Effects:
    """A goal is achieved when the client says so (domain guide 3.6)."""
    return _close(known, GoalEvent.ACHIEVED)


def release_goal(known: Known) -> Effects:
    return _close(known, GoalEvent.RELEASED)


def resume_goal(known: Known) -> Effects:
    goal = known.situation.goal
    return (SaveGoal(_moved(goal, GoalEvent.RESUMED), GoalEvent.RESUMED),) if goal else ()


def rest(known: Known) -> Effects:
    return resting(known.situation, known.now)


def resting(situation: Situation, now: datetime) -> Effects:
    """No texts for some weeks; then one question whether to go on. The goal rests too."""
    goal = situation.goal
    until = now + timedelta(weeks=situation.county.rest_weeks)
    awake = goal is not None and goal.status is GoalStatus.ACTIVE
    paused = (SaveGoal(_moved(goal, GoalEvent.PAUSED), GoalEvent.PAUSED),) if goal and awake else ()
    return (
        *paused,
        SetPreference(Preference.RESTING_UNTIL, until.isoformat()),
        CancelNudges(ABOUT_THE_STEP | {NudgeKind.SILENCE, NudgeKind.QUIET}, "resting"),
        EndRestAt(until),
    )


def _close(known: Known, event: GoalEvent) -> Effects:
    goal = known.situation.goal
    if goal is None:
        return ()
    return (SaveGoal(_moved(goal, event), event), CancelNudges(ABOUT_THE_STEP, f"goal_{event}"))


def _moved(goal: Goal, event: GoalEvent) -> Goal:
    return replace(goal, status=after(goal.status, event))


def _goal_to_revise(known: Known) -> Goal | None:
    goal, named = known.situation.goal, known.talk.answers.get("goal")
    return goal if goal and (not named or named == goal.text) else None


def _new_goal(known: Known, text: str, step: Step) -> Goal:
    said = known.talk.answers
    return Goal(
        number=known.situation.goals_so_far + 1,
        text=text,
        meaning=said.get("meaning", ""),
        difficulty=Difficulty(said["size"]) if said.get("size") else None,
        private=is_private(None, {**said, "goal": text}),
        step=step,
    )


def _follow_up(goal: Goal, known: Known) -> Effects:
    """What a new plan changes about the texts to come. Who makes a plan is not resting any more."""
    earlier = CancelNudges(ABOUT_THE_STEP, "plan_changed")
    checks_in = (CheckIn(goal.number, goal.step),) if goal.step else ()
    return (*_awake(known), earlier, *checks_in, *_remind(goal, known))


def _awake(known: Known) -> Effects:
    if known.situation.client.resting_until is None:
        return ()
    return (
        SetPreference(Preference.RESTING_UNTIL, ""),
        CancelNudges(frozenset({NudgeKind.END_OF_REST}), "rest_ended"),
    )


def _remind(goal: Goal, known: Known) -> Effects:
    return (RemindOfStep(goal.number, goal.step),) if goal.step and _can_remind(goal.step, known) else ()


def _can_remind(step: Step, known: Known) -> bool:
    """Whether a reminder can still come. Whoever is asked is making a plan, and so not resting any more."""
    awake = replace(known.situation, client=replace(known.situation.client, resting_until=None))
    return moment_for(awake, step, known.now) is not None


def _ideas(known: Known) -> tuple[str, ...]:
    return tuple(known.talk.answers.get("ideas", "").splitlines())


def _tell(known: Known, trigger: Trigger, level: Level) -> Effects:
    return (TellWorker(trigger, level, due(level, known.now, known.situation.county)),)
