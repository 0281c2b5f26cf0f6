"""A little of everything that can have happened, for pages to show."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, insert, select, update

from bot.pictures.cleaning import cleaned
from bot.pictures.sealing import picture_cipher
from records import campaigns, client_groups, hook_queue, leaves, pictures, tables
from records import visits as visit_acts
from records.campaigns import NewCampaign
from records.client_groups import Group, Only
from records.engagement import Kind, append, entry
from records.ids import first_id, new_id
from records.pictures import WhyNot
from records.sight import EVERYBODY
from records.tables import (
    clients,
    consent_events,
    escalations,
    free_times,
    goals,
    messages,
    nudges,
    own_reminders,
    steps,
    visits,
)
from records.worker_nudges import Wish
from tests.bot.pictures import photo
from tests.staff.office import MONDAY, SECRET_KEY, Office

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NASTY = '<script>alert(1)</script> {worker} & "so"'


def text(client: str, body: str, at: datetime, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    row = {
        "id": new_id(at),
        "client_id": client,
        "number": "+17075550100",
        "direction": "out",
        "body": body,
        "language": "es",
        "segments": 1,
        "encoding": "GSM-7",
        "purpose": "reply",
        "template": "",
        "author": "bot",
        "state": "delivered",
        "reason": "",
        "error_code": None,
        "at": at,
        "due_at": at,
        "expires_at": at + DAY,
        "attempts": 1,
        "priority": 1,
    }
    return {**row, **more}


def nudge(client: str, kind: str, due: datetime, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    row = {
        "id": new_id(MONDAY),
        "client_id": client,
        "kind": kind,
        "key": f"{kind}:{due.isoformat()}",
        "subject": "1.1",
        "words": "",
        "template": "",
        "state": "planned",
        "due_at": due,
        "wanted_at": due,
        "held": 0,
        "version": 1,
        "reason": "",
        "created_by": None,
        "created_at": MONDAY,
    }
    return {**row, **more}


def live_a_little(office: Office | SimpleNamespace, connection: Connection) -> None:
    """Maria has a plan, texts of every fate and a worker's text to come; Joe waits for a person."""
    maria, joe = office.maria, office.joe
    goal = {
        "client_id": maria,
        "number": 1,
        "text": "Terminar mi GED",
        "meaning": "Quiero que mis hijos vean que sí se puede.",
        "difficulty": "just_right",
        "status": "active",
        "version": 2,
        "private": False,
        "shared": True,
        "setbacks": 0,
        "set_at": MONDAY - 6 * DAY,
    }
    connection.execute(insert(goals).values(goal))
    step: dict[str, Any] = {
        "client_id": maria,
        "goal": 1,
        "number": 1,
        "text": "Llamar a la escuela de adultos",
        "when": "2026-03-03T10:00-08:00",
        "due_at": MONDAY + DAY,
        "where": "en casa, con mi hermana",
        "support": "",
        "obstacle": "la niña se enferma",
        "detour": "llamar el jueves",
        "first_action": "buscar el número",
        "reminder": "that_morning",
        "status": "planned",
        "planned_at": MONDAY - 6 * DAY,
        "review": {},
    }
    connection.execute(insert(steps).values(step))
    said = [
        text(maria, "Hola Maria. ¿Qué le gustaría que fuera diferente en una semana?", MONDAY - 6 * DAY, language="es"),
        text(maria, "terminar mi GED", MONDAY - 6 * DAY + HOUR, direction="in", author="client", state="received"),
        text(maria, NASTY, MONDAY - 5 * DAY, direction="in", author="client", state="received"),
        text(
            maria,
            "¿Cómo le fue? 1 hecho, 2 una parte, 3 todavía no",
            MONDAY - 2 * DAY,
            encoding="UCS-2",
            purpose="check_in",
        ),
        text(maria, "Su paso es hoy.", MONDAY - DAY, state="failed", error_code=30003, purpose="reminder"),
        text(maria, "Le escribo pronto.", MONDAY - HOUR, state="due", author=office.ana, purpose="nudge", attempts=0),
        text(
            joe,
            "I need to talk to someone",
            MONDAY - 3 * HOUR,
            direction="in",
            author="client",
            state="received",
            language="en",
        ),
    ]
    for row in said:
        connection.execute(insert(messages).values(row))
    theirs = select(clients.c.number).where(clients.c.id == messages.c.client_id).scalar_subquery()
    connection.execute(update(messages).values(number=theirs))
    planned = [
        nudge(maria, "step_reminder", MONDAY + DAY - HOUR),
        nudge(maria, "check_in", MONDAY + 2 * DAY, reason="kept_for:step_reminder"),
        nudge(
            maria,
            "worker_nudge",
            MONDAY + 4 * DAY,
            words="Hola Maria, soy Ana. ¿Cómo puedo ayudar esta semana?",
            template="help",
            created_by=office.ana,
        ),
    ]
    for row in planned:
        connection.execute(insert(nudges).values(row))
    waits = [("asked_for_person", "U1", MONDAY - HOUR, 2), ("second_setback", "U2", MONDAY + DAY, 1)]
    for trigger, level, due, times in waits:
        row = {
            "id": new_id(MONDAY),
            "client_id": joe,
            "trigger": trigger,
            "level": level,
            "opened_at": MONDAY - 3 * HOUR,
            "due_at": due,
            "times": times,
            "assigned_to": office.ana,
        }
        connection.execute(insert(escalations).values(row))
    about: dict[str, Any] = {"client_id": maria, "worker_id": office.ana, "language": "es"}
    log = [
        entry(Kind.GOAL_SET, MONDAY - 6 * DAY, **about, actor="client", subject="1"),
        entry(Kind.TEXT_IN, MONDAY - 5 * DAY, **about, actor="client", message_id=said[2]["id"]),
        entry(Kind.NUDGE_HELD, MONDAY - 2 * DAY, **about, subject="check_in", reason="quiet_hours"),
        entry(
            Kind.TEXT_STATUS,
            MONDAY - DAY,
            **about,
            subject="failed",
            reason='=HYPERLINK("x")',
            message_id=said[4]["id"],
        ),
        entry(
            Kind.ESCALATION_OPENED,
            MONDAY - 3 * HOUR,
            client_id=joe,
            worker_id=office.ana,
            language="en",
            subject="asked_for_person",
        ),
        entry(
            Kind.CONSENT_CHANGED,
            MONDAY - HOUR,
            client_id=office.pat,
            worker_id=office.ben,
            language="en",
            subject="active",
        ),
    ]
    for nth, row in enumerate(log):  # as they were made at their own moments, and not all just now
        row["id"] = f"{int(first_id(row['at']), 16) + nth:032x}"
    append(connection, log)


def send_pictures(client: str, connection: Connection, *, at: datetime = MONDAY - 2 * HOUR) -> str:
    """One that is kept, whose id it gives; one on its way, and one that was not taken."""
    cipher, kept = picture_cipher(SecretStr(SECRET_KEY)), new_id(at)
    sealed = cipher.seal(cleaned(photo(800, 600)), kept, f"SM{kept}")
    for provider_id, body, picture in ((f"SM{kept}", "", sealed), (f"SM2{kept}", "Is this enough?", None)):
        come = text(client, body, at, direction="in", author="client", state="received", provider_id=provider_id)
        connection.execute(insert(messages).values(come))
        pictures.add(connection, come["id"], 2, picture, at)
    refused = select(tables.pictures.c.id).where(tables.pictures.c.nth == 1)
    pictures.give_up(
        connection, connection.scalars(refused.order_by(tables.pictures.c.id.desc())).first() or "", WhyNot.HEIC
    )
    return kept


def have_a_calendar(office: Office | SimpleNamespace, connection: Connection) -> None:
    """Joe has visits, Ana free times, Ben leave; Pat's texts are stopped; a notice was given up."""
    times = {"place": "our office", "bring": "your ID", "by_phone": False, "reason": "", "version": 1}
    stood = [(1, "confirmed", MONDAY + 8 * DAY, "9:15am"), (2, "missed", MONDAY - 3 * DAY, "")]
    for number, status, starts_at, leaves_at in stood:
        row = {**times, "client_id": office.joe, "number": number, "worker_id": office.ana, "status": status}
        row |= {"starts_at": starts_at, "leaves_at": leaves_at, "created_at": MONDAY, "changed_at": MONDAY}
        connection.execute(insert(visits).values(row))
    visit_acts.offer(connection, office.ana, [MONDAY + 9 * DAY, MONDAY + 9 * DAY + HOUR], office.ana, MONDAY)
    held = {"held_for": office.joe, "held_until": MONDAY + HOUR}
    connection.execute(update(free_times).where(free_times.c.starts_at == MONDAY + 9 * DAY).values(held))
    day = MONDAY.date()
    leaves.add(connection, office.ben, day + 7 * DAY, day + 9 * DAY, office.ana, office.sue, MONDAY)
    stopped = update(clients).where(clients.c.id == office.pat)
    connection.execute(stopped.values(mode="silent", safety_word="limonada"))
    reminder = {"client_id": office.maria, "number": 1, "what": "llamar a la escuela", "repeats": "weekly:4"}
    reminder |= {"at": MONDAY + 4 * DAY, "status": "set", "created_at": MONDAY, "changed_at": MONDAY}
    connection.execute(insert(own_reminders).values(reminder))
    change = {"id": new_id(MONDAY), "client_id": office.maria, "at": MONDAY - 9 * DAY, "to": "active", "channel": "sms"}
    change |= {"language": "es", "exact_text": "Hola Maria. \u00bfQuiere textos? 1 si, 2 no", "actor": "client"}
    connection.execute(insert(consent_events).values(change))
    notice = hook_queue.delivery("desk", "passed_up:supervisor", MONDAY)
    hook_queue.put(connection, [notice | {"state": "parked", "tries": 12, "last_error": "500"}])


def have_campaigns(office: Office | SimpleNamespace, connection: Connection) -> None:
    """Ana keeps a group, and writes to several: once it waits for a yes, once it is under way."""
    group = Group(new_id(MONDAY), "Everybody who is quiet", "", Only.QUIET)
    client_groups.save(connection, group, (), office.ana, EVERYBODY, MONDAY)
    wish = Wish("Hi Joe, it's Ana. How can I help this week?", "help", MONDAY + DAY, MONDAY + DAY, "quiet_hours")
    chosen: dict[str, Wish | str] = {office.joe: wish, office.pat: "mode_silent", office.maria: wish}
    for waits in (True, False):
        new = NewCampaign(new_id(MONDAY), "Everybody who is quiet", "help", {}, "2026-03-03", "10:00")
        campaigns.schedule(connection, new, chosen, office.ana, MONDAY, waits=waits)
