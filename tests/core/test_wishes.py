"""What clients want of us in plain words (domain guide 6.4, 7.2), and what only sounds so."""

from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.languages import load_languages
from conversations import understand
from conversations.classifier import Sureness
from conversations.wishes import (
    asks_out_of_scope,
    complains,
    is_automatic,
    other_language_named,
    says_wrong_number,
    stop_wished,
    wants_person,
    wants_reminder,
)
from tests.core.labelled_texts import READ_AGAIN, labelled, share

LANGUAGES = load_languages(("en", "es"))
ENGLISH_ALONE = load_languages(("en",))

WISHES: dict[str, Callable[[str], bool]] = {
    "person": lambda text: wants_person(text, LANGUAGES, "Ana") or understand.intent(text, LANGUAGES) == "person",
    "wrong_number": lambda text: says_wrong_number(text, LANGUAGES, ["Maria"]),
    "out_of_scope": lambda text: asks_out_of_scope(text, LANGUAGES),
    "complaint": lambda text: complains(text, LANGUAGES),
    "automatic": lambda text: is_automatic(text, LANGUAGES),
    "reminder": lambda text: wants_reminder(text, LANGUAGES) is not None,
}


@cache
def stop(text: str) -> Sureness | None:
    if understand.intent(text, LANGUAGES) == "opt_out":
        return Sureness.SURE
    return stop_wished(text, LANGUAGES)


@pytest.mark.parametrize("name", ["opt_out_dev", "opt_out_held_out"])
def test_labelled_wishes_to_stop_are_heard_and_few_others(name: str) -> None:
    texts = labelled(name)
    heard = share(f"{name}: stops heard", lambda text: stop(text) is not None, texts["stop"])
    sure = share(f"{name}: stops sure", lambda text: stop(text) is Sureness.SURE, texts["stop"])
    asked = share(f"{name}: doubtful ones heard", lambda text: stop(text) is not None, texts["doubtful"])
    quiet = share(f"{name}: no false stop", lambda text: stop(text) is not Sureness.SURE, texts["not_stop"])
    unasked = share(f"{name}: not even asked", lambda text: stop(text) is None, texts["not_stop"])
    assert heard >= 0.98
    assert sure >= 0.8
    assert asked >= 0.7
    assert quiet >= 0.99
    assert unasked >= 0.9


@pytest.mark.parametrize("wish", WISHES)
@pytest.mark.parametrize("name", ["wishes_dev", "wishes_held_out"])
def test_labelled_wishes_are_heard_and_few_others(name: str, wish: str) -> None:
    texts = labelled(name)
    heard = share(f"{name}: {wish} heard", WISHES[wish], texts[wish])
    quiet = share(f"{name}: {wish} not heard where is none", lambda text: not WISHES[wish](text), texts["none"])
    assert heard >= 0.8
    assert quiet >= 0.95


def test_every_listed_word_stops_all_texts_alone() -> None:
    words = {word for language in LANGUAGES.values() for word in language.intents["opt_out"]}
    assert len(words) > 150
    for word in words:
        assert understand.intent(word, LANGUAGES) == "opt_out", word


@pytest.mark.parametrize(
    "word", ["dừng", "NGỪNG", "itigil", "tama na", "停止", "退订", "중지", "그만", "կանգ", "стоп", "توقف", "🛑", "✋"]
)
def test_words_of_languages_that_are_not_switched_on_stop_all_texts(word: str) -> None:
    assert understand.intent(word, LANGUAGES) == "opt_out"
    assert understand.intent(word, ENGLISH_ALONE) == "opt_out"


def test_words_of_a_language_with_a_folder_stop_all_texts_where_it_is_not_switched_on() -> None:
    assert understand.intent("ya no me escriban", ENGLISH_ALONE) == "opt_out"


@pytest.mark.parametrize(
    "text",
    [
        "please dont text me anymore", "ya no me manden mensajes", "lose my number", "take me off this thing",
        "quit blowing up my phone", "dejen de escribirme", "bórreme", "STOP TXTING MEEEE", "unsuscribe me",
    ],
)  # fmt: skip
def test_plain_words_stop_all_texts(text: str) -> None:
    assert stop(text) is Sureness.SURE


@pytest.mark.parametrize(
    "text",
    [
        "cancel my appointment", "I can't stop smiling", "end of month works", "bus stop", "I'll stop by",
        "quit my job", "parada del bus", "al final", "ya no quiero vivir", "stop sending me to that office",
        "please don't text after 9pm", "I want to stop smoking", "quiero dejar de fumar", "my ex won't stop texting me",
        "", "👍",
    ],
)  # fmt: skip
def test_ordinary_texts_with_the_same_words_do_not(text: str) -> None:
    assert stop_wished(text, LANGUAGES) is None


def test_what_can_be_read_either_way_is_doubtful() -> None:
    assert stop_wished("stop the reminders about the class", LANGUAGES) is Sureness.DOUBTFUL
    assert stop_wished("cancel everything", LANGUAGES) is Sureness.DOUBTFUL


@pytest.mark.parametrize("text", ["not maria", "no soy maria", "who is this? i dont know you", "se equivocó"])
def test_a_wrong_number_is_heard(text: str) -> None:
    assert says_wrong_number(text, LANGUAGES, ["Maria"])


@pytest.mark.parametrize("text", ["this is maria", "who is this", "soy maria", "i took the wrong bus"])
def test_the_right_number_is_not_a_wrong_one(text: str) -> None:
    assert not says_wrong_number(text, LANGUAGES, ["Maria"])


@pytest.mark.parametrize(
    ("text", "is_question"),
    [
        ("when do i get my money", True),
        ("¿cuándo me depositan?", True),
        ("did you get my sar 7", True),
        ("any news on the voucher?", True),
        ("i need to know about the voucher", True),
        ("the voucher came", False),
        ("i will save money", False),
        ("the library was closed", False),
    ],
)
def test_a_question_about_aid_is_told_from_a_mention(text: str, *, is_question: bool) -> None:
    assert asks_out_of_scope(text, LANGUAGES) is is_question


@pytest.mark.parametrize("text", ["can ana call me", "i need to talk to someone", "me puede llamar ana"])
def test_a_person_is_asked_for(text: str) -> None:
    assert wants_person(text, LANGUAGES, "Ana")


@pytest.mark.parametrize("text", ["ana helped me", "Ana me ayudó", "call the school"])
def test_a_person_merely_mentioned_is_not(text: str) -> None:
    assert not wants_person(text, LANGUAGES, "Ana")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("remind me to call the school fri 9am", "call the school fri 9am"),
        ("Recuérdame llamar a la escuela viernes 9am", "llamar a la escuela viernes 9am"),
        ("Can you remind me: Dr. Lee, 3/4 at 10 a.m.", "Dr. Lee, 3/4 at 10 a.m."),
        ("remind me", ""),
        ("ｒｅｍｉｎｄ me to pay PG&E", "pay PG&E"),
        ("text me tuesday morning to bring my id", "tuesday morning to bring my id"),
        ("so i dont forget the library", "so i dont forget the library"),
        ("thanks for the reminder", None),
        ("call the school", None),
    ],
)
def test_what_a_reminder_is_for_is_given_as_it_was_written(text: str, what: str | None) -> None:
    assert wants_reminder(text, LANGUAGES) == what


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("tieng viet", "Tiếng Việt"),
        ("vietnamese please", "Tiếng Việt"),
        ("中文", "中文"),
        ("我不会说英语", "中文"),
        ("hablo mixteco", "Tu'un Savi"),
        ("do you speak Hmong", "Hmoob"),
        ("Привет, я не понимаю", "Русский"),
        ("Я не розумію, їх", "Українська"),
        ("سلام چطور گپ", "فارسی"),
        ("مرحبا لا افهم", "العربية"),
        ("안녕하세요", "한국어"),
        ("chinese food for dinner", None),
        ("english please", None),
        ("hablo español", None),
        ("hello 你", None),
        ("", None),
        ("123 👍", None),
    ],
)
def test_a_language_that_we_do_not_text_in_is_named_by_its_own_name(text: str, name: str | None) -> None:
    assert other_language_named(text, LANGUAGES) == name


def test_a_language_with_a_folder_is_another_where_it_is_not_switched_on() -> None:
    assert other_language_named("in spanish please", ENGLISH_ALONE) == "Español"


def test_a_text_reads_the_same_however_it_is_written() -> None:
    wishes, stops = labelled("wishes_dev"), labelled("opt_out_dev")
    for text in (*stops["stop"][::15], *stops["not_stop"][::40]):
        for again in READ_AGAIN:
            assert stop_wished(again(text), LANGUAGES) == stop_wished(text, LANGUAGES), again(text)
    for wish, reads in WISHES.items():
        for text in (*wishes[wish][::15], *wishes["none"][::40]):
            for again in READ_AGAIN:
                assert reads(again(text)) == reads(text), (wish, again(text))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    stop_wished(text, LANGUAGES)
    other_language_named(text, LANGUAGES)
    for reads in WISHES.values():
        reads(text)
