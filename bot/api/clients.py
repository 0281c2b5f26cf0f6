"""Clients, as a case system sees them."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from http.client import CREATED, OK

from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from bot.api.calls import Answer, Call
from bot.api.problems import ApiError, ProblemKind, refused
from bot.api.shapes import AN_ID, LABEL, Asked, Email, Nothing, Page, PageAsked, page_of, place_of
from bot.imports import cells
from bot.imports.client_list import LONGEST_NAME, is_zone
from bot.keys import COUNTY, WRITER
from conversations.events import WorkerInvited
from conversations.situation import MAY_BE_INVITED, Consent
from records import api_reads, case_system
from records.api_reads import ApiClient
from records.api_tokens import Scope
from records.case_system import Put
from records.errors import ChangedError, RefusedError
from records.import_verdicts import Verdict
from records.people import NewClient
from records.roles import Right


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


class ClientSaid(Asked):
    """A client as the case system has them."""

    number: str = Field(min_length=7, max_length=40, description="of the US, best in E.164", examples=["+17075550142"])
    first_name: str = Field(min_length=1, max_length=LONGEST_NAME, pattern=LABEL, examples=["Maria"])
    language: str = Field(
        max_length=12, description="one of the county's. Taken for a new client only", examples=["es"]
    )
    worker_email: Email
    zone: str | None = Field(default=None, max_length=40, description="IANA; left out: the county's")
    phone_is_shared: bool = Field(default=False, description="taken for a new client only")


class ClientPut(BaseModel):
    verdict: Verdict = Field(description="`new`, `changed` or `same`")
    changed: list[str] = Field(description="which fields were")
    client: Client


class InviteSaid(Asked):
    by: Email = Field(description="the member of staff who invites, and whom the client said yes to")


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


async def put_client(call: Call, said: ClientSaid) -> Answer:
    """Nobody is texted by it."""
    county, amiss = call.request.app[COUNTY], cells.amiss("first_name", said.first_name, LONGEST_NAME)
    number, name = cells.phone(said.number), cells.words(said.first_name)
    if number is None:
        raise refused(("number", "is no valid phone number"))
    if amiss or not name:
        raise refused(("first_name", amiss[0] if amiss else "is empty"))
    if said.language not in county.languages:
        raise refused(("language", f"is none of {', '.join(county.languages)}"))
    if said.zone is not None and not is_zone(said.zone):
        raise refused(("zone", "is no time zone, such as America/Los_Angeles"))
    zone, external_id, now = said.zone or county.zone.key, call.path["external_id"], call.now

    def put(connection: Connection) -> Put:
        try:
            worker = case_system.worker_id(connection, said.worker_email, call.sight)
        except RefusedError as no:
            raise refused(("worker_email", str(no))) from None
        wanted = NewClient(number, name, said.language, zone, worker, said.phone_is_shared)
        return case_system.put_client(connection, external_id, wanted, call.sight, call.token.id, now)

    try:
        done = await call.write(put)
    except RefusedError as no:
        raise refused(("number", str(no))) from None
    except ChangedError:
        raise ApiError(ProblemKind.CONFLICT, "The number is that of a client with another external id.") from None
    except IntegrityError:
        raise ApiError(ProblemKind.CONFLICT, "Another call put the same client. Send it again.") from None
    one = await call.read(partial(api_reads.client, client_id=done.client_id, sight=call.sight))
    shown = ClientPut(verdict=done.judged.verdict, changed=list(done.judged.reasons), client=shape(call, one))
    return Answer(shown, CREATED if done.judged.verdict is Verdict.NEW else OK)


async def invite(call: Call, said: InviteSaid) -> Answer:
    """At once, or when the sending hours begin. Sent twice, they are invited once."""
    client_id, right = call.path["client_id"], Right.KEEP_CONTACT
    ask = partial(api_reads.client, client_id=client_id, sight=call.sight)
    one = await call.read(ask)
    if one.consent not in MAY_BE_INVITED | {Consent.INVITED}:
        raise ApiError(ProblemKind.CONFLICT, f"The consent is {one.consent}, so nobody can invite them.")
    by = await call.acting(said.by, right, client_id)
    if one.consent != Consent.INVITED:
        await call.request.app[WRITER].act(client_id, WorkerInvited(by.first_name), by.staff_id)
    return Answer(shape(call, await call.read(ask)))


def shape(call: Call, one: ApiClient) -> Client:
    """Names and numbers are for who needs them."""
    hidden = {} if call.may(Scope.CLIENTS_CONTACT) else {"number": None, "first_name": None}
    return Client(**asdict(one) | hidden)
