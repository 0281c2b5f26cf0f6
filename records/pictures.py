"""Pictures that came with clients' texts: on their way from the provider, kept and sealed, or not taken, and why.

They belong to a message, and with it to a client: on a shared phone once it is known who wrote, after a merge to the
record that was kept. Of a number that is nobody's nothing is fetched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select, text, update

from records.errors import NotFoundError
from records.ids import new_id
from records.sight import Sight, shown
from records.tables import PICTURE_IS_DUE, clients, messages, pictures

MOST = 10
"""That come with one message."""

THUMBNAIL_SIDE = 240
"""Pixels: the longer one."""

AT_THE_PROVIDERS = timedelta(days=2)
"""So long the provider keeps one that we have: until it lies in a backup, too."""


class PictureState(StrEnum):
    WAITING = "waiting"
    KEPT = "kept"
    NOT_TAKEN = "not_taken"


class WhyNot(StrEnum):
    """Why something that came with a text is not kept as a picture."""

    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    HEIC = "heic"
    NO_PICTURE = "no_picture"
    BROKEN = "broken"
    NOT_REACHED = "not_reached"


class Size(StrEnum):
    WHOLE = "whole"
    THUMBNAIL = "thumbnail"


@dataclass(frozen=True, slots=True)
class SealedPicture:
    """A clean picture as it is stored. `body` and `thumbnail` open with the key alone.

    The sides are in pixels; `size` is bytes, of the whole picture before it was sealed.
    """

    id: str
    width: int
    height: int
    size: int
    body: bytes
    thumbnail: bytes


@dataclass(frozen=True, slots=True)
class Shown:
    """What a thread shows of a picture. `why` is a WhyNot, or "". The sides are in pixels."""

    id: str
    state: PictureState
    why: str
    width: int
    height: int

    @property
    def thumbnail_width(self) -> int:
        return self._on_thumbnail(self.width)

    @property
    def thumbnail_height(self) -> int:
        return self._on_thumbnail(self.height)

    def _on_thumbnail(self, side: int) -> int:
        return max(1, round(side * min(1, THUMBNAIL_SIDE / max(self.width, self.height, 1))))


@dataclass(frozen=True, slots=True)
class Errand:
    """Something to fetch, or, once it is kept, to remove at the provider. `media_id` is None until it is known."""

    id: str
    message_id: str
    provider_id: str
    media_id: str | None
    is_kept: bool
    tries: int


@dataclass(frozen=True, slots=True)
class Found:
    """A kept picture to be opened: `sealed` is the size that was asked for."""

    id: str
    client_id: str
    provider_id: str
    sealed: bytes


def add(connection: Connection, message_id: str, how_many: int, sealed: SealedPicture | None, now: datetime) -> None:
    """What came with a message: `sealed` where it came with it whole, else so many that are to be fetched."""
    if sealed is not None:
        rows = [_row(message_id, 0, now, sealed)]
    else:
        rows = [_row(message_id, nth, now) for nth in range(min(how_many, MOST))]
    connection.execute(insert(pictures), rows)


def _row(message_id: str, nth: int, now: datetime, sealed: SealedPicture | None = None) -> dict[str, Any]:
    row = {"id": new_id(now), "message_id": message_id, "nth": nth, "media_id": None, "at": now, "tries": 0, "why": ""}
    if sealed is None:
        nothing = {"width": 0, "height": 0, "size": 0, "body": None, "thumbnail": None}
        return {**row, **nothing, "state": PictureState.WAITING, "due_at": now}
    return {**row, **_kept(sealed), "id": sealed.id, "due_at": None}


def _kept(sealed: SealedPicture) -> dict[str, Any]:
    return {
        "state": PictureState.KEPT,
        "width": sealed.width,
        "height": sealed.height,
        "size": sealed.size,
        "body": sealed.body,
        "thumbnail": sealed.thumbnail,
    }


def are_due(connection: Connection, now: datetime) -> bool:
    due = select(pictures.c.id).where(text(PICTURE_IS_DUE), pictures.c.due_at <= now).limit(1)
    return connection.execute(due).first() is not None


def claim(connection: Connection, now: datetime, lease: timedelta, limit: int) -> Sequence[Errand]:
    """The errands that are due, the oldest first. Nobody else gets them before the lease is over."""
    due = (
        select(
            pictures.c.id,
            pictures.c.message_id,
            messages.c.provider_id,
            pictures.c.media_id,
            pictures.c.state,
            pictures.c.tries,
        )
        .join(messages, messages.c.id == pictures.c.message_id)
        .where(text(PICTURE_IS_DUE), pictures.c.due_at <= now)
        .order_by(pictures.c.due_at, pictures.c.id)
        .limit(limit)
        .with_for_update(of=pictures, skip_locked=True)
    )
    rows = connection.execute(due).all()
    mine = pictures.c.id.in_([row.id for row in rows])
    connection.execute(update(pictures).where(mine).values(due_at=now + lease, tries=pictures.c.tries + 1))
    return [Errand(*row[:4], row.state == PictureState.KEPT, row.tries + 1) for row in rows]


def name(connection: Connection, errand: Errand, listed: Sequence[str]) -> str | None:
    """Share out the provider's ids of what came with a message; gives the one that is this errand's, if there is one.

    An id that was given stays given, whoever asks, and however the list is ordered the next time.
    """
    theirs = select(pictures.c.id, pictures.c.media_id).where(pictures.c.message_id == errand.message_id)
    rows = connection.execute(theirs.order_by(pictures.c.nth).with_for_update()).all()
    given: dict[str, str | None] = {row.id: row.media_id for row in rows}
    free = [one for one in listed if one not in given.values()]
    for picture_id, media_id in zip([row.id for row in rows if row.media_id is None], free, strict=False):
        connection.execute(update(pictures).where(pictures.c.id == picture_id).values(media_id=media_id))
        given[picture_id] = media_id
    return given.get(errand.id)


def keep(connection: Connection, sealed: SealedPicture, now: datetime) -> None:
    """Once: of two that fetched it the first one's stays."""
    waits = pictures.c.id == sealed.id, pictures.c.state == PictureState.WAITING
    later = {"due_at": now + AT_THE_PROVIDERS, "tries": 0}
    connection.execute(update(pictures).where(*waits).values(**_kept(sealed), **later))


def give_up(connection: Connection, picture_id: str, why: WhyNot) -> None:
    """It will not be tried again."""
    waits = pictures.c.id == picture_id, pictures.c.state == PictureState.WAITING
    connection.execute(update(pictures).where(*waits).values(state=PictureState.NOT_TAKEN, why=why, due_at=None))


def was_removed(connection: Connection, picture_id: str) -> None:
    """The provider has it no more, or we ask no more."""
    connection.execute(update(pictures).where(pictures.c.id == picture_id).values(media_id=None, due_at=None))


def try_again(connection: Connection, picture_id: str, at: datetime) -> None:
    later = update(pictures).where(pictures.c.id == picture_id, text(PICTURE_IS_DUE))
    connection.execute(later.values(due_at=at))


def in_thread(connection: Connection, client_id: str, first: str, last: str) -> Mapping[str, Sequence[Shown]]:
    """By message: what came with a client's messages, from the one to the other by id."""
    theirs = (
        select(
            pictures.c.message_id,
            pictures.c.id,
            pictures.c.state,
            pictures.c.why,
            pictures.c.width,
            pictures.c.height,
        )
        .join(messages, messages.c.id == pictures.c.message_id)
        .where(messages.c.client_id == client_id, messages.c.id >= first, messages.c.id <= last)
        .order_by(pictures.c.message_id, pictures.c.nth)
    )
    found: defaultdict[str, list[Shown]] = defaultdict(list)
    for row in connection.execute(theirs):
        found[row.message_id].append(Shown(row.id, PictureState(row.state), row.why, row.width, row.height))
    return found


def find(connection: Connection, picture_id: str, size: Size, sight: Sight) -> Found:
    """Raises NotFoundError if there is no such kept picture, or its client is out of sight."""
    wanted = (
        select(pictures.c.id, messages.c.client_id, messages.c.provider_id, _COLUMN[size])
        .join(messages, messages.c.id == pictures.c.message_id)
        .join(clients, clients.c.id == messages.c.client_id)
        .where(pictures.c.id == picture_id, pictures.c.state == PictureState.KEPT, shown(sight))
    )
    row = connection.execute(wanted).first()
    if row is None:
        raise NotFoundError
    return Found(*row)


_COLUMN = {Size.WHOLE: pictures.c.body, Size.THUMBNAIL: pictures.c.thumbnail}
