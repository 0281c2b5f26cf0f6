"""Texts that a case system schedules in a worker's name, weighed as a worker's own are; and what else falls due."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import partial
from http.client import CREATED
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Connection

from bot.api.calls import Answer, Call
from bot.api.problems import ApiError, ProblemKind, refused
from bot.api.shapes import (
    AN_ID,
    LABEL,
    LEFT_OUT,
    WITHOUT_CONTROLS,
    Asked,
    Email,
    Id,
    Moment,
    Nothing,
    Page,
    PageAsked,
    page_of,
    place_of,
)
from bot.staff.writing.desk import desk_of
from bot.staff.writing.draft import FARTHEST, LONGEST, LONGEST_NAME, OWN, filled, going, shown, words_amiss
from conversations.nudges import NudgeKind, NudgeState
from conversations.situation import Consent
from conversations.worker_templates import WORKER_TEMPLATES
from records import api_reads, worker_nudges
from records.api_reads import ApiNudge
from records.case_system import Person
from records.errors import TooLateError
from records.roles import Right
from records.worker_nudges import ASKED_FOR, Wish


class Nudge(BaseModel):
    id: str
    client_id: str
    kind: NudgeKind
    state: NudgeState
    due_at: AwareDatetime = Field(description="when the rules let it go, as far as one can know today")
    wanted_at: AwareDatetime = Field(description="when it was to go")
    reason: str = Field(description="why not then, or why not at all: a word of ours", examples=["quiet_hours"])
    words: str = Field(description="as the phone shows it; empty for what Milepost words itself")
    template: str
    created_at: AwareDatetime


class NudgesAsked(PageAsked):
    client_id: Id | None = None
    state: NudgeState | None = None


def _is_template(name: str) -> str:
    if name not in WORKER_TEMPLATES:
        raise ValueError(f"must be one of {', '.join(WORKER_TEMPLATES)}")
    return name


Template = Annotated[str, AfterValidator(_is_template), Field(json_schema_extra={"enum": sorted(WORKER_TEMPLATES)})]
EITHER: dict[str, Any] = {"oneOf": [{"required": ["template"]}, {"required": ["words"]}]}


class NudgeSaid(Asked):
    """Either a reviewed template, which speaks the client's language, or words as they are to be read."""

    model_config = ConfigDict(json_schema_extra=EITHER)

    client_id: Id
    by: Email = Field(description="the member of staff in whose name it goes")
    at: Moment = Field(description="when it is to go, within a year", examples=["2027-03-02T17:00:00Z"])
    template: Template = LEFT_OUT
    words: Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=WITHOUT_CONTROLS)] = LEFT_OUT
    put_by: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, pattern=LABEL, examples=["Luz"])] = LEFT_OUT
    """Who put the words into the client's language, where `by` does not write it."""

    @model_validator(mode="after")
    def _says_one_thing(self) -> NudgeSaid:
        if len(self.model_fields_set & {"template", "words"}) != 1:
            raise ValueError("give either template or words")
        return self


class CancelSaid(Asked):
    by: Email = Field(description="the member of staff who cancels it")


async def list_nudges(call: Call, asked: NudgesAsked) -> Answer:
    after = place_of(asked.cursor, AN_ID)
    ask = partial(api_reads.nudges_after, sight=call.sight, after=after, limit=asked.limit + 1)
    found = await call.read(partial(ask, client_id=asked.client_id, state=asked.state))
    return Answer(Page[Nudge](**page_of([(one.id, shape(one)) for one in found], asked.limit)))


async def show_nudge(call: Call, _asked: Nothing) -> Answer:
    return Answer(shape(await _nudge(call, call.path["nudge_id"])))


async def schedule_nudge(call: Call, said: NudgeSaid) -> Answer:
    """It waits for the next moment that the hours, the days of rest and the caps allow; `due_at` says which."""
    made = await call.made_before(said)
    if made is None:
        await call.read(partial(api_reads.client, client_id=said.client_id, sight=call.sight))
        by, now = await call.acting(said.by, Right.TEXT, said.client_id), call.now
        wish = await _weighed(call, said, by)

        def keep(connection: Connection, nudge_id: str) -> None:
            worker_nudges.schedule(connection, nudge_id, said.client_id, wish, by.staff_id, now)

        made = await call.once(said, keep)
    return Answer(shape(await _nudge(call, made)), CREATED)


async def cancel_nudge(call: Call, said: CancelSaid) -> Answer:
    """One that is cancelled stays so; what is on its way or over cannot be cancelled."""
    one = await _nudge(call, call.path["nudge_id"])
    by = await call.acting(said.by, Right.TEXT, one.client_id)
    if one.state != NudgeState.CANCELLED:
        if one.kind not in ASKED_FOR:
            raise ApiError(ProblemKind.CONFLICT, "Milepost planned it by itself, so the client decides about it.")
        cancel = partial(worker_nudges.cancel, nudge_id=one.id, staff_id=by.staff_id, now=call.now)
        try:
            await call.write(cancel)
        except TooLateError:
            raise ApiError(ProblemKind.CONFLICT, "It is on its way, or over.") from None
    return Answer(shape(await _nudge(call, one.id)))


async def _weighed(call: Call, said: NudgeSaid, by: Person) -> Wish:
    """Raises ApiError for what cannot be scheduled, and NotFoundError."""
    desk = await desk_of(call.request, call, said.client_id)
    if desk.situation.client.consent is not Consent.ACTIVE:
        raise ApiError(ProblemKind.CONFLICT, "This client does not get texts just now, so nothing can be scheduled.")
    if not call.now < said.at <= call.now + FARTHEST:
        raise refused(("at", "must be to come, and within a year"))
    around = replace(desk.around, writes=desk.around.language.code in by.writes)
    phone = shown(said.template or OWN, filled(said.words.strip(), around), around)
    if phone is None:
        raise refused(("words", "say nothing"))
    if said.words and (amiss := words_amiss(said.words, said.put_by, around)):
        raise refused(*amiss.items())
    goes = going(said.at, around, {})
    if goes is None:
        raise refused(("at", "leaves no moment that the county's hours and holidays allow"))
    put_by = said.put_by if said.words else ""
    return Wish(phone.body, said.template, goes.at, goes.wanted, goes.reason, put_by=put_by)


async def _nudge(call: Call, nudge_id: str) -> ApiNudge:
    return await call.read(partial(api_reads.nudge, nudge_id=nudge_id, sight=call.sight))


def shape(one: ApiNudge) -> Nudge:
    return Nudge(**asdict(one))
