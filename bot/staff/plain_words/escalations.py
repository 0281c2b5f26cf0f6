"""What is said of escalations: why a person is needed, how urgent, what came of it."""

from __future__ import annotations

from bot.wording import Words

TRIGGERS = Words(
    {
        "self_harm": "Words of self-harm",
        "partner_violence": "Words of violence at home",
        "harm_to_others": "Words of harm to a child or an elder",
        "medical": "Words of a medical emergency",
        "crisis_in_doubt": "May be in danger; please read the texts",
        "hint_of_danger": "A text may hint at danger; please read it",
        "unsafe_to_text": "Said that texts are not safe",
        "safety_word": "Used their safety word",
        "basic_need": "Needs food, shelter or power",
        "asked_for_person": "Asked for a person",
        "waits_for_reply": "Waits for a person's answer",
        "complaint": "Is angry or complains",
        "help_getting_there": "Needs help getting to a visit",
        "no_time_fits": "No free time for a visit fits",
        "running_late": "Is running late for a visit",
        "visit_missed": "Missed a visit",
        "visit_ended": "Called off a visit, without a new time",
        "not_understood": "Not understood twice",
        "out_of_scope": "Asked something that Milepost cannot answer",
        "second_setback": "Two setbacks in a row",
        "supportive_service": "May need money, a ride, child care or tools",
        "low_life_pulse": "Said that things are hard right now",
        "quiet": "Has gone quiet",
        "opted_out": "Stopped the texts",
        "opt_out_in_doubt": "May want the texts to stop",
        "wrong_number": "Wrong number",
        "consent_expired": "Did not say whether texts are still welcome",
        "delivery_failing": "Texts do not arrive",
        "filtered_by_carrier": "The carriers do not let the county's texts through",
        "language_not_offered": "Wants a language that is not offered",
        "private_number_sent": "Sent a private number; it was taken out",
        "content_rule_broken": "A text broke a rule for what we write",
        "invite_unanswered": "Did not answer the invite",
        "media": "Sent a picture or a voice message",
        "answering_machine": "A machine answers the texts",
        "nudge_expired": "Your text could not go out in time",
        "promise_broken": "Was promised a person, and none came in time",
        "set_aside": "Milepost could not handle a text; please read it",
        "restored": "Milepost was put back from a backup; please see what is missing",
    }
)

ABOUT = Words(
    {
        "a_ride": "a ride",
        "child_care": "child care",
        "phone_visit": "a visit by phone",
        "something_else": "something else",
    }
)
"""What an item is about, where more than the trigger is known."""

HOLDS = Words({**TRIGGERS.english, "paused": "Paused by a worker"})
"""Why what goes out by itself waits."""

LEVELS = Words({"U0": "safety, now", "U1": "today", "U2": "next working day", "U3": "worth a look"})

OUTCOMES = Words(
    {
        "talked": "Talked",
        "left_message": "Left a message",
        "met": "Met",
        "plan_changed": "Plan changed",
        "referred": "Referred to somebody",
        "no_contact": "No contact after three tries",
        "not_needed": "Not needed",
    }
)
"""Domain guide 7.3."""

HELD_BY = Words(
    {
        "worker": "the worker",
        "team": "the team",
        "supervisor": "the supervisor",
        "manager": "the manager",
    }
)

OCCASIONS = Words(
    {
        "opened": "A person is needed",
        "repeated": "Asked again",
        "raised": "More urgent than before",
        "reassigned": "Given to somebody else",
        "again": "Called again: nobody took it",
        "half_time": "Half of the time is over",
        "passed_up": "Passed up: nobody took it in time",
        "promise_broken": "A promise to the client was not kept",
        "back": "Back after it was put off",
        "resolved": "Closed",
        "digest": "The daily digest",
        "weekly": "The weekly digest",
    }
)
"""What a notice to another system says."""
