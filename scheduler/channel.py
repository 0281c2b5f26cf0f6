"""What the scheduler asks of a way out to phones and of its inbox: the words that both sides use."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from records.channels import ChannelName
from records.turns import Inbound
from records.unknowns import Sighting
from records.whatsapp_contents import Content

__all__ = [
    "Accepted",
    "Channel",
    "ChannelName",
    "Inbound",
    "Inbox",
    "LookFailedError",
    "NotSent",
    "Outcome",
    "Outgoing",
    "Refused",
    "Sighting",
    "Sought",
    "Unknown",
]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A text to hand over. `attempt` is our own id of this try; `useful_for` is in seconds, 1 to 36,000.

    `to` is the number, on whatever `channel` it leaves. A `content`, on WhatsApp alone, is to be handed over instead of
    the `body`, which is how it will read.
    """

    attempt: str
    to: str
    body: str
    useful_for: int
    channel: ChannelName = ChannelName.SMS
    content: Content | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has it, under its own id. `delivered` if it is known already to have arrived."""

    provider_id: str
    delivered: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider answered that it does not take it, and why (`conversations.provider_errors`)."""

    code: int | None


@dataclass(frozen=True, slots=True)
class NotSent:
    """It certainly did not leave and may be tried again; `retry_after` in seconds, where the provider said so."""

    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have left or not. Trying again without having looked could text somebody twice."""


Outcome = Accepted | Refused | NotSent | Unknown


@dataclass(frozen=True, slots=True)
class Sought:
    """A text of which nobody knows whether it left. It did not leave before `since`, an aware moment.

    `attempt` is our own id of the try, which no provider has.
    """

    to: str
    body: str
    since: datetime
    channel: ChannelName = ChannelName.SMS
    attempt: str = ""


class LookFailedError(Exception):
    """The provider could not be asked, so nothing is known. `retry_after` in seconds, where it said so."""

    def __init__(self, retry_after: float | None = None) -> None:
        super().__init__("the provider could not be asked")
        self.retry_after = retry_after


class Channel(Protocol):
    """A way out to clients: one, or several behind one door."""

    @property
    def carries(self) -> frozenset[ChannelName]:
        """What it takes texts for. It is handed no others."""
        ...

    async def send(self, text: Outgoing) -> Outcome:
        """Try once, and tell apart what came of it, well within `Timing.abandoned`. Never raises."""
        ...

    async def find(self, text: Sought) -> Sequence[Sighting]:
        """The provider's messages that may be this text, oldest first. Raises LookFailedError."""
        ...


class Inbox(Protocol):
    """Where the provider keeps what was texted to us."""

    def received(self, since: datetime) -> AsyncIterator[Inbound]:
        """All texts since an aware moment, oldest first. Raises LookFailedError, if so before the first one."""
        ...
