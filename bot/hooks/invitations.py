"""The link of an invitation, by e-mail: through the first of the county's hooks that has a mail server for its staff.

At once, not through the queue: the link opens an account, and must not stand in a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import structlog

from bot.hooks.addresses import Address
from bot.hooks.notes import hand_over
from bot.keys import SendsLinks
from conversations.county import HookKind

log = structlog.get_logger()

PATIENCE = 10.0
"""Seconds: somebody is waiting for the page."""


def mailer(addresses: Mapping[str, Address]) -> SendsLinks | None:
    servers = [one.url.get_secret_value() for one in addresses.values() if one.hook.kind is HookKind.STAFF_MAIL]
    return partial(_mail, servers[0]) if servers else None


async def _mail(url: str, email: str, link: str) -> bool:
    body = f"Open this link to choose your password. It works once, for seven days:\n\n{link}"
    failure = await hand_over(url, [email], "Your invitation to Milepost", body, PATIENCE)
    if failure:
        log.warning("invitation not mailed", error=failure.error)
    return failure is None
