from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from conversations.effects import HoldTexts, Purpose, Send, SendWords, TellWorker, WatchSilence
from conversations.escalations import Level, OpenItem, Trigger
from conversations.events import FellDue, TextsFail, WorkerStarted
from conversations.falling_due import FALLS_DUE
from conversations.nudges import NudgeKind
from conversations.situation import Mode
from tests.core.desk import ASKED_WHERE, asked_for, happens, in_mode, none, only, told
from tests.core.people import JOINED, NOW, WITH_PLAN

PROMISED = OpenItem(Trigger.ASKED_FOR_PERSON, Level.U1, NOW)
PROMISE = FellDue(NudgeKind.PROMISE, "asked_for_person")
SATURDAY = datetime(2027, 3, 6, 18, 0, tzinfo=UTC)


def test_every_kind_but_a_breath_has_its_line() -> None:
    assert set(FALLS_DUE) == set(NudgeKind) - {NudgeKind.BREATH}


def test_a_missed_promise_is_owned_up_to_once_and_the_supervisor_hears_of_it() -> None:
    effects = happens(replace(JOINED, open_items=(PROMISED,)), PROMISE)
    assert told(effects) == ["single/still_coming"]
    broken = only(effects, TellWorker)
    assert (broken.trigger, broken.level, broken.to_supervisor, broken.promised) == (
        Trigger.PROMISE_BROKEN,
        Level.U1,
        True,
        True,
    )


def test_a_promise_about_a_promise_is_not_made() -> None:
    again = replace(JOINED, open_items=(replace(PROMISED, trigger=Trigger.PROMISE_BROKEN),))
    effects = happens(again, FellDue(NudgeKind.PROMISE, "promise_broken"))
    assert told(effects) == []
    assert asked_for(effects) == [("promise_broken", "U1")]


@pytest.mark.parametrize("items", [(), (replace(PROMISED, contacted_at=NOW),)])
def test_a_promise_that_was_kept_says_nothing(items: tuple[OpenItem, ...]) -> None:
    assert happens(replace(JOINED, open_items=items), PROMISE) == ()


def test_nobody_hears_of_a_missed_promise_while_the_office_is_shut_or_texts_are_not_safe() -> None:
    waiting = replace(JOINED, open_items=(PROMISED,))
    assert told(happens(waiting, PROMISE, SATURDAY)) == []
    assert told(happens(in_mode(waiting, Mode.SILENT), PROMISE)) == []


def test_a_week_of_silence_is_looked_at_again_after_three() -> None:
    asked = replace(JOINED, talk=ASKED_WHERE)
    effects = happens(asked, FellDue(NudgeKind.QUIET, ASKED_WHERE.asked_at.isoformat()))
    assert only(effects, WatchSilence).until == NOW + timedelta(days=14)
    assert only(effects, HoldTexts).until == NOW + timedelta(days=14)
    assert asked_for(effects) == [("quiet", "U3")]
    assert asked_for(happens(asked, FellDue(NudgeKind.STILL_QUIET))) == [("quiet", "U2")]


def test_a_silence_after_the_answer_came_tells_nobody() -> None:
    assert happens(JOINED, FellDue(NudgeKind.QUIET, NOW.isoformat())) == ()


def test_the_open_question_is_put_again_when_later_has_come() -> None:
    effects = happens(replace(JOINED, talk=ASKED_WHERE), FellDue(NudgeKind.LATER))
    assert told(effects) == ["goal_setting/where"]
    assert only(effects, Send).purpose is Purpose.NUDGE
    assert happens(JOINED, FellDue(NudgeKind.LATER)) == ()


def test_a_worker_can_open_a_conversation() -> None:
    assert told(happens(JOINED, WorkerStarted("goal_storming"))) == ["goal_storming/idea"]
    assert told(happens(WITH_PLAN, FellDue(NudgeKind.WORKER_NUDGE, "goal_storming"))) == ["goal_storming/idea"]
    assert only(happens(JOINED, FellDue(NudgeKind.WORKER_NUDGE, words="hi")), SendWords).words == "hi"


@pytest.mark.parametrize(
    ("code", "asks", "holds"),
    [
        (30005, ("delivery_failing", "U2"), True),
        (30003, ("delivery_failing", "U2"), True),
        (30007, ("filtered_by_carrier", "U1"), False),
        (30034, ("filtered_by_carrier", "U1"), False),
        (21617, ("delivery_failing", "U2"), False),
        (39999, ("delivery_failing", "U2"), False),
    ],
)
def test_texts_that_the_carrier_refuses_are_for_a_person(code: int, asks: tuple[str, str], *, holds: bool) -> None:
    effects = happens(JOINED, TextsFail(code))
    assert asked_for(effects) == [asks]
    assert none(effects, HoldTexts) is not holds
