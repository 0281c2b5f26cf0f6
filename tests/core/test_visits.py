"""Visits from end to end in the core: what is said, kept and wished for (domain guide 3.11, D7-D9)."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from textwrap import dedent

import pytest

from conversations import visit_acts, visit_events, wording
from conversations.arrival import Arrival
from conversations.effects import (
    Effect,
    HoldTimes,
    PlanNudge,
    Purpose,
    RemindOfVisit,
    SaveTalk,
    SaveVisit,
    TakeTime,
    TellWorker,
    Texted,
)
from conversations.escalations import Level, Trigger
from conversations.events import FellDue, Said, VisitChanged
from conversations.front_desk import receive
from conversations.notation import Known
from conversations.nudges import NudgeKind
from conversations.paths import remembered
from conversations.situation import Consent, Mode, Situation, Talk
from conversations.visits import FreeTime, Visit, VisitEvent, VisitStatus
from tests.core.people import JOINED, LANGUAGES, MARIA, ZONE


def at(month: int, day: int, hour: int, minute: int = 0, *, year: int = 2025) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


FRIDAY = at(2, 28, 10)
MONDAY = at(3, 3, 10)
TUESDAY = at(3, 4, 10)
VISIT = Visit(1, TUESDAY, "Ana", "Koster office")
WEDNESDAY_9, THURSDAY_2, FRIDAY_11, MONDAY_3 = (
    FreeTime("wed", at(3, 5, 9)),
    FreeTime("thu", at(3, 6, 14)),
    FreeTime("fri", at(3, 7, 11)),
    FreeTime("mon", at(3, 10, 15)),
)
TIMES = (WEDNESDAY_9, THURSDAY_2, FRIDAY_11, MONDAY_3)
ENTERED = replace(JOINED, visits=(VISIT,), visits_so_far=1, free_times=TIMES)


class Thread:
    """One client's thread as it is seen on the phone. What is kept is kept as the records do."""

    def __init__(self, situation: Situation = ENTERED, now: datetime = FRIDAY, language: str = "en") -> None:
        self.situation = replace(situation, client=replace(situation.client, language=language))
        self.now = now
        self.effects: Sequence[Effect] = ()
        self.lines: list[str] = []

    def says(self, text: str) -> "Thread":
        self.now += timedelta(minutes=1)
        self.lines.append(f"Maria: {text}")
        return self.keep(receive(Arrival(Said(text), self.situation, LANGUAGES, self.now)))

    def falls_due(self, kind: str, number: int = 1) -> "Thread":
        self.lines.append(f"({kind})")
        return self.keep(visit_events.fall_due(self.situation, FellDue(NudgeKind(kind), str(number)), self.now))

    def changed(self, what: VisitEvent, visit: Visit) -> "Thread":
        return self.keep(visit_events.changed(self.situation, VisitChanged(visit, what), self.now))

    def keep(self, effects: Sequence[Effect]) -> "Thread":
        self.effects = wording.say(effects, self.situation, LANGUAGES, self.now)
        self.lines += [f"Goal Line: {text}" for text in self.texts]
        self.situation = remembered(self.situation, effects)
        for effect in effects:
            if isinstance(effect, SaveTalk):
                self.situation = replace(self.situation, talk=effect.talk, parked=effect.parked)
        return self

    @property
    def texts(self) -> list[str]:
        return [effect.body for effect in self.effects if isinstance(effect, Texted)]

    @property
    def visit(self) -> Visit:
        return self.situation.visits[0]

    @property
    def told(self) -> list[tuple[Trigger, Level]]:
        return [(effect.trigger, effect.level) for effect in self.effects if isinstance(effect, TellWorker)]


def play(thread: Thread, script: str) -> None:
    """Do what the script does, "(visit_ask)" being a nudge that falls due, and compare what is said."""
    lines = re.sub(r"\n +", " ", dedent(script).strip()).splitlines()
    for line in lines:
        if line.startswith("("):
            thread.falls_due(line.strip("()"))
        elif line.startswith("Maria: "):
            thread.says(line.removeprefix("Maria: "))
    assert thread.lines == lines


def test_d7_confirm_with_a_plan_to_leave() -> None:
    thread = Thread(replace(ENTERED, visits=(replace(VISIT, bring="your ID"),)))
    play(
        thread,
        """
        (visit_ask)
        Goal Line: Maria, you meet Ana Tue Mar 4, 10am at Koster office. How does that look? 1 I'll be
            there, 2 new time, 3 need help getting there
        Maria: 1
        Goal Line: Great, see you then. What time will you leave to get there?
        Maria: 9:15
        Goal Line: Good plan. We'll remind you the day before.
        (visit_tomorrow)
        Goal Line: Tomorrow, Tue Mar 4, 10am with Ana, Koster office. Bring your ID. You planned to leave at
            9:15am. Text 2 for a new time.
        """,
    )
    assert thread.visit == replace(VISIT, bring="your ID", status=VisitStatus.CONFIRMED, leaves_at="9:15am")


def test_d7_in_spanish() -> None:
    thread = Thread(replace(ENTERED, visits=(replace(VISIT, place="oficina Koster", bring="su ID"),)), language="es")
    play(
        thread,
        """
        (visit_ask)
        Goal Line: Maria: cita con Ana martes 4 mar, 10am, oficina Koster. ¿Qué tal? 1 voy, 2 otra hora, 3
            ayuda para ir
        Maria: 1
        Goal Line: Perfecto, nos vemos. ¿A qué hora va a salir para llegar?
        Maria: a las 9:15
        Goal Line: Buen plan. Le recordamos un día antes.
        (visit_tomorrow)
        Goal Line: Mañana, martes 4 mar, 10am con Ana, oficina Koster. Traiga su ID. Su plan: salir a las
            9:15am. Escriba 2 para otra hora.
        """,
    )


def test_d8_a_new_time_by_text() -> None:
    thread = Thread()
    play(
        thread,
        """
        (visit_ask)
        Goal Line: Maria, you meet Ana Tue Mar 4, 10am at Koster office. How does that look? 1 I'll be
            there, 2 new time, 3 need help getting there
        Maria: can't, work
        Goal Line: No problem. Which works? 1 Wed 9am, 2 Thu 2pm, 3 Fri Mar 7 11am, 4 none of these
        Maria: 2
        Goal Line: Done. You're set for Thu Mar 6, 2pm with Ana, Koster office. We'll remind you.
        """,
    )
    moved = replace(VISIT, starts_at=THURSDAY_2.starts_at, status=VisitStatus.CONFIRMED)
    assert [effect for effect in thread.effects if isinstance(effect, (SaveVisit, TakeTime, RemindOfVisit))] == [
        SaveVisit(moved, VisitEvent.MOVED, "can't, work"),
        TakeTime("thu", 1),
        RemindOfVisit(moved),
    ]


def test_d8_in_spanish() -> None:
    play(
        Thread(replace(ENTERED, visits=(replace(VISIT, place="oficina Koster"),)), language="es"),
        """
        (visit_ask)
        Goal Line: Maria: cita con Ana martes 4 mar, 10am, oficina Koster. ¿Qué tal? 1 voy, 2 otra hora, 3
            ayuda para ir
        Maria: no puedo, trabajo
        Goal Line: No hay problema. ¿Cuál le queda? 1 mié 9am, 2 jue 2pm, 3 viernes 7 mar 11am, 4 ninguna
        Maria: jueves
        Goal Line: Listo. Su cita es jueves 6 mar, 2pm con Ana, oficina Koster. Le recordaremos.
        """,
    )


MISSED = replace(ENTERED, visits=(replace(VISIT, status=VisitStatus.MISSED),))


def test_d9_a_missed_visit_and_a_new_one_by_phone() -> None:
    thread = Thread(MISSED, at(3, 4, 12, 30))
    play(
        thread,
        """
        (visit_missed)
        Goal Line: We missed you Tue Mar 4, 10am and hope you're OK. What works next? 1 new time, 2 phone
            visit, 3 call me
        Maria: 2
        Goal Line: No problem. Which works? 1 Wed 9am, 2 Thu 2pm, 3 Fri 11am, 4 none of these
        Maria: 1
        Goal Line: Done. Ana will call you Wed Mar 5, 9am.
        """,
    )
    new, old = thread.situation.visits
    assert (old.status, new.number, new.by_phone) == (VisitStatus.MISSED, 2, True)


def test_d9_in_spanish_meeting_in_person() -> None:
    thread = Thread(MISSED, at(3, 4, 12, 30), "es")
    play(
        thread,
        """
        (visit_missed)
        Goal Line: No nos vimos martes 4 mar, 10am; esperamos que esté bien. ¿Qué prefiere? 1 otra hora, 2
            cita por teléfono, 3 que me llamen
        Maria: otra hora
        Goal Line: No hay problema. ¿Cuál le queda? 1 mié 9am, 2 jue 2pm, 3 vie 11am, 4 ninguna
        Maria: 1
        Goal Line: Listo. Su cita es miércoles 5 mar, 9am con Ana, Koster office. Nos vemos.
        """,
    )


@pytest.mark.parametrize("text", ["no", "👎", "I won't be able to make it", "I have to work that day", "no puedo ir"])
def test_who_cannot_come_is_offered_other_times(text: str) -> None:
    assert Thread().falls_due("visit_ask").says(text).texts[0].startswith("No problem. Which works? 1 Wed 9am")


@pytest.mark.parametrize("kind", ["visit_ask", "visit_tomorrow"])
@pytest.mark.parametrize("text", ["what time again?", "where is it", "¿a qué hora es?"])
def test_who_asks_when_it_is_hears_it(text: str, kind: str) -> None:
    thread = Thread(now=MONDAY).falls_due(kind).says(text)
    assert thread.texts[0].startswith("Maria, you meet Ana Tue Mar 4, 10am at Koster office.")


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ("2", "thu"),
        ("the second one", "thu"),
        ("2 works", "thu"),
        ("2 thursday", "thu"),
        ("1 or 3", "wed"),
        ("thursday", "thu"),
        ("thu please", "thu"),
        ("the 2pm one", "thu"),
        ("2pm", "thu"),
        ("9", "wed"),
        ("9am", "wed"),
        ("friday morning", "fri"),
        ("in the afternoon", "thu"),
        ("mar 7", "fri"),
        ("jueves", "thu"),
        ("el viernes a las 11", "fri"),
        ("mar 10 3pm", "mon"),
        ("lunes 10 de marzo a las 3", "mon"),
    ],
)
def test_a_time_is_picked_by_number_or_in_words_also_beyond_those_shown(text: str, picked: str) -> None:
    thread = Thread().falls_due("visit_ask").says("2").says(text)
    assert [effect.time for effect in thread.effects if isinstance(effect, TakeTime)] == [picked]


@pytest.mark.parametrize("text", ["4", "none", "none of these", "saturday 9am", "tomorrow", "ninguna", "friday 4pm"])
def test_where_no_time_fits_a_person_finds_one(text: str) -> None:
    thread = Thread().falls_due("visit_ask").says("2").says(text)
    assert thread.told == [(Trigger.NO_TIME_FITS, Level.U2)]
    assert thread.texts == ["OK. Ana will reach out by Mon 5pm to find a time that fits."]
    assert thread.visit == VISIT


@pytest.mark.parametrize("text", ["not thursday", "in the morning", "?"])
def test_what_may_be_several_times_or_none_is_asked_again(text: str) -> None:
    thread = Thread().falls_due("visit_ask").says("2").says(text)
    assert thread.texts == ["Sorry, I didn't get that. Please reply with one of the numbers above, or 0 for a person."]
    assert thread.says("2").visit.starts_at == THURSDAY_2.starts_at


def test_times_that_are_shown_are_held_for_half_an_hour() -> None:
    thread = Thread().falls_due("visit_ask").says("new time")
    assert [effect for effect in thread.effects if isinstance(effect, HoldTimes)] == [
        HoldTimes(("wed", "thu", "fri"), thread.now + timedelta(minutes=30))
    ]


def test_a_number_means_what_stood_on_the_phone_when_it_was_asked() -> None:
    thread = Thread().falls_due("visit_ask").says("2")
    thread.situation = replace(thread.situation, free_times=(FreeTime("new", at(3, 3, 9)), *TIMES))
    assert thread.says("2").visit.starts_at == THURSDAY_2.starts_at


def test_without_a_visit_or_a_free_time_nothing_is_moved() -> None:
    picked = Talk("visit", "times", FRIDAY, {"visit": "1", "time": WEDNESDAY_9.starts_at.isoformat()})
    assert visit_acts.move_visit(Known(replace(ENTERED, free_times=()), picked, FRIDAY)) == ()
    assert visit_acts.move_visit(Known(replace(ENTERED, visits=()), picked, FRIDAY)) == ()


def test_of_two_clients_who_want_one_time_the_second_is_offered_more() -> None:
    first, second = (Thread().falls_due("visit_ask").says("2") for _ in range(2))
    first.says("1")
    assert first.visit.starts_at == WEDNESDAY_9.starts_at
    second.situation = replace(second.situation, free_times=first.situation.free_times)
    second.says("1")
    (said,) = second.texts
    assert said.startswith("Sorry, that time was just taken. Which of these works? 1 Thu 2pm, 2 Fri Mar 7 11am, ")
    assert second.says("1").visit.starts_at == THURSDAY_2.starts_at


def test_a_time_that_has_gone_with_no_other_left_is_for_a_person() -> None:
    thread = Thread().falls_due("visit_ask").says("2")
    thread.situation = replace(thread.situation, free_times=())
    assert thread.says("1").told == [(Trigger.NO_TIME_FITS, Level.U2)]


def test_without_a_free_time_a_person_finds_one_at_once() -> None:
    thread = Thread(replace(ENTERED, free_times=())).falls_due("visit_ask").says("2")
    assert thread.told == [(Trigger.NO_TIME_FITS, Level.U2)]


def test_an_hour_that_is_past_or_the_visits_own_is_not_offered() -> None:
    times = (FreeTime("past", at(2, 27, 9)), FreeTime("own", TUESDAY), WEDNESDAY_9)
    thread = Thread(replace(ENTERED, free_times=times)).falls_due("visit_ask").says("2")
    assert thread.texts == ["No problem. Which works? 1 Wed 9am, 2 none of these"]


def test_a_time_today_or_tomorrow_promises_no_reminder() -> None:
    thread = Thread(replace(ENTERED, free_times=(FreeTime("today", at(2, 28, 15)),))).falls_due("visit_ask").says("2")
    assert thread.says("1").texts == ["Done. You're set for Fri Feb 28, 3pm with Ana, Koster office. See you then."]


@pytest.mark.parametrize(
    ("now", "level"), [(at(2, 28, 10), Level.U2), (at(3, 2, 10, 1), Level.U1), (at(3, 3, 10), Level.U1)]
)
@pytest.mark.parametrize(("text", "need"), [("1", "a_ride"), ("child care", "child_care"), ("4", "something_else")])
def test_help_with_getting_there_comes_today_if_the_visit_is_near(
    text: str, need: str, now: datetime, level: Level
) -> None:
    thread = Thread(now=now).falls_due("visit_ask").says("no ride")
    assert thread.texts == [
        "Thanks for saying so. What would help? 1 a ride, 2 child care, 3 phone visit, 4 something else"
    ]
    thread.says(text)
    asked = [effect for effect in thread.effects if isinstance(effect, TellWorker)]
    assert [(each.trigger, each.level, each.about) for each in asked] == [(Trigger.HELP_GETTING_THERE, level, need)]
    assert thread.texts[0].startswith("Thanks for telling me. I passed it on to Ana, and you'll hear by ")


def test_a_visit_can_become_a_call_at_its_hour() -> None:
    thread = Thread().falls_due("visit_ask").says("3").says("3")
    assert thread.texts == ["Done. Ana will call you Tue Mar 4, 10am."]
    assert thread.visit == replace(VISIT, by_phone=True, status=VisitStatus.CONFIRMED)


def test_a_call_is_asked_about_and_reminded_of_without_a_place() -> None:
    call = replace(ENTERED, visits=(replace(VISIT, by_phone=True),))
    thread = Thread(call).falls_due("visit_ask")
    assert thread.texts == ["Maria, Ana will call you Tue Mar 4, 10am. How does that look? 1 that works, 2 new time"]
    assert thread.says("ok").texts == ["Great, thanks for telling us. You're all set."]
    assert Thread(call, MONDAY).falls_due("visit_tomorrow").texts == [
        "Tomorrow, Tue Mar 4, 10am: Ana will call you. Text 2 for a new time."
    ]
    assert Thread(call, at(3, 4, 9)).falls_due("visit_today").texts[0].startswith("Ana will call you today, Tue Mar 4")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("9:15", "9:15am"),
        ("around 9", "9am"),
        ("8:30 in the morning", "8:30am"),
        ("11am", ""),
        ("tomorrow", ""),
        ("after I drop the kids", ""),
    ],
)
def test_the_hour_to_leave_is_kept_where_it_is_one_before_the_visit(text: str, kept: str) -> None:
    thread = Thread().falls_due("visit_ask").says("1").says(text)
    assert thread.texts == ["Good plan. We'll remind you the day before."]
    assert thread.visit.leaves_at == kept


def test_the_hour_to_leave_can_be_skipped() -> None:
    thread = Thread().falls_due("visit_ask").says("I'll be there!").says("skip")
    assert thread.texts == ["OK, see you then."]
    assert thread.visit == replace(VISIT, status=VisitStatus.CONFIRMED)


def test_no_reminder_is_promised_the_day_before() -> None:
    thread = Thread(now=MONDAY).falls_due("visit_ask").says("1").says("9")
    assert thread.texts == ["Good plan. See you then."]


@pytest.mark.parametrize(
    ("bring", "leaves_at", "said"),
    [
        ("", "", "Tomorrow, Tue Mar 4, 10am with Ana, Koster office. Text 2 for a new time."),
        ("your ID", "", "Tomorrow, Tue Mar 4, 10am with Ana, Koster office. Bring your ID. Text 2 for a new time."),
        (
            "",
            "9am",
            "Tomorrow, Tue Mar 4, 10am with Ana, Koster office. You planned to leave at 9am. Text 2 for a new time.",
        ),
    ],
)
def test_the_day_before_says_no_more_than_there_is_to_say(bring: str, leaves_at: str, said: str) -> None:
    visit = replace(VISIT, bring=bring, leaves_at=leaves_at)
    assert Thread(replace(ENTERED, visits=(visit,)), MONDAY).falls_due("visit_tomorrow").texts == [said]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1", "Great, thanks for telling us. You're all set."),
        ("ok", "Great, thanks for telling us. You're all set."),
        ("2", "No problem. Which works? 1 Wed 9am, 2 Thu 2pm, 3 Fri 11am, 4 none of these"),
        ("I can't make it", "No problem. Which works? 1 Wed 9am, 2 Thu 2pm, 3 Fri 11am, 4 none of these"),
        (
            "I need a ride",
            "Thanks for saying so. What would help? 1 a ride, 2 child care, 3 phone visit, 4 something else",
        ),
        ("thanks", "You're welcome. We're cheering for you."),
    ],
)
def test_a_reminder_takes_an_answer_and_needs_none(text: str, said: str) -> None:
    assert Thread(now=MONDAY).falls_due("visit_tomorrow").says(text).texts == [said]


@pytest.mark.parametrize("text", ["late", "Running late!", "I'm gonna be late", "stuck in traffic", "voy tarde"])
def test_who_is_late_is_heard_at_once(text: str) -> None:
    thread = Thread(now=at(3, 4, 9)).falls_due("visit_today")
    assert thread.texts == [
        "See you today, Tue Mar 4, 10am, Koster office. Running late or plans changed? Text 2 and we'll work it out."
    ]
    thread.says(text)
    assert thread.told == [(Trigger.RUNNING_LATE, Level.U1)]
    assert thread.texts == ["Thanks for telling us. Ana knows you're running late."]


@pytest.mark.parametrize("text", ["2", "my plans changed", "can't make it"])
def test_changed_plans_on_the_day_reach_the_worker_before_the_next_question(text: str) -> None:
    thread = Thread(now=at(3, 4, 9)).falls_due("visit_today").says(text)
    assert thread.told == [(Trigger.RUNNING_LATE, Level.U1)]
    assert thread.texts == ["Thanks, Ana knows. What works now? 1 running late, 2 new time, 3 call me"]
    assert thread.says("2").texts[0].startswith("No problem. Which works?")


def test_on_a_shared_phone_the_place_is_left_out() -> None:
    shared = replace(ENTERED, client=replace(MARIA, phone_is_shared=True))
    said = [
        *Thread(shared).falls_due("visit_ask").texts,
        *Thread(shared, MONDAY).falls_due("visit_tomorrow").texts,
        *Thread(shared, at(3, 4, 9)).falls_due("visit_today").texts,
        *Thread(shared).falls_due("visit_ask").says("2").says("2").texts,
    ]
    assert not any("Koster" in text for text in said)
    assert said[0].startswith("Maria, you meet Ana Tue Mar 4, 10am at the place you know.")


@pytest.mark.parametrize("text", ["VISIT", "cita", "my appointment", "cancel my appointment"])
def test_the_visit_command_shows_the_next_visit_with_its_choices(text: str) -> None:
    thread = Thread().keep(visit_events.show(ENTERED, FRIDAY))
    assert thread.texts[0].startswith("Maria, you meet Ana Tue Mar 4, 10am at Koster office.")
    assert any(text.casefold() in language.commands["visit"] for language in LANGUAGES.values())


def test_the_visit_command_says_that_there_is_none() -> None:
    past = replace(ENTERED, visits=(VISIT, replace(VISIT, number=2, status=VisitStatus.ENDED_BY_OFFICE)))
    thread = Thread(past, at(3, 4, 10)).keep(visit_events.show(past, at(3, 4, 10)))
    assert thread.texts == ["You have no visit set right now. Text 0 for a person."]


def test_a_client_can_end_a_visit_without_a_new_time() -> None:
    thread = Thread().falls_due("visit_ask").says("cancel my appointment")
    assert thread.texts == ["OK. What fits best? 1 new time, 2 no visit for now, 3 call me"]
    thread.says("2")
    assert thread.visit.status is VisitStatus.ENDED_BY_CLIENT
    assert thread.told == [(Trigger.VISIT_ENDED, Level.U2)]
    ended = thread.visit
    assert SaveVisit(ended, VisitEvent.ENDED_BY_CLIENT, "cancel my appointment") in thread.effects
    assert RemindOfVisit(ended) in thread.effects


@pytest.mark.parametrize(
    ("kind", "visit", "now"),
    [
        ("visit_ask", replace(VISIT, status=VisitStatus.CONFIRMED), FRIDAY),
        ("visit_ask", VISIT, TUESDAY),
        ("visit_tomorrow", replace(VISIT, status=VisitStatus.ENDED_BY_OFFICE), MONDAY),
        ("visit_today", replace(VISIT, status=VisitStatus.CONFIRMED), at(3, 4, 9)),
        ("visit_missed", replace(VISIT, status=VisitStatus.ATTENDED), at(3, 4, 13)),
        ("visit_ended", VISIT, FRIDAY),
        ("visit_ask", replace(VISIT, number=7), FRIDAY),
    ],
)
def test_a_text_about_a_visit_that_is_settled_does_not_go_out(kind: str, visit: Visit, now: datetime) -> None:
    assert Thread(replace(ENTERED, visits=(visit,)), now).falls_due(kind).effects == []


def test_who_has_another_visit_ahead_is_not_asked_for_a_new_time() -> None:
    again = replace(MISSED, visits=(*MISSED.visits, replace(VISIT, number=2, starts_at=THURSDAY_2.starts_at)))
    assert Thread(again, at(3, 4, 13)).falls_due("visit_missed").effects == []


def test_a_reminder_that_was_held_until_the_day_speaks_of_today() -> None:
    confirmed = replace(ENTERED, visits=(replace(VISIT, status=VisitStatus.CONFIRMED),))
    assert Thread(confirmed, at(3, 4, 9)).falls_due("visit_tomorrow").texts[0].startswith("See you today, Tue Mar 4")


@pytest.mark.parametrize("what", [VisitEvent.ENTERED, VisitEvent.CONFIRMED, VisitEvent.LEAVE_PLANNED])
def test_a_visit_that_staff_enter_is_kept_and_reminded_of(what: VisitEvent) -> None:
    assert Thread(JOINED).changed(what, VISIT).effects == [SaveVisit(VISIT, what), RemindOfVisit(VISIT)]


MOVED = replace(VISIT, starts_at=THURSDAY_2.starts_at)


def test_a_visit_that_staff_move_is_told_at_once_and_can_be_answered() -> None:
    thread = Thread().changed(VisitEvent.MOVED, MOVED)
    assert [*thread.effects][:2] == [SaveVisit(MOVED, VisitEvent.MOVED), RemindOfVisit(MOVED)]
    assert thread.texts == ["Your visit is now Thu Mar 6, 2pm with Ana, Koster office. Text 2 for a new time."]
    assert all(effect.purpose is Purpose.VISIT for effect in thread.effects if isinstance(effect, Texted))
    assert thread.says("2").texts == [
        "No problem. Which works? 1 Wed 9am, 2 Fri Mar 7 11am, 3 Mon Mar 10 3pm, 4 none of these"
    ]


def test_a_visit_that_staff_make_a_call_is_told_so() -> None:
    thread = Thread().changed(VisitEvent.MOVED, replace(MOVED, by_phone=True))
    assert thread.texts == ["Ana will now call you Thu Mar 6, 2pm. Text 2 for a new time."]


def test_outside_the_hours_a_move_is_told_as_soon_as_it_may() -> None:
    late = at(2, 28, 22)
    thread = Thread(now=late).changed(VisitEvent.MOVED, MOVED)
    assert thread.texts == []
    assert [(each.kind, each.subject) for each in thread.effects if isinstance(each, PlanNudge)] == [
        (NudgeKind.VISIT_ASK, "1")
    ]


@pytest.mark.parametrize(
    ("situation", "visit"),
    [
        (replace(ENTERED, client=replace(MARIA, consent=Consent.INVITED)), MOVED),
        (replace(ENTERED, client=replace(MARIA, mode=Mode.HUMAN)), MOVED),
        (replace(ENTERED, client=replace(MARIA, mode=Mode.STOPPED)), MOVED),
        (ENTERED, replace(VISIT, starts_at=at(2, 27, 9))),
    ],
)
def test_a_move_is_not_told_where_the_bot_is_silent_or_the_visit_past(situation: Situation, visit: Visit) -> None:
    assert Thread(situation).changed(VisitEvent.MOVED, visit).effects == [
        SaveVisit(visit, VisitEvent.MOVED),
        RemindOfVisit(visit),
    ]


def test_a_missed_visit_is_for_a_look_and_the_second_in_60_days_needs_a_person_sooner() -> None:
    missed = replace(VISIT, status=VisitStatus.MISSED)
    now = at(3, 4, 10, 30)
    assert Thread(now=now).changed(VisitEvent.MISSED, missed).told == [(Trigger.VISIT_MISSED, Level.U3)]
    again = replace(ENTERED, visits=(VISIT, replace(missed, number=2, starts_at=at(2, 1, 10))))
    assert Thread(again, now).changed(VisitEvent.MISSED, missed).told == [(Trigger.VISIT_MISSED, Level.U2)]
    long_ago = replace(ENTERED, visits=(VISIT, replace(missed, number=2, starts_at=at(12, 1, 10, year=2024))))
    assert Thread(long_ago, now).changed(VisitEvent.MISSED, missed).told == [(Trigger.VISIT_MISSED, Level.U3)]


@pytest.mark.parametrize(
    ("what", "status"),
    [
        (VisitEvent.ATTENDED, VisitStatus.ATTENDED),
        (VisitEvent.MISSED, VisitStatus.MISSED),
        (VisitEvent.ENDED_BY_OFFICE, VisitStatus.ENDED_BY_OFFICE),
        (VisitEvent.ENDED_BY_CLIENT, VisitStatus.ENDED_BY_CLIENT),
    ],
)
def test_a_visit_that_is_over_closes_the_question_about_it(what: VisitEvent, status: VisitStatus) -> None:
    thread = Thread().falls_due("visit_ask").says("2")
    over = replace(VISIT, status=status)
    thread.changed(what, over)
    assert thread.situation.talk is None
    assert RemindOfVisit(over) in thread.effects
    assert thread.texts == []


def test_another_open_question_stays_when_a_visit_is_over() -> None:
    talk = Talk("goal_setting", "where", FRIDAY)
    thread = Thread(replace(ENTERED, talk=talk)).changed(
        VisitEvent.ATTENDED, replace(VISIT, status=VisitStatus.ATTENDED)
    )
    assert thread.situation.talk == talk


def test_a_visit_that_is_moved_while_times_are_on_offer_is_told_and_can_be_moved_again() -> None:
    thread = Thread().falls_due("visit_ask").says("2").changed(VisitEvent.MOVED, MOVED)
    assert thread.texts == ["Your visit is now Thu Mar 6, 2pm with Ana, Koster office. Text 2 for a new time."]
    assert thread.says("2").says("1").visit.starts_at == WEDNESDAY_9.starts_at


def test_a_visit_that_the_office_ends_while_times_are_on_offer_is_offered_anew() -> None:
    ended = replace(VISIT, status=VisitStatus.ENDED_BY_OFFICE)
    thread = Thread().falls_due("visit_ask").says("2").changed(VisitEvent.ENDED_BY_OFFICE, ended)
    thread.falls_due("visit_ended")
    assert thread.texts == [
        "Ana needs to move your Tue Mar 4, 10am visit. Sorry for the change. What works? 1 show me times, 2 call me"
    ]
    thread.says("1").says("2")
    assert (thread.visit.number, thread.visit.starts_at) == (2, THURSDAY_2.starts_at)
    assert SaveVisit(thread.visit, VisitEvent.ENTERED) in thread.effects


def test_who_would_rather_be_called_gets_a_person() -> None:
    thread = Thread(MISSED, at(3, 4, 13)).falls_due("visit_missed").says("3")
    assert thread.told == [(Trigger.ASKED_FOR_PERSON, Level.U1)]


def test_a_question_that_was_open_is_offered_again_when_a_reminder_came_between() -> None:
    talk = Talk("goal_setting", "where", FRIDAY, {"goal": "a job", "step": "call"})
    thread = Thread(replace(ENTERED, talk=talk), MONDAY).falls_due("visit_tomorrow")
    assert thread.situation.parked == talk
    thread.says("library computer")
    assert thread.texts == ["Welcome back. We were on: call. Ready to go on? 1 yes, 2 start fresh"]


@pytest.mark.parametrize(
    ("starts_at", "said"),
    [
        (datetime(2025, 3, 9, 18, 30, tzinfo=UTC), "Sun Mar 9, 11:30am"),
        (datetime(2025, 3, 9, 8, 30, tzinfo=UTC), "Sun Mar 9, 12:30am"),
        (datetime(2025, 11, 2, 18, 30, tzinfo=UTC), "Sun Nov 2, 10:30am"),
    ],
)
def test_on_the_day_the_clocks_change_a_visit_names_the_hour_on_the_wall(starts_at: datetime, said: str) -> None:
    visit = replace(VISIT, starts_at=starts_at)
    thread = Thread(replace(ENTERED, visits=(visit,)), starts_at - timedelta(days=4)).falls_due("visit_ask")
    assert f"you meet Ana {said} at" in thread.texts[0]


def test_an_hour_to_leave_on_the_day_the_clocks_change_is_one_on_the_wall() -> None:
    visit = replace(VISIT, starts_at=datetime(2025, 3, 9, 18, 30, tzinfo=UTC))
    thread = Thread(replace(ENTERED, visits=(visit,)), at(3, 5, 10)).falls_due("visit_ask").says("1").says("11:15")
    assert thread.visit.leaves_at == "11:15am"
