"""Phone numbers, as people in a US county write them.

The library that knows every country's takes a tenth of a second to load, so it is loaded where it is asked.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

import re

AS_MOST_WRITE_IT = re.compile(r"(?:\+?1[ .-]?)?(?:[2-9]\d\d[ .-]?|\([2-9]\d\d\) ?)[2-9]\d\d[ .-]?\d{4}")

SHORTEST = 7
"""Digits: 911 can be called, and is nobody's number."""


def e164(written: str) -> str | None:
    """Or None, if nobody has such a number. 911 parses, as +1911, but is not valid."""
    import phonenumbers

    if AS_MOST_WRITE_IT.fullmatch(written) and written.isascii():  # the library takes three times as long to read it
        digits = "".join(filter(str.isdigit, written))[-10:]
        known = phonenumbers.PhoneNumber(country_code=1, national_number=int(digits))
        is_valid = phonenumbers.is_valid_number_for_region(known, "US") or phonenumbers.is_valid_number(known)
        return f"+1{digits}" if is_valid else None
    try:
        number = phonenumbers.parse(written, "US")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def can_be_called(written: str) -> bool:
    """Whether it looks like a number; made-up ones, as in examples, do too."""
    if AS_MOST_WRITE_IT.fullmatch(written):
        return True
    import phonenumbers

    try:
        number = phonenumbers.parse(written, "US")
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(number) and len(str(number.national_number)) >= SHORTEST
