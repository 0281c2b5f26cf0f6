"""The schema. One place, read top to bottom: who, what was said, what is planned, what happened.

Moments are stored in UTC (`Moment`); where the client's wall clock matters, the zone's IANA name stands beside them.
Ids are 128-bit, time-ordered, made by `ids.new_id`. Goals and steps count from 1 within their owner, so that the core,
which knows no chance, can name them.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from records.types import Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = String(32)

# Parts of tables that an index keeps at hand. A query uses such an index only if it says the same words.
UNFINISHED = "state IN ('due', 'claimed', 'unknown')"
UNDER_WAY = "state IN ('claimed', 'unknown')"
BY_PROVIDER = "channel <> 'web_chat'"
BY_WEB_CHAT = "channel = 'web_chat'"
"""What the provider carries, and what is shown on pages of our own, do not wait for each other."""
UNOPENED = "channel = 'web_chat' AND state IN ('accepted', 'sent')"
PICTURE_IS_DUE = "pictures.due_at IS NOT NULL"
UNPROMPTED = (
    "purpose IN ('reminder', 'check_in', 'visit', 'nudge') AND state NOT IN ('suppressed', 'cancelled', 'expired')"
)


def _where(name: str, *columns: str, rows: str, unique: bool = False) -> Index:
    """An index of some rows only."""
    return Index(name, *columns, unique=unique, sqlite_where=text(rows), postgresql_where=text(rows))


# --- who -------------------------------------------------------------------------------------------------------------

teams = Table(
    "teams",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
)

staff = Table(
    "staff",
    metadata,
    Column("id", ID, primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("first_name", String(80), nullable=False),
    Column("role", String(20), nullable=False),
    Column("team_id", ID, ForeignKey("teams.id"), index=True),
    Column("password_hash", Text, nullable=False),  # "" before the first: nothing fits it
    Column("totp_salt", String(32)),  # the key follows from it and from SECRET_KEY
    Column("totp_step", Integer),  # the last one that was used: no code counts twice; none: not set up yet
    Column("writes", String(80), nullable=False, server_default=""),  # codes of languages; "": the county's first alone
    Column("language", String(10), nullable=False, server_default=""),  # of the pages; "": as the browser asks
    Column(
        "weekly_digest", Boolean, nullable=False, server_default=text("true")
    ),  # by e-mail; see records.weekly_digests
    Column("oidc_identity", String(64), unique=True),  # a hash of issuer and subject; none before a log-in by it
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", Moment, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("staff_id", ID, ForeignKey("staff.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("complete", Boolean, nullable=False, server_default=text("true")),  # or the second factor is still asked for
    Column("browser", String(200), nullable=False, server_default=""),  # as it names itself
)

invitations = Table(
    "invitations",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("staff_id", ID, ForeignKey("staff.id"), nullable=False, unique=True),
    Column("password_is_set", Boolean, nullable=False),  # what is still to come is the second factor
    Column("expires_at", Moment, nullable=False),
)

oidc_log_ins = Table(
    "oidc_log_ins",
    metadata,
    Column("state_hash", String(64), primary_key=True),
    Column("browser_hash", String(64), nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("verifier", String(64), nullable=False),
    Column("then", Text, nullable=False),
    Column("begun_at", Moment, nullable=False),
)

clients = Table(
    "clients",
    metadata,
    Column("id", ID, primary_key=True),
    Column("number", String(20), nullable=False),  # two people who share a phone are two clients
    Column("first_name", String(80), nullable=False),
    Column("language", String(12), nullable=False),
    Column("zone", String(40), nullable=False),
    Column("consent", String(20), nullable=False),
    Column("consented_at", Moment),
    Column("mode", String(8), nullable=False, server_default="bot"),
    Column("phone_is_shared", Boolean, nullable=False, server_default=text("false")),
    Column("part_of_day", String(12)),
    Column("rhythm", String(12), nullable=False, server_default="weekly"),
    Column("resting_until", Moment),
    Column("worker_id", ID, ForeignKey("staff.id"), nullable=False, index=True),
    Column("held_until", Moment),
    Column("held_because", String(40), nullable=False, server_default=""),
    Column("last_heard_at", Moment),
    Column("last_check_in_at", Moment),
    Column("person_wrote_at", Moment),
    Column("warned_at", Moment),
    Column("idle_replies", Integer, nullable=False, server_default="0"),
    Column("idle_since", Moment),
    Column("last_said", String(16), nullable=False, server_default=""),
    Column("safety_word", String(40), nullable=False, server_default=""),
    Column("created_at", Moment, nullable=False),
    Column("preferred_channel", String(8), nullable=False, server_default="sms"),  # channels.ChannelName
    Column("spoke_on", String(8), nullable=False, server_default="sms"),  # the channel of their last text
    Column("whatsapp_at", Moment),  # of their last WhatsApp message
    Column("channels_off", String(40), nullable=False, server_default=""),  # those they switched off
    Column("chat_until", Moment),  # when the last of their open web chats ends
    Column("external_id", String(80)),  # the case system's own id, where that system put the client here
    Column("merged_into", ID),  # the client of whom this was a second record; nothing else is left of it
    UniqueConstraint("number", "first_name"),
    _where("uq_clients_external_id", "external_id", rows="external_id IS NOT NULL", unique=True),
)

referrals = Table(
    "referrals",
    metadata,
    Column("id", ID, primary_key=True),
    Column("client_id", ID, ForeignKey("clients.id"), nullable=False, index=True),
    Column("staff_id", ID, ForeignKey("staff.id"), nullable=False),
    Column("created_by", ID, ForeignKey("staff.id"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("agreed_at", Moment),  # when the client said yes to it: without that, a provider sees nothing
    Column("ended_at", Moment),
    _where("uq_referrals_open", "staff_id", "client_id", rows="ended_at IS NULL", unique=True),
)

transfers = Table(
    "transfers",
    metadata,
    Column("id", ID, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("by_id", ID, ForeignKey("staff.id"), nullable=False),
    Column("to_id", ID, ForeignKey("staff.id"), nullable=False),
    Column("why", Text, nullable=False),
    Column("undone_at", Moment),
    Column("undone_by", ID, ForeignKey("staff.id")),
)

transferred_clients = Table(
    "transferred_clients",
    metadata,
    Column("transfer_id", ID, ForeignKey("transfers.id"), primary_key=True),
    Column("client_id", ID, ForeignKey("clients.id"), primary_key=True),
    Column("from_id", ID, ForeignKey("staff.id"), nullable=False),
)

client_merges = Table(
    "client_merges",
    metadata,
    Column("id", ID, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("by_id", ID, ForeignKey("staff.id"), nullable=False),
    Column("kept_id", ID, ForeignKey("clients.id"), nullable=False),
    Column("gone_id", ID, ForeignKey("clients.id"), nullable=False),
    Column("before", JSON, nullable=False),  # what an undo needs; merging.undo
    Column("through", ID, nullable=False),  # its own row of the engagement log
    Column("undone_at", Moment),
    Column("undone_by", ID, ForeignKey("staff.id")),
)

two_people = Table(
    "two_people",
    metadata,
    Column("one_id", ID, ForeignKey("clients.id"), primary_key=True),  # they look like one; the lesser id is here
    Column("other_id", ID, ForeignKey("clients.id"), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("by_id", ID, ForeignKey("staff.id"), nullable=False),
)

shared_phones = Table(
    "shared_phones",
    metadata,
    Column("number", String(20), primary_key=True),
    Column("speaker_id", ID),
    Column("spoke_at", Moment),
    Column("asked_at", Moment),  # "who is this?" was asked, and is not answered
    Column("held", JSON, nullable=False),  # texts whose writer is not known yet
)

leaves = Table(
    "leaves",
    metadata,
    Column("id", ID, primary_key=True),
    Column("staff_id", ID, ForeignKey("staff.id"), nullable=False, index=True),
    Column("first_day", String(10), nullable=False),  # ISO dates of the county's calendar, both included
    Column("last_day", String(10), nullable=False),
    Column("cover_id", ID, ForeignKey("staff.id")),  # none: the team
    Column("created_by", ID, ForeignKey("staff.id"), nullable=False),
    Column("created_at", Moment, nullable=False),
)

former_numbers = Table(
    "former_numbers",
    metadata,
    Column("id", ID, primary_key=True),
    Column("client_id", ID, ForeignKey("clients.id"), nullable=False, index=True),
    Column("number", String(20), nullable=False),
    Column("until", Moment, nullable=False),
    Column("changed_by", ID, nullable=False),  # a staff id, or that of a token
)

consent_events = Table(
    "consent_events",
    metadata,
    Column("id", ID, primary_key=True),
    Column("client_id", ID, ForeignKey("clients.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("to", String(20), nullable=False),
    Column("channel", String(12), nullable=False),
    Column("language", String(12), nullable=False),
    Column("exact_text", Text, nullable=False),
    Column("evidence_message_id", ID),
    Column("actor", String(40), nullable=False),
    Index(None, "to", "at"),
)

# --- what is being talked about --------------------------------------------------------------------------------------

talks = Table(
    "talks",
    metadata,
    Column("client_id", ID, ForeignKey("clients.id"), primary_key=True),
    Column("place", String(6), primary_key=True),  # "open" or "parked": at most one of each
    Column("flow", String(40), nullable=False),
    Column("at", String(40), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("answers", JSON, nullable=False),
    Column("misses", Integer, nullable=False),
)

goals = Table(
    "goals",
    metadata,
    Column("client_id", ID, ForeignKey("clients.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("meaning", Text, nullable=False),
    Column("difficulty", String(12)),
    Column("status", String(12), nullable=False),
    Column("version", Integer, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("setbacks", Integer, nullable=False),
    Column("set_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("replaced_by", Integer),
)

steps = Table(
    "steps",
    metadata,
    Column("client_id", ID, primary_key=True),
    Column("goal", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("when", Text, nullable=False),  # goals.Moment, as it stores itself
    Column("due_at", Moment),
    Column("where", Text, nullable=False),
    Column("support", Text, nullable=False),
    Column("obstacle", Text, nullable=False),
    Column("detour", Text, nullable=False),
    Column("first_action", Text, nullable=False),
    Column("reminder", String(16), nullable=False),
    Column("status", String(12), nullable=False),
    Column("planned_at", Moment, nullable=False),
    Column("reviewed_at", Moment),
    Column("review", JSON, nullable=False),
    ForeignKeyConstraint(["client_id", "goal"], ["goals.client_id", "goals.number"]),
    Index(None, "due_at"),
)

goal_events = Table(
    "goal_events",
    metadata,
    Column("id", ID, primary_key=True),
    Column("client_id", ID, nullable=False),
    Column("goal", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("version", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("was", JSON),  # the goal and its step before, for the version history
    ForeignKeyConstraint(["client_id", "goal"], ["goals.client_id", "goals.number"]),
    Index(None, "client_id", "goal", "at"),
)

ideas = Table(
    "ideas",
    metadata,
    Column("id", ID, primary_key=True),
    Column("client_id", ID, ForeignKey("clients.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("text", Text, nullable=False),
)

roadmaps = Table(
    "roadmaps",
    metadata,
    Column("client_id", ID, ForeignKey("clients.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("goal", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("marks", JSON, nullable=False),  # on the way to the goal, nearest first
    Column("reached", Integer, nullable=False),  # how many of them, the goal included
    Column("status", String(8), nullable=False),
    Column("set_at", Moment, nullable=False),
)

instrument_answers = Table(
    "instrument_answers",
    metadata,
    Column("id", ID, primary_key=True),
    Column("client_id", ID, ForeignKey("clients.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("instrument", String(20), nullable=False),
    Column("value", Integer, nullable=False),
    Column("words", Text, nullable=False),
)

ladder_entries = Table(
    "ladder_entries",
    metadata,
    Column("id", ID, primary_key=True),  # of a client's for a month, the last one holds
    Column("client_id", ID, ForeignKey("clients.id"), nullable=False, index=True),
    Column("month", String(7), nullable=False, index=True),
    Column("hours", Float, nullable=False),
    Column("plan_hours", Float, nullable=False),
    Column("apart", String(12), nullable=False),  # ladder.Apart; "": the hours count
    Column("by_id", ID, ForeignKey("staff.id"), nullable=False),
    Column("at", Moment, nullable=False),
)

# --- visits ----------------------------------------------------------------------------------------------------------

visits = Table(
    "visits",
    metadata,
    Column("client_id", ID, ForeignKey("clients.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("worker_id", ID, ForeignKey("staff.id"), nullable=False),  # whom they meet
    Column("starts_at", Moment, nullable=False),
    Column("place", String(40), nullable=False),
    Column("bring", String(40), nullable=False),
    Column("by_phone", Boolean, nullable=False),
    Column("status", String(16), nullable=False),
    Column("leaves_at", Text, nullable=False),  # the client's own words, and so is
    Column("reason", Text, nullable=False),  # why it stands as it does
    Column("version", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("external_id", String(80)),  # the case system's own id; none where it was entered here
    Column("external_said", String(64)),  # a digest of what that system said of it last
    Index(None, "worker_id", "starts_at"),
    Index(None, "starts_at"),
    _where("uq_visits_external_id", "external_id", rows="external_id IS NOT NULL", unique=True),
)

free_times = Table(
    "free_times",
    metadata,
    Column("id", ID, primary_key=True),
    Column("worker_id", ID, ForeignKey("staff.id"), nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("held_for", ID, ForeignKey("clients.id")),
    Column("held_until", Moment),
    Column("visit_client", ID),  # whose visit it has become
    Column("visit", Integer),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("worker_id", "starts_at"),
    _where("ix_free_times_open", "worker_id", "starts_at", rows="visit IS NULL"),
)

calendar_feeds = Table(
    "calendar_feeds",
    metadata,
    Column("id", ID, primary_key=True),  # its address follows from it and from SECRET_KEY
    Column("staff_id", ID, ForeignKey("staff.id"), nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
)

own_reminders = Table(
    "own_reminders",
    metadata,
    Column("client_id", ID, ForeignKey("clients.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("what", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("repeats", String(20), nullable=False),
    Column("status", String(8), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

# --- what falls due --------------------------------------------------------------------------------------------------

nudges = Table(
    "nudges",
    metadata,
    Column("id", ID, primary_key=True),
    Column("client_id", ID, ForeignKey("clients.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("key", String(80), nullable=False),  # purpose, subject, local occurrence: planning twice plans once
    Column("subject", String(40), nullable=False),
    Column("words", Text, nullable=False),
    Column("template", String(40), nullable=False),
    Column("state", String(12), nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("wanted_at", Moment, nullable=False),
    Column("held", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_by", ID, ForeignKey("staff.id")),
    Column("created_at", Moment, nullable=False),
    Column("campaign", ID),  # the text to several that it belongs to
    Column("terms", JSON(none_as_null=True)),  # what a worker settled beside the words: nudge_terms.Terms
    UniqueConstraint("client_id", "key"),
    _where("ix_nudges_due", "due_at", rows="state = 'planned'"),
    _where("ix_nudges_planned", "client_id", rows="state = 'planned'"),
    _where("ix_nudges_campaign", "campaign", rows="campaign IS NOT NULL"),
)

# --- texts to several -------------------------------------------------------------------------------------------------

client_groups = Table(
    "client_groups",
    metadata,
    Column("id", ID, primary_key=True),
    Column("staff_id", ID, ForeignKey("staff.id"), nullable=False),
    Column("name", String(80), nullable=False),
    Column("language", String(12), nullable=False),  # who fits: of this language, "" for any,
    Column("only", String(12), nullable=False),  # client_groups.Only, "" for all; "chosen" goes by the members
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("staff_id", "name"),
)

group_members = Table(
    "group_members",
    metadata,
    Column("group_id", ID, ForeignKey("client_groups.id"), primary_key=True),
    Column("client_id", ID, ForeignKey("clients.id"), primary_key=True),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", ID, primary_key=True),  # of the form: sent twice, it is scheduled once
    Column("name", String(80), nullable=False),
    Column("template", String(40), nullable=False),  # "" for a worker's own
    Column("words", JSON, nullable=False),  # by language
    Column("day", String(10), nullable=False),  # with the hour, each client's own wall clock
    Column("hour", String(5), nullable=False),
    Column("skip_if", String(16), nullable=False, server_default=""),  # nudge_terms.SkipIf
    Column("last_day", String(10), nullable=False, server_default=""),  # after it, it is of no use; "": always
    Column("state", String(12), nullable=False),  # campaigns.CampaignState
    Column("created_by", ID, ForeignKey("staff.id"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("decided_by", ID, ForeignKey("staff.id")),
    Column("decided_at", Moment),
    Column("decided_because", Text, nullable=False, server_default=""),
    _where("ix_campaigns_waiting", "created_at", rows="state = 'waiting'"),
)

campaign_members = Table(
    "campaign_members",
    metadata,
    Column("campaign_id", ID, ForeignKey("campaigns.id"), primary_key=True),
    Column("client_id", ID, ForeignKey("clients.id"), primary_key=True),
    Column("why_not", String(24), nullable=False),  # why they get none of it; "" for who does
)

# --- what was said ---------------------------------------------------------------------------------------------------

chat_links = Table(
    "chat_links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("client_id", ID, ForeignKey("clients.id"), nullable=False, index=True),
    Column("made_at", Moment, nullable=False),
    Column("used_at", Moment),
)

chat_codes = Table(
    "chat_codes",
    metadata,
    Column("id", ID, primary_key=True),
    Column("browser_hash", String(64), nullable=False, index=True),  # the browser that asked for it; "": it is over
    Column("number", String(20), nullable=False),  # one that nobody has gets a row too, and no text
    Column("code_hash", String(64), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("used_at", Moment),
    Index(None, "number", "asked_at"),
    Index(None, "asked_at"),
)

chat_sessions = Table(
    "chat_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("client_id", ID, ForeignKey("clients.id"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("on_own_phone", Boolean, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("id", ID, primary_key=True),
    Column("client_id", ID, ForeignKey("clients.id")),  # none for a stranger's number
    Column("number", String(20), nullable=False),
    Column("direction", String(3), nullable=False),  # "in" or "out"
    Column("provider_id", String(64), unique=True),
    Column("body", Text, nullable=False),
    Column("redacted", Boolean, nullable=False, server_default=text("false")),  # numbers were taken out of the body
    Column("language", String(12), nullable=False),
    Column("segments", Integer, nullable=False),
    Column("encoding", String(6), nullable=False),
    Column("purpose", String(12), nullable=False),
    Column("template", String(60), nullable=False),
    Column("author", String(40), nullable=False),  # "client", "bot", or a staff id
    Column("nudge_id", ID, ForeignKey("nudges.id")),
    Column("state", String(12), nullable=False),  # states.MessageState; "received" for inbound
    Column("reason", Text, nullable=False),
    Column("error_code", Integer),
    Column("at", Moment, nullable=False),
    Column("due_at", Moment),
    Column("expires_at", Moment),
    Column("priority", Integer, nullable=False),  # states.ANSWER or UNPROMPTED
    Column("attempts", Integer, nullable=False),
    Column("campaign", ID),  # as of its nudge
    Column("channel", String(8), nullable=False, server_default="sms"),  # channels.ChannelName; "": chosen as it leaves
    Column("by_sms_at", Moment),  # when one that is in the web chat goes by SMS unless it is opened, or went
    Index(None, "client_id", "id"),
    _where("ix_messages_to_send", "priority", "due_at", "id", rows=f"state = 'due' AND {BY_PROVIDER}"),
    _where("ix_messages_to_show", "priority", "due_at", "id", rows=f"state = 'due' AND {BY_WEB_CHAT}"),
    _where("ix_messages_unopened", "by_sms_at", rows=UNOPENED),
    _where("ix_messages_held", "expires_at", rows="state = 'held'"),
    _where("ix_messages_unfinished", "number", "id", rows=UNFINISHED),  # what holds back later texts to this number
    _where("uq_messages_under_way", "number", "channel", rows=UNDER_WAY, unique=True),  # or their order is lost
    _where("ix_messages_unprompted", "client_id", "at", rows=UNPROMPTED),  # what the caps count
    _where("ix_messages_strangers", "number", "at", rows="client_id IS NULL"),
)

whatsapp_contents = Table(
    "whatsapp_contents",
    metadata,
    Column("name", String(24), primary_key=True),  # conversations.whatsapp_contents
    Column("language", String(12), primary_key=True),
    Column("content_sid", String(40), nullable=False),  # the provider's id of it
    Column("body", Text, nullable=False),
    Column("state", String(8), nullable=False),  # whatsapp_contents.ContentState
    Column("why", Text, nullable=False),
    Column("checked_at", Moment, nullable=False),
)

sealed_texts = Table(
    "sealed_texts",
    metadata,
    Column("message_id", ID, ForeignKey("messages.id"), primary_key=True),
    Column("body", Text, nullable=False),  # what leaves in place of the message's body, which does not show the secret
)

pictures = Table(
    "pictures",
    metadata,
    Column("id", ID, primary_key=True),
    Column("message_id", ID, ForeignKey("messages.id"), nullable=False),
    Column("nth", Integer, nullable=False),  # of what came with this message, from 0
    Column("media_id", String(64)),  # the provider's id of it, from when it is known until it is removed there
    Column("state", String(12), nullable=False),  # pictures.PictureState
    Column("why", String(20), nullable=False),  # pictures.WhyNot, or ""
    Column("at", Moment, nullable=False),
    Column("due_at", Moment),  # when to fetch it, or to remove it at the provider; none: nothing is left to do
    Column("tries", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size", Integer, nullable=False),  # bytes of the whole picture before it was sealed
    Column("body", LargeBinary),
    Column("thumbnail", LargeBinary),
    UniqueConstraint("message_id", "nth"),
    _where("ix_pictures_due", "due_at", rows="due_at IS NOT NULL"),
)
"""Clean pictures, sealed: the key is not in the database."""

attempts = Table(
    "attempts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("message_id", ID, ForeignKey("messages.id"), nullable=False, index=True),
    Column("body", Text, nullable=False),  # frozen at the claim
    Column("claimed_at", Moment, nullable=False),
    Column("outcome", String(12), nullable=False),  # states.Outcome
    Column("provider_id", String(64), unique=True),
    Column("error_code", Integer),
    Column("finished_at", Moment),
    Column("looks", Integer, nullable=False, server_default=text("0")),  # at the provider's list, without finding it
    Column("looked_at", Moment),
)

status_events = Table(
    "status_events",
    metadata,
    Column("id", ID, primary_key=True),
    Column("attempt_id", ID, ForeignKey("attempts.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("status", String(16), nullable=False),
    Column("error_code", Integer),
)

# --- what keeps texts from leaving -----------------------------------------------------------------------------------

holds = Table(
    "holds",
    metadata,
    Column("id", ID, primary_key=True),
    Column("scope", String(12), nullable=False),  # holds.Scope
    Column("subject", ID, nullable=False, server_default=""),  # the client or the campaign; "" where the scope has none
    Column("because", Text, nullable=False),
    Column("placed_by", String(40), nullable=False),  # a staff id, "provider", or "operator"
    Column("placed_at", Moment, nullable=False),
    Column("released_by", String(40)),
    Column("released_at", Moment),
    _where("uq_holds_standing", "scope", "subject", rows="released_at IS NULL", unique=True),
)

pace = Table(
    "pace",
    metadata,
    Column("sender", String(40), primary_key=True),  # the number, or the messaging service's id
    Column("free_at", Moment, nullable=False),  # when the sender has room again
)

# --- how far we have come --------------------------------------------------------------------------------------------

watermarks = Table(
    "watermarks",
    metadata,
    Column("name", String(40), primary_key=True),  # "inbound": all texts sent to us before it are here
    Column("at", Moment, nullable=False),
)

# --- a person is needed ----------------------------------------------------------------------------------------------

escalations = Table(
    "escalations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("client_id", ID, ForeignKey("clients.id"), nullable=False),
    Column("trigger", String(24), nullable=False),
    Column("level", String(2), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("times", Integer, nullable=False, server_default=text("1")),  # how often it was triggered while open
    Column("about", String(20), nullable=False, server_default=""),
    Column("told_at", Moment),  # when the client was told that a person would turn to them by
    Column("promised_by", Moment),  # this moment; and
    Column("promise_broken_at", Moment),
    Column("assigned_to", ID, ForeignKey("staff.id")),  # none: the team
    Column("held_by", String(12), nullable=False, server_default="worker"),  # "worker", "team", "supervisor", "manager"
    Column("to_supervisor", Boolean, nullable=False, server_default=text("false")),  # a copy from the start
    Column("passes_up_at", Moment),  # to the next; none: nobody is above, or somebody has taken it
    Column("acknowledged_at", Moment),
    Column("acknowledged_by", ID, ForeignKey("staff.id")),
    Column("contacted_at", Moment),  # when a person first turned to the client about it
    Column("contacted_by", ID, ForeignKey("staff.id")),
    Column("snoozed_until", Moment),
    Column("snoozed_because", Text, nullable=False, server_default=""),
    Column("merged_into", ID),  # the open item of this client that leads
    Column("reopens", ID),  # the item of the same trigger that was resolved less than 14 days before
    Column("resolved_at", Moment),
    Column("resolved_by", ID, ForeignKey("staff.id")),
    Column("outcome", String(40)),
    Column("note", Text, nullable=False, server_default=""),
    Column("next_step", Text, nullable=False, server_default=""),
    Column("next_step_by", String(8), nullable=False, server_default=""),  # "client", "worker"
    _where("uq_escalations_open", "client_id", "trigger", rows="resolved_at IS NULL", unique=True),
    _where("ix_escalations_passing_up", "passes_up_at", rows="resolved_at IS NULL"),
    _where("ix_escalations_promised", "promised_by", rows="promised_by IS NOT NULL"),
    _where("ix_escalations_contacted", "contacted_at", rows="contacted_at IS NOT NULL"),
)

hook_deliveries = Table(
    "hook_deliveries",
    metadata,
    Column("id", ID, primary_key=True),
    Column("hook", String(40), nullable=False),
    Column("escalation_id", ID, ForeignKey("escalations.id")),  # none for a digest
    Column("staff_id", ID, ForeignKey("staff.id")),  # whose digest, where each gets their own
    Column(
        "occasion", String(40), nullable=False
    ),  # "opened", "raised:U0", "passed_up:supervisor", "digest:2027-03-01"
    Column("state", String(12), nullable=False),  # "due", "delivered", "parked", "cancelled"
    Column("due_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("last_error", String(80), nullable=False),
    UniqueConstraint("hook", "escalation_id", "occasion"),
    _where("ix_hook_deliveries_due", "due_at", rows="state = 'due'"),
)

hook_replies = Table(
    "hook_replies",
    metadata,
    Column("hook", String(40), primary_key=True),
    Column("webhook_id", String(80), primary_key=True),  # the sender's own: a reply that comes twice is done once
    Column("at", Moment, nullable=False),
)

notes = Table(
    "notes",
    metadata,
    Column("id", ID, primary_key=True),
    Column("client_id", ID, ForeignKey("clients.id"), nullable=False),
    Column("author_id", ID, ForeignKey("staff.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", String(12), nullable=False),  # notes.NoteKind
    Column("happened_at", Moment, nullable=False),
    Column("words", Text, nullable=False),
    Column("changed_at", Moment),
    Column("adds_to", ID, ForeignKey("notes.id")),
    Index(None, "client_id", "id"),
)

measured_months = Table(
    "measured_months",
    metadata,
    Column("month", String(7), primary_key=True),  # "2026-03", of the county's calendar; "lately", "before"
    Column("scope", String(40), primary_key=True),  # whose clients: records.measures.kept.Scope
    Column("measure", String(4), primary_key=True),
    Column("version", Integer, primary_key=True),  # of the measure's definition
    Column("figures", JSON, nullable=False),  # before small cells are hidden
    Column("counted_at", Moment),  # none for a month that is settled: it stays
)

# --- other systems ---------------------------------------------------------------------------------------------------

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("scopes", JSON, nullable=False),  # api_tokens.Scope
    Column("team_id", ID, ForeignKey("teams.id")),  # whose workers' clients it reaches; none: the whole county
    Column("created_by", String(40), nullable=False),  # a staff id, or "operator"
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),  # to the minute
    Column("revoked_at", Moment),
    Column("revoked_by", String(40)),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("token_id", ID, ForeignKey("api_tokens.id"), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("digest", String(64), nullable=False),  # of the request that came with it
    Column("made", ID, nullable=False),  # the id of what came of it
    Column("at", Moment, nullable=False, index=True),
)

webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    Column("id", ID, primary_key=True),
    Column("url", Text, nullable=False),
    Column("events", JSON, nullable=False),  # webhook_endpoints.Event
    Column("team_id", ID, ForeignKey("teams.id")),  # as of the token that asked for it
    Column("secret_salt", String(64), nullable=False),  # what it is signed with follows from this and from SECRET_KEY
    Column("through", ID, nullable=False),  # the row of the engagement log up to which all was delivered
    Column("state", String(8), nullable=False),  # "active", "parked"
    Column("due_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),  # of the event that is next
    Column("last_error", String(80), nullable=False),
    Column("created_by", ID, ForeignKey("api_tokens.id"), nullable=False),
    Column("created_at", Moment, nullable=False),
)

# --- lists that were brought in ---------------------------------------------------------------------------------------

imports = Table(
    "imports",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(12), nullable=False),  # "clients", "visits"
    Column("sha256", String(64), nullable=False),  # of the file
    Column("rows", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("counts", JSON, nullable=False),  # of the rows that are done, by verdict
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("started_by", String(40), nullable=False),  # a staff id, or "import" from the command line
    _where("uq_imports_under_way", "kind", "sha256", rows="finished_at IS NULL", unique=True),
)

uploads = Table(
    "uploads",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(12), nullable=False),  # as of its import
    Column("name", String(120), nullable=False),  # of the file, as whoever sent it calls it
    Column("content", LargeBinary),  # none once it is done
    Column("sha256", String(64), nullable=False),
    Column("state", String(12), nullable=False),  # uploads.UploadState
    Column("rows", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by_id", ID, ForeignKey("staff.id"), nullable=False),
    Column("found", JSON, nullable=False),
    Column("problem", Text, nullable=False),
    Column("touched_at", Moment),  # the latest sign of who is at work on it
    _where("ix_uploads_unfinished", "id", rows="state IN ('weighing', 'weighed', 'running')"),
)

# --- what happened ---------------------------------------------------------------------------------------------------

engagement = Table(
    "engagement",
    metadata,
    Column("id", ID, primary_key=True),  # time-ordered: the log's own order
    Column("at", Moment, nullable=False),
    # No foreign keys: the log outlives what it is about, and each would cost more than the row itself.
    Column("client_id", ID),
    Column("worker_id", ID),
    Column("actor", String(40), nullable=False),  # "client", "bot", or a staff id
    Column("kind", String(24), nullable=False),
    Column("language", String(12), nullable=False),
    Column("subject", String(60), nullable=False),
    Column("reason", Text, nullable=False),
    Column("message_id", ID),
    Column("detail", JSON, nullable=False),
    Index(None, "client_id", "id"),
    Index(None, "worker_id", "id"),
    Index(None, "kind", "id"),
    Index(None, "language", "id"),
)

log_followers = Table(
    "log_followers",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("through", ID, nullable=False),  # the last row of the log that was seen to; "": none
)

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", ID, primary_key=True),
    Column("staff_id", ID, ForeignKey("staff.id"), nullable=False),
    Column("name", String(60), nullable=False),
    Column("filter", JSON, nullable=False),  # as in the address of the log
    UniqueConstraint("staff_id", "name"),
)
