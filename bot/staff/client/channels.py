"""On which channels a client is reached, and where what a worker writes to them now will go."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from aiohttp import web

from bot.keys import CLOCK, COUNTY, OFFERS, READER
from bot.staff.plain_words.filters import hour_or_day
from bot.wording import _
from conversations.effects import Purpose
from conversations.situation import Client
from records import client_channels
from records.channels import ChannelName, Unopened, Ways, way_for
from records.client_channels import ClientChannels
from records.text_saving import USEFUL
from scheduler.unopened import by_sms_at


async def channels_of(request: web.Request, client_id: str) -> ClientChannels:
    offered, now = request.app[OFFERS], request.app[CLOCK].now()
    return await request.app[READER].run(partial(client_channels.of, client_id=client_id, offered=offered, now=now))


def where_it_goes(request: web.Request, client: Client, channels: ClientChannels, now: datetime) -> str:
    """A sentence where a worker's words would not simply go by SMS; "" where they do."""
    offered = request.app[OFFERS]
    match way_for(channels.ways, offered, now, is_answer=True):
        case ChannelName.WHATSAPP:
            return _("It goes by WhatsApp.")
        case ChannelName.WEB_CHAT:
            at = by_sms_at(_in_chat(client, channels.ways, now), request.app[COUNTY], now)
            if at is None:
                return _("It goes to their chat.")
            after = hour_or_day(at, now, client.zone)
            return _("It goes to their chat; by text after %(at)s, if they have not opened it.", at=after)
        case None:
            return _("Nothing reaches them now: the channels that do are switched off.")
        case _:
            return ""


def _in_chat(client: Client, ways: Ways, now: datetime) -> Unopened:
    stays = ChannelName.SMS in ways.off
    return Unopened("", "", Purpose.HUMAN, now, now + USEFUL, client.zone, ways.chat_until, stays)
