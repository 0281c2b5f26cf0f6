from __future__ import annotations

import pytest

from records.masking import known, mask

KNOWN = known(["María Elena", "Will"], ["Hope", "Al", "X"], ["Oak St office", " "])


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("maria, MARIA and María's kids", "[name], [name] and [name]'s kids"),
        ("will you come? Hope so. I hope so.", "[name] you come? [name] so. I hope so."),
        ("Call 707-555-0134 or (707) 555 0134 at 9:30", "Call [number] or [number] at 9:30"),
        ("ana@county.example, https://x.example/a?b=1 www.y.example", "[address] [address] [address]"),
        ("I live at 12 North Main St. now", "I live at [place] now"),
        ("Estoy en calle Luna 45", "Estoy en [place]"),
        ("at the OAK ST OFFICE on 3/14 with 20 others", "at the [place] on [number] with 20 others"),
        ("born 3/14/1990, case 12345", "born [number], case [number]"),
        ("Alma and x are fine", "Alma and x are fine"),
        ("", ""),
    ],
)
def test_what_tells_who_somebody_is_goes_and_the_rest_stays(text: str, masked: str) -> None:
    assert mask(text, KNOWN) == masked
