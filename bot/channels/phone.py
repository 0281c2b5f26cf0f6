"""The demo's channel: a text is on the phone's screen at once, and no account is needed anywhere."""

from __future__ import annotations

import secrets

from scheduler.sender import Accepted, Outcome, Outgoing


class PhoneChannel:
    """Implements `scheduler.sender.Channel`. The simulator reads the texts from the records."""

    async def send(self, text: Outgoing) -> Outcome:
        del text
        return Accepted(f"PH{secrets.token_hex(16)}", delivered=True)
