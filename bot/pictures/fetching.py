"""What came with clients' texts, fetched from the provider in the background, and removed there once we have it.

The rows say what is still to be done, so that whoever lives goes on with it; each picture is kept once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.pictures.cleaning import LARGEST, Cleaner, NotTakenError
from bot.pictures.sealing import PictureCipher
from bot.pictures.source import FetchFailedError, Source
from records import pictures
from records.pictures import Errand, WhyNot
from records.reading import Reader
from records.writer import Writer

log = structlog.get_logger()

AT_ONCE = 4
LEASE = timedelta(minutes=3)
"""Longer than an errand may take, and so long it waits if who had it has died."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
MOST_TRIES = 30
"""About a day."""

PICTURE = "image/"


class FetchRound:
    """`take` it every second or so. `now` gives the aware moment in UTC."""

    def __init__(
        self, writer: Writer, reader: Reader, source: Source, cipher: PictureCipher, now: Callable[[], datetime]
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._source = source
        self._cipher = cipher
        self._now = now
        self._cleaner = Cleaner()

    async def take(self) -> None:
        """Raises StorageError."""
        while await self._reader.run(partial(pictures.are_due, now=self._now())):
            claim = partial(pictures.claim, now=self._now(), lease=LEASE, limit=AT_ONCE)
            errands = await self._writer.run(claim)
            await asyncio.gather(*(self._run(one) for one in errands))

    def close(self) -> None:
        """Call it when no round is under way."""
        self._cleaner.close()

    async def _run(self, errand: Errand) -> None:
        if errand.tries > MOST_TRIES:  # whoever had it before came to no end
            await self._later(errand)
            return
        try:
            await (self._remove(errand) if errand.is_kept else self._fetch(errand))
        except FetchFailedError as error:
            log.warning("picture_not_fetched", tries=errand.tries, kept=errand.is_kept, problem=str(error))
            await self._later(errand)
        except NotTakenError as error:
            log.info("picture_not_taken", why=error.why.value)
            await self._writer.run(partial(pictures.give_up, picture_id=errand.id, why=error.why))

    async def _fetch(self, errand: Errand) -> None:
        media_id = errand.media_id or await self._name(errand)
        sent = await self._source.fetch(errand.provider_id, media_id, LARGEST)
        clean = await self._cleaner.clean(sent)
        sealed = self._cipher.seal(clean, errand.id, errand.provider_id)
        await self._writer.run(partial(pictures.keep, sealed=sealed, now=self._now()))
        log.info("picture_kept", size=len(clean.body), tries=errand.tries)

    async def _name(self, errand: Errand) -> str:
        """What calls itself no picture is not even fetched. Raises FetchFailedError while the list lacks it."""
        listed = await self._source.listed(errand.provider_id)
        ids = [one.media_id for one in listed]
        media_id = await self._writer.run(partial(pictures.name, errand=errand, listed=ids))
        if media_id is None:
            raise FetchFailedError("not on the list yet")
        if not next(one.kind for one in listed if one.media_id == media_id).startswith(PICTURE):
            raise NotTakenError(WhyNot.NO_PICTURE)
        return media_id

    async def _remove(self, errand: Errand) -> None:
        if errand.media_id:
            await self._source.remove(errand.provider_id, errand.media_id)
        await self._writer.run(partial(pictures.was_removed, picture_id=errand.id))

    async def _later(self, errand: Errand) -> None:
        if errand.tries < MOST_TRIES:
            at = self._now() + min(FIRST_PAUSE * 2 ** (errand.tries - 1), LONGEST_PAUSE)
            await self._writer.run(partial(pictures.try_again, picture_id=errand.id, at=at))
        elif errand.is_kept:
            log.error("picture_not_removed_at_the_provider")
            await self._writer.run(partial(pictures.was_removed, picture_id=errand.id))
        else:
            await self._writer.run(partial(pictures.give_up, picture_id=errand.id, why=WhyNot.NOT_REACHED))
