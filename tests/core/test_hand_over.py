from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.effects import AskAgainAt, ChangeMode, Purpose, SaveTalk, Send, SendWords, TellWorker
from conversations.events import WorkerJoined, WorkerLeft, WorkerWrote
from conversations.situation import Consent, Mode, Talk
from tests.core.desk import (
    ASKED_RESULT,
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


@pytest.mark.parametrize(
    "text", ["0", "worker", "Ana", "ok can ana call me", "i need to talk to someone", "quiero hablar con una persona"]
)
@pytest.mark.parametrize("talk", [None, ASKED_WHERE, ASKED_RESULT])
def test_a_person_comes_when_asked_for_and_the_bot_is_silent_from_there_on(text: str, talk: Talk | None) -> None:
    effects = after(replace(JOINED, talk=talk), text)
    assert told(effects) == ["single/person"]
    assert asked_for(effects) == [("asked_for_person", "U1")]
    assert only(effects, TellWorker).promised
    assert only(effects, ChangeMode).to is Mode.HUMAN
    assert only(effects, SaveTalk) == SaveTalk(None, talk)


@pytest.mark.parametrize("text", ["ana helped me", "i went with ana"])
def test_a_worker_merely_named_is_an_answer(text: str) -> None:
    where = only(after(replace(JOINED, talk=ASKED_WHERE), text), SaveTalk).talk
    assert where is not None
    assert where.answers["where"] == text


@pytest.mark.parametrize("text", ["this is discrimination and i want to file a complaint", "voy a poner una queja"])
def test_a_complaint_is_for_a_person_and_their_supervisor(text: str) -> None:
    effects = after(replace(JOINED, talk=ASKED_WHERE), text)
    assert asked_for(effects) == [("complaint", "U2")]
    assert only(effects, TellWorker).to_supervisor
    assert only(effects, ChangeMode).to is Mode.HUMAN
    assert told(effects) == ["single/person"]


@pytest.mark.parametrize("mode", [Mode.HUMAN, Mode.STOPPED])
@pytest.mark.parametrize(
    "text", ["1", "hello?", "plan", "english", "my ssn is 123 45 6789", "remind me to eat fri 9am"]
)
def test_in_a_persons_thread_the_bot_says_nothing_and_the_person_is_told(mode: Mode, text: str) -> None:
    effects = after(replace(in_mode(WITH_PLAN, mode), parked=ASKED_RESULT), text)
    assert told(effects) == []
    assert asked_for(effects) == [("waits_for_reply", "U1")]


def test_who_joins_says_so_under_their_own_name() -> None:
    effects = happens(replace(JOINED, talk=ASKED_WHERE), WorkerJoined("Luis"))
    assert told(effects) == ["single/worker_joined"]
    assert only(effects, Send).answers["worker"] == "Luis"
    assert only(effects, ChangeMode).to is Mode.HUMAN
    assert only(effects, SaveTalk) == SaveTalk(None, ASKED_WHERE)


def test_who_writes_takes_the_thread() -> None:
    effects = happens(JOINED, WorkerWrote("Ana", "What would be most useful today?"))
    assert only(effects, SendWords) == SendWords("What would be most useful today?", Purpose.HUMAN, signed="Ana")
    assert only(effects, ChangeMode).to is Mode.HUMAN


def test_after_a_crisis_a_word_from_a_person_starts_nothing_else() -> None:
    effects = happens(in_mode(JOINED, Mode.STOPPED), WorkerWrote("Ana", "Are you safe?"))
    assert none(effects, ChangeMode)
    assert only(effects, SendWords).words == "Are you safe?"


@pytest.mark.parametrize("consent", [Consent.REVOKED, Consent.WRONG_NUMBER, Consent.NONE])
def test_nobody_writes_to_a_client_who_said_no(consent: Consent) -> None:
    assert happens(with_consent(JOINED, consent), WorkerWrote("Ana", "hi")) == ()
    assert happens(in_mode(JOINED, Mode.SILENT), WorkerJoined("Ana")) == ()


def test_a_thread_handed_back_says_so_and_goes_on_half_a_day_later_where_it_was() -> None:
    effects = happens(replace(in_mode(JOINED, Mode.HUMAN), parked=ASKED_WHERE), WorkerLeft("Ana"), NOW)
    assert only(effects, ChangeMode).to is Mode.BOT
    assert told(effects) == ["single/worker_left"]
    assert only(effects, SaveTalk) == SaveTalk(ASKED_WHERE, None)
    assert only(effects, AskAgainAt) == AskAgainAt(NOW + timedelta(hours=12), ASKED_WHERE.asked_at)


def test_texts_can_be_started_again_without_a_word() -> None:
    assert happens(in_mode(JOINED, Mode.SILENT), WorkerLeft("Ana", says_so=False)) == (ChangeMode(Mode.BOT),)


def test_a_thread_that_is_the_bots_is_not_handed_back() -> None:
    assert happens(JOINED, WorkerLeft("Ana")) == ()
