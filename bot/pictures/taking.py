"""A picture that a client gives to us, in the web chat: taken at once, as the provider's are when they are fetched."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime

from aiohttp import web

from bot.keys import TakesTexts
from bot.pictures.cleaning import LARGEST, Cleaner
from bot.pictures.sealing import PictureCipher
from records.channels import ChannelName
from records.ids import new_id
from records.turns import Inbound, Taken

LARGEST_POST = LARGEST + 100_000
"""Bytes that a form with a picture may have: `request.clone(client_max_size=LARGEST_POST)`."""

MOST_AT_ONCE = 8
"""Pictures in the memory of one process, cleaned one after another."""


class BusyError(Exception):
    """Too many are sending pictures. It was not stored; it may be in some seconds."""


class PictureTaker:
    """`request.app[PICTURES]`. `now` gives the aware moment in UTC."""

    def __init__(self, texts: TakesTexts, cipher: PictureCipher, now: Callable[[], datetime]) -> None:
        self._texts = texts
        self._cipher = cipher
        self._now = now
        self._cleaner = Cleaner()
        self._under_way = 0

    async def take(self, provider_id: str, number: str, client_id: str, sent: bytes, text: str = "") -> Taken:
        """What a client sent, as a text of theirs with this picture; `text` is what they wrote beside it.

        `provider_id` is the chat's own id of it, unique for ever: sent again under the same, it is a DUPLICATE and
        changes nothing. `number` is the client's. Nothing is stored when this raises NotTakenError, whose `why` says
        what is wrong with it for good; BusyError; or StorageError, after which it should be sent again.
        """
        if self._under_way >= MOST_AT_ONCE:
            raise BusyError
        self._under_way += 1
        try:
            clean = await self._cleaner.clean(sent)
        finally:
            self._under_way -= 1
        sealed = self._cipher.seal(clean, new_id(self._now()), provider_id)
        return await self._texts.take_text(
            Inbound(provider_id, number, text, channel=ChannelName.WEB_CHAT, writer=client_id, picture=sealed)
        )

    async def while_open(self, _app: web.Application) -> AsyncIterator[None]:
        """For `cleanup_ctx`."""
        yield
        self._cleaner.close()


PICTURES: web.AppKey[PictureTaker] = web.AppKey("pictures", PictureTaker)
