"""What many calls have in common: moments, pages, cursors."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from bot.api.problems import refused

T = TypeVar("T")

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
ID = r"^[0-9a-f]{32}$"
AN_ID = re.compile("[0-9a-f]{32}")
WITHOUT_CONTROLS = r"^[^\x00-\x09\x0b-\x1f\x7f]*$"
"""Lines may end, else every character can be seen."""
LABEL = r"^[^\x00-\x1f\x7f<>{}|\\`=+@ -][^\x00-\x1f\x7f<>{}|\\`]*$"
"""A few words on one line that are no formula and no markup."""
CURSOR = r"^[A-Za-z0-9_-]{1,200}$"
EXTERNAL_ID = r"^[A-Za-z0-9][A-Za-z0-9._:@~-]{0,79}$"
LARGEST_PAGE = 200


def _is_rfc_3339(value: object) -> object:
    if not (isinstance(value, str) and RFC_3339.fullmatch(value)):
        raise ValueError("must be like 2027-03-02T17:00:00Z, with a zone")
    return value


def _of_our_time(at: datetime) -> datetime:
    """What lies outside is as good as its nearest end, and no database has to know so early or late a year."""
    return min(max(at, EARLIEST), LATEST).astimezone(UTC)


Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_is_rfc_3339), AfterValidator(_of_our_time)]
"""A moment in a request: with its zone, as in RFC 3339."""

Id = Annotated[str, Field(pattern=ID, examples=["0195f1c2a4b37c8e9d10a2b3c4d5e6f7"])]

Email = Annotated[str, Field(max_length=254, pattern=r"^[!-~]+@[!-~]+$", examples=["ana@county.example"])]


class Asked(BaseModel):
    """What a call may say. A name that is not known is refused: it may be a slip."""

    model_config = ConfigDict(extra="forbid", strict=True)


LEFT_OUT: Any = Field(default_factory=str)
"""A field that may be missing, and then is empty; sent, it is not."""


class Query(Asked):
    """What the query of a call may say. There all is written as text."""

    model_config = ConfigDict(strict=False)


class Nothing(Query):
    """The call says all by its address."""


def _is_written_so(pattern: str) -> Callable[[object], object]:
    def check(value: object) -> object:
        if isinstance(value, str) and not re.fullmatch(pattern, value, re.ASCII):
            raise ValueError(f"must match {pattern}")
        return value

    return check


Number = Annotated[int, BeforeValidator(_is_written_so(r"\d{1,9}"))]
YesOrNo = Annotated[bool, BeforeValidator(_is_written_so("true|false"))]


class PageAsked(Query):
    limit: Number = Field(default=50, ge=1, le=LARGEST_PAGE, description="so many at most")
    cursor: Annotated[str, Field(pattern=CURSOR)] | None = Field(
        default=None, description="`next` of the page before; without it the first page"
    )


class Page(BaseModel, Generic[T]):
    """A page of records, in an order that does not change. What comes meanwhile is on a later page, none is skipped."""

    items: list[T]
    next: str | None = Field(description="the cursor of the next page; null on the last")


def cursor_of(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).rstrip(b"=").decode()


def place_of(cursor: str | None, pattern: re.Pattern[str]) -> str | None:
    """What a cursor of ours holds. Raises ApiError for any other."""
    if cursor is None:
        return None
    try:
        place = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        place = ""
    if not pattern.fullmatch(place) or cursor_of(place) != cursor:
        raise refused(("cursor", "is none of ours; begin again without it"))
    return place


def page_of(found: Sequence[tuple[str, Any]], limit: int) -> dict[str, Any]:
    """For `Page`, from (place, record) pairs of which one more was asked for than `limit`."""
    shown = found[:limit]
    return {
        "items": [record for _, record in shown],
        "next": cursor_of(shown[-1][0]) if len(found) > limit else None,
    }
