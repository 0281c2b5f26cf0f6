"""What is handed over: a notice or a digest, with what it needs to find its reader. And what can go wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from records.digests import Counts
from records.hook_queue import HookDelivery


@dataclass(frozen=True, slots=True)
class Mail:
    """What an e-mail says in more than a line. `page` is HTML; mail programs are given it as plain text, too."""

    title: str
    page: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Letter:
    """`counts` has a day's digest, `mail` a week's; `readers` are e-mail addresses of staff, where it goes to them."""

    delivery: HookDelivery
    counts: Counts | None = None
    readers: Sequence[str] = ()
    mail: Mail | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """`error` is a kind of error or a status code: no address, nobody else's words. `for_good`: no try will mend it."""

    error: str
    for_good: bool = False


class Carrier(Protocol):
    """One way to one hook. Gives None once the letter was taken, and raises nothing."""

    async def carry(self, letter: Letter) -> Failure | None: ...


def link(public_url: str, letter: Letter) -> str:
    """Where staff look, once they have logged in."""
    escalation_id = letter.delivery.escalation_id
    return f"{public_url}/staff/escalations/{escalation_id}" if escalation_id else f"{public_url}/staff"
