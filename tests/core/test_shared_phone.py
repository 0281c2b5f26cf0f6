from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.effects import Send
from conversations.events import Said
from conversations.shared_phone import Held, Phone, Routing, route
from conversations.situation import Consent, Situation, Talk
from tests.core.desk import ASKED_RESULT
from tests.core.people import JOINED, LANGUAGES, MARIA, NOW

MARIA_HERE = replace(JOINED, client=replace(MARIA, id="c1", phone_is_shared=True), others_here=("Jose",))
JOSE_HERE = replace(
    JOINED,
    client=replace(MARIA, id="c2", first_name="José", language="es", phone_is_shared=True),
    others_here=("Maria",),
)
PHONE = Phone((MARIA_HERE, JOSE_HERE))


def comes(text: str, phone: Phone = PHONE) -> Routing:
    return route(phone, Held("m9", Said(text)), LANGUAGES, NOW)


def given(routing: Routing) -> list[tuple[str, str]]:
    return [(client, held.said.text) for client, held in routing.gives]


def said(routing: Routing) -> list[tuple[str, str]]:
    return [
        (client, effect.says.context)
        for client, effects in routing.says
        for effect in effects
        if isinstance(effect, Send)
    ]


def asked(phone: Phone = PHONE) -> Phone:
    return replace(phone, asked_at=NOW - timedelta(minutes=1), held=(Held("m1", Said("done with my thing")),))


def with_prompt(one: Situation, talk: Talk = ASKED_RESULT) -> Situation:
    return replace(one, talk=talk)


def test_where_nobody_is_known_to_speak_the_text_is_held_and_asked_about_in_each_language() -> None:
    routing = comes("done with my thing")
    assert given(routing) == []
    assert [held.message_id for held in routing.phone.held] == ["m9"]
    assert routing.phone.asked_at == NOW
    assert said(routing) == [("c1", "single/who_is_this"), ("c2", "single/who_is_this")]


def test_it_is_asked_in_the_last_speakers_language_once_somebody_has_spoken() -> None:
    long_ago = replace(PHONE, speaker="c2", spoke_at=NOW - timedelta(hours=3))
    assert said(comes("done with my thing", long_ago)) == [("c2", "single/who_is_this")]


@pytest.mark.parametrize(
    ("text", "who"), [("1", "c1"), ("2", "c2"), ("Jose", "c2"), ("its maria", "c1"), ("soy josé", "c2")]
)
def test_the_held_text_goes_to_who_says_it_is_theirs(text: str, who: str) -> None:
    routing = comes(text, asked())
    assert given(routing) == [(who, "done with my thing")]
    assert (routing.phone.speaker, routing.phone.spoke_at) == (who, NOW)
    assert routing.phone.held == ()
    assert routing.phone.asked_at is None


@pytest.mark.parametrize("text", ["3", "someone else", "otra persona"])
def test_someone_else_hears_that_plans_are_for_those_they_belong_to(text: str) -> None:
    routing = comes(text, asked())
    assert given(routing) == []
    assert said(routing) == [("c1", "single/someone_else")]
    assert routing.phone.held == ()


def test_a_text_that_does_not_say_who_is_held_with_the_rest_and_asked_again() -> None:
    routing = comes("hello?", asked())
    assert [held.said.text for held in routing.phone.held] == ["done with my thing", "hello?"]
    assert said(routing) == [("c1", "single/who_is_this"), ("c2", "single/who_is_this")]


def test_nobody_is_asked_for_ever() -> None:
    held = (Held("m1", Said("a")), Held("m2", Said("b")))
    routing = comes("c", replace(asked(replace(PHONE, speaker="c2")), held=held))
    assert given(routing) == [("c2", "a"), ("c2", "b"), ("c2", "c")]


@pytest.mark.parametrize("text", ["jose: done", "José, done", "JOSE done"])
def test_who_begins_with_their_name_says_the_rest(text: str) -> None:
    assert given(comes(text)) == [("c2", "done")]


@pytest.mark.parametrize("text", ["this is jose", "it's José", "Jose"])
def test_who_says_who_they_are_is_that_person(text: str) -> None:
    assert given(comes(text)) == [("c2", text)]


def test_who_spoke_lately_speaks_on_for_half_an_hour() -> None:
    phone = replace(PHONE, speaker="c2", spoke_at=NOW - timedelta(minutes=29))
    assert given(comes("my cousin drove me", phone)) == [("c2", "my cousin drove me")]
    later = replace(phone, spoke_at=NOW - timedelta(minutes=31))
    assert given(comes("my cousin drove me", later)) == []


def test_a_question_that_only_one_of_them_was_asked_lately_is_what_the_text_answers() -> None:
    assert given(comes("1", Phone((with_prompt(MARIA_HERE), JOSE_HERE)))) == [("c1", "1")]
    old = replace(ASKED_RESULT, asked_at=NOW - timedelta(hours=13))
    assert given(comes("1", Phone((with_prompt(MARIA_HERE, old), JOSE_HERE)))) == []
    assert given(comes("1", Phone((with_prompt(MARIA_HERE), with_prompt(JOSE_HERE))))) == []


def test_a_newer_question_to_another_comes_before_who_spoke_last() -> None:
    spoke = NOW - timedelta(minutes=20)
    newer = replace(ASKED_RESULT, asked_at=NOW - timedelta(minutes=5))
    phone = Phone((with_prompt(MARIA_HERE, newer), JOSE_HERE), speaker="c2", spoke_at=spoke)
    assert given(comes("1", phone)) == [("c1", "1")]
    talking = replace(phone, people=(with_prompt(MARIA_HERE, newer), with_prompt(JOSE_HERE)))
    assert given(comes("1", talking)) == [("c2", "1")]


@pytest.mark.parametrize("text", ["STOP", "please dont text me anymore", "wrong number"])
def test_what_concerns_the_number_goes_to_all_and_one_of_them_hears_the_answer(text: str) -> None:
    routing = comes(text, replace(PHONE, speaker="c2"))
    assert [(client, held.said.is_answered) for client, held in routing.gives] == [("c2", False), ("c1", True)]


@pytest.mark.parametrize("text", ["i want to kill myself", "Maria: i want to kill myself"])
def test_words_of_danger_wait_for_no_answer_to_who_is_writing(text: str) -> None:
    routing = comes(text, asked(PHONE))
    assert [client for client, _held in routing.gives] == ["c1", "c2"]
    assert (routing.phone.asked_at, routing.says) == (None, ())


def test_words_of_danger_reach_the_workers_of_all_while_nobody_knows_who_wrote() -> None:
    assert [client for client, _ in given(comes("i want to die"))] == ["c1", "c2"]
    speaking = replace(PHONE, speaker="c2", spoke_at=NOW - timedelta(minutes=2))
    assert given(comes("i want to die", speaking)) == [("c2", "i want to die")]


def test_help_is_answered_without_asking_who() -> None:
    assert given(comes("HELP")) == [("c1", "HELP")]


def test_who_was_never_invited_or_stopped_is_not_asked_for() -> None:
    stopped = replace(JOSE_HERE, client=replace(JOSE_HERE.client, consent=Consent.REVOKED))
    assert given(comes("done", Phone((MARIA_HERE, stopped)))) == [("c1", "done")]


def test_an_invited_person_may_answer_the_invitation() -> None:
    invite = Talk("welcome", "invite", NOW - timedelta(hours=1))
    invited = replace(JOSE_HERE, client=replace(JOSE_HERE.client, consent=Consent.INVITED), talk=invite)
    assert given(comes("yes", Phone((MARIA_HERE, invited)))) == [("c2", "yes")]


def test_when_all_have_stopped_a_text_is_still_somebodys() -> None:
    people = tuple(replace(one, client=replace(one.client, consent=Consent.REVOKED)) for one in PHONE.people)
    assert said(comes("START", Phone(people))) == [("c1", "single/who_is_this"), ("c2", "single/who_is_this")]
    assert given(comes("jose start", Phone(people))) == [("c2", "start")]


def test_a_stop_reaches_also_who_on_this_number_was_never_invited() -> None:
    never = replace(JOSE_HERE, client=replace(JOSE_HERE.client, consent=Consent.NONE))
    assert [client for client, _ in given(comes("STOP", Phone((MARIA_HERE, never))))] == ["c1", "c2"]
