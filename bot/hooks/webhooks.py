"""Signed posts to other systems (Standard Webhooks). A receiver may get one twice, with the same `webhook-id`."""

from __future__ import annotations

import json
from datetime import datetime

from aiohttp import ClientError, ClientSession
from standardwebhooks import Webhook

from bot.clock import SystemClock
from bot.hooks.letters import Failure, Letter, link

DONE = range(200, 300)
GONE = 410


class WebhookCarrier:
    """Posts to one address. The signature carries the time of day outside, which the receiver checks."""

    def __init__(self, session: ClientSession, url: str, secret: str, public_url: str) -> None:
        self._session = session
        self._url = url
        self._signer = Webhook(secret)
        self._public_url = public_url

    async def carry(self, letter: Letter) -> Failure | None:
        body = notice(letter, self._public_url)
        return await post(self._session, self._url, self._signer, letter.delivery.id, body)


async def post(session: ClientSession, url: str, signer: Webhook, message_id: str, body: str) -> Failure | None:
    """None once it was taken. Follows no redirects, and raises nothing."""
    headers = signed(signer, message_id, SystemClock().now(), body)
    try:
        async with session.post(url, data=body.encode(), headers=headers, allow_redirects=False) as got:
            return None if got.status in DONE else Failure(f"status {got.status}", got.status == GONE)
    except (ClientError, OSError, ValueError) as error:  # a time-out is an OSError, a bad address a ValueError
        return Failure(type(error).__name__)


def notice(letter: Letter, public_url: str) -> str:
    """The body: JSON with what happened, an id, a link, a level, a moment in UTC; or counts. Never whom it is about."""
    one, counts = letter.delivery, letter.counts
    told: dict[str, object] = {"type": f"escalation.{one.kind}", "link": link(public_url, letter)}
    if counts:
        return json.dumps(told | {"open": counts.open, "overdue": counts.overdue, "passed_up": counts.passed_up})
    due = one.due_at.isoformat() if one.due_at else None
    return json.dumps(told | {"id": one.escalation_id, "level": one.level, "due": due})


def signed(signer: Webhook, message_id: str, at: datetime, body: str) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signer.sign(message_id, at, body),
    }
