"""Texts from a number that nobody here has: help once a day, and in danger the way to it (domain guide 3.1, 3.10)."""

from __future__ import annotations

from datetime import datetime

from conversations import safety, wishes
from conversations import single_texts as texts
from conversations.arrival import Arrival, Effects
from conversations.classifier import Sureness
from conversations.consent import HELP_AGAIN_AFTER
from conversations.danger import ANSWERED_AGAIN_AFTER
from conversations.effects import Purpose, Send


def answer(arrival: Arrival, answered_at: datetime | None) -> Effects:
    """`answered_at` is when this number was last answered. A wish to stop hears nothing, nor does a machine.

    No person can be sent to who is not known; the lines that help anybody are named.
    """
    text, languages = arrival.said.text, arrival.languages
    found = safety.danger(text, languages)
    if found and found.sureness is Sureness.SURE and not arrival.heard_within(answered_at, ANSWERED_AGAIN_AFTER):
        return (Send(texts.STRANGER_IN_DANGER, purpose=Purpose.CRISIS),)
    wants_none = arrival.intent == "opt_out" or wishes.stop_wished(text, languages)
    if wants_none or wishes.is_automatic(text, languages) or arrival.heard_within(answered_at, HELP_AGAIN_AFTER):
        return ()
    return (Send(texts.HELP, purpose=Purpose.LEGAL),)
