"""Who has an escalation that nobody took, and whom it calls (domain guide 7.1, 7.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from conversations.county import County
from conversations.escalations import PRESSING
from records import hook_queue

WORKER = "worker"
TEAM = "team"
SUPERVISOR = "supervisor"
MANAGER = "manager"
"""The values of `held_by`, from the first to the last."""

REPEATED = "repeated"
REASSIGNED = "reassigned"
BACK = "back"
"""Occasions beside those of `hook_queue`; what follows their colon only tells one from the next."""


def call(connection: Connection, county: County, item: Mapping[str, Any], occasion: str, now: datetime) -> None:
    """Tell who is concerned, if it is for this item to call. `item` has all columns."""
    hook_queue.put(connection, calls(county, item, occasion, now))


def calls(county: County, item: Mapping[str, Any], occasion: str, now: datetime) -> list[hook_queue.Row]:
    """An item calls when it leads, or is pressing."""
    speaks = item["merged_into"] is None or item["level"] in PRESSING
    return hook_queue.rows(county, item, occasion, now) if speaks else []


def at(occasion: str, moment: datetime) -> str:
    """An occasion that can come again."""
    return f"{occasion}:{moment:%Y-%m-%dT%H:%M:%S}"
