"""Visits, as a case system feeds them in and reads what became of them."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from functools import partial
from http.client import CREATED, OK
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.exc import IntegrityError

from bot.api.calls import Answer, Call
from bot.api.problems import ApiError, ProblemKind, refused
from bot.api.shapes import EXTERNAL_ID, LABEL, LEFT_OUT, Asked, Id, Moment, Nothing, Page, PageAsked, page_of, place_of
from bot.imports import cells
from bot.keys import WRITER
from bot.staff.visits.visit_draft import CLOSED_BY, fits
from conversations.events import VisitChanged
from conversations.visits import LONGEST, VisitEvent, VisitStatus
from records import api_reads, visits
from records.api_reads import ApiVisit, VisitsAsked
from records.errors import NotFoundError
from records.import_verdicts import Judged, Verdict
from records.visit_imports import FAILED, WantedVisit

PLACE = re.compile(r"[0-9a-f]{32}\.[0-9]{1,6}")


class Visit(BaseModel):
    client_id: str
    number: int = Field(description="counts from 1 within the client")
    external_id: str | None = Field(description="your id of it; null where it was entered here")
    starts_at: AwareDatetime
    place: str
    bring: str
    by_phone: bool
    status: VisitStatus
    worker_email: str = Field(description="whom they meet")
    changed_at: AwareDatetime


class VisitListAsked(PageAsked):
    client_id: Id | None = None
    status: VisitStatus | None = None
    since: Moment | None = Field(default=None, description="those that start then or later")
    until: Moment | None = Field(default=None, description="those that start before")
    changed_since: Moment | None = Field(default=None, description="those that changed then or later")


SOMEWHERE: dict[str, Any] = {
    "anyOf": [{"required": ["place"]}, {"required": ["by_phone"], "properties": {"by_phone": {"const": True}}}]
}


class VisitSaid(Asked):
    """A visit as the case system has it. What it said last is compared, so a client's own move is not undone."""

    model_config = ConfigDict(json_schema_extra=SOMEWHERE)

    client_external_id: str = Field(pattern=EXTERNAL_ID, description="your id of the client", examples=["C-20417"])
    starts_at: Moment = Field(description="in the office's hours, within a year", examples=["2027-03-02T17:00:00Z"])
    place: Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=LABEL, examples=["Oak St"])] = LEFT_OUT
    bring: Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=LABEL, examples=["your ID"])] = LEFT_OUT
    by_phone: bool = False
    status: Literal["planned", "ended_by_office"] = "planned"

    @model_validator(mode="after")
    def _is_somewhere(self) -> VisitSaid:
        if not self.place and not self.by_phone:
            raise ValueError("place is needed, unless by_phone is true")
        return self


class VisitPut(BaseModel):
    verdict: Verdict = Field(description="`new`, `changed`, `moved`, `ended` or `same`")
    changed: list[str]
    visit: Visit | None = Field(description="null where it was ended before it was ever here")


class ClosingSaid(Asked):
    what: Literal["attended", "missed", "ended_by_office"]


async def list_visits(call: Call, asked: VisitListAsked) -> Answer:
    place = place_of(asked.cursor, PLACE)
    client_id, _, number = place.partition(".") if place else ("", "", "")
    wanted = VisitsAsked(asked.client_id, asked.status, asked.since, asked.until, asked.changed_since)
    after = (client_id, int(number)) if place else None
    ask = partial(api_reads.visits_after, sight=call.sight, after=after, limit=asked.limit + 1, asked=wanted)
    found = [(f"{one.client_id}.{one.number}", shape(one)) for one in await call.read(ask)]
    return Answer(Page[Visit](**page_of(found, asked.limit)))


async def show_visit(call: Call, _asked: Nothing) -> Answer:
    return Answer(shape(await _visit(call)))


async def show_visit_by_external_id(call: Call, _asked: Nothing) -> Answer:
    found = await _by_external_id(call)
    if found is None:
        raise NotFoundError
    return Answer(found)


async def put_visit(call: Call, said: VisitSaid) -> Answer:
    """The client is texted about it as if a worker had entered, moved or ended it."""
    external_id = call.path["external_id"]
    place, bring = cells.words(said.place), cells.words(said.bring)
    amiss = [("place", each) for each in cells.amiss("place", place, LONGEST)]
    amiss += [("bring", each) for each in cells.amiss("bring", bring, LONGEST)]
    if amiss:
        raise refused(*amiss)
    client = await call.read(
        partial(api_reads.client_by_external_id, external_id=said.client_external_id, sight=call.sight)
    )
    local = said.starts_at.astimezone(ZoneInfo(client.zone))
    wanted = WantedVisit(
        number="",
        first_name="",
        external_id=external_id,
        on=local.date(),
        at=local.time(),
        place=place,
        bring=bring,
        by_phone=said.by_phone,
        ended=said.status == "ended_by_office",
        worker_id=None,
    )
    try:
        put = await call.request.app[WRITER].put_visit(said.client_external_id, wanted, call.sight, call.token.id)
    except IntegrityError:
        raise ApiError(ProblemKind.CONFLICT, "Another call put the same visit. Send it again.") from None
    return await _put(call, put.judged)


async def close_visit(call: Call, said: ClosingSaid) -> Answer:
    """Said twice, it is done once. A slip between attended and missed can be put right."""
    await _visit(call)
    client_id, number, what = call.path["client_id"], int(call.path["number"]), VisitEvent(said.what)
    one = (await call.read(partial(visits.visit, client_id=client_id, number=number, sight=call.sight))).visit
    status = CLOSED_BY[what]
    if one.status is not status:
        if not fits(one, status, begun=one.starts_at <= call.now):
            raise ApiError(ProblemKind.CONFLICT, f"The visit is {one.status}, so it cannot be {status} now.")
        event = VisitChanged(replace(one, status=status), what)
        await call.request.app[WRITER].act(client_id, event, call.token.id)
    return Answer(shape(await _visit(call)))


async def _put(call: Call, judged: Judged) -> Answer:
    if judged.verdict is Verdict.BAD:
        if FAILED in judged.reasons:
            raise ApiError(ProblemKind.BROKEN)
        raise refused(("starts_at", judged.reasons[0]))
    visit = await _by_external_id(call)
    shown = VisitPut(verdict=judged.verdict, changed=list(judged.reasons), visit=visit)
    return Answer(shown, CREATED if judged.verdict is Verdict.NEW else OK)


async def _by_external_id(call: Call) -> Visit | None:
    ask = partial(api_reads.visits_by_external_id, external_id=call.path["external_id"], sight=call.sight)
    found = await call.read(ask)
    return shape(found[0]) if found else None


async def _visit(call: Call) -> ApiVisit:
    ask = partial(api_reads.visit, client_id=call.path["client_id"], number=int(call.path["number"]), sight=call.sight)
    return await call.read(ask)


def shape(one: ApiVisit) -> Visit:
    return Visit(**asdict(one))
