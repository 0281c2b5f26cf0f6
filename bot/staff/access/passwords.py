"""Passwords: hashed with Argon2, off the event loop, and the same time taken for an address nobody has.

What a password must be is NIST SP 800-63B: long, not one that is guessed first, and otherwise as its owner likes it.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.wording import _
from conversations.county import County

SHORTEST = 15
LONGEST = 256
"""In characters. A sentence fits; what is longer only costs."""

COMMONEST = (
    *("qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "qwerty", "qwertz", "azerty", "asdf", "zxcv", "1q2w3e4r5t6y"),
    *("1q2w3e4r5t", "1q2w3e4r", "1qaz2wsx", "01234567890", "1234567890", "123456789", "987654321", "12345678"),
    *("1234567", "123456", "654321", "12345", "1234", "4321", "123", "321", "abcdefghij", "abcdefg", "abcd"),
    *("password", "passwort", "passw0rd", "contrasena", "secret", "letmein", "welcome", "bienvenido", "login", "admin"),
    *("iloveyou", "teamo", "changeme", "default", "sunshine", "princess", "football", "baseball", "dragon", "monkey"),
    *("superman", "batman", "master", "shadow", "trustno1", "whatever", "summer", "winter", "spring", "autumn"),
    *("january", "monday", "friday", "abc", "xyz", "the", "my"),
)
"""Of what the passwords that are guessed first are made."""

OURS = ("milepost", "county", "staff", "worker", "supervisor", "office")
OWN = 6
"""So many letters and digits must be left when all that can be guessed is taken out."""

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """Takes a tenth of a second or so, and 64 MiB: that is its purpose."""
    return _hasher.hash(_one_way_of_writing(password))


async def is_right(password: str, password_hash: str | None) -> bool:
    """Does the password fit? Without a hash the same work is done, so that a stop-watch tells nothing."""
    return await asyncio.to_thread(_fits, password, password_hash)


def problem_with(password: str, names: Iterable[str]) -> str:
    """Why it cannot be taken, and what to do; "" if it can. `names` are the county's, and those of whose it will be."""
    password = _one_way_of_writing(password)
    if len(password) < SHORTEST:
        return _(
            "Use at least %(shortest)s characters. A sentence that only you would say is easy to remember.",
            shortest=SHORTEST,
        )
    if len(password) > LONGEST:
        return _("Use at most %(longest)s characters.", longest=LONGEST)
    if len(_hard_to_guess(password, names)) < OWN:
        return _("That is guessed quickly: it is made of common words, names or repeats. Use a sentence of your own.")
    return ""


def names_of(county: County) -> Sequence[str]:
    return (county.name, county.program, county.zone.key)


def _one_way_of_writing(password: str) -> str:
    """Keyboards write the same letters in more than one way."""
    return unicodedata.normalize("NFKC", password)


def _hard_to_guess(password: str, names: Iterable[str]) -> str:
    """What is left without common words, names and repeats."""
    left = _bare(password)
    words = {_bare(word) for name in names for word in re.split(r"\W+", name)} | {_bare(name) for name in names}
    for word in sorted({*COMMONEST, *OURS, *(word for word in words if len(word) > 1)}, key=len, reverse=True):
        left = left.replace(word, "")
    return re.sub(r"(.+?)\1+", r"\1", left)


def _bare(words: str) -> str:
    """Small letters and digits without accents."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", words).casefold()))


def _fits(password: str, password_hash: str | None) -> bool:
    try:
        _hasher.verify(password_hash or _nobodys(), _one_way_of_writing(password))
    except (VerificationError, InvalidHashError):
        return False
    return bool(password_hash)


@cache
def _nobodys() -> str:
    return hash_password(secrets.token_hex())
