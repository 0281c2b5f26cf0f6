"""Words that acts look for in what a client wrote, in English and Spanish, as `fold` leaves them.

A word that is missing costs little: nothing is refused because of one. Start lists, to be grown by the people who read.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from conversations.folding import fold


def any_of(phrases: AbstractSet[str]) -> re.Pattern[str]:
    """Finds these words or phrases in a folded text, on word edges."""
    return re.compile(rf"(?<!\S)(?:{'|'.join(sorted(phrases))})(?!\S)")


# fmt: off
SERVICE_WORDS = any_of(
    {
        # English
        "babysitter", "bus", "car", "cash", "child care", "childcare", "day care", "daycare", "fare", "gas", "money",
        "pay", "paying", "ride", "rides", "sitter", "tools", "uniform",
        # Spanish
        "autobus", "aventon", "carro", "cuidado de ninos", "dinero", "gasolina", "guarderia", "herramientas",
        "ninera", "pagar", "pago", "pasaje", "raite", "transporte", "uniforme",
    }
)
"""Help that the county may pay for: money, a ride, child care, tools (domain guide 7.2)."""

PRIVATE_WORDS = any_of(
    {
        # English
        "abortion", "abuse", "counseling", "counselor", "court", "custody", "divorce", "drinking", "drugs",
        "green card", "hiv", "immigration", "lawyer", "leave her", "leave him", "leave my boyfriend",
        "leave my girlfriend", "leave my husband", "leave my partner", "leave my wife", "parole", "pregnancy",
        "pregnant", "probation", "rehab", "restraining order", "shelter", "sober", "sobriety", "therapist", "therapy",
        "visa",
        # Spanish
        "abogada", "abogado", "aborto", "abuso", "albergue", "consejeria", "corte", "custodia", "dejar a mi esposa",
        "dejar a mi esposo", "dejar a mi marido", "dejar a mi novio", "dejar a mi pareja", "dejarla", "dejarlo",
        "divorciarme", "divorcio", "drogas", "embarazada", "embarazo", "inmigracion", "libertad condicional",
        "migracion", "orden de restriccion", "refugio", "rehabilitacion", "sobria", "sobrio", "terapeuta", "terapia",
        "tomar alcohol", "vih",
    }
)
"""A goal with such a word is never repeated in a text that comes by itself (domain guide 6.5)."""

COMMON_WORDS = frozenset(
    {
        # English
        "about", "after", "again", "also", "because", "been", "before", "could", "didnt", "dont", "else", "even",
        "ever", "every", "from", "have", "just", "like", "make", "many", "more", "much", "need", "only", "other",
        "over", "really", "some", "something", "still", "than", "that", "their", "them", "then", "there", "they",
        "thing", "things", "this", "time", "today", "very", "want", "wanted", "wasnt", "well", "went", "were", "what",
        "when", "where", "which", "will", "with", "would", "your",
        # Spanish
        "algo", "antes", "aunque", "cada", "como", "cosa", "cuando", "dele", "desde", "donde", "ella", "ellos",
        "entonces", "entre", "esta", "estaba", "este", "esto", "estos", "fuera", "habia", "hacer", "hasta", "mucho",
        "nada", "otra", "otro", "para", "pero", "poco", "porque", "pude", "puede", "puedo", "quiere", "quiero",
        "siempre", "sobre", "solo", "tambien", "tengo", "tenia", "tiempo", "tiene", "todo", "todos",
    }
)
"""Words that say nothing about what a text is about."""
# fmt: on

SHORTEST_TELLING_WORD = 4


def mentions(text: str, phrases: re.Pattern[str]) -> bool:
    """Whether the text, as a client wrote it, holds one of these words or phrases."""
    return phrases.search(fold(text)) is not None


def telling_words(text: str) -> set[str]:
    """The words of a text that say what it is about."""
    return {word for word in fold(text).split() if len(word) >= SHORTEST_TELLING_WORD} - COMMON_WORDS
