"""The measures of a month, as they may be published: with what was counted, and no number that tells of a few."""

from __future__ import annotations

from functools import partial

from pydantic import AwareDatetime, BaseModel, Field

from bot import measuring
from bot.api.calls import Answer, Call
from bot.api.problems import ApiError, ProblemKind
from bot.api.shapes import Query
from bot.keys import COUNTY, LANGUAGES, READER, WRITER
from records.measures import kept, period
from records.measures.figures import PUBLISHED, Unit
from records.measures.register import MEASURES

A_MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"


class Counted(BaseModel):
    label: str = Field(description="which figure of the measure; stays the same")
    numerator: int | None
    denominator: float | None
    value: float | None = Field(description="in `unit`; null where there is nothing to divide by")
    unit: Unit = Field(description="a `share` is from 0 to 1; `per_week` is texts of a client in a week")
    hidden: bool = Field(description=f"it would tell of fewer than {PUBLISHED} people, so its numbers are null")


class Measured(BaseModel):
    id: str = Field(examples=["M3"])
    name: str
    numerator: str = Field(description="what is counted")
    denominator: str = Field(description="out of what")
    excludes: str
    note: str
    version: int = Field(description="of the definition: numbers of two versions are not to be compared")
    not_yet: str = Field(description="why it cannot be counted yet; else empty")
    figures: list[Counted]


class MeasuredMonth(BaseModel):
    month: str = Field(examples=["2027-03"])
    counted_at: AwareDatetime | None = Field(description="null once the month is settled: its numbers stay")
    measures: list[Measured]


class MonthAsked(Query):
    month: str | None = Field(
        default=None, pattern=A_MONTH, description="of the county's calendar; left out, the last that is over"
    )


async def show_measures(call: Call, asked: MonthAsked) -> Answer:
    """A team's are hidden, too, where those of the county and the other teams would give away another team's few."""
    app, scope = call.request.app, kept.of(call.sight)
    list_months = partial(period.months_since_the_first, now=call.now, county=app[COUNTY], languages=app[LANGUAGES])
    months = (await call.read(list_months))[::-1]
    month = next((one for one in months if kept.name(one) == asked.month), None)
    if month is None and asked.month is not None:
        raise ApiError(ProblemKind.NOT_FOUND, "There are no numbers of that month.")
    month = month or months[min(1, len(months) - 1)]
    counted = await measuring.count(app[READER], app[WRITER], MEASURES, month, scope)
    shown = await measuring.published(app[READER], app[WRITER], month, scope)
    found = [
        Measured(
            id=one.id,
            name=one.name,
            numerator=one.numerator,
            denominator=one.denominator,
            excludes=one.excludes,
            note=one.note,
            version=one.version,
            not_yet=one.not_yet,
            figures=[
                Counted(
                    label=figure.label,
                    numerator=figure.numerator,
                    denominator=figure.denominator,
                    value=figure.value,
                    unit=figure.unit,
                    hidden=figure.hidden,
                )
                for figure in shown[one.id]
                if not figure.item
            ],
        )
        for one in MEASURES
    ]
    at = measuring.counted_at(counted)
    return Answer(MeasuredMonth(month=kept.name(month), counted_at=at, measures=found))
