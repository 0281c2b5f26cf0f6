"""On which channels a client can be reached, and where they like to be texted: what stands, and what may be set.

What is set goes through the core, as every other preference does: `PreferencesTold`, with what `told` or `switched`
gives. STOP, anywhere, ends the texts on all channels; nothing here changes that.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from conversations.effects import Preference
from records.channels import WHATSAPP_WINDOW, ChannelName, Ways, as_stored, switched_off
from records.engagement import Kind
from records.errors import NotFoundError
from records.tables import clients, engagement


class LastChannelError(ValueError):
    """Every channel that reaches the client would be off. For that there is STOP."""


class ChannelIsOffError(ValueError):
    """What starts by itself was to go where nothing may go."""


@dataclass(frozen=True, slots=True)
class ClientChannel:
    """One that the county offers. Moments are UTC.

    `reaches`: they were there at least once, or it needs nothing. `open_until` is how long it is open now; None for one
    that never closes, or is closed. `changed_at` is when it was switched off or on last; None if it never was.
    """

    name: ChannelName
    is_off: bool
    reaches: bool
    open_until: datetime | None
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClientChannels:
    """`ways` is what the way of a text follows from; `all` are the channels that the county offers."""

    ways: Ways
    all: Sequence[ClientChannel]

    @property
    def on(self) -> frozenset[ChannelName]:
        return frozenset(one.name for one in self.all if not one.is_off)

    @property
    def choices(self) -> Sequence[ChannelName]:
        """Where what starts by itself can go; what they chose is among them, even if it does not reach them now."""
        return [one.name for one in self.all if one.reaches or one.name is self.ways.preferred]


def of(connection: Connection, client_id: str, offered: Collection[ChannelName], now: datetime) -> ClientChannels:
    """Raises NotFoundError. Whose client it is, is the caller's to know."""
    it = clients.c
    columns = it.preferred_channel, it.spoke_on, it.last_heard_at, it.whatsapp_at, it.chat_until, it.channels_off
    row = connection.execute(select(*columns).where(it.id == client_id)).first()
    if row is None:
        raise NotFoundError("no such client")
    ways = Ways(
        ChannelName(row.preferred_channel),
        ChannelName(row.spoke_on),
        row.last_heard_at,
        row.whatsapp_at,
        row.chat_until,
        switched_off(row.channels_off),
    )
    changed = _changed(connection, client_id)
    return ClientChannels(ways, [_channel(name, ways, changed, now) for name in ChannelName if name in offered])


def _channel(name: ChannelName, ways: Ways, changed: Mapping[ChannelName, datetime], now: datetime) -> ClientChannel:
    until = {
        ChannelName.WHATSAPP: ways.whatsapp_at and ways.whatsapp_at + WHATSAPP_WINDOW,
        ChannelName.WEB_CHAT: ways.chat_until,
    }.get(name)
    reaches = name is ChannelName.SMS or until is not None
    return ClientChannel(name, name in ways.off, reaches, until if until and until > now else None, changed.get(name))


def _changed(connection: Connection, client_id: str) -> Mapping[ChannelName, datetime]:
    log = engagement.c
    rows = connection.execute(
        select(log.at, log.detail)
        .where(log.client_id == client_id, log.kind == Kind.PREFERENCE_SET, log.subject == Preference.CHANNELS_OFF)
        .order_by(log.id)
    )
    off: frozenset[ChannelName] = frozenset()
    changed: dict[ChannelName, datetime] = {}
    for row in rows:
        before, off = off, switched_off(row.detail["value"])
        changed.update(dict.fromkeys(before ^ off, row.at))
    return changed


def told(stands: ClientChannels, preferred: ChannelName, on: Collection[ChannelName]) -> Mapping[Preference, str]:
    """What changes if these are on and that one is preferred; empty if nothing does.

    Channels that the county does not offer stay as they are. Raises LastChannelError, and ChannelIsOffError where
    `preferred` is off or cannot be chosen.
    """
    if not any(one.reaches and one.name in on for one in stands.all):
        raise LastChannelError("no channel is left")
    if preferred not in on or preferred not in stands.choices:
        raise ChannelIsOffError("the preferred channel is off")
    offered = {one.name for one in stands.all}
    off = (stands.ways.off - offered) | (offered - set(on))
    changes = {}
    if preferred is not stands.ways.preferred:
        changes[Preference.PREFERRED_CHANNEL] = preferred.value
    if off != stands.ways.off:
        changes[Preference.CHANNELS_OFF] = as_stored(off)
    return changes


def switched(stands: ClientChannels, channel: ChannelName, *, on: bool) -> Mapping[Preference, str]:
    """As `told`, for one channel: if what they preferred is switched off, SMS is, or else the first that is left."""
    now_on = stands.on | {channel} if on else stands.on - {channel}
    left = [name for name in stands.choices if name in now_on]
    preferred = stands.ways.preferred
    return told(stands, preferred if preferred in left else next(iter(left), preferred), now_on)
