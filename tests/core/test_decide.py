from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.decide import decide
from conversations.effects import (
    ChangeConsent,
    Effect,
    Preference,
    Purpose,
    Send,
    SendWords,
    SetPreference,
    WaitUntil,
)
from conversations.events import Event, FellDue, WorkerInvited
from conversations.flows.welcome import INVITATION
from conversations.nudges import NudgeKind
from conversations.situation import Consent, Situation, Talk
from tests.core.people import GOAL, JOINED, LANGUAGES, MARIA, NOW, STEP, WITH_PLAN


def after(situation: Situation, event: Event) -> tuple[Effect, ...]:
    return decide(situation, event, NOW, LANGUAGES)


def sent(effects: tuple[Effect, ...]) -> list[tuple[str, Purpose]]:
    return [(effect.says.context, effect.purpose) for effect in effects if isinstance(effect, Send)]


INVITATIONS = [WorkerInvited("Ana"), FellDue(NudgeKind.INVITE)]


@pytest.mark.parametrize("invited", INVITATIONS)
@pytest.mark.parametrize("consent", [Consent.NONE, Consent.CLOSED])
def test_an_invitation_asks_and_waits_also_after_an_earlier_one(consent: Consent, invited: Event) -> None:
    effects = after(replace(JOINED, client=replace(MARIA, consent=consent)), invited)
    assert ChangeConsent(Consent.INVITED, INVITATION) in effects
    assert any(isinstance(effect, WaitUntil) for effect in effects)
    assert sent(effects) == [("welcome/invite", Purpose.INVITE)]


@pytest.mark.parametrize("invited", INVITATIONS)
@pytest.mark.parametrize("consent", [Consent.INVITED, Consent.ACTIVE, Consent.REVOKED])
def test_nobody_is_invited_twice_or_after_a_stop(consent: Consent, invited: Event) -> None:
    assert after(replace(JOINED, client=replace(MARIA, consent=consent)), invited) == ()


@pytest.mark.parametrize(
    ("situation", "template"),
    [
        (WITH_PLAN, "single/step_today"),
        (replace(WITH_PLAN, goal=replace(GOAL, step=replace(STEP, detour=""))), "single/step_today_without_detour"),
        (replace(WITH_PLAN, client=replace(MARIA, phone_is_shared=True)), "single/step_today_private"),
        (replace(WITH_PLAN, goal=replace(GOAL, private=True)), "single/step_today_private"),
    ],
)
def test_a_step_reminder_says_no_more_than_the_phone_may_show(situation: Situation, template: str) -> None:
    assert sent(after(situation, FellDue(NudgeKind.STEP_REMINDER, "1.1"))) == [(template, Purpose.REMINDER)]


def test_a_worker_nudge_goes_out_as_written() -> None:
    assert after(WITH_PLAN, FellDue(NudgeKind.WORKER_NUDGE, words="Thinking of you {goal}")) == (
        SendWords("Thinking of you {goal}"),
    )


def test_a_check_in_opens_its_conversation() -> None:
    assert sent(after(WITH_PLAN, FellDue(NudgeKind.CHECK_IN, "1.1"))) == [
        ("goal_check_in/how_did_it_go", Purpose.CHECK_IN)
    ]


def test_the_end_of_a_rest_asks_whether_to_go_on() -> None:
    effects = after(WITH_PLAN, FellDue(NudgeKind.END_OF_REST))
    assert SetPreference(Preference.RESTING_UNTIL, "") in effects
    assert sent(effects) == [("fresh_start/pick_up", Purpose.NUDGE)]


def test_silence_nudges_the_question_it_was_set_for() -> None:
    asked = NOW - timedelta(hours=24)
    situation = replace(WITH_PLAN, talk=Talk("goal_check_in", "how_did_it_go", asked))
    assert sent(after(situation, FellDue(NudgeKind.SILENCE, asked.isoformat()))) == [
        ("goal_check_in/nudge_1", Purpose.NUDGE)
    ]


def test_a_silent_invitation_is_repeated_as_an_invitation() -> None:
    asked = NOW - timedelta(hours=48)
    invited = replace(MARIA, consent=Consent.INVITED)
    situation = replace(JOINED, client=invited, talk=Talk("welcome", "invite", asked))
    assert sent(after(situation, FellDue(NudgeKind.SILENCE, asked.isoformat()))) == [
        ("welcome/invite_again", Purpose.INVITE)
    ]


def test_silence_with_nothing_open_does_nothing() -> None:
    assert after(WITH_PLAN, FellDue(NudgeKind.SILENCE, NOW.isoformat())) == ()
