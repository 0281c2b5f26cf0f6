"""What is said of what happened, in the engagement log."""

from __future__ import annotations

from collections.abc import Mapping

from bot.staff.plain_words.clients import CLIENT_CHANGES, CONSENTS, MODES, NOTE_KINDS, PREFERENCES, RUNGS
from bot.staff.plain_words.escalations import HOLDS, TRIGGERS
from bot.staff.plain_words.texts import CAMPAIGN_STATES, NUDGE_KINDS, STATES
from bot.wording import Words

LOG_KINDS = Words(
    {
        "text_in": "Client texted",
        "text_out": "Text to the client",
        "text_status": "What became of a text",
        "text_interpreted": "Put into the client's language by",
        "goal_set": "Goal set",
        "goal_revised": "Plan revised",
        "goal_achieved": "Goal reached",
        "goal_replaced": "Goal replaced",
        "goal_paused": "Goal resting",
        "goal_resumed": "Goal taken up again",
        "goal_released": "Goal let go",
        "step_reviewed": "Step looked back on",
        "idea_kept": "Idea kept",
        "roadmap_kept": "Roadmap kept",
        "nudge_planned": "Text planned",
        "nudge_sent": "Planned text went out",
        "nudge_held": "Planned text held back",
        "nudge_merged": "Planned text merged into another",
        "nudge_dropped": "Planned text dropped",
        "nudge_cancelled": "Planned text cancelled",
        "nudge_scheduled": "Text scheduled by a worker",
        "nudge_edited": "Scheduled text changed",
        "nudge_beyond_cap": "Text scheduled beyond the limit",
        "campaign_scheduled": "Text to several scheduled",
        "campaign_decided": "Text to several answered by a supervisor",
        "campaign_stopped": "Text to several stopped",
        "campaign_started_again": "Text to several started again",
        "consent_changed": "Consent changed",
        "mode_changed": "Who answers",
        "texts_held": "Texts held back",
        "hold_ended": "Texts go out again",
        "preference_set": "Preference set",
        "instrument_answered": "Question answered",
        "visit_entered": "Visit entered",
        "visit_confirmed": "Visit confirmed",
        "visit_leave_planned": "Said when they leave for the visit",
        "visit_moved": "Visit moved",
        "visit_attended": "Visit attended",
        "visit_missed": "Visit missed",
        "visit_ended_by_client": "Visit called off by the client",
        "visit_ended_by_office": "Visit called off by the office",
        "times_held": "Free times held for a client",
        "times_offered": "Free times offered",
        "time_withdrawn": "Free time withdrawn",
        "reminder_set": "Own reminder set",
        "reminder_sent": "Own reminder sent",
        "reminder_done": "Own reminder done",
        "reminder_removed": "Own reminder removed",
        "escalation_opened": "A person is needed",
        "escalation_repeated": "A person is needed, asked again",
        "escalation_acknowledged": "A person took it",
        "escalation_contacted": "A person turned to the client",
        "escalation_reassigned": "Given to somebody else",
        "escalation_snoozed": "Put off",
        "escalation_back": "Back after it was put off",
        "escalation_merged": "Added to another of the same client",
        "escalation_called_again": "Nobody took it; called again",
        "escalation_passed_on": "Nobody took it; passed on",
        "escalation_resolved": "A person closed it",
        "promise_broken": "A promise to the client was not kept",
        "leave_added": "Leave entered",
        "leave_removed": "Leave removed",
        "set_aside": "Could not be taken; set aside",
        "thread_opened": "Said why they read the texts",
        "thread_viewed": "Texts looked at",
        "thread_searched": "Texts searched",
        "thread_sampled": "Texts read as a sample, masked",
        "list_imported": "List brought in",
        "transcript_printed": "Texts printed for the case file",
        "log_exported": "Log downloaded",
        "measures_exported": "Measures downloaded",
        "chat_link_sent": "Link to the chat sent",
        "chat_opened": "Client opened the chat",
        "chat_left": "Client left the chat",
        "chats_ended": "Client's open chats ended",
        "client_added": "Client added",
        "client_changed": "Client changed",
        "ladder_entered": "Hours of a month entered",
        "plan_written": "Plan written down by a worker, and sent for a yes",
        "note_added": "Note written",
        "note_changed": "Note changed",
        "client_merged": "Two records of a client made one",
        "client_merge_undone": "Two records of a client parted again",
        "client_transferred": "Client given to another worker",
        "client_referred": "Client referred to a colleague",
        "referral_ended": "Referral ended",
        "account_changed": "Account changed",
        "system_let_in": "Another system was let in",
        "system_shut_out": "Another system was shut out",
    }
)

THREAD_REASONS = Words(
    {
        "coaching": "Coaching a worker",
        "quality": "Looking at how the texts go",
        "concern": "A concern or a complaint about this client's texts",
        "helping": "Helping out for their worker",
        "request": "The client, or somebody for them, asked for it",
        "other": "Something else",
    }
)
"""Why a supervisor reads a thread, by `records.thread_access.Why`."""

OF_THREADS = Words({**THREAD_REASONS.english, "picture": "A picture"})
"""Why a thread was read, or what of it was looked at."""

ACCOUNT_CHANGES = Words(
    {
        "opened": "Opened",
        "invited": "An invitation was made",
        "password_set": "A password was set",
        "second_factor_set": "A second factor was set up",
        "second_factor_reset": "The second factor was reset",
        "identity_tied": "Tied to a county account",
        "log_ins_ended": "Other log-ins were ended",
        "languages": "The languages they write were noted",
        "calendar_opened": "An address for their calendar was made",
        "calendar_closed": "The address for their calendar was ended",
    }
)

SUBJECTS: Mapping[str, Mapping[str, str]] = {
    "nudge": NUDGE_KINDS,
    "campaign": CAMPAIGN_STATES,
    "escalation": TRIGGERS,
    "promise": TRIGGERS,
    "consent": CONSENTS,
    "text": STATES,
    "texts": HOLDS,
    "hold": HOLDS,
    "mode": MODES,
    "preference": PREFERENCES,
    "client": CLIENT_CHANGES,
    "note": NOTE_KINDS,
    "account": ACCOUNT_CHANGES,
    "thread": OF_THREADS,
    "ladder": RUNGS,
}
"""What the subject of a log row can be, by the first word of the row's kind."""
