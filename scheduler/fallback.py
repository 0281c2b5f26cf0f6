"""What was not opened in the web chat goes by SMS: the same text, on one channel at a time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from conversations.county import County
from records import unopened
from scheduler.unopened import by_sms_at

AT_ONCE = 100


def fall_back(connection: Connection, county: County, now: datetime) -> int:
    """Take up to 100 that it is time to look at; gives how many. Any number of processes may do this at once."""
    found = unopened.due(connection, now, AT_ONCE)
    expired: list[str] = []
    later: dict[str, datetime] = {}
    for one in found:
        at = by_sms_at(one, county, now)
        if one.expires_at <= now:
            expired.append(one.message_id)
        elif at is not None and at <= now:
            unopened.goes_by_sms(connection, one, now)
        else:
            later[one.message_id] = at or one.expires_at
    unopened.look_again(connection, later)
    unopened.expire(connection, expired, now)
    return len(found)
