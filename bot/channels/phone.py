"""The demo's channel: a text is on the phone's screen at once, and no account is needed anywhere."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from scheduler.channel import Accepted, ChannelName, Outcome, Outgoing, Sighting, Sought


class PhoneChannel:
    """Implements `scheduler.channel.Channel`. The simulator reads the texts from the records."""

    carries = frozenset({ChannelName.SMS})

    async def send(self, text: Outgoing) -> Outcome:
        del text
        return Accepted(f"PH{secrets.token_hex(16)}", delivered=True)

    async def find(self, text: Sought) -> Sequence[Sighting]:
        """Nothing: a text whose process died before the records had it was on no screen."""
        del text
        return ()
