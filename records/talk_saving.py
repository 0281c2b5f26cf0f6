"""What is being talked about, and what is kept of it: ideas, and answers to an instrument."""

from __future__ import annotations

from conversations.effects import KeepAnswer, KeepIdea, SaveTalk
from conversations.situation import Talk
from records.batch import OneClient, Row
from records.bulk import deleting, inserting, replaced
from records.engagement import Kind
from records.ids import new_id
from records.tables import ideas, instrument_answers, talks

_TALK = ("flow", "at", "asked_at", "answers", "misses")

DELETE_TALKS = deleting(talks, ("client_id", "place"))
UPSERT_TALKS = inserting(
    talks,
    talks.c.keys(),
    f"ON CONFLICT (client_id, place) DO UPDATE SET {replaced(*_TALK)}",
)
INSERT_IDEAS = inserting(ideas, ideas.c.keys())
INSERT_ANSWERS = inserting(instrument_answers, instrument_answers.c.keys())


def talk(one: OneClient, effect: SaveTalk) -> None:
    for place, talk, was in (
        ("open", effect.talk, one.situation.talk),
        ("parked", effect.parked, one.situation.parked),
    ):
        key = one.client.id, place
        one.batch.rows.get(UPSERT_TALKS, {}).pop(key, None)
        if talk is not None and not talk.over:
            one.batch.put(UPSERT_TALKS, key, _talk_row(one.client.id, place, talk))
        elif was is not None:
            one.batch.put(DELETE_TALKS, key, {"client_id": one.client.id, "place": place})
    one.loaded.book.move_on(effect.talk)


def idea(one: OneClient, effect: KeepIdea) -> None:
    row = {"id": new_id(one.now), "client_id": one.client.id, "at": one.now, "text": effect.text}
    one.batch.add(INSERT_IDEAS, row)
    one.log(Kind.IDEA_KEPT, detail={"idea": row["id"]})


def answer(one: OneClient, effect: KeepAnswer) -> None:
    row = {
        "id": new_id(one.now),
        "client_id": one.client.id,
        "at": one.now,
        "instrument": effect.instrument,
        "value": effect.value,
        "words": effect.words,
    }
    one.batch.add(INSERT_ANSWERS, row)
    message_id = one.cause.message_id
    one.log(Kind.INSTRUMENT_ANSWERED, effect.instrument, message_id=message_id, detail={"answer": row["id"]})


def _talk_row(client_id: str, place: str, talk: Talk) -> Row:
    return {
        "client_id": client_id,
        "place": place,
        "flow": talk.flow,
        "at": talk.at,
        "asked_at": talk.asked_at,
        "answers": dict(talk.answers),
        "misses": talk.misses,
    }
