"""Clients, as a case system sees them."""

from __future__ import annotations

import re
from dataclasses import asdict
from functools import partial
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from bot.api.calls import Answer, Call
from bot.api.shapes import Nothing, Page, PageAsked, page_of, place_of
from conversations.situation import Consent
from records import api_reads
from records.api_reads import ApiClient
from records.api_tokens import Scope

AN_ID = re.compile("[0-9a-f]{32}")
Email = Annotated[str, Field(max_length=254, pattern=r"^[!-~]+@[!-~]+$", examples=["ana@county.example"])]


class Client(BaseModel):
    id: str = Field(description="Milepost's own id")
    external_id: str | None = Field(description="the case system's id, if it put the client here")
    number: str | None = Field(description="E.164; null unless the token has `clients:contact`")
    first_name: str | None = Field(description="null unless the token has `clients:contact`")
    language: str = Field(description="a BCP 47 code. The client decides on it", examples=["es"])
    zone: str = Field(examples=["America/Los_Angeles"])
    phone_is_shared: bool
    consent: Consent = Field(description="whether they may be texted. Read only: the client alone gives it")
    consented_at: AwareDatetime | None
    worker_email: str = Field(description="their worker's", examples=["ana@county.example"])
    last_heard_at: AwareDatetime | None = Field(description="when they last texted")
    created_at: AwareDatetime


class ClientsAsked(PageAsked):
    consent: Consent | None = None
    worker_email: Email | None = None


async def list_clients(call: Call, asked: ClientsAsked) -> Answer:
    after = place_of(asked.cursor, AN_ID)
    ask = partial(api_reads.clients_after, sight=call.sight, after=after, limit=asked.limit + 1)
    worker = asked.worker_email.lower() if asked.worker_email else None
    found = await call.read(partial(ask, consent=asked.consent, worker=worker))
    return Answer(Page[Client](**page_of([(one.id, shape(call, one)) for one in found], asked.limit)))


async def show_client(call: Call, _asked: Nothing) -> Answer:
    ask = partial(api_reads.client, client_id=call.path["client_id"], sight=call.sight)
    return Answer(shape(call, await call.read(ask)))


async def show_client_by_external_id(call: Call, _asked: Nothing) -> Answer:
    ask = partial(api_reads.client_by_external_id, external_id=call.path["external_id"], sight=call.sight)
    return Answer(shape(call, await call.read(ask)))


def shape(call: Call, one: ApiClient) -> Client:
    """Names and numbers are for who needs them."""
    hidden = {} if call.may(Scope.CLIENTS_CONTACT) else {"number": None, "first_name": None}
    return Client(**asdict(one) | hidden)
