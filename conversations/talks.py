"""A talk as text, and back: what is stored of a conversation while it waits, for minutes or for weeks."""

from __future__ import annotations

import json
from datetime import datetime

from conversations.situation import Talk


def saved(talk: Talk) -> str:
    """A talk as JSON. Holds names, moments and the client's own words, never our sentences."""
    return json.dumps(
        {
            "flow": talk.flow,
            "at": talk.at,
            "asked_at": talk.asked_at.isoformat(),
            "answers": dict(talk.answers),
            "misses": talk.misses,
            "over": talk.over,
        },
        ensure_ascii=False,
    )


def loaded(stored: str) -> Talk:
    """What `saved` wrote. Raises ValueError or KeyError for anything else."""
    fields = json.loads(stored)
    return Talk(
        flow=fields["flow"],
        at=fields["at"],
        asked_at=datetime.fromisoformat(fields["asked_at"]),
        answers=fields["answers"],
        misses=fields["misses"],
        over=fields["over"],
    )
