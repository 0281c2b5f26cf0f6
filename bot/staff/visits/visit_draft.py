"""A visit that is about to be entered, moved or closed: what is amiss with it, and what to think of. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.staff import fields
from bot.wording import _
from conversations.county import County
from conversations.office_hours import is_open
from conversations.situation import Client
from conversations.visits import AHEAD, FARTHEST, LONGEST, Visit, VisitEvent, VisitStatus

CLOSED_BY = {
    VisitEvent.ATTENDED: VisitStatus.ATTENDED,
    VisitEvent.MISSED: VisitStatus.MISSED,
    VisitEvent.ENDED_BY_OFFICE: VisitStatus.ENDED_BY_OFFICE,
}
HELD = frozenset({VisitStatus.ATTENDED, VisitStatus.MISSED})


@dataclass(frozen=True, slots=True)
class VisitDraft:
    """The form as it was filled in. `date` and `time` are the client's wall clock; `anyway` means odd hours."""

    token: str = ""
    date: str = ""
    time: str = ""
    place: str = ""
    bring: str = ""
    by_phone: bool = False
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class Weighed:
    """`problems` by field. `asks` is a doubt that a tick puts aside; `starts_at` is aware, None unless all is well."""

    problems: Mapping[str, str] = field(default_factory=dict)
    asks: str = ""
    starts_at: datetime | None = None


def as_it_stands(visit: Visit, client: Client) -> VisitDraft:
    starts = visit.starts_at.astimezone(client.zone)
    return VisitDraft(
        date=f"{starts:%Y-%m-%d}",
        time=f"{starts:%H:%M}",
        place=visit.place,
        bring=visit.bring,
        by_phone=visit.by_phone,
    )


def weigh(draft: VisitDraft, client: Client, county: County, now: datetime) -> Weighed:
    problems: dict[str, str] = {}
    starts_at = fields.moment(draft.date, draft.time, client.zone, problems)
    if starts_at is not None and starts_at <= now:
        problems["date"] = _("That moment is over.")
    elif starts_at is not None and starts_at > now + FARTHEST:
        problems["date"] = _("Choose a day within a year.")
    if not draft.place and not draft.by_phone:
        problems["place"] = _("Say where, as the client knows it.")
    for name, words in (("place", draft.place), ("bring", draft.bring)):
        if len(words) > LONGEST:
            problems[name] = _(
                "A text has room for %(longest)s characters here; this has %(words)s.",
                longest=LONGEST,
                words=len(words),
            )
    asks = ""
    if starts_at is not None and not problems and not draft.anyway and not is_open(starts_at, county):
        asks = _("The office is closed then.")
    return Weighed(problems, asks, None if problems or asks else starts_at)


def fits(visit: Visit, status: VisitStatus, *, begun: bool) -> bool:
    """How it went is known once it began; what is to come can be ended."""
    if status is VisitStatus.ENDED_BY_OFFICE:
        return visit.status in AHEAD
    return begun and visit.status in AHEAD | HELD
