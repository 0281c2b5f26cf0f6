"""The engagement log, as another system follows it: what happened to whom and when, without names and texts."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Any

from pydantic import AwareDatetime, BaseModel, Field

from bot.api.calls import Answer, Call
from bot.api.shapes import AN_ID, Id, Moment, Nothing, Page, PageAsked, page_of, place_of
from records import api_reads
from records.api_reads import LogAsked
from records.engagement import Kind


class LogRow(BaseModel):
    id: str
    at: AwareDatetime
    kind: Kind
    client_id: str | None
    actor: str = Field(description="`client`, `bot`, `provider`, the id of a member of staff or of a token")
    subject: str = Field(description="what of the kind: a visit's number, a state, a trigger")
    language: str
    message_id: str | None
    detail: dict[str, Any] = Field(description="ids and moments that go with it")


class LogListAsked(PageAsked):
    after: Id | None = Field(default=None, description="the id of the last row that you have: what came since")
    client_id: Id | None = None
    kind: list[Kind] = Field(default_factory=list, description="may be given more than once")
    language: str | None = Field(default=None, max_length=12)
    since: Moment | None = None
    until: Moment | None = None


async def list_log(call: Call, asked: LogListAsked) -> Answer:
    after = place_of(asked.cursor, AN_ID) or asked.after
    wanted = LogAsked(asked.client_id, frozenset(asked.kind), asked.language, asked.since, asked.until)
    ask = partial(api_reads.log_after, sight=call.sight, after=after, limit=asked.limit + 1, asked=wanted)
    found = await call.read(partial(ask, now=call.now))
    return Answer(Page[LogRow](**page_of([(one.id, LogRow(**asdict(one))) for one in found], asked.limit)))


async def show_log_row(call: Call, _asked: Nothing) -> Answer:
    row = await call.read(partial(api_reads.log_row, row_id=call.path["row_id"], sight=call.sight))
    return Answer(LogRow(**asdict(row)))
