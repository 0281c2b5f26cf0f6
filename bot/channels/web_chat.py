"""The web chat: what is claimed for it is on the client's page at once, since that reads the records."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.channel import Accepted, ChannelName, Outcome, Outgoing, Sighting, Sought


class WebChatChannel:
    """Implements `scheduler.channel.Channel`. That a text was seen is reported by the page."""

    carries = frozenset({ChannelName.WEB_CHAT})

    async def send(self, text: Outgoing) -> Outcome:
        return Accepted(_name(text.attempt))

    async def find(self, text: Sought) -> Sequence[Sighting]:
        """It is there: a claim is all that it takes."""
        return (Sighting(_name(text.attempt), "sent", None, text.since),)


def _name(attempt: str) -> str:
    return f"WC{attempt}"
