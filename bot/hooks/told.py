"""What an event looks like on its way, in the shape of Standard Webhooks: ids and a link, nothing of anybody's."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

from records.webhook_endpoints import Event, Happening

API = "/api/v1"


class About(BaseModel):
    id: str = Field(description="of the row of the log, and of the delivery: `webhook-id`")
    kind: str = Field(description="what happened, as the log has it", examples=["visit_moved"])
    client_id: str | None
    link: str = Field(description="where to read it, with a token")


class Told(BaseModel):
    """One event. It may come twice, with the same id."""

    type: Event | Literal["webhook.test"]
    timestamp: AwareDatetime
    data: About


def told(one: Happening, public_url: str) -> Told:
    about = About(id=one.id, kind=one.kind, client_id=one.client_id, link=f"{public_url}{API}{_path(one)}")
    return Told(type=one.event, timestamp=one.at, data=about)


def a_test(test_id: str, now: datetime, public_url: str) -> Told:
    about = About(id=test_id, kind="test", client_id=None, link=f"{public_url}{API}/openapi.json")
    return Told(type="webhook.test", timestamp=now, data=about)


def _path(one: Happening) -> str:
    """Of the record, where the row names it; else of the row."""
    if one.event in (Event.CLIENT_CHANGED, Event.CONSENT_CHANGED):
        return f"/clients/{one.client_id}"
    if one.event is Event.VISIT_CHANGED:
        return f"/clients/{one.client_id}/visits/{one.subject}"
    for name, path in (("escalation", "/escalations"), ("nudge", "/nudges")):
        if name in one.detail:
            return f"{path}/{one.detail[name]}"
    return f"/log/{one.id}"
