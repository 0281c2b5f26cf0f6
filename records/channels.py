"""On which channel a text leaves. The conversations know nothing of it: each client has one thread, on any channel."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from conversations.effects import Purpose


class ChannelName(StrEnum):
    """The ways between a client and us, by the names that the provider gives them."""

    SMS = "sms"
    WHATSAPP = "whatsapp"
    WEB_CHAT = "web_chat"


WHATSAPP_WINDOW = timedelta(hours=24)
"""So long after the client's last WhatsApp message we may answer there in our own words.

https://www.twilio.com/docs/whatsapp/key-concepts#the-24-hour-window
"""

TALKING = timedelta(hours=24)
"""So long after their last text an answer goes where they wrote it."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How a client can be reached. `preferred` is what they chose, or "sms"; the moments are aware.

    `spoke_on` is the channel of their last text, `spoke_at` its moment; `chat_until` is when the last of their open web
    chats ends; `off` are the channels they switched off.
    """

    preferred: ChannelName = ChannelName.SMS
    spoke_on: ChannelName = ChannelName.SMS
    spoke_at: datetime | None = None
    whatsapp_at: datetime | None = None
    chat_until: datetime | None = None
    off: frozenset[ChannelName] = frozenset()


@dataclass(frozen=True, slots=True)
class Unopened:
    """A text that is on the client's page of the web chat, and was not opened yet. Moments are aware.

    `chat_until` is when the last of the client's open web chats ends or has ended; None: it was left or switched off.
    `stays`: it may not go by SMS, as they switched that off, have another number than it was for, or have said STOP.
    """

    message_id: str
    attempt_id: str
    purpose: Purpose
    shown_at: datetime
    expires_at: datetime
    zone: ZoneInfo
    chat_until: datetime | None
    stays: bool


def way_for(
    ways: Ways, offered: Collection[ChannelName], now: datetime, *, is_answer: bool, has_template: bool = False
) -> ChannelName | None:
    """The channel for a text that leaves now, of those that the county offers; None where every one is off.

    An answer goes where the client wrote; what nobody waits for, where they like to be texted. What cannot go there
    goes by SMS, and where that is off, on any channel that is left. `has_template`: WhatsApp has approved words for it
    with which a conversation may start.
    """
    talks = is_answer and ways.spoke_at is not None and now - ways.spoke_at <= TALKING
    wanted = ways.spoke_on if talks else ways.preferred
    for one in dict.fromkeys((wanted, ChannelName.SMS, ways.preferred, ways.spoke_on)):
        if one in offered and one not in ways.off and _is_open(one, ways, now, has_template=has_template):
            return one
    return None


def _is_open(channel: ChannelName, ways: Ways, now: datetime, *, has_template: bool) -> bool:
    match channel:
        case ChannelName.SMS:
            return True
        case ChannelName.WHATSAPP:
            return ways.whatsapp_at is not None and (has_template or is_in_window(ways.whatsapp_at, now))
        case ChannelName.WEB_CHAT:
            return ways.chat_until is not None and now < ways.chat_until


def is_in_window(whatsapp_at: datetime | None, now: datetime) -> bool:
    """Whether we may answer there in our own words."""
    return whatsapp_at is not None and now - whatsapp_at < WHATSAPP_WINDOW


def switched_off(stored: str) -> frozenset[ChannelName]:
    """As `clients.channels_off` keeps them: names with blanks between."""
    return frozenset(ChannelName(name) for name in stored.split())


def as_stored(off: Collection[ChannelName]) -> str:
    return " ".join(sorted(off))
