"""What can become of a message, and in what order a provider's reports count."""

from __future__ import annotations

from enum import StrEnum


class MessageState(StrEnum):
    """Where a message stands. RECEIVED is for inbound texts.

    HELD is out of the queue until the hold on it is released (`records.holds`). PARKED is set aside: nobody knows
    whether it went out, or the provider refused it for a reason that nobody knows.
    """

    RECEIVED = "received"
    DUE = "due"
    HELD = "held"
    CLAIMED = "claimed"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    PARKED = "parked"


class Outcome(StrEnum):
    """What an attempt to send came to."""

    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


RANK = {
    MessageState.DUE: 0,
    MessageState.HELD: 0,
    MessageState.CLAIMED: 0,
    MessageState.UNKNOWN: 0,
    MessageState.PARKED: 0,
    MessageState.ACCEPTED: 1,
    MessageState.SENT: 2,
    MessageState.UNDELIVERED: 3,
    MessageState.FAILED: 3,
    MessageState.DELIVERED: 4,
}
"""Reports come more than once and in any order; a message's state only rises in rank (delivery facts, 4)."""


ANSWER, UNPROMPTED = 0, 1
"""Priorities: what is sent first, and what nobody waits for."""
