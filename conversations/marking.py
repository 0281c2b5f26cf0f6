"""What the core says to staff, and not to clients: marked for the translators of the staff pages."""

from __future__ import annotations

from typing import Self


def N_(message: str) -> str:  # noqa: N802  gettext's name
    """The sentence as it is. Whoever shows it says it in the language of who reads it."""
    return message


class Told(str):
    """A sentence with what is put in, named as in `%(name)s`: in English, and ready for another language."""

    __slots__ = ("message", "put_in")

    message: str
    put_in: dict[str, object]

    def __new__(cls, message: str, **put_in: object) -> Self:
        told = super().__new__(cls, message % put_in)
        told.message, told.put_in = message, put_in
        return told
