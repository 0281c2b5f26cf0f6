"""What changes about a client: consent, who answers, what they set, what is held back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from conversations.effects import (
    ChangeConsent,
    ChangeMode,
    CountIdle,
    EndHold,
    HoldTexts,
    Preference,
    SetPreference,
)
from conversations.nudges import END_WITH_CONSENT
from conversations.situation import Consent, Mode
from records import consent as rules
from records.batch import OneClient, TakenBack
from records.bulk import inserting, updating
from records.channels import ChannelName, as_stored, switched_off
from records.engagement import Kind
from records.ids import new_id
from records.situations import CHANGING
from records.tables import clients, consent_events

UPDATE = updating(clients, CHANGING)
INSERT_CONSENT = inserting(consent_events, consent_events.c.keys())


def change(one: OneClient, **changes: Any) -> None:  # noqa: ANN401  columns of all types
    """Columns among CHANGING."""
    row = one.batch.found(UPDATE, one.client.id)
    if row is None:
        row = {"id": one.client.id, **one.loaded.stored}
        one.batch.put(UPDATE, one.client.id, row)
    row.update(changes)


def consent(one: OneClient, effect: ChangeConsent) -> None:
    """With the exact words the client saw, in their language (domain guide 6.1). No silence leaves anything queued."""
    change(one, consent=effect.to, **({"consented_at": one.now} if effect.to is Consent.ACTIVE else {}))
    shown = effect.shown if isinstance(effect.shown, str) else effect.shown.text
    row = {
        "id": new_id(one.now),
        "client_id": one.client.id,
        "at": one.now,
        "to": effect.to,
        "channel": effect.channel or one.cause.channel,
        "language": one.language,
        "exact_text": shown,
        "evidence_message_id": one.cause.message_id,
        "actor": one.cause.actor,
    }
    one.batch.add(INSERT_CONSENT, row)
    one.log(Kind.CONSENT_CHANGED, effect.to, message_id=one.cause.message_id)
    if effect.to in rules.SILENT:
        one.batch.taken_back.append(TakenBack(one.client.id, frozenset(), rules.REASON, at_once=True))
        one.loaded.book.cancel(END_WITH_CONSENT, rules.REASON)


def mode(one: OneClient, effect: ChangeMode) -> None:
    change(one, mode=effect.to)
    one.log(Kind.MODE_CHANGED, effect.to, effect.reason, message_id=one.cause.message_id)
    if effect.to is not Mode.BOT:
        at_once = effect.to is Mode.SILENT
        one.batch.taken_back.append(
            TakenBack(one.client.id, rules.MODE_LETS[effect.to], f"mode is {effect.to}", at_once=at_once)
        )


def hold(one: OneClient, effect: HoldTexts) -> None:
    held = one.situation.hold
    until = effect.until.astimezone(UTC)
    if held is not None and held.until >= until:
        return
    change(one, held_until=until, held_because=effect.reason)
    detail = {"until": until.isoformat()}
    one.log(Kind.TEXTS_HELD, effect.reason, effect.why, message_id=one.cause.message_id, detail=detail)


def end_hold(one: OneClient, _effect: EndHold) -> None:
    if one.situation.hold is None:
        return
    change(one, held_until=None, held_because="")
    one.log(Kind.HOLD_ENDED, one.situation.hold.reason, message_id=one.cause.message_id)


def idle(one: OneClient, effect: CountIdle) -> None:
    now = effect.idle
    change(one, idle_replies=now.replies, idle_since=now.since, last_said=now.last_said)


def preference(one: OneClient, effect: SetPreference) -> None:
    change(one, **{effect.what.value: _VALUE[effect.what](effect.value)})
    one.log(Kind.PREFERENCE_SET, effect.what, effect.heard, detail={"value": effect.value})
    if effect.what is Preference.CHANNELS_OFF:
        one.batch.rerouted.append(one.client.id)
    if effect.what is Preference.LANGUAGE:
        one.language = effect.value


_VALUE: Mapping[Preference, Callable[[str], Any]] = {
    Preference.LANGUAGE: str,
    Preference.PHONE_IS_SHARED: lambda value: value == "yes",
    Preference.PART_OF_DAY: lambda value: value or None,
    Preference.RHYTHM: str,
    Preference.RESTING_UNTIL: lambda value: datetime.fromisoformat(value) if value else None,
    Preference.PREFERRED_CHANNEL: lambda value: ChannelName(value).value,
    Preference.CHANNELS_OFF: lambda value: as_stored(switched_off(value)),
}


def wrote_on(one: OneClient, channel: ChannelName) -> None:
    """A channel that they switched off, or that did not reach them, is on again once they write there.

    But for SMS: that is where everything goes that can go nowhere else, so it stays off until they say otherwise.
    """
    off = switched_off(one.loaded.stored["channels_off"])
    if channel not in off or channel is ChannelName.SMS:
        return
    now_off = as_stored(off - {channel})
    change(one, channels_off=now_off)
    one.log(Kind.PREFERENCE_SET, Preference.CHANNELS_OFF, channel, detail={"value": now_off})
