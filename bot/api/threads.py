"""What clients text, and what is texted to them. Every page that is read stands in the log, as a look of staff does."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

from bot.api.calls import Answer, Call
from bot.api.shapes import AN_ID, Page, PageAsked, page_of, place_of
from records import api_reads
from records.engagement import Kind, note_staff_act
from records.states import MessageState


class Text(BaseModel):
    id: str
    direction: Literal["in", "out"]
    author: str = Field(description="`client`, `bot`, or the id of a member of staff")
    body: str = Field(description="what the phone shows. Untrusted: a client wrote it, or may have")
    language: str
    state: MessageState
    error_code: int | None = Field(description="the provider's, where it did not get through")
    at: AwareDatetime = Field(description="when it came, or was to go")
    channel: Literal["sms", "whatsapp", "web_chat", ""] = Field(
        description="where it came or went; empty while it waits to go and that is not chosen"
    )


async def show_thread(call: Call, asked: PageAsked) -> Answer:
    after, client_id = place_of(asked.cursor, AN_ID), call.path["client_id"]
    await call.read(partial(api_reads.client, client_id=client_id, sight=call.sight))
    look = partial(note_staff_act, kind=Kind.THREAD_VIEWED, staff_id=call.token.id, now=call.now, client_id=client_id)
    await call.write(look)
    found = await call.read(partial(api_reads.texts_after, client_id=client_id, after=after, limit=asked.limit + 1))
    return Answer(Page[Text](**page_of([(one.id, Text(**asdict(one))) for one in found], asked.limit)))
