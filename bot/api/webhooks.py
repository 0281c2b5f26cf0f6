"""Webhooks out: where a system wants to be told of events."""

from __future__ import annotations

import secrets
from functools import partial
from http.client import CREATED, NO_CONTENT
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field
from sqlalchemy import Connection
from standardwebhooks import Webhook as Signer

from bot.api.calls import Answer, Call
from bot.api.problems import ApiError, ProblemKind, refused
from bot.api.shapes import Asked, Nothing
from bot.hooks import outward
from bot.hooks.event_round import secret_of
from bot.hooks.told import a_test
from bot.hooks.webhooks import post
from bot.keys import SETTINGS
from records import webhook_endpoints
from records.errors import RefusedError
from records.ids import new_id
from records.webhook_endpoints import NEEDS, Endpoint, Event

PATIENCE = 10.0


def _each_once(events: list[Event]) -> list[Event]:
    return list(dict.fromkeys(events))


class WebhookSaid(Asked):
    url: str = Field(
        min_length=8,
        max_length=outward.LONGEST_URL,
        description="https://, out of our own network, without a query",
        examples=["https://cases.example.org/milepost"],
    )
    events: Annotated[list[Event], AfterValidator(_each_once)] = Field(
        min_length=1, max_length=len(Event), description="each needs the scope that reads what it is about"
    )


class Webhook(BaseModel):
    id: str
    url: str
    events: list[Event]
    state: Literal["active", "parked"] = Field(description="a parked one hears nothing until it is resumed")
    tries: int = Field(description="of the event that is next")
    last_error: str = Field(description="why it was not taken: a status or a kind of error", examples=["status 503"])
    created_at: AwareDatetime


class WebhookMade(Webhook):
    secret: str = Field(description="signs what you get, as in Standard Webhooks. Shown now, and never again")


class WebhookList(BaseModel):
    items: list[Webhook]


class Tested(BaseModel):
    delivered: bool
    error: str = Field(description="a status or a kind of error; empty if it was taken")


async def list_webhooks(call: Call, _asked: Nothing) -> Answer:
    found = await call.read(partial(webhook_endpoints.listed, sight=call.sight))
    return Answer(WebhookList(items=[shape(one) for one in found]))


async def show_webhook(call: Call, _asked: Nothing) -> Answer:
    return Answer(shape(await _endpoint(call, call.path["webhook_id"])))


async def create_webhook(call: Call, said: WebhookSaid) -> Answer:
    """It hears of what happens from now on."""
    for event in said.events:
        if not call.may(NEEDS[event]):
            raise ApiError(ProblemKind.FORBIDDEN, f"To hear of {event} the token needs the scope {NEEDS[event]}.")
    settings = call.request.app[SETTINGS]
    if amiss := outward.address_amiss(said.url, private=settings.webhooks_to_private_networks):
        raise refused(("url", amiss))
    salt, now = secrets.token_hex(16), call.now

    def make(connection: Connection, endpoint_id: str) -> None:
        webhook_endpoints.create(connection, endpoint_id, said.url, said.events, salt, call.token.id, now)

    try:
        one = await _endpoint(call, await call.once(said, make))
    except RefusedError as no:
        raise refused(("", str(no))) from None
    secret = secret_of(settings.secret_key, one.secret_salt)
    return Answer(WebhookMade(**shape(one).model_dump(), secret=secret), CREATED)


async def delete_webhook(call: Call, _asked: Nothing) -> Answer:
    endpoint_id = call.path["webhook_id"]
    await call.write(partial(webhook_endpoints.remove, endpoint_id=endpoint_id, sight=call.sight))
    return Answer(None, NO_CONTENT)


async def resume_webhook(call: Call, _asked: Nothing) -> Answer:
    """It goes on where it was parked, so nothing is left out. One that is active stays so."""
    one = await _endpoint(call, call.path["webhook_id"])
    await call.write(partial(webhook_endpoints.resume, endpoint_id=one.id, now=call.now))
    return Answer(shape(await _endpoint(call, one.id)))


async def send_test_event(call: Call, _asked: Nothing) -> Answer:
    """At once, whatever its state."""
    one, settings = await _endpoint(call, call.path["webhook_id"]), call.request.app[SETTINGS]
    signer = Signer(secret_of(settings.secret_key, one.secret_salt))
    event = a_test(new_id(call.now), call.now, settings.public_url)
    async with outward.session(patience=PATIENCE, private=settings.webhooks_to_private_networks) as session:
        failure = await post(session, one.url, signer, event.data.id, event.model_dump_json())
    return Answer(Tested(delivered=failure is None, error=failure.error if failure else ""))


async def _endpoint(call: Call, endpoint_id: str) -> Endpoint:
    return await call.read(partial(webhook_endpoints.find, endpoint_id=endpoint_id, sight=call.sight))


def shape(one: Endpoint) -> Webhook:
    return Webhook(
        id=one.id,
        url=one.url,
        events=[Event(event) for event in one.events],
        state="active" if one.state == webhook_endpoints.ACTIVE else "parked",
        tries=one.tries,
        last_error=one.last_error,
        created_at=one.created_at,
    )
