"""The answers that a text offers, read from its words: "1 done, 2 some of it". Channels make buttons of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

FIRST = re.compile(r"(?<![\w.,:$])1 (?=[^\W\d_])")
END = re.compile(r"[.?!]\s|\n|[.?!]?$")
MOST = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """`number` is what to answer; `label` are the words beside it."""

    number: str
    label: str


def choices_in(body: str) -> Sequence[Choice]:
    """In their order, from 1 on, as `wording.worded` writes a menu; none where the text offers less than two."""
    first = FIRST.search(body)
    if first is None:
        return ()
    begins, ends = [first.end()], list[int]()
    for number in range(2, MOST + 1):
        found = re.compile(rf"[,،] {number} (?=[^\W\d_])").search(body, begins[-1])
        if found is None:
            break
        ends.append(found.start())
        begins.append(found.end())
    if not ends:
        return ()
    last = END.search(body, begins[-1])
    ends.append(last.start() if last else len(body))
    return tuple(
        Choice(str(number), body[begin:end].strip())
        for number, (begin, end) in enumerate(zip(begins, ends, strict=True), start=1)
    )
