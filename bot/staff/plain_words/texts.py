"""What is said of texts that are planned, went out, or did not, and why."""

from __future__ import annotations

from bot.wording import Words

NUDGE_KINDS = Words(
    {
        "invite": "Invite to texts",
        "renewal": "Are texts still welcome?",
        "step_reminder": "Reminder of the step",
        "own_reminder": "A reminder that they asked for",
        "visit_ask": "Question about the visit",
        "visit_tomorrow": "Reminder the day before the visit",
        "visit_today": "Reminder on the day of the visit",
        "visit_missed": "After a missed visit: another time?",
        "visit_ended": "The visit is called off: another time?",
        "check_in": "Check-in",
        "worker_nudge": "Text from a worker",
        "later": "An open question, asked again",
        "silence": "A second try, if they stay silent",
        "quiet": "You are told, if they stay silent",
        "still_quiet": "You are told again, if they stay silent",
        "end_of_rest": "End of the rest",
        "breath": "Words that wait for more",
        "promise": "A person was promised by then",
    }
)

NUDGE_STATES = Words(
    {
        "merged": "part of another text",
        "dropped": "dropped",
        "cancelled": "cancelled",
    }
)

STATES = Words(
    {
        "due": "waiting to go out",
        "held": "held back",
        "claimed": "going out",
        "unknown": "may have gone out; being looked up",
        "accepted": "handed to the carrier",
        "sent": "sent",
        "delivered": "delivered",
        "undelivered": "did not arrive",
        "failed": "did not arrive",
        "suppressed": "not sent",
        "cancelled": "taken back",
        "expired": "not sent: it came too late to be of use",
        "parked": "set aside",
    }
)

IN_CHAT = Words(
    {
        "claimed": "not opened yet",
        "unknown": "not opened yet",
        "accepted": "not opened yet",
        "sent": "not opened yet",
        "delivered": "seen",
        "expired": "they did not open the chat",
    }
)
"""What became of a text in the web chat, where that is not as with others."""

LOST = frozenset({"failed", "undelivered", "suppressed", "expired"})

CAMPAIGN_STATES = Words(
    {
        "waiting": "waits for a supervisor's yes",
        "going": "goes out",
        "refused": "not approved",
        "stopped": "stopped",
    }
)

PICTURE_PROBLEMS = Words(
    {
        "too_large": "A picture could not be taken: it has more than 10 MB. Ask for a smaller one.",
        "too_many_pixels": "A picture could not be taken: it has too many pixels. Ask for a smaller one.",
        "heic": "A picture could not be taken: it is of the kind HEIC. Ask for it as JPEG.",
        "no_picture": "Something other than a picture was sent, such as a voice message or a PDF. It is not shown.",
        "broken": "A picture could not be taken: the file is broken. Ask for it again.",
        "not_reached": "A picture could not be taken: the provider did not give it. Ask for it again.",
    }
)

WHY_NOT = Words(
    {
        "no_consent": "They do not get texts. Call, write a letter or meet.",
        "mode_human": "A person has the thread. Write to them there.",
        "mode_stopped": "The texts are stopped until a person starts them again.",
        "mode_silent": "Texts are not safe for them. Use the safe-contact plan.",
        "not_written": "Nobody wrote it in their language. Choose a reviewed text, or call.",
        "nothing_to_put_in": "What stands in {braces} is not known of them. Leave it out, or write to them alone.",
        "no_room": "The limits leave no room within a week. Choose a later day.",
        "no_moment": "The county's hours and holidays leave no moment for it.",
    }
)
"""Why a client gets none of a text to several, and what to do instead."""

REASONS = Words(
    {
        "paused": "waited: a worker paused what goes out by itself",
        "quiet_hours": "moved out of the quiet hours",
        "quiet_day": "moved to a day on which texts go out",
        "holiday": "moved past a holiday",
        "resting": "moved to the end of the client's rest",
        "cap_day": "moved: one planned text a day is the limit",
        "cap_week": "moved: the limit for seven days is reached",
        "cap_month": "moved: the limit for thirty days is reached",
        "talking_now": "waited: the client was texting just then",
        "open_question": "waited: a question to the client is still open",
        "kept_for:step_reminder": "waited: the client was promised a reminder that day",
        "kept_for:visit": "waited: the texts about a visit come first",
        "visit_over_cap": "beyond the limit: a visit cannot wait",
        "mode_human": "waited: a person has this conversation",
        "mode_stopped": "waited: the texts are stopped until a person starts them again",
        "mode_silent": "waited: texts are not safe for the client",
        "person_needed": "waited: a person is needed at once",
        "person_wrote": "waited: a person wrote in the last 12 hours",
        "renew_due": "waited: the client was asked whether texts are still welcome",
        "heard_since": "moved: the client was heard of",
        "kept": "a person turned to the client in time",
        "reminder_over": "the reminder came or was removed already",
        "visit_over": "the visit was long ago",
        "visit_moved": "the visit was moved",
        "visit_attended": "the visit took place",
        "visit_ended_by_client": "the client called the visit off",
        "visit_ended_by_office": "the office called the visit off",
        "past_its_end": "the last day chosen for it had passed",
        "no_consent": "the client does not get texts",
        "answered": "the client had answered",
        "already_answered": "the client had been invited or had answered already",
        "expired": "it came too late to be of use",
        "rest_over": "the rest was over already",
        "too_late": "its day or hour had passed",
        "not_opened": "they did not open the chat",
        "goal_closed": "the goal is closed",
        "step_changed": "there is a newer step",
        "step_over": "the step was looked back on already",
        "replanned": "replaced by a newer plan",
        "opted_out": "the client stopped the texts",
        "wrong_number": "it is not the client's number",
        "consent_expired": "the client did not say that texts are still welcome",
        "danger": "the client may be in danger",
        "reminder_chosen": "the client chose another reminder",
        "already_reported": "the client had told how it went",
        "rest_ended": "the rest is over",
        "asked_for_later": "the client asked to hear it later",
        "plan_changed": "the plan changed",
        "said_moved": "the client heard of the new time at once",
        "stopped_by_worker": "its worker stopped it",
        "restored": "it may have gone out before Milepost was put back from a backup",
    }
)
