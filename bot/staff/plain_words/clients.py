"""What is said of clients: consent, channels, preferences, visits, notes, lists, and who did what to them."""

from __future__ import annotations

from bot.wording import Words

CONSENTS = Words(
    {
        "none": "not invited yet",
        "invited": "invited, no answer yet",
        "active": "gets texts",
        "renew_due": "asked whether texts are still welcome",
        "expired": "did not renew the yes to texts",
        "revoked": "stopped the texts",
        "wrong_number": "this is not their number",
        "closed": "gets no texts",
    }
)

CHANNELS = Words(
    {
        "sms": "by text",
        "whatsapp": "by WhatsApp",
        "web_chat": "in the web chat",
        "bot": "by Milepost",
        "provider": "from the carrier",
        "staff": "on the staff pages",
        "voice": "by phone call",
        "mail": "by mail or e-mail",
        "in_person": "in person",
    }
)
"""How somebody said that texts are welcome, or not."""

CHANNEL_NAMES = Words(
    {
        "sms": "Text message (SMS)",
        "whatsapp": "WhatsApp",
        "web_chat": "Web chat",
    }
)

CHANNEL_TAGS = Words({"whatsapp": "WhatsApp", "web_chat": "chat"})
"""Beside a text that came or went there; nothing is said of SMS."""

PREFERENCES = Words(
    {
        "language": "Language",
        "phone_is_shared": "Who reads this phone",
        "part_of_day": "Time of day",
        "rhythm": "Check-ins",
        "resting_until": "Rest",
        "preferred_channel": "Where texts go",
        "channels_off": "Channels switched off or on",
    }
)

MODES = Words(
    {
        "bot": "Milepost answers",
        "human": "a person has the thread",
        "stopped": "stopped after a crisis",
        "silent": "texts are not safe",
    }
)

VISIT_STATUSES = Words(
    {
        "planned": "not confirmed yet",
        "confirmed": "confirmed",
        "attended": "attended",
        "missed": "missed",
        "ended_by_client": "called off by the client",
        "ended_by_office": "called off by the office",
    }
)

REMINDER_STATUSES = Words(
    {
        "set": "to come",
        "sent": "sent, not answered",
        "done": "done",
        "removed": "removed",
    }
)

RHYTHMS = Words(
    {
        "daily": "every day",
        "weekly": "every week",
        "two_weeks": "every two weeks",
        "when_i_text": "only when they text",
    }
)

PARTS_OF_DAY = Words(
    {"": "any time in the sending hours", "morning": "morning", "midday": "midday", "evening": "evening"}
)

NOTE_KINDS = Words(
    {
        "note": "Note",
        "call": "Talked by phone",
        "visit": "Met in person",
        "letter": "Wrote a letter or an e-mail",
        "no_answer": "Tried to call, no answer",
        "addition": "Added",
    }
)

CLIENT_CHANGES = Words(
    {
        "number": "The phone number",
        "safety_word_set": "A safety word was set",
        "safety_word_cleared": "The safety word was cleared",
        "two_people": "Two who look like one are two people",
        "one_person": "Two who were said to be two people may be one",
    }
)

GROUPS = Words(
    {
        "": "All of my clients",
        "chosen": "Those I choose",
        "quiet": "Those who have not texted for a week",
        "visit_soon": "Those with a visit in the next seven days",
    }
)

RUNGS = Words(
    {
        "none": "no hours",
        "any": "some hours",
        "substantial": "half of the hours or more",
        "full": "all of the hours",
        "exempt": "exempt",
        "good_cause": "good cause",
    }
)
"""Of the participation ladder, and who stands beside it."""

APART = RUNGS.only("exempt", "good_cause")

LIST_KINDS = Words({"clients": "Clients", "visits": "Visits"})

UPLOAD_STATES = Words(
    {
        "weighing": "being looked at",
        "weighed": "waits for your word",
        "running": "being brought in",
        "finished": "brought in",
        "stopped": "stopped",
        "dropped": "dropped",
    }
)

VERDICTS = Words(
    {
        "new": "New",
        "changed": "Changed",
        "moved": "Moved to another time",
        "ended": "Called off by the office",
        "same": "As known already",
        "bad": "Left out",
    }
)

SPEAKERS = Words({"client": "the client", "bot": "Milepost", "worker": "the worker"})
"""In a masked thread."""

ROLES = Words(
    {
        "icw": "income case worker",
        "etw": "employment worker",
        "vc": "vocational counselor",
        "supervisor": "supervisor",
        "manager": "manager",
        "observer": "observer",
        "provider": "provider",
        "admin": "admin",
    }
)
"""Of staff, by `records.roles.Role`."""
