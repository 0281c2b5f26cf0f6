"""What a worker may leave open in words of their own, and what stands for it: "{first_name}", "{visit_day}".

Only what is known of the client can be put in. What is put in is data: it is never read again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from conversations.dates import say_hour, say_moment
from conversations.labels import label
from conversations.placeholders import NAME
from conversations.situation import Situation
from conversations.visits import AHEAD

FIELD = re.compile(r"\{([^{}\n]*)\}")
FIELDS = ("first_name", "worker", "phone", "visit_day", "visit_time")


def known(situation: Situation, language: str, now: datetime) -> Mapping[str, str]:
    """What can be put in for this client, by the names of the fields."""
    client = situation.client
    found = {
        "first_name": label(client.first_name, NAME),
        "worker": label(client.worker if situation.cover is None else situation.cover, NAME),
        "phone": situation.county.phone,
    }
    ahead = [visit for visit in situation.visits if visit.status in AHEAD and visit.starts_at > now]
    if ahead:
        local = min(visit.starts_at for visit in ahead).astimezone(client.zone)
        found |= {"visit_day": say_moment(local.date(), language, client.zone), "visit_time": say_hour(local)}
    return {name: words for name, words in found.items() if words}


def merged(words: str, values: Mapping[str, str]) -> str:
    """The words with what is known put in, in one pass; what is not known stays as it was typed."""
    return FIELD.sub(lambda field: values.get(field[1].strip(), field[0]), words)


def missing(words: str, values: Mapping[str, str]) -> Sequence[str]:
    """The names in the words for which there is nothing to put in, each once."""
    return list(dict.fromkeys(name.strip() for name in FIELD.findall(words) if name.strip() not in values))
