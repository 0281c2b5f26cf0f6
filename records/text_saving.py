"""A text to a client becomes a row that is due to leave."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from conversations.county import County
from conversations.effects import Purpose, Texted
from records import client_saving, escalation_saving
from records.batch import OneClient, Row
from records.bulk import inserting
from records.engagement import BOT, CLIENT, Kind
from records.ids import new_id
from records.states import ANSWER, UNPROMPTED, MessageState
from records.tables import messages

ANSWER_FIRST = frozenset({Purpose.REPLY, Purpose.LEGAL, Purpose.CRISIS, Purpose.HUMAN})
USEFUL = timedelta(hours=12)
"""How long an answer is worth sending. Unprompted texts are worth sending until the day's sending hours end."""
AT_LEAST = timedelta(hours=1)

LATER_KNOWN = frozenset({"by_sms_at"})
INSERT = inserting(messages, [column.name for column in messages.c if column.name not in LATER_KNOWN])


def text(one: OneClient, effect: Texted) -> None:
    row = outgoing(
        effect, one.loaded.number, one.now, expires(effect.purpose, one.client.zone, one.batch.county, one.now)
    )
    nudge, author = one.sent_nudge, _author(one, effect)
    row.update(client_id=one.client.id, nudge_id=nudge.id if nudge else None, author=author)
    if one.cause.actor == CLIENT:
        row["channel"] = one.cause.spoke_on
    row["campaign"] = nudge.campaign if nudge else None
    one.batch.add(INSERT, row)
    one.language, before = effect.language, one.language
    detail = {"template": effect.template}
    one.log(Kind.TEXT_OUT, effect.purpose, actor=author, message_id=row["id"], detail=detail)
    one.language = before
    if effect.purpose is Purpose.HUMAN:
        client_saving.change(one, person_wrote_at=one.now)
        escalation_saving.contacted(one)
    elif effect.purpose is Purpose.CRISIS:
        client_saving.change(one, warned_at=one.now)


def _author(one: OneClient, effect: Texted) -> str:
    """A person's own words are that person's: those of a nudge, or of this moment."""
    if effect.purpose is Purpose.HUMAN:
        return one.cause.actor
    nudge = one.sent_nudge
    return (nudge and not effect.template and nudge.created_by) or BOT


def outgoing(text: Texted, number: str, now: datetime, expires_at: datetime, channel: str = "") -> Row:
    """A text that is due to leave now, as a row of `messages`. Without a `channel` that is chosen when it leaves."""
    return {
        "id": new_id(now),
        "client_id": None,
        "number": number,
        "channel": channel,
        "direction": "out",
        "provider_id": None,
        "body": text.body,
        "redacted": False,
        "language": text.language,
        "segments": text.segments,
        "encoding": text.encoding,
        "purpose": text.purpose,
        "template": text.template,
        "author": BOT,
        "nudge_id": None,
        "state": MessageState.DUE,
        "reason": "",
        "error_code": None,
        "at": now,
        "due_at": now,
        "expires_at": expires_at,
        "priority": ANSWER if text.purpose in ANSWER_FIRST else UNPROMPTED,
        "attempts": 0,
        "campaign": None,
    }


def expires(purpose: Purpose, zone: ZoneInfo, county: County, now: datetime) -> datetime:
    """When a text stops being worth sending: nobody wants yesterday's reminder, or one at night (domain guide 6.6)."""
    if purpose in ANSWER_FIRST or purpose is Purpose.INVITE:
        return now + USEFUL
    closes = datetime.combine(now.astimezone(zone).date(), county.send_hours.closes, zone)
    return max(closes.astimezone(UTC), now + AT_LEAST)
