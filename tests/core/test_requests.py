"""What clients ask to be reminded of: what, when and how often. It is Monday 2 March 2026, 9:00, in Los Angeles."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.languages import load_languages
from conversations.folding import as_written
from conversations.goals import Moment
from conversations.requests import Request, split

LANGUAGES = load_languages(("en", "es"))
ZONE = ZoneInfo("America/Los_Angeles")
MONDAY = datetime(2026, 3, 2, 9, tzinfo=ZONE)

# What is left of the words, when it comes first, how often it comes.
ENGLISH = {
    "class monday every week at 6": ("class", "Mon Mar 2 18:00", "weekly:0"),
    "soccer practice for friday at 9": ("soccer practice", "Fri Mar 6 09:00", ""),
    "to take out the trash every thursday night": ("take out the trash", "Thu Mar 5 20:00", "weekly:3"),
    "gym tues and thurs 6am": ("gym", "Tue Mar 3 06:00", "weekly:1,3"),
    "every tue and thu at 3:30 pick up the kids": ("pick up the kids", "Tue Mar 3 15:30", "weekly:1,3"),
    "call landlord on mar 10 at 2pm": ("call landlord", "Tue Mar 10 14:00", ""),
    "call landlord mar 10": ("call landlord", "Tue Mar 10", ""),
    "to sign the lease on march 15th at noon": ("sign the lease", "Sun Mar 15 12:00", ""),
    "dentist 3/20 10:15am": ("dentist", "Fri Mar 20 10:15", ""),
    "3/20 10:15 dentist": ("dentist", "Fri Mar 20 10:15", ""),
    "bring snacks to class the 12th": ("bring snacks to class", "Thu Mar 12", ""),
    "job interview next wed 1:15 pm": ("job interview", "Wed Mar 4 13:15", ""),
    "apply for 2 jobs this friday": ("apply for 2 jobs", "Fri Mar 6", ""),
    "text my sister this afternoon": ("text my sister", "Mon Mar 2 15:00", ""),
    "text my sister this evening at 7": ("text my sister", "Mon Mar 2 19:00", ""),
    "feed the dog in 45 minutes": ("feed the dog", "Mon Mar 2 09:45", ""),
    "feed the dog 45 min from now": ("feed the dog", "Mon Mar 2 09:45", ""),
    "in two days call the clinic": ("call the clinic", "Wed Mar 4", ""),
    "call the clinic in a week": ("call the clinic", "Mon Mar 9", ""),
    "call the clinic in 2 weeks at 9": ("call the clinic", "Mon Mar 16 09:00", ""),
    "to put gas in the car tomorrow morning": ("put gas in the car", "Tue Mar 3 09:00", ""),
    "drop off the form before 5 on thursday": ("drop off the form", "Thu Mar 5 17:00", ""),
    "be ready by 7:30 tomorrow": ("be ready", "Tue Mar 3 07:30", ""),
    "wake up at 6am": ("wake up", "Tue Mar 3 06:00", ""),
    "wake up 6am every weekday": ("wake up", "Tue Mar 3 06:00", "weekdays"),
    "meds 8pm daily": ("meds", "Mon Mar 2 20:00", "daily"),
    "water plants everyday 7": ("water plants", "Tue Mar 3 07:00", "daily"),
    "water plants each day at 7pm": ("water plants", "Mon Mar 2 19:00", "daily"),
    "church sundays 9am": ("church", "Sun Mar 8 09:00", "weekly:6"),
    "church every sunday morning": ("church", "Sun Mar 8 09:00", "weekly:6"),
    "laundry saturdays": ("laundry", "Sat Mar 7", "weekly:5"),
    "laundry every sat and sun": ("laundry", "Sat Mar 7", "weekly:5,6"),
    "rent on the 31st of every month": ("rent", "Tue Mar 31", "monthly:31"),
    "check my email twice a day": ("check my email twice a day", "", ""),
    "bus pass oct 1": ("bus pass", "Thu Oct 1", ""),
    "go to WIC office 10 am tuesday": ("go to WIC office", "Tue Mar 3 10:00", ""),
    "call Ana at 555-0134 wed 3pm": ("call Ana at 555-0134", "Wed Mar 4 15:00", ""),
    "ask Mr. Lee about room 204 on monday at 1": ("ask Mr. Lee about room 204", "Mon Mar 2 13:00", ""),
    "turn in hours by friday noon": ("turn in hours", "Fri Mar 6 12:00", ""),
    "graduation june 12 2026 5pm": ("graduation", "Fri Jun 12 17:00", ""),
    "order 3 books tomorrow": ("order 3 books", "Tue Mar 3", ""),
    "that my appointment is friday at 10": ("my appointment", "Fri Mar 6 10:00", ""),
    "about the parent meeting thurs 5:30pm": ("the parent meeting", "Thu Mar 5 17:30", ""),
    "for school pictures on wed": ("school pictures", "Wed Mar 4", ""),
    "pls call mom at 4": ("call mom", "Mon Mar 2 16:00", ""),
    "to breathe": ("breathe", "", ""),
    "everything": ("everything", "", ""),
    "9am": ("", "Tue Mar 3 09:00", ""),
    "friday": ("", "Fri Mar 6", ""),
    "every day": ("", "Tue Mar 3", "daily"),
    "every day at 9": ("", "Tue Mar 3 09:00", "daily"),
    "next week call the school": ("next week call the school", "", ""),
    "someday learn to swim": ("someday learn to swim", "", ""),
    "pick up cake saturday @ 2pm": ("pick up cake", "Sat Mar 7 14:00", ""),
    "PAY THE PHONE BILL FRIDAY 5PM": ("PAY THE PHONE BILL", "Fri Mar 6 17:00", ""),
    "１０am tuesday call": ("call", "Tue Mar 3 10:00", ""),
    "study for GED mon wed fri at 6pm": ("study for GED", "Mon Mar 2 18:00", "weekly:0,2,4"),
    "study for GED every mon wed fri 6pm": ("study for GED", "Mon Mar 2 18:00", "weekly:0,2,4"),
    "clean room every weekend at 10": ("clean room", "Sat Mar 7 10:00", "weekly:5,6"),
    "yesterday call": ("yesterday call", "", ""),
    "february 30 call": ("february 30 call", "", ""),
    "tomorrow at 25:00 call": ("call", "Tue Mar 3", ""),
    "soon": ("soon", "", ""),
    "to call the school fri 9am": ("call the school", "Fri Mar 6 09:00", ""),
    "fri 9am call the school": ("call the school", "Fri Mar 6 09:00", ""),
    "friday at 9 to call the school": ("call the school", "Fri Mar 6 09:00", ""),
    "tomorrow at 9 to call the school please": ("call the school", "Tue Mar 3 09:00", ""),
    "pick up 2 kids at 3 on friday": ("pick up 2 kids", "Fri Mar 6 15:00", ""),
    "friday pick up kids at 3": ("pick up kids", "Fri Mar 6 15:00", ""),
    "ask about monday's class on friday at 9": ("ask about monday's class", "Fri Mar 6 09:00", ""),
    "take my night meds at 9": ("take my night meds", "Tue Mar 3 09:00", ""),
    "take my meds every day at 8": ("take my meds", "Tue Mar 3 08:00", "daily"),
    "take meds every night": ("take meds", "Mon Mar 2 20:00", "daily"),
    "pay rent on the 1st of every month": ("pay rent", "Wed Apr 1", "monthly:1"),
    "class every monday": ("class", "Mon Mar 9", "weekly:0"),
    "class every monday and wednesday at 6pm": ("class", "Mon Mar 2 18:00", "weekly:0,2"),
    "class mondays and wednesdays 6pm": ("class", "Mon Mar 2 18:00", "weekly:0,2"),
    "english class mon and wed every week at 6": ("english class", "Mon Mar 2 18:00", "weekly:0,2"),
    "call mom in 2 hours": ("call mom", "Mon Mar 2 11:00", ""),
    "in an hour and a half call mom": ("call mom", "Mon Mar 2 10:30", ""),
    "in 30 min check the oven": ("check the oven", "Mon Mar 2 09:30", ""),
    "call 707-555-0134 tomorrow at 10": ("call 707-555-0134", "Tue Mar 3 10:00", ""),
    "to call mom at midnight": ("call mom", "Tue Mar 3 00:00", ""),
    "friday midnight to lock the door": ("lock the door", "Sat Mar 7 00:00", ""),
    "call mom tonight at 12": ("call mom", "Tue Mar 3 00:00", ""),
    "call the doctor": ("call the doctor", "", ""),
    "that I have court next tuesday 8:30 am": ("I have court", "Tue Mar 3 08:30", ""),
    "tues 10 a. m. dentist": ("dentist", "Tue Mar 3 10:00", ""),
    "jan 5 2029 renew card": ("renew card", "too far", ""),
    "in 3 years call": ("call", "too far", ""),
    "in 400 days call": ("call", "too far", ""),
    "meet Ana at the library friday at 2": ("meet Ana at the library", "Fri Mar 6 14:00", ""),
    "be at school friday 3 at the gym": ("be at school at the gym", "Fri Mar 6 15:00", ""),
    "weekdays at 7am pack lunch": ("pack lunch", "Tue Mar 3 07:00", "weekdays"),
    "mon-fri 7am pack lunch": ("pack lunch", "Tue Mar 3 07:00", "weekdays"),
    "every weekend clean": ("clean", "Sat Mar 7", "weekly:5,6"),
    "weekly check in tuesday 4pm": ("check in", "Tue Mar 3 16:00", "weekly:1"),
    "every other day water plants": ("every other day water plants", "", ""),
    "every 2 hours drink water": ("every 2 hours drink water", "", ""),
    "tomorrow": ("", "Tue Mar 3", ""),
    "buy milk, eggs - tomorrow 5pm!!": ("buy milk, eggs", "Tue Mar 3 17:00", ""),
    "call mom 5 o'clock today": ("call mom", "Mon Mar 2 17:00", ""),
    "call mom at 5 o'clock sharp please": ("call mom", "Mon Mar 2 17:00", ""),
    "remind me to call mom fri 9": ("call mom", "Fri Mar 6 09:00", ""),
    "every morning take vitamins": ("take vitamins", "Tue Mar 3 09:00", "daily"),
    "every monday morning call": ("call", "Mon Mar 9 09:00", "weekly:0"),
    "tomorrow night": ("", "Tue Mar 3 20:00", ""),
    "first of april pay rent": ("pay rent", "Wed Apr 1", ""),
    "on 3/15 at 9 call": ("call", "Sun Mar 15 09:00", ""),
    "2 weeks from now call mom": ("call mom", "Mon Mar 16", ""),
    "call mom 2 days from now at 3": ("call mom", "Wed Mar 4 15:00", ""),
    "the 15th every month at 9 rent": ("rent", "Sun Mar 15 09:00", "monthly:15"),
    "rent monthly": ("rent", "", "monthly"),
    "every week call mom": ("call mom", "", "weekly"),
}
SPANISH = {
    "sacar la basura todos los jueves en la noche": ("sacar la basura", "Thu Mar 5 20:00", "weekly:3"),
    "gimnasio martes y jueves 6am": ("gimnasio", "Tue Mar 3 06:00", "weekly:1,3"),
    "recoger a los niños cada martes y jueves a las 3:30": ("recoger a los niños", "Tue Mar 3 15:30", "weekly:1,3"),
    "llamar al dueño el 10 de marzo a las 2 de la tarde": ("llamar al dueño", "Tue Mar 10 14:00", ""),
    "firmar el contrato el 15 de marzo al mediodía": ("firmar el contrato", "Sun Mar 15 12:00", ""),
    "dentista 20/3 10:15am": ("dentista", "Fri Mar 20 10:15", ""),
    "dentista el 20 a las 10": ("dentista", "Fri Mar 20 10:00", ""),
    "llevar comida a la clase el día 12": ("llevar comida a la clase", "Thu Mar 12", ""),
    "entrevista el próximo miércoles a la 1:15": ("entrevista", "Wed Mar 4 13:15", ""),
    "escribirle a mi hermana esta tarde": ("escribirle a mi hermana", "Mon Mar 2 18:00", ""),
    "escribirle a mi hermana esta noche a las 8": ("escribirle a mi hermana", "Mon Mar 2 20:00", ""),
    "en 45 minutos darle de comer al perro": ("darle de comer al perro", "Mon Mar 2 09:45", ""),
    "dentro de dos días llamar a la clínica": ("llamar a la clínica", "Wed Mar 4", ""),
    "llamar a la clínica en una semana": ("llamar a la clínica", "Mon Mar 9", ""),
    "echar gasolina mañana en la mañana": ("echar gasolina", "Tue Mar 3 09:00", ""),
    "entregar la forma antes de las 5 el jueves": ("entregar la forma", "Thu Mar 5 17:00", ""),
    "despertarme a las 6am": ("despertarme", "Tue Mar 3 06:00", ""),
    "despertarme a las 6 de la mañana de lunes a viernes": ("despertarme", "Tue Mar 3 06:00", "weekdays"),
    "pastillas 8pm diario": ("pastillas", "Mon Mar 2 20:00", "daily"),
    "regar las plantas todos los días a las 7 de la tarde": ("regar las plantas", "Mon Mar 2 19:00", "daily"),
    "iglesia los domingos 9am": ("iglesia", "Sun Mar 8 09:00", "weekly:6"),
    "iglesia cada domingo por la mañana": ("iglesia", "Sun Mar 8 09:00", "weekly:6"),
    "lavar la ropa los sábados": ("lavar la ropa", "Sat Mar 7", "weekly:5"),
    "la renta el 31 de cada mes": ("la renta", "Tue Mar 31", "monthly:31"),
    "pagar el teléfono el 5 de todos los meses a las 9": ("pagar el teléfono", "Thu Mar 5 09:00", "monthly:5"),
    "ir a la oficina de WIC 10 am martes": ("ir a la oficina de WIC", "Tue Mar 3 10:00", ""),
    "pedirle al señor López el cuarto 204 el lunes a la 1": (
        "pedirle al señor López el cuarto 204",
        "Mon Mar 2 13:00",
        "",
    ),
    "graduación 12 de junio 5pm": ("graduación", "Fri Jun 12 17:00", ""),
    "comprar 3 libros mañana": ("comprar 3 libros", "Tue Mar 3", ""),
    "que mi cita es el viernes a las 10": ("mi cita", "Fri Mar 6 10:00", ""),
    "de la junta de padres el jueves 5:30pm": ("la junta de padres", "Thu Mar 5 17:30", ""),
    "sobre las fotos de la escuela el miércoles": ("las fotos de la escuela", "Wed Mar 4", ""),
    "a las 4 llamar a mi mamá porfa": ("llamar a mi mamá", "Mon Mar 2 16:00", ""),
    "respirar": ("respirar", "", ""),
    "las 9 de la mañana": ("", "Tue Mar 3 09:00", ""),
    "el viernes": ("", "Fri Mar 6", ""),
    "todos los días": ("", "Tue Mar 3", "daily"),
    "cada día a las 9": ("", "Tue Mar 3 09:00", "daily"),
    "la próxima semana llamar a la escuela": ("la próxima semana llamar a la escuela", "", ""),
    "algún día aprender a nadar": ("algún día aprender a nadar", "", ""),
    "recoger el pastel el sábado a las 2": ("recoger el pastel", "Sat Mar 7 14:00", ""),
    "PAGAR EL TELÉFONO EL VIERNES 5PM": ("PAGAR EL TELÉFONO", "Fri Mar 6 17:00", ""),
    "estudiar para el GED lunes miércoles y viernes a las 6pm": (
        "estudiar para el GED",
        "Mon Mar 2 18:00",
        "weekly:0,2,4",
    ),
    "estudiar cada lunes, miércoles y viernes 6pm": ("estudiar", "Mon Mar 2 18:00", "weekly:0,2,4"),
    "limpiar el cuarto los fines de semana a las 10": ("limpiar el cuarto", "Sat Mar 7 10:00", "weekly:5,6"),
    "ayer llamar": ("ayer llamar", "", ""),
    "el 30 de febrero llamar": ("el 30 de febrero llamar", "", ""),
    "tomar la medicina a medianoche": ("tomar la medicina", "Tue Mar 3 00:00", ""),
    "tomar la medicina todas las noches": ("tomar la medicina", "Mon Mar 2 20:00", "daily"),
    "tomar la medicina todas las noches a las 9": ("tomar la medicina", "Mon Mar 2 21:00", "daily"),
    "caminar por las mañanas": ("caminar", "Tue Mar 3 09:00", "daily"),
    "caminar todas las mañanas a las 7": ("caminar", "Tue Mar 3 07:00", "daily"),
    "cita con el doctor pasado mañana a las 8:30": ("cita con el doctor", "Wed Mar 4 08:30", ""),
    "vacuna del bebé en 3 semanas": ("vacuna del bebé", "Mon Mar 23", ""),
    "vacuna del bebé en 3 semanas a las 10": ("vacuna del bebé", "Mon Mar 23 10:00", ""),
    "renovar la tarjeta el 5 de enero de 2029": ("renovar la tarjeta", "too far", ""),
    "en 3 años renovar": ("renovar", "too far", ""),
    "el cumpleaños de mi mamá es el 4 de abril": ("el cumpleaños de mi mamá", "Sat Apr 4", ""),
    "llamar hoy a las 5 a mi hermana": ("llamar a mi hermana", "Mon Mar 2 17:00", ""),
    "llamar hoy a mi hermana": ("llamar a mi hermana", "Mon Mar 2", ""),
    "llamar a la escuela viernes 9am": ("llamar a la escuela", "Fri Mar 6 09:00", ""),
    "que llame a la escuela el viernes a las 9": ("llame a la escuela", "Fri Mar 6 09:00", ""),
    "a las 9 llamar a la escuela": ("llamar a la escuela", "Tue Mar 3 09:00", ""),
    "el viernes a las 3 de la tarde recoger a los niños": ("recoger a los niños", "Fri Mar 6 15:00", ""),
    "llamar a la escuela mañana por la mañana": ("llamar a la escuela", "Tue Mar 3 09:00", ""),
    "tomar la pastilla cada mañana": ("tomar la pastilla", "Tue Mar 3 09:00", "daily"),
    "tomar la pastilla todos los días a las 8": ("tomar la pastilla", "Tue Mar 3 08:00", "daily"),
    "clase todos los lunes": ("clase", "Mon Mar 9", "weekly:0"),
    "clase cada martes y jueves a las 6 de la tarde": ("clase", "Tue Mar 3 18:00", "weekly:1,3"),
    "clase los lunes y miércoles 6pm": ("clase", "Mon Mar 2 18:00", "weekly:0,2"),
    "de lunes a viernes a las 7 preparar el lonche": ("preparar el lonche", "Tue Mar 3 07:00", "weekdays"),
    "pagar la renta el 1 de cada mes": ("pagar la renta", "Wed Apr 1", "monthly:1"),
    "en 2 horas llamar a mi mamá": ("llamar a mi mamá", "Mon Mar 2 11:00", ""),
    "llamar a mi mamá dentro de media hora": ("llamar a mi mamá", "Mon Mar 2 09:30", ""),
    "mi cita el 15 a las 10": ("mi cita", "Sun Mar 15 10:00", ""),
    "no llegar tarde a la escuela el viernes a las 8": ("no llegar tarde a la escuela", "Fri Mar 6 08:00", ""),
    "cerrar la puerta a medianoche": ("cerrar la puerta", "Tue Mar 3 00:00", ""),
    "12 de la noche cerrar": ("cerrar", "Tue Mar 3 00:00", ""),
    "llamar a las 12 de la madrugada del sábado": ("llamar", "Sat Mar 7 00:00", ""),
    "comprar leche mañana, por favor": ("comprar leche", "Tue Mar 3", ""),
    "tengo que llevar los papeles el lunes": ("llevar los papeles", "Mon Mar 9", ""),
    "el lunes": ("", "Mon Mar 9", ""),
    "llevar todo el lunes a las 9": ("llevar todo", "Mon Mar 9 09:00", ""),
    "cada lunes": ("", "Mon Mar 9", "weekly:0"),
    "ir a la corte el 4 de marzo a las 8:30": ("ir a la corte", "Wed Mar 4 08:30", ""),
    "las vacunas de mi hija pasado mañana 10am": ("las vacunas de mi hija", "Wed Mar 4 10:00", ""),
    "llamar a mi hermana los domingos": ("llamar a mi hermana", "Sun Mar 8", "weekly:6"),
}

TIMELESS = ["call", "the", "school", "about", "my", "kids", "forms", "ok", "llamar", "mi", "con", "todos", "😊", "-"]
"""Words that say no time, in either language, and lead to nothing."""


def shown(request: Request | None) -> tuple[str, str, str] | None:
    """A request as it stands in the tables above."""
    if request is None:
        return None
    return request.what, "too far" if request.is_too_far else said(request.moment), request.repeats


def said(moment: Moment | None) -> str:
    if moment is None or moment.at is None:
        return ""
    hour = " %H:%M" if moment.has_hour else ""
    year = "" if moment.at.year == MONDAY.year else " %Y"
    return moment.at.strftime(f"%a %b %-d{hour}{year}")


def read(text: str, language: str = "en", now: datetime = MONDAY) -> tuple[str, str, str] | None:
    return shown(split(text, LANGUAGES[language].times, now))


@pytest.mark.parametrize(("text", "meant"), ENGLISH.items())
def test_a_request_is_taken_apart_in_english(text: str, meant: tuple[str, str, str]) -> None:
    assert read(text) == meant


@pytest.mark.parametrize(("text", "meant"), SPANISH.items())
def test_a_request_is_taken_apart_in_spanish(text: str, meant: tuple[str, str, str]) -> None:
    assert read(text, "es") == meant


def test_a_text_without_a_letter_or_number_asks_for_nothing() -> None:
    assert read("?! 😊") is None


def test_the_words_that_said_the_time_are_kept_with_the_moment() -> None:
    request = split("call mom on Friday, at 9 please", LANGUAGES["en"].times, MONDAY)
    assert request is not None
    assert request.moment == Moment(datetime(2026, 3, 6, 9, tzinfo=ZONE), "on Friday, at 9")


def test_the_end_of_a_friday_every_week_is_on_saturday() -> None:
    assert read("lock up every friday at midnight") == ("lock up", "Sat Mar 7 00:00", "weekly:5")


def test_an_hour_every_day_that_spring_leaves_out_comes_first_on_the_day_after() -> None:
    now = datetime(2026, 3, 7, 9, tzinfo=ZONE)
    assert read("feed the baby every day at 2:30am", now=now) == ("feed the baby", "Mon Mar 9 02:30", "daily")


def test_once_at_an_hour_that_spring_leaves_out_is_an_hour_later() -> None:
    now = datetime(2026, 3, 7, 9, tzinfo=ZONE)
    assert read("feed the baby tomorrow at 2:30am", now=now) == ("feed the baby", "Sun Mar 8 03:30", "")


def test_of_an_hour_that_autumn_has_twice_the_first_is_meant_each_time() -> None:
    now = datetime(2026, 10, 31, 9, tzinfo=ZONE)
    request = split("take it every day at 1:30am", LANGUAGES["en"].times, now)
    assert request is not None
    assert request.moment is not None
    assert request.moment.stored() == "2026-11-01T01:30-07:00"


@given(st.text(max_size=60), st.sampled_from(["en", "es"]))
def test_any_text_is_read_and_what_is_left_are_words_of_it(text: str, language: str) -> None:
    request = split(text, LANGUAGES[language].times, MONDAY)
    if request is not None:
        assert set(request.what.split()) <= {
            part for chunk in as_written(text).split() for part in (chunk, *parts(chunk))
        }


@given(st.lists(st.sampled_from([*ENGLISH, *SPANISH, "remind me", "5", "at", "every", "cada", "a las"]), max_size=4))
def test_requests_in_a_row_are_read_too(texts: list[str]) -> None:
    for language in LANGUAGES.values():
        request = split(" ".join(texts), language.times, MONDAY)
        if request and request.moment and isinstance(request.moment.at, datetime):
            assert request.moment.at.astimezone(UTC) > MONDAY


@given(st.lists(st.sampled_from(TIMELESS), min_size=1, max_size=8), st.sampled_from(["en", "es"]))
def test_no_word_is_lost_where_no_time_is_said(words: list[str], language: str) -> None:
    text = " ".join(["call", *words, "forms"])
    assert split(text, LANGUAGES[language].times, MONDAY) == Request(text)


def parts(chunk: str) -> set[str]:
    """A chunk without the signs at its ends."""
    signs = " ,;:-@&"
    return {chunk.strip(signs), chunk.lstrip(signs), chunk.rstrip(signs)}
