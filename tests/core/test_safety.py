"""Texts that speak of danger, and those that only sound so (domain guide 7.4)."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.languages import load_languages
from conversations.classifier import Sureness
from conversations.safety import Danger, DangerKind, danger
from tests.core.labelled_texts import READ_AGAIN, labelled, share

LANGUAGES = load_languages(("en", "es"))
SELF, PARTNER, OTHERS, MEDICAL, NEED = DangerKind


@cache
def found(text: str) -> Danger | None:
    return danger(text, LANGUAGES)


def kind(text: str) -> DangerKind | None:
    heard = found(text)
    return heard.kind if heard else None


def is_alarming(text: str) -> bool:
    """Whether the talk is broken off about it, to bring a person at once."""
    heard = found(text)
    return heard is not None and heard.sureness is not Sureness.SLIGHT


NOT_LEARNED_FROM = ["crisis_dev", "crisis_held_out"]


@pytest.mark.parametrize("name", NOT_LEARNED_FROM)
def test_labelled_texts_are_heard_and_few_others(name: str) -> None:
    texts = labelled(name)
    dangers = [text for label in DangerKind for text in texts[label]]
    recall = share(f"{name}: dangers heard", lambda text: found(text) is not None, dangers)
    alarming = share(f"{name}: dangers in doubt at least", is_alarming, dangers)
    sure = share(f"{name}: dangers heard surely", lambda text: found(text) in SURE, dangers)
    looked_at = share(f"{name}: soft ones heard", lambda text: found(text) is not None, texts["soft"])
    quiet = share(f"{name}: no alarm where is none", lambda text: not is_alarming(text), texts["none"])
    unread = share(f"{name}: no danger heard where is none", lambda text: found(text) is None, texts["none"])
    for what, heard, silent in (("alarms", alarming, quiet), ("all that is heard", recall, unread)):
        right, wrong = heard * len(dangers), (1 - silent) * len(texts["none"])
        print(f"{name}: precision of {what} {right / (right + wrong):.3f}")
    assert recall >= 0.98
    assert alarming >= 0.96
    assert sure >= 0.9
    assert looked_at >= 0.8
    assert quiet >= 0.85
    assert unread >= 0.8


def test_ordinary_texts_are_seldom_taken_for_danger() -> None:
    texts = [text for name in ("opt_out_held_out", "wishes_held_out") for of in labelled(name).values() for text in of]
    assert share("no danger heard", lambda text: found(text) is None, texts) >= 0.94
    assert share("no alarm", lambda text: not is_alarming(text), texts) >= 0.96
    assert share("no danger heard surely", lambda text: found(text) not in SURE, texts) >= 0.99


@pytest.mark.parametrize("name", NOT_LEARNED_FROM)
def test_most_dangers_are_of_the_kind_that_a_reader_says(name: str) -> None:
    texts = labelled(name)
    for label in DangerKind:
        assert share(f"{name}: {label}", lambda text, label=label: kind(text) is label, texts[label]) >= 0.75  # type: ignore[misc]


SURE = {Danger(each, Sureness.SURE) for each in DangerKind}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i dont want to be here anymore", Danger(SELF, Sureness.SURE)),
        ("ya no quiero vivir", Danger(SELF, Sureness.SURE)),
        ("i cant do this anymore i just want it to be over", Danger(SELF, Sureness.SURE)),
        ("ya no aguanto me quiero ir de este mundo", Danger(SELF, Sureness.SURE)),
        ("I wanna diiiie", Danger(SELF, Sureness.SURE)),
        ("he hit me again im scared", Danger(PARTNER, Sureness.SURE)),
        ("me volvió a pegar tengo miedo", Danger(PARTNER, Sureness.SURE)),
        ("he put his hands on me", Danger(PARTNER, Sureness.SURE)),
        ("mi esposo me aventó", Danger(PARTNER, Sureness.SURE)),
        ("le pega a mi hijo", Danger(OTHERS, Sureness.SURE)),
        ("my son cut himself and wont stop bleeding", Danger(MEDICAL, Sureness.SURE)),
        ("no puedo respirar", Danger(MEDICAL, Sureness.SURE)),
        ("we gonna be on the street friday", Danger(NEED, Sureness.SURE)),
        ("nos van a sacar de la casa", Danger(NEED, Sureness.SURE)),
        ("haven't eaten since yesterday", Danger(NEED, Sureness.SURE)),
        ("we got notice to move out end of month", Danger(NEED, Sureness.SURE)),
        ("nos dieron aviso de mudarnos a fin de mes", Danger(NEED, Sureness.SURE)),
        ("killing it at work but he hit me last night", Danger(PARTNER, Sureness.DOUBTFUL)),
        ("we have no food and i want to die", Danger(SELF, Sureness.SURE)),
        ("we are homeless and i cant do this anymore", Danger(SELF, Sureness.SURE)),
    ],
)
def test_the_gravest_danger_is_named_and_how_sure_it_is(text: str, expected: Danger) -> None:
    assert danger(text, LANGUAGES) == expected


@pytest.mark.parametrize("text", ["I am not going to hurt myself", "i cant do this anymore", "ya no puedo mas"])
def test_what_may_be_danger_is_never_overheard(text: str) -> None:
    assert kind(text) is SELF


@pytest.mark.parametrize(
    "text",
    [
        "killing it", "dying laughing", "shoot me an email", "hit me up", "kill time", "dead tired", "beat traffic",
        "hit a milestone", "me muero de risa", "me muero de hambre", "me muero de sueño", "matar el tiempo",
        "me pega el sol", "golpe de suerte", "this job is killing me", "I could kill for a coffee", "bomb interview",
        "kicked out of the class by accident", "my sister wants to die laughing", "", "🙏", "1",
    ],
)  # fmt: skip
def test_figures_of_speech_are_no_danger(text: str) -> None:
    assert danger(text, LANGUAGES) is None


def test_a_text_reads_the_same_however_it_is_written() -> None:
    for label, texts in labelled("crisis_dev").items():
        for text in texts[::15]:
            for again in READ_AGAIN:
                assert danger(again(text), LANGUAGES) == danger(text, LANGUAGES), (label, again(text))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    danger(text, LANGUAGES)
