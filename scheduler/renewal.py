"""When we ask again whether texts are welcome: after a year, or after 90 silent days (domain guide 3.10). Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from conversations.situation import Situation

AFTER_A_YEAR = timedelta(days=365)
AFTER_SILENCE = timedelta(days=90)


def renewal_at(situation: Situation, now: datetime) -> datetime:
    """The moment (UTC). Who was never heard of is as silent as since their yes; without a known yes that is now."""
    agreed = situation.client.consented_at or now
    heard = max(agreed, situation.last_heard_at or agreed)
    return min(agreed + AFTER_A_YEAR, heard + AFTER_SILENCE).astimezone(UTC)
