"""What clients text in answer to a question, as a command, or whatever is asked; and what it means."""

from datetime import datetime
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.languages import load_languages
from conversations import understand
from conversations.events import Answered, NotUnderstood
from conversations.flows import FLOWS
from conversations.folding import as_written, fold
from conversations.languages import Language
from conversations.notation import (
    ANYTHING,
    DAY_ONLY,
    DONT_KNOW,
    EXACT,
    FINISHED,
    NOTHING,
    PICKED,
    SKIP,
    TOO_LONG,
    VAGUE,
    Ask,
    Reads,
    Reply,
)

LANGUAGES = load_languages(("en", "es"))
NOW = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("America/Los_Angeles"))


def menu(*names: str) -> Ask:
    return Ask("?", when={Reply(name, name): "next" for name in names})


QUESTIONS = {
    "HOW_DID_IT_GO": menu("done", "some", "not_yet", "changed"),
    "SHARE": menu("yes", "not_yet"),
    "WHO_READS": menu("only_me", "shared"),
    "GOOD_TIME": menu("morning", "midday", "evening"),
    "HOW_OFTEN": menu("daily", "weekly", "two_weeks", "when_i_text"),
    "HOW_BIG": menu("easy", "just_right", "a_lot"),
    "READY": menu("now", "later", "with_worker"),
    "HOW_DOES_IT_LOOK": menu("good", "change_it"),
    "REMINDER": menu("that_morning", "hour_before", "night_before", "none"),
    "GO_ON": menu("go_on", "start_fresh"),
    "INVITE": Ask("?", when={Reply("yes"): "next", Reply("no"): "next"}),
}

# The name of the reply, and behind it the comment that is kept; None for what is not understood.
ENGLISH: dict[str, dict[str, str | None]] = {
    "HOW_DID_IT_GO": {
        "1": "done",
        "1!!": "done",
        "#1": "done",
        "(1)": "done",
        "1.": "done",
        "1)": "done",
        "one": "done",
        "uno": "done",
        "opt 1": "done",
        "option 1": "done",
        "1️⃣": "done",
        "done": "done",
        "Done!": "done",
        "DONE 😊": "done",
        "already did it": "done",
        "i did it": "done",
        "i already did it": "done",
        "got it done!": "done",
        "all done": "done",
        "its done": "done",
        "2 i found the website": "some: i found the website",
        "3 kids got sick": "not_yet: kids got sick",
        "3": "not_yet",
        "four": "changed",
        "5": None,
        "10": None,
        "100": None,
        "7075550134": None,
        "0": None,
        "2pm": None,
        "2 pm": None,
        "1 and 3": "done",
        "1,3": "done",
        "not yet": "not_yet",
        "not done": "not_yet",
        "not done yet": "not_yet",
        "i didnt do it": "not_yet",
        "I didn't do it": "not_yet",
        "i did not do it": "not_yet",
        "no": "not_yet",
        "nope": "not_yet",
        "i havent been able to get it done": "not_yet",
        "almost done": "some",
        "half": "some",
        "some of it": "some",
        "i did some of it": "some",
        "did some": "some",
        "something changed": "changed",
        "things changed": "changed",
        "my schedule changed at work so i couldnt": "changed",
        "diferent": None,
        "chnaged": "changed",
        "purple": None,
        "idk man": None,
        "👍": None,
        "2️⃣": "some",
        "i choose 2": "some",
        "the second one": "some",
        "option two please": "some",
        "2 please": "some",
        "2 thanks": "some",
        "1 done": "done",
        "1 not yet": None,
        "done but it took all day long": "done: it took all day long",
        "not yet, kids sick": "not_yet: kids sick",
        "not yet because my car broke": "not_yet: my car broke",
        "Not yet - no ride": "not_yet: no ride",
        "not yet 😢 - no ride": "not_yet: no ride",
        "no, kids sick": "not_yet: kids sick",
        "no, not really": "not_yet",
        "no, sorry": "not_yet",
        "no. 1": "not_yet",
        "done!! got the card": "done: got the card",
        "some of it. found the site": "some: found the site",
        "something changed, they moved my shift": "changed: they moved my shift",
        "１": "done",
        "①": "done",
        "(２)": "some",
        "1/3": "done",
        "1 & 3": "done",
        "2nd": "some",
        "dos": "some",
        "didnt get it done": "not_yet",
        "yeah i did it": "done",
        "yes": None,
        "kinda": None,
        "started it": "some",
        "not really": "not_yet",
        "i forgot": "not_yet",
        "i forgot to": "not_yet",
        "forgot": "not_yet",
        "ok": None,
        "'3'": "not_yet",
        "3 - my car broke": "not_yet: my car broke",
        "3: my car broke": "not_yet: my car broke",
        "3) my car": "not_yet: my car",
        "3 hours on hold": None,
        "@@@": None,
        "": None,
        "no i didnt": "not_yet",
        "nothing yet": "not_yet",
        "nah not yet": "not_yet",
        "it's done!!": "done",
        "i finished it yesterday": "done",
        "couldn't make it": "not_yet",
        "something came up": "changed",
        "i had to work so not yet": None,
        "three kids got sick": None,
        "4 they moved my shift": "changed: they moved my shift",
        "4. They moved my shift": "changed: They moved my shift",
        "11": None,
        "1 2 3": "done",
        "1st": "done",
        "3 no ride": "not_yet: no ride",
        "notyet": "not_yet",
        "completd": "done",
        "finshed": "done",
        "did it!!!": "done",
        "not all of it": "some",
        "most of it": "some",
        "wasnt able to": "not_yet",
        "2moro": None,
    },
    "SHARE": {
        "1": "yes",
        "yes": "yes",
        "y": "yes",
        "sure": "yes",
        "ok": "yes",
        "👍": "yes",
        "no": "not_yet",
        "not yet": "not_yet",
        "ok not yet": "not_yet",
        "yes but not yet": "not_yet",
        "yeah not yet": "not_yet",
        "no thanks": "not_yet",
        "maybe later": "not_yet",
        "2": "not_yet",
        "👎": "not_yet",
        "yes please": "yes",
        "later": "not_yet",
        "not now": "not_yet",
        "no thats fine": None,
        "yep!": "yes",
        "yes no": None,
        "YES": "yes",
        "please do": "yes",
        "go ahead": "yes",
        "1 yes": "yes",
        "i guess": "yes",
    },
    "WHO_READS": {
        "only me": "only_me",
        "just me": "only_me",
        "i share it": "shared",
        "yes": None,
        "no": None,
        "me": "only_me",
        "👍": None,
        "my husband": "shared",
        "2 my husband": "shared",
        "me and my husband": "shared",
        "not only me": "shared",
        "1": "only_me",
        "shared": "shared",
    },
    "GOOD_TIME": {
        "mornings": "morning",
        "morning": "morning",
        "in the morning": "morning",
        "evening": "evening",
        "nights": "evening",
        "1": "morning",
        "noon": "midday",
        "midday": "midday",
        "afternoon": "midday",
        "mornin": "morning",
        "evning": "evening",
        "any": None,
        "3pm": None,
        "after work": "evening",
        "2 in the afternoon": "midday",
        "1 morning": "morning",
    },
    "HOW_OFTEN": {
        "2": "weekly",
        "weekly": "weekly",
        "once a week": "weekly",
        "2 weeks": "two_weeks",
        "every 2 weeks": "two_weeks",
        "two weeks": "two_weeks",
        "every other week": "two_weeks",
        "daily": "daily",
        "every day": "daily",
        "only when i text": "when_i_text",
        "4": "when_i_text",
        "biweekly": "two_weeks",
        "3 times a week": None,
        "weekley": "weekly",
        "1 a week": "weekly",
    },
    "HOW_BIG": {
        "3 kinda a lot": "a_lot",
        "a lot": "a_lot",
        "just right": "just_right",
        "easy": "easy",
        "too hard": "a_lot",
        "not easy": "a_lot",
        "hard": "a_lot",
        "easy peasy": "easy",
        "kinda hard": "a_lot",
        "2": "just_right",
        "not too hard": None,
        "its ok": "just_right",
        "too easy": "easy",
        "purple": None,
        "idk man": None,
    },
    "READY": {
        "1": "now",
        "now": "now",
        "yes": "now",
        "later": "later",
        "with ana": "with_worker",
        "with my worker": "with_worker",
        "not now": "later",
        "not right now": "later",
        "2": "later",
        "later please": "later",
        "lets do it": "now",
    },
    "HOW_DOES_IT_LOOK": {
        "1": "good",
        "good": "good",
        "looks good": "good",
        "yes": "good",
        "change it": "change_it",
        "2": "change_it",
        "no": "change_it",
        "👍": "good",
        "👎": "change_it",
        "change the time": "change_it",
        "2 the time": "change_it: the time",
        "perfect!": "good",
        "it's good": "good",
        "no thats good": "good",
        "not good": "change_it",
        "ok": "good",
        "looks great": "good",
    },
    "REMINDER": {
        "1": "that_morning",
        "that morning": "that_morning",
        "one hour before": "hour_before",
        "1 hour before": "hour_before",
        "1 hour": "hour_before",
        "an hour before": "hour_before",
        "night before": "night_before",
        "no thanks": "none",
        "4": "none",
        "no": "none",
        "the night before please": "night_before",
        "no reminder": "none",
        "morning": "that_morning",
        "day before": "night_before",
        "2": "hour_before",
    },
    "GO_ON": {
        "1": "go_on",
        "yes": "go_on",
        "go on": "go_on",
        "start fresh": "start_fresh",
        "start over": "start_fresh",
        "no": "start_fresh",
        "2": "start_fresh",
        "keep going": "go_on",
        "fresh start": "start_fresh",
    },
    "INVITE": {
        "yes": "yes",
        "Yes": "yes",
        "YES!": "yes",
        "1": "yes",
        "y": "yes",
        "sure": "yes",
        "no": "no",
        "no thanks": "no",
        "2": "no",
        "ok": "yes",
        "sí": "yes",
        "who is this": None,
        "yes please": "yes",
        "Yes, please!": "yes",
        "👍": "yes",
    },
}

SPANISH: dict[str, dict[str, str | None]] = {
    "HOW_DID_IT_GO": {
        "1": "done",
        "una parte": "some",
        "hecho": "done",
        "ya lo hice": "done",
        "lo hice": "done",
        "ya": "done",
        "listo": "done",
        "2 encontré la página": "some: encontré la página",
        "3 se enfermaron los niños": "not_yet: se enfermaron los niños",
        "todavía no": "not_yet",
        "todavia no": "not_yet",
        "no lo hice": "not_yet",
        "no pude": "not_yet",
        "no": "not_yet",
        "aún no": "not_yet",
        "algo cambio": "changed",
        "algo cambió": "changed",
        "cambio": "changed",
        "casi": "some",
        "ya casi": "some",
        "casi termino": "some",
        "la mitad": "some",
        "opción 2": "some",
        "opcion 1": "done",
        "la 2": "some",
        "el 3": "not_yet",
        "la primera": "done",
        "uno": "done",
        "dos por favor": "some",
        "no, ya lo hice": "done",
        "si ya lo hice": "done",
        "ya lo ise": "done",
        "no he podido": "not_yet",
        "no tuve tiempo": "not_yet",
        "se me olvido": "not_yet",
        "me surgió algo": "changed",
        "morado": None,
        "no sé": None,
        "1 y 3": "done",
        "3 porque trabajé": "not_yet: porque trabajé",
        "2 gracias": "some",
        "👎": "not_yet",
        "👍": None,
        "no está hecho": "not_yet",
        "no hecho": "not_yet",
        "todavía no lo he hecho": "not_yet",
        "todabia no": "not_yet",
        "hehco": "done",
        "un poco": "some",
        "un poquito": "some",
        "no pude porque mi hijo se enfermó y no tenía quien lo cuidara": (
            "not_yet: mi hijo se enfermó y no tenía quien lo cuidara"
        ),
        "todavía no, los niños enfermos": "not_yet: los niños enfermos",
        "todavia no porque no tuve carro": "not_yet: no tuve carro",
        "no pude, no hubo raite": "not_yet: no hubo raite",
        "algo cambió, me movieron el turno": "changed: me movieron el turno",
        "hecho, ya tengo la tarjeta": "done: ya tengo la tarjeta",
        "opción uno": "done",
        "num 2": "some",
        "1ro": "done",
        "la 2a": "some",
        "３": "not_yet",
        "ya no pude": "not_yet",
        "cuatro": "changed",
        "4 me cambiaron el turno": "changed: me cambiaron el turno",
        "5": None,
        "10": None,
        "3:30": None,
        "ya termine": "done",
        "no termine": "some",
        "ok": None,
        "gracias": None,
        "hice una parte": "some",
        "empecé": "some",
        "nada": "not_yet",
        "todavía nada": "not_yet",
        "en eso estoy": "some",
        "mañana": None,
    },
    "SHARE": {
        "sí": "yes",
        "si": "yes",
        "claro": "yes",
        "no": "not_yet",
        "todavía no": "not_yet",
        "si pero todavía no": "not_yet",
        "dale": "yes",
        "bueno": "yes",
        "👍": "yes",
        "ahora no": "not_yet",
        "1": "yes",
        "2": "not_yet",
        "si por favor": "yes",
        "no gracias": "not_yet",
        "por ahora no": "not_yet",
        "claro que sí": "yes",
        "va": "yes",
        "sí, compártelo": "yes: compártelo",
    },
    "WHO_READS": {
        "solo yo": "only_me",
        "lo comparto": "shared",
        "sí": None,
        "yo": "only_me",
        "mi esposo": "shared",
        "2": "shared",
        "no solo yo": "shared",
        "con mi esposo": "shared",
        "nomás yo": "only_me",
        "compartido": "shared",
    },
    "GOOD_TIME": {
        "en la mañana": "morning",
        "mañana": "morning",
        "tarde": "evening",
        "mediodía": "midday",
        "en la tarde": "evening",
        "1": "morning",
        "por las tardes": "evening",
        "3 tarde": "evening",
        "manana": "morning",
        "medio dia": "midday",
        "3 de la tarde": "evening",
        "noche": "evening",
        "cualquiera": None,
    },
    "HOW_OFTEN": {
        "cada semana": "weekly",
        "cada 2 semanas": "two_weeks",
        "2 semanas": "two_weeks",
        "diario": "daily",
        "todos los dias": "daily",
        "solo si yo escribo": "when_i_text",
        "4": "when_i_text",
        "dos semanas": "two_weeks",
        "quincenal": "two_weeks",
        "semanal": "weekly",
    },
    "HOW_BIG": {
        "3 es mucho": "a_lot",
        "fácil": "easy",
        "a la medida": "just_right",
        "mucho": "a_lot",
        "difícil": "a_lot",
        "muy difícil": "a_lot",
        "no es facil": "a_lot",
        "bien": "just_right",
        "no muy difícil": None,
        "morado": None,
        "no sé": None,
    },
    "READY": {
        "1": "now",
        "ahora": "now",
        "después": "later",
        "con Ana": "with_worker",
        "sí": "now",
        "ahorita": "now",
        "ahora no": "later",
        "al rato": "later",
        "luego": "later",
        "con mi trabajadora": "with_worker",
    },
    "HOW_DOES_IT_LOOK": {
        "1": "good",
        "bien": "good",
        "se ve bien": "good",
        "sí": "good",
        "cambiarlo": "change_it",
        "2": "change_it",
        "no": "change_it",
        "está bien": "good",
        "no está bien": "change_it",
        "perfecto": "good",
        "cambiar la hora": "change_it",
        "2 la hora": "change_it: la hora",
    },
    "REMINDER": {
        "1": "that_morning",
        "esa mañana": "that_morning",
        "una hora antes": "hour_before",
        "1 hora": "hour_before",
        "la noche antes": "night_before",
        "no gracias": "none",
        "no": "none",
        "un día antes": "night_before",
        "4": "none",
    },
    "GO_ON": {
        "1": "go_on",
        "sí": "go_on",
        "seguir": "go_on",
        "empezar de nuevo": "start_fresh",
        "no": "start_fresh",
        "2": "start_fresh",
        "seguimos": "go_on",
    },
    "INVITE": {
        "sí": "yes",
        "Si": "yes",
        "SI": "yes",
        "1": "yes",
        "no": "no",
        "no gracias": "no",
        "claro": "yes",
        "yes": "yes",
        "acepto": "yes",
        "quien es": None,
    },
}


def read(ask: Ask, text: str, language: str = "en", offered: tuple[str, ...] = ()) -> str | None:
    """An answer as it stands in the tables: the reply's name, then what is kept of it."""
    answer = understand.answer(ask, text, LANGUAGES[language], offered, NOW)
    if isinstance(answer, NotUnderstood):
        return None
    return ": ".join(part for part in (answer.reply, answer.value, answer.comment) if part)


def rows(table: dict[str, dict[str, str | None]]) -> list[tuple[str, str, str | None]]:
    return [(question, text, meant) for question, texts in table.items() for text, meant in texts.items()]


@pytest.mark.parametrize(("question", "text", "meant"), rows(ENGLISH))
def test_an_answer_to_a_menu_is_read_in_english(question: str, text: str, meant: str | None) -> None:
    assert read(QUESTIONS[question], text, "en") == meant


@pytest.mark.parametrize(("question", "text", "meant"), rows(SPANISH))
def test_an_answer_to_a_menu_is_read_in_spanish(question: str, text: str, meant: str | None) -> None:
    assert read(QUESTIONS[question], text, "es") == meant


IDEAS = Ask(
    "?",
    reads=Reads.WORDS,
    longest=40,
    when={ANYTHING: "next", SKIP: "next", NOTHING: "next", DONT_KNOW: "next", TOO_LONG: "next"},
)


@pytest.mark.parametrize(
    ("language", "text", "meant"),
    [
        ("en", "  get my GED,\nthen a job ", "anything: get my GED, then a job"),
        ("en", "library computer", "anything: library computer"),
        ("en", "2 buses", "anything: 2 buses"),
        ("en", "3", None),
        ("en", "211", "anything: 211"),
        ("en", "3 buses", "anything: 3 buses"),
        ("en", "tôi không biết", "anything: tôi không biết"),
        ("en", "工作", "anything: 工作"),
        ("en", "...", None),
        ("en", "😀👍", None),
        ("en", "", None),
        ("en", "skip", "skip"),
        ("en", "Skip.", "skip"),
        ("en", "skip the bus and walk", "anything: skip the bus and walk"),
        ("en", "NONE", "nothing"),
        ("en", "n/a", "nothing"),
        ("en", "nothing really", "nothing"),
        ("en", "nothing but the kids' dentist", "anything: nothing but the kids' dentist"),
        ("en", "idk", "dont_know"),
        ("en", "I don’t know", "dont_know"),
        ("en", "idk everything lol", "dont_know"),
        ("en", "i dont know how to drive", "anything: i dont know how to drive"),
        ("en", "not sure", "dont_know"),
        ("en", "x" * 41, "too_long"),
        ("es", "no sé, todo jaja", "dont_know"),
        ("es", "no sé", "dont_know"),
        ("es", "la verdad no sé", "dont_know"),
        ("es", "no sé manejar y vivo lejos", "anything: no sé manejar y vivo lejos"),
        ("es", "nada", "nothing"),
        ("es", "nada más el bus", "anything: nada más el bus"),
        ("es", "saltar", "skip"),
        ("es", "sacar mi permiso de comida", "anything: sacar mi permiso de comida"),
    ],
)
def test_an_open_question_takes_any_words_and_the_few_that_mean_something(
    language: str, text: str, meant: str | None
) -> None:
    assert read(IDEAS, text, language) == meant


@pytest.mark.parametrize(
    ("text", "noted"), [("1 and 3", "1 and 3"), ("1/3", "1/3"), ("option 1, or 2?", "option 1, or 2?"), ("1 1", "")]
)
def test_of_several_numbers_the_first_counts_and_all_are_noted(text: str, noted: str) -> None:
    """They answer no question that hears comments: "3 and 4" does not say what got in the way."""
    also = {"comment": noted} if noted else {}
    assert understand.answer(QUESTIONS["HOW_DID_IT_GO"], text, LANGUAGES["en"], (), NOW) == Answered("done", also=also)


@pytest.mark.parametrize(("sign", "meant"), [("👍", "done"), ("👍🏽", "done"), ("👎", "later")])
def test_of_two_choices_one_is_a_thumb_up_and_one_a_thumb_down(sign: str, meant: str) -> None:
    assert read(menu("done", "later"), sign) == meant


def test_a_request_is_read_for_what_when_and_how_often() -> None:
    ask = question("how")
    assert said(ask, "call mom fri 9am") == Answered(
        "exact", "2026-03-06T09:00-08:00", also={"repeats": "", "what": "call mom"}
    )
    assert said(ask, "call mom every friday") == Answered(
        "day_only", "2026-03-06", also={"repeats": "weekly:4", "what": "call mom"}
    )
    assert said(ask, "friday") == Answered("day_only", "2026-03-06", also={"repeats": ""})
    assert said(ask, "call mom") == Answered("vague", also={"repeats": "", "what": "call mom"})
    assert said(ask, "call mom jan 5 2029") == Answered("too_far", also={"repeats": "", "what": "call mom"})
    assert said(ask, "idk") == Answered("dont_know")
    assert said(ask, "weekly") == NotUnderstood()
    assert said(ask, "?!") == NotUnderstood()


@pytest.mark.parametrize(
    ("text", "words", "when"),
    [
        ("finish form thu 9am", "finish form", "2026-03-05T09:00-08:00"),
        ("friday finish the form", "finish the form", "2026-03-06"),
        ("finish the form", "finish the form", ""),
        ("thu 9am", "thu 9am", ""),
        ("do friday homework again", "do friday homework again", ""),
        ("go to the class in the morning", "go to the class in the morning", ""),
        ("study 2 hours", "study 2 hours", ""),
    ],
)
def test_a_day_and_time_at_an_end_of_the_words_is_kept_beside_them(text: str, words: str, when: str) -> None:
    ask = Ask("?", reads=Reads.WORDS, save="step", may_say_when=True, when={ANYTHING: "on", DONT_KNOW: "on"})
    assert said(ask, text) == Answered("anything", words, also={"when": when})
    assert said(ask, "idk") == Answered("dont_know")


def test_the_time_of_a_reminder_may_repeat() -> None:
    ask = question("when")
    assert said(ask, "mondays and fridays at 9") == Answered(
        "exact", "2026-03-06T09:00-08:00", also={"repeats": "weekly:0,4"}
    )
    assert said(ask, "in 3 years") == Answered("too_far", also={"repeats": ""})
    assert said(ask, "soon") == Answered("vague", "soon")
    assert said(ask, "?!") == NotUnderstood()


def question(step: str) -> Ask:
    ask = FLOWS["own_reminder"].steps[step]
    assert isinstance(ask, Ask)
    return ask


def said(ask: Ask, text: str) -> Answered | NotUnderstood:
    return understand.answer(ask, text, LANGUAGES["en"], (), NOW)


def test_words_with_a_meaning_are_any_words_where_nothing_stands_for_it() -> None:
    anything = Ask("?", reads=Reads.WORDS, when={ANYTHING: "next"})
    assert [read(anything, text) for text in ("skip", "idk", "none")] == [
        "anything: skip",
        "anything: idk",
        "anything: none",
    ]


def test_a_list_of_ideas_is_finished_by_a_word() -> None:
    more = Ask("?", reads=Reads.WORDS, when={ANYTHING: "next", FINISHED: "end"})
    assert [read(more, text) for text in ("DONE", "that's it", "im done thanks")] == ["finished"] * 3
    assert [read(more, text, "es") for text in ("listo", "Es todo", "ya, gracias")] == ["finished"] * 3
    assert read(more, "done with school") == "anything: done with school"


def test_an_open_question_with_a_menu_takes_a_number_or_a_label_that_is_the_whole_message() -> None:
    ask = Ask("?", reads=Reads.WORDS, when={ANYTHING: "next", Reply("home", "home"): "a", Reply("kids", "kids"): "b"})
    assert [read(ask, text) for text in ("2", "home", "my kids", "2 3")] == ["kids", "home", "kids", "anything: 2 3"]
    assert read(ask, "2 kids in school") == "anything: 2 kids in school"


@pytest.mark.parametrize(
    ("language", "text", "meant"),
    [
        ("en", "Tue 10am", "exact: 2026-03-03T10:00-08:00"),
        ("en", "friday", "day_only: 2026-03-06"),
        ("en", "soon, I hope", "vague: soon, I hope"),
        ("en", "99", None),
        ("en", "?!", None),
        ("en", "skip", "skip"),
        ("es", "mañana a las 9", "exact: 2026-03-03T09:00-08:00"),
        ("es", "el lunes", "day_only: 2026-03-09"),
        ("es", "cuando pueda", "vague: cuando pueda"),
    ],
)
def test_a_day_and_time_is_kept_as_a_stored_moment(language: str, text: str, meant: str | None) -> None:
    ask = Ask("?", reads=Reads.MOMENT, when={EXACT: "a", DAY_ONLY: "b", VAGUE: "c", SKIP: "d"})
    assert read(ask, text, language) == meant


OFFERED = ("a real job with set hours", "my GED", "a safer car")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1", "picked: a real job with set hours"),
        ("#3", "picked: a safer car"),
        ("two", "picked: my GED"),
        ("2 and 3", "picked: my GED"),
        ("2 because of my kids", "picked: my GED: because of my kids"),
        ("the job", "picked: a real job with set hours"),
        ("GED", "picked: my GED"),
        ("a", "anything: a"),
        ("4", "new_goal"),
        ("new goal", "new_goal"),
        ("5", None),
        ("moving to Eureka", "anything: moving to Eureka"),
    ],
)
def test_one_of_the_clients_own_ideas_is_picked_by_number_or_words(text: str, meant: str | None) -> None:
    when = {PICKED: "a", Reply("new_goal", "new goal"): "b", ANYTHING: "c"}
    ask = Ask("?", reads=Reads.PICK, offers=lambda _known: OFFERED, when=when)
    assert read(ask, text, offered=OFFERED) == meant


def test_words_that_pick_nothing_are_not_understood_where_only_picking_is_offered() -> None:
    ask = Ask("?", reads=Reads.PICK, offers=lambda _known: OFFERED, when={PICKED: "a"})
    assert read(ask, "moving to Eureka", offered=OFFERED) is None


def test_i_dont_know_is_a_reply_to_a_menu_that_has_one() -> None:
    ask = Ask("?", when={Reply("easy", "easy"): "a", DONT_KNOW: "b"})
    assert read(ask, "idk man") == "dont_know"
    assert read(ask, "pues no sé la verdad", "es") == "dont_know"


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "PLAN", "plan"),
        ("en", "plan.", "plan"),
        ("en", "my plan is to call", None),
        ("en", "Goal", "goal"),
        ("en", "ideas", "ideas"),
        ("en", "change", "change"),
        ("en", "Done!", "done"),
        ("en", "remind", "remind"),
        ("en", "LIST", "list"),
        ("en", "visit", "visit"),
        ("en", "later", "later"),
        ("en", "PAUSE", "pause"),
        ("en", "go", "go"),
        ("en", "go to school", None),
        ("en", "set", "set"),
        ("en", "privacy", "privacy"),
        ("en", "WHO?", "who"),
        ("en", "", None),
        ("es", "PLAN", "plan"),
        ("es", "meta", "goal"),
        ("es", "Ideas", "ideas"),
        ("es", "CAMBIAR", "change"),
        ("es", "Listo", "done"),
        ("es", "recordar", "remind"),
        ("es", "LISTA", "list"),
        ("es", "cita", "visit"),
        ("es", "después", "later"),
        ("es", "DESPUES", "later"),
        ("es", "pausa", "pause"),
        ("es", "seguir", "go"),
        ("es", "ajustes", "set"),
        ("es", "privado", "privacy"),
        ("es", "¿Quién?", "who"),
    ],
)
def test_a_command_is_a_whole_message(language: str, text: str, name: str | None) -> None:
    assert understand.command(text, LANGUAGES[language]) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("STOP", "opt_out"),
        ("Stop.", "opt_out"),
        ("stop stop stop", "opt_out"),
        ("s.t.o.p", "opt_out"),
        ("STOPALL", "opt_out"),
        ("unsubscribe", "opt_out"),
        ("cancel", "opt_out"),
        ("End", "opt_out"),
        ("quit", "opt_out"),
        ("REVOKE", "opt_out"),
        ("opt out", "opt_out"),
        ("opt-out", "opt_out"),
        ("OPTOUT", "opt_out"),
        ("remove", "opt_out"),
        ("stop all", "opt_out"),
        ("leave me alone", "opt_out"),
        ("no more", "opt_out"),
        ("alto", "opt_out"),
        ("Pare!", "opt_out"),
        ("parar", "opt_out"),
        ("basta", "opt_out"),
        ("cancelar", "opt_out"),
        ("terminar", "opt_out"),
        ("no más", "opt_out"),
        ("salir", "opt_out"),
        ("baja", "opt_out"),
        ("quitar", "opt_out"),
        ("🛑", "opt_out"),
        ("✋🏽", "opt_out"),
        ("please stop", "opt_out"),
        ("please dont text me anymore", "opt_out"),
        ("I want you to stop texting me, thanks", "opt_out"),
        ("i want to quit", None),
        ("ok can somebody call me please", "person"),
        ("lol", "thanks"),
        ("stop 🛑", "opt_out"),
        ("bus stop", None),
        ("I'll stop by", None),
        ("can't stop laughing", None),
        ("end of month", None),
        ("the end", None),
        ("cancel my appointment", None),
        ("quit my job", None),
        ("parada del bus", None),
        ("al final", None),
        ("ya no quiero vivir", None),
        ("ya no", None),
        ("START", "opt_in"),
        ("unstop", "opt_in"),
        ("HELP", "help"),
        ("info", "help"),
        ("ayuda", "help"),
        ("0", "person"),
        ("worker", "person"),
        ("human", "person"),
        ("agent", "person"),
        ("talk to someone", "person"),
        ("trabajadora", "person"),
        ("persona", "person"),
        ("Gracias!", "thanks"),
        ("thank you", "thanks"),
        ("thx", "thanks"),
        ("ok thanks", "thanks"),
        ("👍", "thanks"),
        ("👍👍", "thanks"),
        ("thanks 😊", "thanks"),
        ("", None),
        ("10", None),
    ],
)
def test_a_wish_that_stands_above_all_questions_is_a_whole_message_in_any_language(text: str, name: str | None) -> None:
    assert understand.intent(text, LANGUAGES) == name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ENGLISH", "en"),
        ("english please", "en"),
        ("in English please", "en"),
        ("en inglés por favor", "en"),
        ("ESPANOL", "es"),
        ("español", "es"),
        ("en español por favor", "es"),
        ("Spanish please", "es"),
        ("my english class", None),
        ("", None),
    ],
)
def test_a_language_is_asked_for_by_its_name_in_any_language(text: str, code: str | None) -> None:
    assert understand.language_named(text, LANGUAGES) == code


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Don’t  STOP\n", "dont stop"),
        ("mañana a las 9", "manana a las 9"),
        ("ＡＬＴＯ １", "alto 1"),
        ("10 a.m., 2.30 P.M.", "10am 2.30pm"),
        ("10 a. m.", "10am"),
        ("3/4 - 9:15 / x", "3/4 9:15 x"),
        ("don´t d\u200bo\u00adit", "dont doit"),
        ("👍🏽👍 ok👎", "👍 ok 👎"),
        ("1️⃣ ② ٣", "1 2 3"),
        ("¿Qué? (nada)", "que nada"),
        ("(╯°□°)", ""),
        ("Ⅻ ﬁne", "xii fine"),
        ("중지", fold("중지")),
    ],
)
def test_folding_keeps_what_choices_and_times_need(text: str, folded: str) -> None:
    assert fold(text) == folded


def labelled_asks() -> list[tuple[str, Ask]]:
    return [
        (f"{flow.name}/{name}", step)
        for flow in FLOWS.values()
        for name, step in flow.steps.items()
        if isinstance(step, Ask)
    ]


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
@pytest.mark.parametrize(("context", "ask"), labelled_asks())
def test_every_choice_of_every_flow_is_understood_by_its_label_and_by_other_words(
    context: str, ask: Ask, language: Language
) -> None:
    for reply in ask.menu:
        assert len(language.replies.get(reply.name, ())) > 1, reply.name
        if ask.lists_choices:
            label = language.translate(context, reply.label or "").replace("{worker}", "Ana")
            assert understand.answer(ask, label, language, (), NOW) == Answered(reply.name), label


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
@pytest.mark.parametrize(("context", "ask"), labelled_asks())
def test_no_word_means_two_replies_that_lead_to_two_places(context: str, ask: Ask, language: Language) -> None:
    for one, other in combinations(ask.when, 2):
        shared = language.replies.get(one.name, frozenset()) & language.replies.get(other.name, frozenset())
        assert not shared or ask.when[one] == ask.when[other], (context, one.name, other.name)


PROVIDERS_OPT_OUT = {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"}
RESERVED = frozenset(PROVIDERS_OPT_OUT | {"start", "unstop", "help", "info"})
"""The provider may act on these before we see them (domain guide 3.2). YES, too; if it reaches us, it is an answer."""


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_no_word_of_a_reply_or_command_is_reserved_or_an_opt_out(language: Language) -> None:
    taken = RESERVED.union(*(each.intents["opt_out"] for each in LANGUAGES.values()))
    for name, words in (*language.replies.items(), *language.commands.items()):
        assert not words & taken, name


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_the_providers_own_words_are_known_in_every_language(language: Language) -> None:
    assert language.intents["help"] >= {"help", "info"}
    assert language.intents["opt_in"] >= {"start", "unstop"}
    assert language.intents["opt_out"] >= PROVIDERS_OPT_OUT


FRAGMENTS = sorted(
    {word for table in (ENGLISH, SPANISH) for _question, text, _meant in rows(table) for word in text.split()}
)
ASKS = [*QUESTIONS.values(), *(ask for _context, ask in labelled_asks())]


@given(
    text=st.text() | st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=7).map(" ".join),
    ask=st.sampled_from(ASKS),
    offered=st.lists(st.text(max_size=12), max_size=4).map(tuple),
    language=st.sampled_from(sorted(LANGUAGES)),
)
def test_any_text_is_one_of_the_replies_on_offer_or_not_understood(
    text: str, ask: Ask, offered: tuple[str, ...], language: str
) -> None:
    here = offered if ask.offers else ()
    answer = understand.answer(ask, text, LANGUAGES[language], here, NOW)
    if isinstance(answer, Answered):
        assert answer.reply in {reply.name for reply in ask.when}
        assert answer.value == as_written(answer.value) or answer.value in here
    understand.command(text, LANGUAGES[language])
    understand.intent(text, LANGUAGES)
    understand.language_named(text, LANGUAGES)
