"""Escalations: who needs a person, and what came of it."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

from pydantic import AwareDatetime, BaseModel, Field

from bot.api.calls import Answer, Call
from bot.api.problems import ApiError, ProblemKind
from bot.api.shapes import (
    AN_ID,
    WITHOUT_CONTROLS,
    Asked,
    Email,
    Id,
    Nothing,
    Page,
    PageAsked,
    YesOrNo,
    page_of,
    place_of,
)
from bot.keys import WRITER
from conversations.escalations import Level, Trigger
from records import api_reads, escalations
from records.api_reads import ApiEscalation
from records.errors import TooLateError
from records.escalations import Closing, Outcome
from records.roles import Right

LONGEST_NOTE = 2000


class Escalation(BaseModel):
    id: str
    client_id: str
    trigger: Trigger = Field(description="what it is about")
    level: Level = Field(description="U0 is danger, U3 can wait for days")
    opened_at: AwareDatetime
    due_at: AwareDatetime = Field(description="by when a person is to turn to the client")
    times: int = Field(description="how often it was triggered while open")
    held_by: str = Field(examples=["worker", "team", "supervisor", "manager"])
    assigned_to_email: str | None = Field(description="null: the team")
    promised_by: AwareDatetime | None = Field(description="what the client was told")
    acknowledged_at: AwareDatetime | None
    contacted_at: AwareDatetime | None
    snoozed_until: AwareDatetime | None
    merged_into: str | None = Field(description="the escalation that leads this one")
    reopens: str | None = Field(description="the one before it")
    resolved_at: AwareDatetime | None
    outcome: Outcome | None


class EscalationsAsked(PageAsked):
    client_id: Id | None = None
    open: YesOrNo | None = Field(default=None, description="true: those that are not resolved")


class AcknowledgeSaid(Asked):
    by: Email = Field(description="the member of staff who takes it")


class ResolveSaid(AcknowledgeSaid):
    outcome: Outcome
    note: str = Field(default="", max_length=LONGEST_NOTE, pattern=WITHOUT_CONTROLS, description="for staff")


async def list_escalations(call: Call, asked: EscalationsAsked) -> Answer:
    after = place_of(asked.cursor, AN_ID)
    ask = partial(api_reads.escalations_after, sight=call.sight, after=after, limit=asked.limit + 1)
    found = await call.read(partial(ask, client_id=asked.client_id, is_open=asked.open))
    return Answer(Page[Escalation](**page_of([(one.id, shape(one)) for one in found], asked.limit)))


async def show_escalation(call: Call, _asked: Nothing) -> Answer:
    return Answer(shape(await _escalation(call)))


async def acknowledge_escalation(call: Call, said: AcknowledgeSaid) -> Answer:
    """The first who takes it has it; a second time changes nothing."""
    one = await _escalation(call)
    by = await call.acting(said.by, Right.ANSWER, one.client_id)
    take = partial(escalations.acknowledge, escalation_id=one.id, staff_id=by.staff_id, now=call.now)
    try:
        await call.write(take)
    except TooLateError:
        raise ApiError(ProblemKind.CONFLICT, "It is resolved.") from None
    return Answer(shape(await _escalation(call)))


async def resolve_escalation(call: Call, said: ResolveSaid) -> Answer:
    """One that is resolved stays as it is."""
    one = await _escalation(call)
    by = await call.acting(said.by, Right.ANSWER, one.client_id)
    closing = Closing(said.outcome, said.note)
    await call.request.app[WRITER].resolve(one.id, closing, by.staff_id)
    return Answer(shape(await _escalation(call)))


async def _escalation(call: Call) -> ApiEscalation:
    ask = partial(api_reads.escalation, escalation_id=call.path["escalation_id"], sight=call.sight)
    return await call.read(ask)


def shape(one: ApiEscalation) -> Escalation:
    return Escalation(**asdict(one))
