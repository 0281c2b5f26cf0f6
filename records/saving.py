"""Saving what was decided, for many clients at once: effects become rows, and rows one statement a table."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from conversations.effects import (
    CancelNudges,
    ChangeConsent,
    ChangeMode,
    CountIdle,
    Effect,
    EndHold,
    HoldTexts,
    HoldTimes,
    KeepAnswer,
    KeepIdea,
    KeepRoadmap,
    PlanNudge,
    ReviewStep,
    SaveGoal,
    SaveReminder,
    SaveTalk,
    SaveVisit,
    SetPreference,
    SettleNudge,
    TakeTime,
    TellWorker,
    Texted,
)
from records import (
    client_saving,
    consent,
    engagement,
    escalation_saving,
    goal_saving,
    nudge_saving,
    reminder_saving,
    roadmap_saving,
    talk_saving,
    text_saving,
    unopened,
    visit_saving,
)
from records.batch import Batch, Cause, OneClient
from records.channels import ChannelName
from records.engagement import BOT, Kind, entry
from records.prepared import together
from records.situations import Loaded
from records.states import MessageState

_SAVE: Mapping[type, Callable[[OneClient, Any], None]] = {
    Texted: text_saving.text,
    SaveTalk: talk_saving.talk,
    KeepIdea: talk_saving.idea,
    KeepRoadmap: roadmap_saving.roadmap,
    KeepAnswer: talk_saving.answer,
    ChangeConsent: client_saving.consent,
    ChangeMode: client_saving.mode,
    HoldTexts: client_saving.hold,
    EndHold: client_saving.end_hold,
    CountIdle: client_saving.idle,
    SetPreference: client_saving.preference,
    SaveGoal: goal_saving.goal,
    ReviewStep: goal_saving.review,
    SaveVisit: visit_saving.visit,
    HoldTimes: visit_saving.hold_times,
    TakeTime: visit_saving.take_time,
    SaveReminder: reminder_saving.reminder,
    CancelNudges: nudge_saving.cancel,
    PlanNudge: nudge_saving.plan,
    SettleNudge: nudge_saving.settle,
    TellWorker: escalation_saving.tell,
}

_STATEMENTS = (
    client_saving.UPDATE,
    nudge_saving.INSERT,
    nudge_saving.UPDATE,
    text_saving.INSERT,
    talk_saving.DELETE_TALKS,
    talk_saving.UPSERT_TALKS,
    goal_saving.UPSERT_GOALS,
    goal_saving.UPSERT_STEPS,
    goal_saving.INSERT_EVENTS,
    talk_saving.INSERT_IDEAS,
    roadmap_saving.UPSERT,
    talk_saving.INSERT_ANSWERS,
    visit_saving.UPSERT,
    visit_saving.UPDATE_TIMES,
    reminder_saving.UPSERT,
    client_saving.INSERT_CONSENT,
)
"""In the order in which one table needs the other."""


def add(batch: Batch, loaded: Loaded, effects: Sequence[Effect], cause: Cause) -> None:
    """What follows for one client. Raises TypeError for an effect that still waits for a plan or for words."""
    one = OneClient(batch, loaded, cause)
    for effect in effects:
        save = _SAVE.get(type(effect))
        if save is None:
            raise TypeError(f"{type(effect).__name__} is no final effect")
        save(one, effect)
    nudge_saving.finish(one)
    escalation_saving.finish(one)


def heard(batch: Batch, loaded: Loaded, message_ids: Sequence[str], channel: ChannelName = ChannelName.SMS) -> None:
    """The client texted on this channel: these messages of theirs are new to us."""
    one = OneClient(batch, loaded, Cause(engagement.CLIENT))
    client_saving.change(one, last_heard_at=batch.now, spoke_on=channel)
    if channel is ChannelName.WHATSAPP:
        client_saving.change(one, whatsapp_at=batch.now)
    client_saving.wrote_on(one, channel)
    for message_id in message_ids:
        one.log(Kind.TEXT_IN, message_id=message_id)


def set_aside(batch: Batch, loaded: Loaded, cause: Cause, reason: str) -> None:
    """Our own code failed on what happened to this client."""
    OneClient(batch, loaded, cause).log(Kind.SET_ASIDE, reason=reason, actor=BOT, message_id=cause.message_id)


def write(batch: Batch, connection: Connection) -> None:
    if batch.taken_back:
        _take_back(batch, connection)
    for client_id in batch.rerouted:
        unopened.look_at_all_of(connection, client_id)
    has_news = escalation_saving.is_needed(batch)
    with together(connection):
        for statement in _STATEMENTS:
            statement.run(connection, batch.of(statement))
        if not has_news:
            engagement.append(connection, batch.log)
    if has_news:  # and so more lines for the log
        escalation_saving.write(batch, connection)
        engagement.append(connection, batch.log)


def _take_back(batch: Batch, connection: Connection) -> None:
    """Texts of before that have not left. Those of this very decision come after.

    Where nothing may begin to leave any more, what has been claimed a moment ago gets the time to be on its way, or to
    find that its claim is too old to act on.
    """
    for taken in batch.taken_back:
        for message_id in consent.cancel_messages(connection, taken.client_id, taken.keeps, taken.reason):
            worker_id, language = batch.people[taken.client_id]
            batch.log.append(
                entry(
                    Kind.TEXT_STATUS,
                    batch.now,
                    client_id=taken.client_id,
                    worker_id=worker_id,
                    language=language,
                    subject=MessageState.CANCELLED,
                    reason=taken.reason,
                    message_id=message_id,
                )
            )
    at_once = [taken.client_id for taken in batch.taken_back if taken.at_once]
    if at_once and consent.any_claimed(connection, at_once):
        time.sleep(consent.CLAIM_HOLDS.total_seconds())
