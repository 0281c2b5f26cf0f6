"""What virtual clients write, in each language. No words here are special to the bot: people would write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sayings:
    """Of each kind a few; which of them is a matter of chance."""

    names: Words
    yes: Words
    no: Words
    goals: Words
    words: Words
    vague: Words
    moments: Words
    skip: Words
    thanks: Words
    small_talk: Words
    digits: Words
    typos: Words
    stop: Words
    stop_in_words: Words
    perhaps_stop: Words
    wrong_number: Words
    person: Words
    danger: Words
    perhaps_danger: Words
    need: Words
    money: Words
    private: Words
    reminders: Words
    commands: Words
    pause: Words
    help: Words
    complaint: Words
    late: Words
    other_language: str
    answering_machine: Words
    came_back: str


PRIVATE_NUMBERS = ("529-48-1736", "4111 1111 1111 1111", "529 48 1736", "2345678901234")
"""What nobody should text. Wherever it were stored, it would be found by its digits."""

ENGLISH = Sayings(
    names=(
        *("Maria", "Jose", "Mai", "Denise", "Tasha", "Ruth", "Carla", "Ben", "Nina", "Omar", "Grace", "Leah", "Ivy"),
        *("Paul", "Tina", "Cora", "Joy", "Dana", "Eva", "Fay", "Gina", "Hank", "Iris", "Jade", "Kim", "Lola"),
    ),
    yes=("YES", "yes", "Yes", "yes please", "1", "sure", "ok"),
    no=("no", "no thanks"),
    goals=(
        "get my food handler card",
        "finish my resume with the library lady",
        "sign up for the GED class",
        "call three day cares about a spot",
        "open a savings account at the credit union",
        "practice english every evening",
        "apply at the warehouse on 5th",
        "get my drivers license back",
    ),
    words=(
        "ask my sister to watch the kids",
        "print the form at the library",
        "find my ID and put it by the door",
        "i would feel proud",
        "more hours at work",
        "the bus is always late so i leave early",
        "call them on my lunch break",
        "my neighbor helped a lot",
        "kids got sick",
        "i will do it after i drop off the kids",
    ),
    vague=("idk", "not sure", "dont know"),
    moments=(
        *("tue 10am", "tomorrow 9am", "friday at 2", "thursday 3:30pm", "monday morning", "wed at noon", "in 2 days"),
        *("sat 11am", "next tuesday at 4", "tomorrow", "soon", "when i can", "this weekend"),
    ),
    skip=("skip", "none", "nothing"),
    thanks=("thanks", "thank you!", "ok thanks", "👍", "thx"),
    small_talk=(
        "hi",
        "hello are you there",
        "good morning",
        "i did it already!!",
        "the bus was late today",
        "my son lost his first tooth",
        "what do i do now",
    ),
    digits=("{n}", "{n}", "{n}", "{n}!!", "#{n}", "{n}.", "opt {n}", "{n} please"),
    typos=("asdf", "teh scond one", "uhh", "?", "2nd to lst"),
    stop=("STOP", "stop", "Stop.", "UNSUBSCRIBE", "QUIT", "end", "CANCEL", "alto"),
    stop_in_words=(
        "please stop texting me",
        "take me off this list",
        "dont text me anymore",
        "no more texts please",
        "ya no me manden mensajes",
    ),
    perhaps_stop=("give me a break", "stop for now", "not interested", "too many texts"),
    wrong_number=("wrong number", "you have the wrong number", "sorry wrong person"),
    person=("0", "can i talk to a person", "i need to talk to my worker", "worker", "human please"),
    danger=(
        "i want to kill myself",
        "i dont want to be alive anymore",
        "he hit me last night and wont let me leave",
        "im scared of him, he threatened me",
        "i think i took an overdose",
        "my boyfriend hit my son",
    ),
    perhaps_danger=(
        "feeling hopeless lol",
        "i cant take it anymore",
        "everything is too much and i give up",
        "i feel unsafe",
    ),
    need=("we got evicted", "we have no food", "they shut off our power", "we are sleeping in my car"),
    money=(
        "why did my check go down?",
        "when do i get paid?",
        "did you get my documents?",
        "how many months do i have left?",
    ),
    private=("my social is {number}", "here is my card {number}", "ssn {number} ok?"),
    reminders=(
        "remind me to call the school fri 9am",
        "remind me to take my meds every monday at 8pm",
        "remind me tomorrow at noon to pay the phone bill",
        "remind me to pick up the form",
        "REMIND",
    ),
    commands=("PLAN", "GOAL", "LIST", "VISIT", "WHO", "CHANGE", "DETOUR", "SET", "LATER", "PRIVACY", "IDEAS", "DONE"),
    pause=("PAUSE", "pause"),
    help=("HELP", "help", "info"),
    complaint=("this is discrimination", "i want to file a complaint", "im going to call my lawyer"),
    late=("running late", "im late, bus broke down", "cant make it today"),
    other_language="ESPANOL",
    answering_machine=(
        "I'm driving right now. I'll get back to you when I get there.",
        "Hi! This is the shop line. We open at nine. Leave us a note and we will write back.",
    ),
    came_back="START",
)

SPANISH = Sayings(
    names=(
        *("Rosa", "Lupe", "Elena", "Pedro", "Marta", "Carmen", "Sofia", "Diego", "Alma", "Hugo", "Paz", "Irene"),
        *("Raul", "Nelly", "Olga", "Beto", "Celia", "Dora", "Efren", "Flor", "Gloria", "Ines", "Julia", "Karla"),
    ),
    yes=("SI", "sí", "si", "Sí por favor", "1", "claro", "dale"),
    no=("no", "no gracias"),
    goals=(
        "sacar mi tarjeta de manipulador de comida",
        "terminar mi currículum en la biblioteca",
        "inscribirme en la clase de inglés",
        "llamar a tres guarderías",
        "abrir una cuenta de ahorros",
        "practicar inglés cada noche",
        "pedir trabajo en la bodega",
        "sacar mi licencia de manejar",
    ),
    words=(
        "mi hermana cuida a los niños",
        "imprimir la forma en la biblioteca",
        "buscar mi identificación",
        "me sentiría orgullosa",
        "más horas de trabajo",
        "el camión siempre llega tarde",
        "llamar en mi descanso",
        "mi vecina me ayudó mucho",
        "los niños se enfermaron",
        "lo hago después de dejar a los niños",
    ),
    vague=("no sé", "no se", "quién sabe"),
    moments=(
        *("martes 10am", "mañana a las 9", "el viernes a las 2", "jueves 3:30pm", "el lunes en la mañana", "mañana"),
        *("miércoles al mediodía", "en 2 días", "sábado 11am", "pronto", "cuando pueda", "el fin de semana"),
    ),
    skip=("saltar", "nada", "ninguno"),
    thanks=("gracias", "muchas gracias", "ok gracias", "👍"),
    small_talk=(
        "hola",
        "buenos días",
        "están ahí?",
        "ya lo hice!!",
        "hoy llegó tarde el camión",
        "a mi hijo se le cayó su primer diente",
        "y ahora qué hago",
    ),
    digits=("{n}", "{n}", "{n}", "{n}!!", "#{n}", "{n}.", "la {n}", "{n} por favor"),
    typos=("asdf", "la segnda", "eh", "?", "ps no c"),
    stop=("STOP", "ALTO", "alto", "PARAR", "basta", "cancelar", "no mas", "BAJA"),
    stop_in_words=(
        "ya no me manden mensajes",
        "por favor no me escriban",
        "quiteme de la lista",
        "dejen de mandarme mensajes",
        "please dont text me anymore",
    ),
    perhaps_stop=("ya basta por hoy", "no me interesa", "son muchos mensajes"),
    wrong_number=("número equivocado", "se equivocó de número", "numero equivocado"),
    person=("0", "quiero hablar con una persona", "necesito hablar con mi trabajadora", "persona"),
    danger=(
        "me quiero morir",
        "ya no quiero vivir",
        "mi esposo me pega y no me deja salir",
        "tengo miedo de el, me amenaza",
        "no puedo respirar y me duele el pecho",
        "le pega a mi hijo",
    ),
    perhaps_danger=("ya no puedo más", "me siento sin esperanza jaja", "me siento insegura"),
    need=("nos desalojaron", "no tenemos comida", "nos cortaron la luz", "estamos durmiendo en el carro"),
    money=(
        "por qué bajó mi cheque?",
        "cuándo me pagan?",
        "recibieron mis documentos?",
        "cuántos meses me quedan?",
    ),
    private=("mi seguro social es {number}", "aqui esta mi tarjeta {number}", "seguro {number} ok?"),
    reminders=(
        "recuérdame llamar a la escuela el viernes 9am",
        "recuérdame tomar mi medicina cada lunes a las 8pm",
        "recuérdame mañana al mediodía pagar el teléfono",
        "recuérdame recoger la forma",
        "RECORDAR",
    ),
    commands=("PLAN", "META", "LISTA", "CITA", "QUIEN", "CAMBIAR", "DESVIO", "AJUSTES", "DESPUES", "PRIVADO", "IDEAS"),
    pause=("PAUSA", "pausa"),
    help=("HELP", "AYUDA", "ayuda"),
    complaint=("esto es discriminación", "quiero poner una queja", "voy a llamar a mi abogado"),
    late=("voy tarde", "llego tarde, se descompuso el camión", "no puedo ir hoy"),
    other_language="ENGLISH",
    answering_machine=(
        "Estoy manejando. Le contesto cuando llegue.",
        "Hola, habla a la tienda. Abrimos a las nueve. Deje su recado y le escribimos.",
    ),
    came_back="START",
)

SAYINGS: Mapping[str, Sayings] = {"en": ENGLISH, "es": SPANISH}
OTHER: Mapping[str, str] = {"en": "es", "es": "en"}
