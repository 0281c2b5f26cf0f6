"""The texts that lead into the web chat. The thread shows them without what opens it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.chat.wording import _, speak
from conversations.effects import Purpose
from conversations.languages import Language
from conversations.wording import texted
from records import engagement, sealed_texts, text_saving
from records.channels import ChannelName
from records.chat_access import CODE_LASTS, LINK_LASTS, Person
from records.engagement import BOT, Kind, entry

HIDDEN = "..."


def send_code(
    connection: Connection, person: Person, code: str, languages: Mapping[str, Language], now: datetime
) -> None:
    speak(person.language)
    words = [
        _("%(code)s is your Milepost code. It works for 10 minutes. Tell it to nobody, not even to us.", code=shown)
        for shown in (HIDDEN, code)
    ]
    _send(connection, person, words, sealed_texts.CHAT_CODE, CODE_LASTS, languages, now)


def send_link(
    connection: Connection,
    person: Person,
    address: str,
    token: str,
    languages: Mapping[str, Language],
    staff_id: str,
    now: datetime,
) -> None:
    """`address` is where links lead, without the `token`."""
    speak(person.language)
    words = [
        _("Your Milepost chat: %(link)s It opens once, within 15 minutes.", link=f"{address}/{shown}")
        for shown in (HIDDEN, token)
    ]
    _send(connection, person, words, sealed_texts.CHAT_LINK, LINK_LASTS, languages, now)
    engagement.note_staff_act(connection, Kind.CHAT_LINK_SENT, staff_id, now, client_id=person.client_id)


def _send(
    connection: Connection,
    person: Person,
    words: list[str],
    template: str,
    lasts: timedelta,
    languages: Mapping[str, Language],
    now: datetime,
) -> None:
    """By SMS, as it proves whose phone it is. Who has texts stopped gets none: that is looked at when it leaves."""
    language = languages.get(person.language) or next(iter(languages.values()))
    shown, sent = (texted(each, language, Purpose.REPLY, template) for each in words)
    sealed_texts.sweep(connection, now)
    row = text_saving.outgoing(shown, person.number, now, now + lasts, ChannelName.SMS)
    row |= {"client_id": person.client_id, "segments": sent.segments, "encoding": sent.encoding}
    text_saving.INSERT.run(connection, [row])
    sealed_texts.seal(connection, row["id"], sent.body)
    about = {
        "client_id": person.client_id,
        "worker_id": person.worker_id,
        "language": shown.language,
        "message_id": row["id"],
    }
    log = entry(Kind.TEXT_OUT, now, actor=BOT, subject=Purpose.REPLY, detail={"template": template}, **about)
    engagement.append(connection, [log])
