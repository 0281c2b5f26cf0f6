from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.effects import CancelNudges, ChangeConsent, HoldTexts, Purpose, SaveTalk, Send, WatchConsent
from conversations.events import FellDue, OptedOut, Said
from conversations.nudges import END_WITH_CONSENT, NudgeKind
from conversations.situation import Consent, Mode, Talk
from tests.core.desk import (
    ASKED_RESULT,
    ASKED_SIZE,
    ASKED_WHERE,
    after,
    asked_for,
    happens,
    in_mode,
    none,
    only,
    told,
    with_consent,
)
from tests.core.people import JOINED, NOW, WITH_PLAN

RENEWING = Talk("renewal", "still_ok", NOW - timedelta(hours=2))


@pytest.mark.parametrize(
    "text", ["please dont text me anymore", "por favor ya no me manden mensajes", "take me off your list"]
)
@pytest.mark.parametrize("talk", [None, ASKED_WHERE, ASKED_RESULT])
def test_plain_words_that_ask_to_stop_are_as_good_as_the_word_itself(text: str, talk: Talk | None) -> None:
    effects = after(replace(WITH_PLAN, talk=talk), text)
    assert only(effects, ChangeConsent).to is Consent.REVOKED
    assert only(effects, CancelNudges).kinds == END_WITH_CONSENT
    assert only(effects, SaveTalk) == SaveTalk(None)
    assert told(effects) == ["single/stopped"]
    assert asked_for(effects) == [("opted_out", "U3")]


def test_what_staff_hear_is_as_good_as_the_word_itself_and_nothing_is_said_about_it() -> None:
    effects = happens(replace(WITH_PLAN, talk=ASKED_WHERE), OptedOut("voice", "no more texts"))
    assert only(effects, ChangeConsent) == ChangeConsent(Consent.REVOKED, "no more texts", "voice")
    assert only(effects, CancelNudges).kinds == END_WITH_CONSENT
    assert only(effects, SaveTalk) == SaveTalk(None)
    assert told(effects) == []
    assert asked_for(effects) == [("opted_out", "U3")]
    assert happens(with_consent(WITH_PLAN, Consent.REVOKED), OptedOut("mail")) == ()


def test_a_doubtful_stop_is_asked_about_once_and_nothing_goes_out_by_itself_meanwhile() -> None:
    effects = after(replace(JOINED, talk=ASKED_SIZE), "stop the reminders about the class")
    assert told(effects) == ["stop_or_not/which"]
    assert only(effects, HoldTexts).until == NOW + timedelta(hours=24)
    assert asked_for(effects) == [("opt_out_in_doubt", "U2")]
    assert only(effects, SaveTalk).parked == ASKED_SIZE


@pytest.mark.parametrize(
    ("reply", "says", "consent"),
    [
        ("1", "stop_or_not/stopped", Consent.REVOKED),
        ("2", "stop_or_not/resting", None),
        ("keep going", "stop_or_not/going_on", None),
    ],
)
def test_the_question_whether_to_stop_does_what_is_answered(reply: str, says: str, consent: Consent | None) -> None:
    effects = after(replace(JOINED, talk=Talk("stop_or_not", "which", NOW)), reply)
    assert told(effects) == [says]
    assert [effect.to for effect in effects if isinstance(effect, ChangeConsent)] == ([consent] if consent else [])


def test_no_texts_at_all_is_as_good_as_stop() -> None:
    asked = replace(JOINED, talk=Talk("stop_or_not", "which", NOW), parked=ASKED_SIZE)
    effects, stopped = after(asked, "1"), after(JOINED, "STOP")
    assert only(effects, Send).purpose is only(stopped, Send).purpose is Purpose.LEGAL
    assert only(effects, SaveTalk) == only(stopped, SaveTalk) == SaveTalk(None)
    assert only(effects, ChangeConsent) == only(stopped, ChangeConsent)
    assert only(effects, CancelNudges) == only(stopped, CancelNudges)
    assert asked_for(effects) == asked_for(stopped)


@pytest.mark.parametrize("text", ["who is this? wrong number", "¿quién es? número equivocado", "not maria"])
def test_a_wrong_number_is_closed_and_no_name_or_goal_is_repeated(text: str) -> None:
    effects = after(replace(WITH_PLAN, talk=ASKED_RESULT), text)
    assert only(effects, ChangeConsent).to is Consent.WRONG_NUMBER
    assert only(effects, CancelNudges).kinds == END_WITH_CONSENT
    assert asked_for(effects) == [("wrong_number", "U2")]
    assert told(effects) == ["single/wrong_number"]


def test_a_wrong_number_hears_nothing_of_joining() -> None:
    stranger = with_consent(JOINED, Consent.WRONG_NUMBER)
    assert told(after(stranger, "START")) == ["single/help"]
    assert none(after(stranger, "wrong number"), ChangeConsent)


@pytest.mark.parametrize("consent", [Consent.CLOSED, Consent.EXPIRED])
@pytest.mark.parametrize("text", ["yes", "sí", "START"])
def test_a_late_yes_joins_all_the_same(consent: Consent, text: str) -> None:
    effects = after(with_consent(JOINED, consent), text)
    assert only(effects, ChangeConsent).to is Consent.ACTIVE
    assert told(effects) == ["welcome/welcome", "welcome/privacy"]


def test_a_yes_is_watched_until_it_is_too_old() -> None:
    assert WatchConsent() in after(with_consent(JOINED, Consent.NONE), "START")


def test_a_yes_that_is_too_old_is_asked_for_again() -> None:
    effects = happens(WITH_PLAN, FellDue(NudgeKind.RENEWAL))
    assert only(effects, ChangeConsent).to is Consent.RENEW_DUE
    assert told(effects) == ["renewal/still_ok"]


def test_a_renewed_yes_goes_on() -> None:
    effects = after(replace(with_consent(WITH_PLAN, Consent.RENEW_DUE), talk=RENEWING), "YES")
    assert only(effects, ChangeConsent).to is Consent.ACTIVE
    assert told(effects) == ["renewal/thanks"]


def test_until_then_every_other_text_hears_the_question() -> None:
    due = with_consent(WITH_PLAN, Consent.RENEW_DUE)
    assert told(after(due, "hello")) == ["renewal/still_ok"]
    assert told(after(replace(due, talk=RENEWING), "HELP")) == ["single/help"]
    assert told(after(due, "START")) == ["renewal/thanks"]


@pytest.mark.parametrize("answer", ["no", None])
def test_without_a_renewed_yes_the_consent_expires(answer: str | None) -> None:
    due = replace(with_consent(WITH_PLAN, Consent.RENEW_DUE), talk=RENEWING)
    silent = FellDue(NudgeKind.SILENCE, RENEWING.asked_at.isoformat())
    effects = after(due, answer) if answer else happens(due, silent)
    assert only(effects, ChangeConsent).to is Consent.EXPIRED
    assert only(effects, CancelNudges).kinds == END_WITH_CONSENT


def test_a_stop_that_was_confirmed_by_the_provider_or_to_another_of_this_number_is_not_confirmed_again() -> None:
    effects = happens(JOINED, Said("please dont text me anymore", is_answered=True))
    assert only(effects, ChangeConsent).to is Consent.REVOKED
    assert told(effects) == []
    assert told(happens(JOINED, Said("wrong number", is_answered=True))) == []


def test_where_texts_are_not_safe_even_a_stop_is_not_confirmed() -> None:
    effects = after(in_mode(JOINED, Mode.SILENT), "STOP")
    assert only(effects, ChangeConsent).to is Consent.REVOKED
    assert none(effects, Send)
