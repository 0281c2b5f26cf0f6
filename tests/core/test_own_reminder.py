"""The client's own reminders, as texts go to and fro (domain guide 3.7, D10). It is Tuesday 2 March 2027, 10:00."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from conversations import engine, open_talk, reminder_events, understand
from conversations.effects import Effect, Purpose, SaveReminder, SaveTalk, Send, Texted
from conversations.engine import open_question, read_from
from conversations.events import Answered
from conversations.flows import FLOWS
from conversations.notation import Known
from conversations.own_reminders import OwnReminder, ReminderStatus
from conversations.paths import remembered
from conversations.situation import Situation
from conversations.visits import Visit
from conversations.wording import say
from tests.core.people import GOAL, JOINED, LANGUAGES, MARIA, NOW, ZONE

FRIDAY = datetime(2027, 3, 5, 9, tzinfo=ZONE)
PILLS = OwnReminder(1, "take my pills", datetime(2027, 3, 3, 8, tzinfo=ZONE), "daily")
SCHOOL = OwnReminder(2, "call the school", FRIDAY)


class Phone:
    """One client's phone: what we text is in `heard`, what is kept in `situation`."""

    def __init__(self, situation: Situation = JOINED, language: str = "en", now: datetime = NOW) -> None:
        self.situation = replace(situation, client=replace(situation.client, language=language))
        self.now = now
        self.heard: list[Texted] = []

    @property
    def language(self) -> str:
        return self.situation.client.language

    def asks(self, words: str) -> str:
        return self._after(reminder_events.requested(self.situation, words, self.now, LANGUAGES[self.language]))

    def says(self, text: str) -> str:
        talk = self.situation.talk
        assert talk is not None
        question = open_question(FLOWS[talk.flow], talk)
        offered = engine.choices(question, Known(self.situation, talk, self.now))
        at = read_from(question, talk, self.now.astimezone(ZONE))
        answer = understand.answer(question, text, LANGUAGES[self.language], offered, at)
        return self._after(open_talk.go_on(self.situation, talk, answer, self.now))

    def lists(self) -> str:
        return self._after(reminder_events.show(self.situation, self.now))

    def comes(self, number: int, at: datetime) -> str:
        self.now = at
        return self._after(reminder_events.fall_due(self.situation, str(number), at))

    def set(self) -> list[tuple[str, str, str, ReminderStatus]]:
        """The reminders by their numbers: what, when, how often, and where each stands."""
        by_number = sorted(self.situation.own_reminders, key=lambda each: each.number)
        return [
            (each.what, f"{each.at.astimezone(ZONE):%a %b %-d %H:%M}", each.repeats, each.status) for each in by_number
        ]

    def _after(self, effects: tuple[Effect, ...]) -> str:
        said = [each for each in say(effects, self.situation, LANGUAGES, self.now) if isinstance(each, Texted)]
        self.heard += said
        self.situation = remembered(self.situation, effects)
        own = sorted(self.situation.own_reminders, key=lambda each: each.at)
        self.situation = replace(self.situation, own_reminders=tuple(own))
        for effect in effects:
            if isinstance(effect, SaveTalk):
                self.situation = replace(self.situation, talk=effect.talk, parked=effect.parked)
        return "\n".join(text.body for text in said)


def test_d10_remind_me_to_call_the_school() -> None:
    phone = Phone()
    assert phone.asks("to call the school fri 9am") == (
        "I'll remind you: call the school, Fri Mar 5, 9am. Is that right? 1 yes, 2 change it"
    )
    assert phone.says("yes") == "Set for Fri 9am. Text LIST to see your reminders."
    assert phone.comes(1, FRIDAY) == "Your reminder: call the school. Reply 1 done, 2 later"
    assert phone.says("2") == "When should I remind you again? Like 3pm or tomorrow 9am"
    assert phone.says("noon") == "Set for Fri 12pm. Text LIST to see your reminders."
    assert phone.set() == [("call the school", "Fri Mar 5 12:00", "", ReminderStatus.SET)]


def test_d10_recuerdame_llamar_a_la_escuela() -> None:
    phone = Phone(language="es")
    assert phone.asks("llamar a la escuela viernes 9am") == (
        "Le recuerdo: llamar a la escuela, viernes 5 mar, 9am. ¿Está bien? 1 sí, 2 cambiarlo"
    )
    assert phone.says("sí") == "Puesto para viernes 9am. Escriba LISTA para ver sus recordatorios."
    assert phone.comes(1, FRIDAY) == "Su recordatorio: llamar a la escuela. Responda 1 hecho, 2 después"
    assert phone.says("2") == "¿Cuándo le recuerdo otra vez? Como 3pm o mañana 9am"
    assert phone.says("mediodía") == "Puesto para viernes 12pm. Escriba LISTA para ver sus recordatorios."


def test_a_request_may_come_in_another_language_than_the_texts() -> None:
    words = "llamar a la escuela viernes 9am"
    effects = reminder_events.requested(JOINED, words, NOW, LANGUAGES["en"], LANGUAGES.values())
    said = [each.body for each in say(effects, JOINED, LANGUAGES, NOW) if isinstance(each, Texted)]
    assert said == ["I'll remind you: llamar a la escuela, Fri Mar 5, 9am. Is that right? 1 yes, 2 change it"]


def test_an_hour_that_the_client_named_and_confirmed_may_be_at_night() -> None:
    phone = Phone()
    assert "Wed Mar 3, 5am" in phone.asks("to catch the bus tomorrow 5am")
    phone.says("1")
    assert phone.set() == [("catch the bus", "Wed Mar 3 05:00", "", ReminderStatus.SET)]


def test_nothing_is_set_before_the_client_says_it_is_right() -> None:
    phone = Phone()
    phone.asks("to call the school fri 9am")
    assert phone.set() == []


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("", "Sure. What should I remind you about? Add a day and time, like: call school Fri 9am"),
        ("?", "Sure. What should I remind you about? Add a day and time, like: call school Fri 9am"),
        ("fri 9am", "Sure. What should I remind you about?"),
        ("to call the school", "When should I remind you? Day and time, like Tue 10am."),
        ("to call the school soon", "When should I remind you? Day and time, like Tue 10am."),
        ("to call the school friday", "What time should I remind you? Like 9am or 3pm."),
        ("to renew my card jan 5 2029", "I can remind you up to a year ahead. Which day and time is best?"),
    ],
)
def test_what_is_missing_is_asked_for(words: str, asked: str) -> None:
    assert Phone().asks(words) == asked


def test_what_when_and_the_hour_are_asked_for_one_by_one() -> None:
    phone = Phone()
    phone.asks("")
    assert phone.says("call the school") == "When should I remind you? Day and time, like Tue 10am."
    assert phone.says("soon") == "No rush. Which day and time would help?"
    assert phone.says("friday") == "What time should I remind you? Like 9am or 3pm."
    assert phone.says("2").startswith("I'll remind you: call the school, Fri Mar 5, 2pm.")


def test_a_day_without_an_hour_comes_in_the_morning() -> None:
    phone = Phone()
    phone.asks("to call the school friday")
    assert phone.says("whenever") == (
        "I'll remind you: call the school, Fri Mar 5, 9am. Is that right? 1 yes, 2 change it"
    )


def test_who_cannot_say_when_is_not_pressed() -> None:
    phone = Phone()
    phone.asks("to call the school")
    phone.says("soon")
    assert phone.says("sometime") == "No rush. Text REMIND any time, with a day and time."
    assert phone.situation.talk is None


def test_a_time_that_goes_by_before_the_yes_is_asked_for_again() -> None:
    phone = Phone()
    phone.asks("to call the school in 10 min")
    phone.now += timedelta(minutes=20)
    assert phone.says("yes") == "That time has gone by. When should I remind you?"
    assert phone.says("3pm").startswith("I'll remind you: call the school, Tue Mar 2, 3pm.")


def test_the_time_and_the_words_can_be_changed_before_the_yes() -> None:
    phone = Phone()
    phone.asks("to call the school fri 9am")
    assert phone.says("2") == "What would you like to change? 1 the time, 2 the words"
    phone.says("1")
    assert phone.says("thu 10").startswith("I'll remind you: call the school, Thu Mar 4, 10am.")
    phone.says("no")
    phone.says("2")
    assert phone.says("call the teacher").startswith("I'll remind you: call the teacher, Thu Mar 4, 10am.")


@pytest.mark.parametrize(
    ("language", "words", "often", "first"),
    [
        ("en", "to take my pills every day at 8", "every day, 8am", "Wed Mar 3 08:00"),
        ("en", "to pack lunch weekdays 7am", "every weekday, 7am", "Wed Mar 3 07:00"),
        ("en", "about class mondays and wednesdays 6pm", "every Mon and Wed, 6pm", "Wed Mar 3 18:00"),
        ("en", "to pay rent on the 1st of every month at noon", "every month, day 1, 12pm", "Thu Apr 1 12:00"),
        ("en", "to call mom weekly on sunday at 2", "every Sun, 2pm", "Sun Mar 7 14:00"),
        ("es", "tomar la pastilla todos los días a las 8", "cada día, 8am", "Wed Mar 3 08:00"),
        ("es", "la clase de lunes a viernes a las 7", "de lunes a viernes, 7am", "Wed Mar 3 07:00"),
        ("es", "la clase cada martes y jueves a las 6 de la tarde", "cada martes y jueves, 6pm", "Tue Mar 2 18:00"),
        ("es", "la renta el 1 de cada mes al mediodía", "cada mes, el día 1, 12pm", "Thu Apr 1 12:00"),
    ],
)
def test_what_comes_again_says_how_often_and_comes_first_at_its_next_time(
    language: str, words: str, often: str, first: str
) -> None:
    phone = Phone(language=language)
    assert f", {often}." in phone.asks(words)
    assert often in phone.says("1")
    assert phone.set()[0][1] == first


def test_what_comes_again_is_planned_anew_when_it_comes_answered_or_not() -> None:
    phone = Phone(replace(JOINED, own_reminders=(PILLS,), reminders_so_far=1))
    assert phone.comes(1, PILLS.at) == "Your reminder: take my pills. Reply 1 done, 2 later"
    assert phone.set() == [("take my pills", "Thu Mar 4 08:00", "daily", ReminderStatus.SET)]
    assert phone.says("1") == "Nice work. That's one more thing done."
    assert phone.set() == [("take my pills", "Thu Mar 4 08:00", "daily", ReminderStatus.SET)]


def test_what_comes_again_is_put_off_once_beside_its_next_time() -> None:
    phone = Phone(replace(JOINED, own_reminders=(PILLS,), reminders_so_far=1))
    phone.comes(1, PILLS.at)
    phone.says("later")
    assert phone.says("in 2 hours") == "Set for Wed 10am. Text LIST to see your reminders."
    assert phone.set() == [
        ("take my pills", "Thu Mar 4 08:00", "daily", ReminderStatus.SET),
        ("take my pills", "Wed Mar 3 10:00", "", ReminderStatus.SET),
    ]


def test_one_that_has_come_and_is_done_is_over() -> None:
    phone = Phone(replace(JOINED, own_reminders=(SCHOOL,), reminders_so_far=2))
    phone.comes(2, FRIDAY)
    assert phone.set()[0][3] is ReminderStatus.SENT
    assert phone.says("👍") == "Nice work. That's one more thing done."
    assert phone.set()[0][3] is ReminderStatus.DONE


def test_nobody_is_asked_twice_about_a_reminder_that_has_come() -> None:
    assert all(step.if_silent is None for step in FLOWS["own_reminder"].steps.values() if hasattr(step, "if_silent"))


@pytest.mark.parametrize(
    "reminder", [replace(SCHOOL, number=3), replace(SCHOOL, status=ReminderStatus.REMOVED)], ids=["gone", "removed"]
)
def test_a_reminder_that_is_gone_does_not_come(reminder: OwnReminder) -> None:
    phone = Phone(replace(JOINED, own_reminders=(reminder,)))
    assert reminder_events.fall_due(phone.situation, "2", FRIDAY) == ()


def test_a_reminder_goes_out_as_one_that_was_not_asked_for_just_now() -> None:
    effects = reminder_events.fall_due(replace(JOINED, own_reminders=(SCHOOL,)), "2", FRIDAY)
    assert [effect.purpose for effect in effects if isinstance(effect, Send)] == [Purpose.REMINDER]


@pytest.mark.parametrize("what", ["go to court", "see my therapist"])
def test_sensitive_words_are_kept_and_do_not_come_by_themselves(what: str) -> None:
    phone = Phone()
    assert phone.asks(f"to {what} fri 9am") == "I'll remind you Fri Mar 5, 9am. Is that right? 1 yes, 2 change it"
    phone.says("1")
    assert phone.set()[0][0] == what
    assert phone.comes(1, FRIDAY) == "Your reminder is due. Reply 1 done, 2 later"


def test_on_a_shared_phone_only_the_time_is_said() -> None:
    shared = replace(JOINED, client=replace(MARIA, phone_is_shared=True), own_reminders=(SCHOOL,), reminders_so_far=2)
    phone = Phone(shared)
    assert phone.lists() == "Your list. To change one, text its number: 1 Fri Mar 5 9am"
    assert phone.comes(2, FRIDAY) == "Your reminder is due. Reply 1 done, 2 later"


def test_a_private_goal_hides_no_reminder() -> None:
    phone = Phone(replace(JOINED, goal=replace(GOAL, private=True), own_reminders=(SCHOOL,)))
    assert phone.comes(2, FRIDAY) == "Your reminder: call the school. Reply 1 done, 2 later"


def test_ten_are_enough() -> None:
    ten = tuple(replace(SCHOOL, number=number) for number in range(1, 11))
    phone = Phone(replace(JOINED, own_reminders=ten, reminders_so_far=10))
    full = "Your list is full. Text LIST to take one off, then text REMIND again."
    assert phone.asks("to call mom fri 9am") == full
    assert phone.asks("to call mom jan 5 2029") == full
    assert phone._after(reminder_events.ask(phone.situation, NOW)) == full


def test_one_that_has_come_takes_no_room() -> None:
    ten = tuple(replace(SCHOOL, number=number, status=ReminderStatus.SENT) for number in range(1, 11))
    phone = Phone(replace(JOINED, own_reminders=ten, reminders_so_far=10))
    assert phone.asks("to call mom fri 9am").startswith("I'll remind you")


def test_an_empty_list_says_how_to_set_one() -> None:
    assert Phone().lists() == "You have no reminders yet. Text REMIND to set one."


def test_the_list_shows_what_is_to_come_and_the_next_visit() -> None:
    visit = Visit(1, datetime(2027, 3, 9, 14, tzinfo=ZONE), "Ana", "Koster office")
    phone = Phone(replace(JOINED, own_reminders=(PILLS, SCHOOL), visits=(visit,)))
    assert phone.lists() == (
        "Your list. To change one, text its number: "
        "1 take my pills, Wed Mar 3 8am, 2 call the school, Fri Mar 5 9am, 3 Ana, Tue Mar 9 2pm"
    )
    assert phone.says("3").startswith("Maria, you meet Ana Tue Mar 9, 2pm at Koster office.")


def test_one_on_the_list_is_taken_off() -> None:
    phone = Phone(replace(JOINED, own_reminders=(PILLS, SCHOOL)))
    phone.lists()
    assert phone.says("2") == "What would you like to do with it? 1 change the time, 2 take it off"
    assert phone.says("take it off") == "OK, I took it off your list. Text LIST to see the rest."
    assert [status for *_rest, status in phone.set()] == [ReminderStatus.SET, ReminderStatus.REMOVED]


def test_one_on_the_list_gets_a_new_time_and_goes_on_to_repeat() -> None:
    phone = Phone(replace(JOINED, own_reminders=(PILLS, SCHOOL), reminders_so_far=2))
    phone.lists()
    phone.says("pills")
    phone.says("1")
    assert phone.says("9am").startswith("I'll remind you: take my pills, every day, 9am.")
    phone.says("yes")
    assert phone.set()[0] == ("take my pills", "Wed Mar 3 09:00", "daily", ReminderStatus.SET)
    assert len(phone.set()) == 2


def test_a_long_list_comes_page_by_page() -> None:
    ten = tuple(replace(SCHOOL, number=number, at=FRIDAY + timedelta(days=number)) for number in range(1, 11))
    phone = Phone(replace(JOINED, own_reminders=ten))
    assert phone.lists().endswith("4 call the school, Tue Mar 9 9am, 5 more")
    assert phone.says("5").endswith("4 call the school, Sat Mar 13 9am, 5 more")
    assert phone.says("more").endswith("2 call the school, Mon Mar 15 9am")
    phone.says("2")
    phone.says("2")
    assert [number for number, each in enumerate(phone.set(), start=1) if each[3] is ReminderStatus.REMOVED] == [10]


def test_a_line_is_known_after_the_language_changed() -> None:
    phone = Phone(replace(JOINED, own_reminders=(SCHOOL,)))
    phone.lists()
    phone.says("1")
    phone.situation = replace(phone.situation, client=replace(phone.situation.client, language="es"))
    phone.says("2")
    assert phone.set()[0][3] is ReminderStatus.REMOVED


def test_what_is_gone_from_the_list_changes_nothing() -> None:
    phone = Phone(replace(JOINED, own_reminders=(SCHOOL,)))
    phone.lists()
    phone.says("1")
    phone.situation = replace(phone.situation, own_reminders=())
    talk = phone.situation.talk
    assert talk is not None
    effects = open_talk.go_on(phone.situation, talk, Answered("take_off"), NOW)
    assert not [effect for effect in effects if isinstance(effect, SaveReminder)]
