"""What clients text about days and times, and what it means. It is Monday 2 March 2026, 9:00, in Los Angeles."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.languages import load_languages
from conversations import moments
from conversations.goals import Moment

LANGUAGES = load_languages(("en", "es"))
ZONE = ZoneInfo("America/Los_Angeles")
MONDAY = datetime(2026, 3, 2, 9, tzinfo=ZONE)

ENGLISH = {
    "Tue 10am": "Tue Mar 3 10:00",
    "tues at 10": "Tue Mar 3 10:00",
    "tue 10": "Tue Mar 3 10:00",
    "tuesday @ 10": "Tue Mar 3 10:00",
    "tomorrow morning": "Tue Mar 3 09:00",
    "tomorrow 9": "Tue Mar 3 09:00",
    "tomorrow at 9": "Tue Mar 3 09:00",
    "3/4 2:30": "Wed Mar 4 14:30",
    "3/4 2": "Wed Mar 4 14:00",
    "mar 4 10am": "Wed Mar 4 10:00",
    "march 4th at 2": "Wed Mar 4 14:00",
    "4 march 3pm": "Wed Mar 4 15:00",
    "in 2 hours": "Mon Mar 2 11:00",
    "in two days": "Wed Mar 4",
    "in a week": "Mon Mar 9",
    "an hour from now": "Mon Mar 2 10:00",
    "half an hour from now": "Mon Mar 2 09:30",
    "in half an hour": "Mon Mar 2 09:30",
    "in an hour and a half": "Mon Mar 2 10:30",
    "noon": "Mon Mar 2 12:00",
    "tonight": "Mon Mar 2 20:00",
    "tonight at 8": "Mon Mar 2 20:00",
    "next friday 3pm": "Fri Mar 6 15:00",
    "friday": "Fri Mar 6",
    "fri": "Fri Mar 6",
    "10:30": "Mon Mar 2 10:30",
    "8:30": "Tue Mar 3 08:30",
    "15:00": "Mon Mar 2 15:00",
    "2.30pm": "Mon Mar 2 14:30",
    "in the morning": "Tue Mar 3 09:00",
    "monday": "Mon Mar 9",
    "mon 3pm": "Mon Mar 2 15:00",
    "mon 8am": "Mon Mar 9 08:00",
    "next monday 3pm": "Mon Mar 9 15:00",
    "half past ten": "Mon Mar 2 10:30",
    "at half past 10": "Mon Mar 2 10:30",
    "ten thirty": "words",
    "at ten thirty": "Mon Mar 2 10:30",
    "10": "Mon Mar 2 10:00",
    "9": "Tue Mar 3 09:00",
    "99": None,
    "25:00": None,
    "13/45": None,
    "soon": "words",
    "when I can": "words",
    "purple": "words",
    "next week": "words",
    "monday next week": "Mon Mar 9",
    "the 15th": "Sun Mar 15",
    "the 15th at 3": "Sun Mar 15 15:00",
    "friday after I drop off 2 kids at school": "Fri Mar 6",
    "finish form thu 9am": "Thu Mar 5 09:00",
    "friday evening 7": "Fri Mar 6 19:00",
    "friday at 7 in the evening": "Fri Mar 6 19:00",
    "tomorrow afternoon": "Tue Mar 3 15:00",
    "today at 8": "Mon Mar 2 20:00",
    "today 3": "Mon Mar 2 15:00",
    "today": "Mon Mar 2",
    "930am friday": "Fri Mar 6 09:30",
    "tue 930": "Tue Mar 3 09:30",
    "wed 9-10am": "Wed Mar 4 09:00",
    "thu 3-4pm": "Thu Mar 5 15:00",
    "fri 7-8pm": "Fri Mar 6 19:00",
    "3/1": "Mon Mar 1 2027",
    "3/1/2025": None,
    "3/1/2027 9am": "Mon Mar 1 09:00 2027",
    "12/25": "Fri Dec 25",
    "25/12": "Fri Dec 25",
    "2/30": None,
    "2026-04-01 10:00": "Wed Apr 1 10:00",
    "i may go friday": "Fri Mar 6",
    "i am free sat 1": "Sat Mar 7 13:00",
    "by monday": "Mon Mar 9",
    "12": "Mon Mar 2 12:00",
    "tue 12": "Tue Mar 3 12:00",
    "12am": "Tue Mar 3 00:00",
    "tue 12am": "Tue Mar 3 00:00",
    "sat noon": "Sat Mar 7 12:00",
    "day after tomorrow 5": "Wed Mar 4 17:00",
    "2 hours": "Mon Mar 2 11:00",
    "2 days": "Wed Mar 4",
    "in 3 years": "words",
    "in 400 days": "words",
    "tomorrow": "Tue Mar 3",
    "morning": "Tue Mar 3 09:00",
    "1030": "Mon Mar 2 10:30",
    "06:30": "Tue Mar 3 06:30",
    "every day at 5": "Mon Mar 2 17:00",
    "this weekend": "words",
    "mon or tue 10": "Mon Mar 9",
    "10 a.m. tuesday": "Tue Mar 3 10:00",
    "tuesday 10 a. m.": "Tue Mar 3 10:00",
    "5 o'clock tuesday": "Tue Mar 3 17:00",
    "wensday 2pm": "Wed Mar 4 14:00",
    "thurzday at 2": "Thu Mar 5 14:00",
    "sundays 9am": "Sun Mar 8 09:00",
    "after school": "words",
    "at a friends house": "words",
    "tuesday a friend helps": "Tue Mar 3",
    "24/7": "Fri Jul 24",
    "0": None,
    "7": "Tue Mar 3 07:00",
    "7pm": "Mon Mar 2 19:00",
    "tmrw 2": "Tue Mar 3 14:00",
    "2morrow": "Tue Mar 3",
    "sunday": "Sun Mar 8",
    "yesterday": "words",
    "friday 13th": "Fri Mar 13",
    "friday the 13th 10am": "Fri Mar 13 10:00",
    "may 5": "Tue May 5",
    "jan 5 3pm": "Tue Jan 5 15:00 2027",
    "in 30 minutes": "Mon Mar 2 09:30",
    "in 45 min": "Mon Mar 2 09:45",
    "tue, 10:15 a.m.": "Tue Mar 3 10:15",
    "the 2 kids friday": "Fri Mar 6",
    "first thing tomorrow": "Tue Mar 3",
    "march first": "Mon Mar 1 2027",
    "tomorrow at noon": "Tue Mar 3 12:00",
    "tomorrow night": "Tue Mar 3 20:00",
    "Tue Mar 3 11am": "Tue Mar 3 11:00",
    "Tues 10": "Tue Mar 3 10:00",
    "Thurs at 1": "Thu Mar 5 13:00",
    "Wed @ 3pm": "Wed Mar 4 15:00",
    "sat morning": "Sat Mar 7 09:00",
    "sunday evening": "Sun Mar 8 18:00",
    "mon the 16th": "Mon Mar 16",
    "3/15 at 9": "Sun Mar 15 09:00",
    "03/15/26 9am": "Sun Mar 15 09:00",
    "march 15": "Sun Mar 15",
    "mar 15th 4pm": "Sun Mar 15 16:00",
    "15 march": "Sun Mar 15",
    "december 1 8am": "Tue Dec 1 08:00",
    "10am": "Mon Mar 2 10:00",
    "4pm": "Mon Mar 2 16:00",
    "11": "Mon Mar 2 11:00",
    "6": "Mon Mar 2 18:00",
    "7:45": "Tue Mar 3 07:45",
    "tomorrow 7:45pm": "Tue Mar 3 19:45",
    "today at noon": "Mon Mar 2 12:00",
    "today 4pm": "Mon Mar 2 16:00",
    "this friday 2pm": "Fri Mar 6 14:00",
    "coming friday 2": "Fri Mar 6 14:00",
    "next tuesday": "Tue Mar 3",
    "next tue 9am": "Tue Mar 3 09:00",
    "in 3 days": "Thu Mar 5",
    "in 3 days at 2pm": "Thu Mar 5 14:00",
    "in 90 minutes": "Mon Mar 2 10:30",
    "in a couple of hours": "Mon Mar 2 11:00",
    "2 weeks": "Mon Mar 16",
    "within 2 hours": "Mon Mar 2 11:00",
    "at 5 on thursday": "Thu Mar 5 17:00",
    "by 5 thursday": "Thu Mar 5 17:00",
    "before 9 tomorrow": "Tue Mar 3 09:00",
    "thursday before 9am": "Thu Mar 5 09:00",
    "maybe friday?": "Fri Mar 6",
    "fri 3 pm!!": "Fri Mar 6 15:00",
    "FRIDAY 3PM": "Fri Mar 6 15:00",
    "１０am tuesday": "Tue Mar 3 10:00",
    "tonight 7": "Mon Mar 2 19:00",
    "this afternoon": "Mon Mar 2 15:00",
    "this evening at 6": "Mon Mar 2 18:00",
    "early next week": "words",
    "idk": "words",
    "sometime": "words",
    "after work": "words",
    "tomorrow after work": "Tue Mar 3",
    "10 on tuesday": "Tue Mar 3 10:00",
    "9 tomorrow": "Tue Mar 3 09:00",
    "wed 1:15 pm": "Wed Mar 4 13:15",
    "13:00 wed": "Wed Mar 4 13:00",
    "friday 12pm": "Fri Mar 6 12:00",
    "2nd of april": "Thu Apr 2",
    "april 2nd": "Thu Apr 2",
    "april second": "Thu Apr 2",
    "Jun 3 9:30": "Wed Jun 3 09:30",
    "4/31": None,
    "0:30": "Tue Mar 3 00:30",
    "12:30": "Mon Mar 2 12:30",
    "2/29": None,
    "the 31st": "Tue Mar 31",
    "the 2nd": "Mon Mar 2",
    "midnight": "Tue Mar 3 00:00",
    "friday midnight": "Sat Mar 7 00:00",
    "friday at midnight": "Sat Mar 7 00:00",
    "12 midnight friday": "Sat Mar 7 00:00",
    "tonight at 12": "Tue Mar 3 00:00",
    "tonight 12am": "Tue Mar 3 00:00",
    "tonight at 12:30": "Tue Mar 3 00:30",
    "tonight at 1": "Tue Mar 3 01:00",
    "friday night at 11": "Fri Mar 6 23:00",
    "tonight 1pm": "Mon Mar 2 13:00",
    "mondays at 3": "Mon Mar 2 15:00",
    "every morning": "Tue Mar 3 09:00",
    "10 o'clock sharp": "Mon Mar 2 10:00",
    "in hours": "words",
    "2 days from now": "Wed Mar 4",
    "in 9999 months": "words",
}
SPANISH = {
    "mañana a las 9": "Tue Mar 3 09:00",
    "mañana": "Tue Mar 3",
    "pasado mañana": "Wed Mar 4",
    "el lunes": "Mon Mar 9",
    "martes 10am": "Tue Mar 3 10:00",
    "martes a las 10": "Tue Mar 3 10:00",
    "mediodía": "Mon Mar 2 12:00",
    "al mediodia": "Mon Mar 2 12:00",
    "el viernes a las 3 de la tarde": "Fri Mar 6 15:00",
    "el vierness a las 3": "Fri Mar 6 15:00",
    "el proximo viernes a las 3 de la tarde": "Fri Mar 6 15:00",
    "mar 4": "Wed Mar 4",
    "mar 10am": "Tue Mar 3 10:00",
    "mar 10": "Tue Mar 10",
    "mar 4 10am": "Wed Mar 4 10:00",
    "mar a las 10": "Tue Mar 3 10:00",
    "4 mar": "Wed Mar 4",
    "mar 10 de la mañana": "Tue Mar 3 10:00",
    "4 de marzo a las 10": "Wed Mar 4 10:00",
    "el 4 de marzo": "Wed Mar 4",
    "en la mañana": "Tue Mar 3 09:00",
    "por la mañana": "Tue Mar 3 09:00",
    "mañana por la mañana": "Tue Mar 3 09:00",
    "mañana en la mañana a las 8": "Tue Mar 3 08:00",
    "mañana en la tarde": "Tue Mar 3 18:00",
    "mañana 9": "Tue Mar 3 09:00",
    "9 mañana": "Tue Mar 3 09:00",
    "a las 3 de mañana": "Tue Mar 3 15:00",
    "en 2 horas": "Mon Mar 2 11:00",
    "en dos dias": "Wed Mar 4",
    "dentro de una hora": "Mon Mar 2 10:00",
    "dentro de media hora": "Mon Mar 2 09:30",
    "en hora y media": "Mon Mar 2 10:30",
    "en una semana": "Mon Mar 9",
    "el 15": "Sun Mar 15",
    "el 15 a las 10": "Sun Mar 15 10:00",
    "el dia 15": "Sun Mar 15",
    "15/4": "Wed Apr 15",
    "4/15": "Wed Apr 15",
    "hoy": "Mon Mar 2",
    "hoy a las 5": "Mon Mar 2 17:00",
    "hoy a las 8": "Mon Mar 2 20:00",
    "esta noche": "Mon Mar 2 20:00",
    "esta tarde": "Mon Mar 2 18:00",
    "esta noche a las 8": "Mon Mar 2 20:00",
    "esta semana": "words",
    "la proxima semana": "words",
    "el lunes de la proxima semana": "Mon Mar 9",
    "el viernes que viene": "Fri Mar 6",
    "mié 2pm": "Wed Mar 4 14:00",
    "miercoles 2pm": "Wed Mar 4 14:00",
    "jue 9am": "Thu Mar 5 09:00",
    "terminar la forma jue 9am": "Thu Mar 5 09:00",
    "vie 9am": "Fri Mar 6 09:00",
    "a la una": "Mon Mar 2 13:00",
    "a la una y media": "Mon Mar 2 13:30",
    "a las diez y media": "Mon Mar 2 10:30",
    "a las 10 y cuarto": "Mon Mar 2 10:15",
    "a las diez de la mañana": "Mon Mar 2 10:00",
    "3 de la tarde": "Mon Mar 2 15:00",
    "8 de la noche": "Mon Mar 2 20:00",
    "pronto": "words",
    "cuando pueda": "words",
    "cuando salga del trabajo": "words",
    "no sé": "words",
    "más tarde": "words",
    "mañana más tarde": "Tue Mar 3",
    "sábado": "Sat Mar 7",
    "domingo a mediodia": "Sun Mar 8 12:00",
    "15:00": "Mon Mar 2 15:00",
    "20:30": "Mon Mar 2 20:30",
    "el martes como a las 10": "Tue Mar 3 10:00",
    "martes tipo 10": "Tue Mar 3 10:00",
    "martes una amiga": "Tue Mar 3",
    "lunes el 15": "Sun Mar 15",
    "10 a.m. martes": "Tue Mar 3 10:00",
    "10 a. m. del martes": "Tue Mar 3 10:00",
    "primero de marzo": "Mon Mar 1 2027",
    "1 de abril": "Wed Apr 1",
    "1ro de abril a las 2": "Wed Apr 1 14:00",
    "en la noche": "Mon Mar 2 20:00",
    "a las 9:15": "Mon Mar 2 09:15",
    "9:15": "Mon Mar 2 09:15",
    "el próximo lunes": "Mon Mar 9",
    "próximo martes 10am": "Tue Mar 3 10:00",
    "tarde": "Mon Mar 2 18:00",
    "mañana temprano": "Tue Mar 3",
    "viernes 12": "Fri Mar 6 12:00",
    "ayer": "words",
    "5 de mayo": "Tue May 5",
    "el 4": "Wed Mar 4",
    "el 4 a las 3": "Wed Mar 4 15:00",
    "manana ala 1": "Tue Mar 3 13:00",
    "el mar 10am": "Tue Mar 3 10:00",
    "martes 4 mar, 10am": "Wed Mar 4 10:00",
    "lunes 3pm": "Mon Mar 2 15:00",
    "mar 5pm": "Tue Mar 3 17:00",
    "MARTES 10AM": "Tue Mar 3 10:00",
    "miércoles a mediodía": "Wed Mar 4 12:00",
    "jueves por la tarde": "Thu Mar 5 18:00",
    "jueves a las 5 de la tarde": "Thu Mar 5 17:00",
    "viernes en la noche": "Fri Mar 6 20:00",
    "sábado por la mañana": "Sat Mar 7 09:00",
    "sábado a las 8 de la mañana": "Sat Mar 7 08:00",
    "domingo 6": "Sun Mar 8 18:00",
    "hoy en la tarde": "Mon Mar 2 18:00",
    "hoy a mediodía": "Mon Mar 2 12:00",
    "esta tarde a las 4": "Mon Mar 2 16:00",
    "mañana al mediodía": "Tue Mar 3 12:00",
    "mañana a las 3": "Tue Mar 3 15:00",
    "mañana 3pm": "Tue Mar 3 15:00",
    "mañana por la noche": "Tue Mar 3 20:00",
    "pasado mañana a las 10": "Wed Mar 4 10:00",
    "en 30 minutos": "Mon Mar 2 09:30",
    "en 3 dias": "Thu Mar 5",
    "en 3 días a las 2": "Thu Mar 5 14:00",
    "dentro de 2 semanas": "Mon Mar 16",
    "2 horas": "Mon Mar 2 11:00",
    "15 de abril": "Wed Apr 15",
    "abril 15": "Wed Apr 15",
    "15 abril 9am": "Wed Apr 15 09:00",
    "15 de abril a las 9 de la mañana": "Wed Apr 15 09:00",
    "1 de enero": "Fri Jan 1 2027",
    "25 de diciembre a las 10": "Fri Dec 25 10:00",
    "3/4": "Wed Mar 4",
    "3/4 2:30": "Wed Mar 4 14:30",
    "3/4 a las 9": "Wed Mar 4 09:00",
    "el proximo martes": "Tue Mar 3",
    "el próximo martes a las 4": "Tue Mar 3 16:00",
    "lunes que viene": "Mon Mar 9",
    "el lunes que entra a las 9": "Mon Mar 9 09:00",
    "7": "Tue Mar 3 07:00",
    "11": "Mon Mar 2 11:00",
    "12": "Mon Mar 2 12:00",
    "1": "Mon Mar 2 13:00",
    "10:45": "Mon Mar 2 10:45",
    "7pm": "Mon Mar 2 19:00",
    "a las 7": "Tue Mar 3 07:00",
    "a las siete de la tarde": "Mon Mar 2 19:00",
    "a las doce": "Mon Mar 2 12:00",
    "despues de las 5": "Mon Mar 2 17:00",
    "antes de las 9 mañana": "Tue Mar 3 09:00",
    "como a las 4 el jueves": "Thu Mar 5 16:00",
    "vie 3": "Fri Mar 6 15:00",
    "sab 10": "Sat Mar 7 10:00",
    "dom a las 12": "Sun Mar 8 12:00",
    "lun 8am": "Mon Mar 9 08:00",
    "un día de estos": "words",
    "quizás": "words",
    "luego": "words",
    "cuando salgan los niños de la escuela": "words",
    "el fin de semana": "words",
    "jue 9-10am": "Thu Mar 5 09:00",
    "viernes a la 1": "Fri Mar 6 13:00",
    "viernes a la una de la tarde": "Fri Mar 6 13:00",
    "viernes 3 y media": "Fri Mar 6 15:30",
    "mañana a las 9 en punto": "Tue Mar 3 09:00",
    "manaña a las 9": "Tue Mar 3 09:00",
    "a mediodia el martes": "Tue Mar 3 12:00",
    "mañana de 9 a 10": "Tue Mar 3 09:00",
    "31/12": "Thu Dec 31",
    "12/31": "Thu Dec 31",
    "30 de febrero": "words",
    "mañana!!": "Tue Mar 3",
    "¿mañana?": "Tue Mar 3",
    "mañana 9 de la noche": "Tue Mar 3 21:00",
    "2 de la madrugada": "Tue Mar 3 02:00",
    "el dos de abril": "Thu Apr 2",
    "medianoche": "Tue Mar 3 00:00",
    "el viernes a medianoche": "Sat Mar 7 00:00",
    "12 de la noche": "Tue Mar 3 00:00",
    "viernes a las 12 de la noche": "Sat Mar 7 00:00",
    "sábado a las 12 de la madrugada": "Sat Mar 7 00:00",
    "esta noche a las 12": "Tue Mar 3 00:00",
    "los lunes a las 3": "Mon Mar 2 15:00",
    "en 3 años": "words",
}


def shown(moment: Moment | None) -> str | None:
    """A moment as it stands in the tables above; "words" for one without a day, None for what could not be read."""
    if moment is None:
        return None
    if moment.at is None:
        return "words"
    hour = " %H:%M" if moment.has_hour else ""
    year = "" if moment.at.year == MONDAY.year else " %Y"
    return moment.at.strftime(f"%a %b %-d{hour}{year}")


def read(text: str, now: datetime = MONDAY, language: str = "en") -> Moment | None:
    return moments.read(text, LANGUAGES[language].times, now)


@pytest.mark.parametrize(("text", "meant"), ENGLISH.items())
def test_a_day_and_time_is_read_in_english(text: str, meant: str | None) -> None:
    assert shown(read(text)) == meant


@pytest.mark.parametrize(("text", "meant"), SPANISH.items())
def test_a_day_and_time_is_read_in_spanish(text: str, meant: str | None) -> None:
    assert shown(read(text, language="es")) == meant


def test_the_clients_words_are_kept_as_written_on_one_line() -> None:
    moment = read("  Tue\n10am,  after\u200b drop-off ")
    assert moment is not None
    assert moment.words == "Tue 10am, after drop-off"


def test_an_hour_that_spring_leaves_out_comes_an_hour_later() -> None:
    assert shown(read("sunday 2:30am", datetime(2026, 3, 7, 9, tzinfo=ZONE))) == "Sun Mar 8 03:30"


def test_of_an_hour_that_autumn_has_twice_the_first_is_meant() -> None:
    moment = read("sunday 1:30am", datetime(2026, 10, 31, 9, tzinfo=ZONE))
    assert moment is not None
    assert moment.stored() == "2026-11-01T01:30-07:00"


def test_in_two_hours_is_two_hours_of_real_time_over_a_change_of_clocks() -> None:
    assert shown(read("in 2 hours", datetime(2026, 3, 8, 1, tzinfo=ZONE))) == "Sun Mar 8 04:00"


def test_in_the_second_of_two_equal_hours_the_first_is_past() -> None:
    now = datetime(2026, 11, 1, 1, 10, fold=1, tzinfo=ZONE)
    assert shown(read("at 1:30am", now)) == "Mon Nov 2 01:30"


@pytest.mark.parametrize(
    ("text", "meant"),
    [("8", "Mon Mar 2 20:00"), ("8am", "Tue Mar 3 08:00"), ("3", "Mon Mar 2 15:00"), ("tue 8", "Tue Mar 3 08:00")],
)
def test_an_hour_on_a_day_that_is_today_is_one_that_is_left_of_it(text: str, meant: str) -> None:
    assert shown(moments.read(text, LANGUAGES["en"].times, MONDAY, on_the_day=True)) == meant


def test_a_weekday_without_an_hour_is_not_today() -> None:
    assert shown(read("monday")) == "Mon Mar 9"


def test_nothing_is_further_away_than_a_year() -> None:
    assert shown(read("march 2", MONDAY + timedelta(days=1))) == "Tue Mar 2 2027"
    assert shown(read("march 5 2027 at 9")) == "words"


@pytest.mark.parametrize("zone", [None, UTC])
def test_the_moment_of_asking_must_be_in_a_time_zone_with_a_name(zone: tzinfo | None) -> None:
    with pytest.raises(TypeError, match="client's zone"):
        read("tue 10am", MONDAY.replace(tzinfo=zone))


FRAGMENTS = sorted(
    {word for text in (*ENGLISH, *SPANISH) for word in text.split()}
    | {"\u0665", "99", "2/29", "12/31/9999", "0", "9999", "-", "next", "th", "am", "\u200d", "\ud800"}
)
SAID = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=8).map(" ".join)
NOWS = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(ZONE))  # noqa: DTZ001


@given(text=SAID | st.text(), now=NOWS, language=st.sampled_from(sorted(LANGUAGES)))
def test_whatever_is_said_the_moment_is_ahead_and_within_a_year(text: str, now: datetime, language: str) -> None:
    moment = read(text, now, language)
    if moment is None or moment.at is None:
        return
    if isinstance(moment.at, datetime):
        assert moment.at.tzinfo is ZONE
        assert now.astimezone(UTC) < moment.at.astimezone(UTC) <= now.astimezone(UTC) + timedelta(days=367)
        assert Moment.read(moment.stored()).at == moment.at
    else:
        assert now.date() <= moment.at <= now.date() + timedelta(days=366)
