"""Finding texts by their words, held against looking through all of them; and hostile words find nothing but words."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from random import Random

import pytest
from sqlalchemy import Connection, Engine, insert, select

from records import log_words
from records.engagement import Kind, append, entry
from records.log_reads import SETTLES, Asked
from records.roles import Reach
from records.searchable_words import sought, words_of
from records.sight import Sight
from records.tables import engagement, messages
from records.text_saving import outgoing
from tests.records.place import NOW, texted
from tests.records.test_log_reads import HAS, SIGHTS, fill

SAID = ("Niños", "the kids", "my ride", "child care", "托儿所", "can't", "mañana", "no", "the children's school")
ASKED = ("ninos", "kid", '"child care"', "care child", "托儿", "儿", "cant", "can't", "chil", "the", "ride mañana", "x")
LATER = NOW + timedelta(days=30)


def fill_with_texts(engine: Engine) -> None:
    """Beside rows that are about no text."""
    fill(engine)
    chance = Random(2)
    with engine.begin() as connection:
        for nth in range(150):
            moment, client = NOW + timedelta(minutes=nth), chance.choice([*HAS])
            body = " ".join(chance.choices(SAID, k=3))
            row = outgoing(texted(body), "+15550100", moment, LATER) | {"client_id": client}
            connection.execute(insert(messages), [row])
            kind = chance.choice([Kind.TEXT_IN, Kind.TEXT_OUT])
            about = {"client_id": client, "worker_id": HAS[client], "message_id": row["id"]}
            append(connection, [entry(kind, moment, language=chance.choice(["en", "es"]), **about)])


def follow_to_the_end(connection: Connection) -> None:
    while log_words.is_behind(connection, LATER):
        log_words.follow(connection, LATER)


def has_all(body: str, asked: str) -> bool:
    words = list(words_of(body))
    return all(any(one.begins_at(words, at) for at in range(len(words))) for one in sought(asked))


@pytest.mark.parametrize(("width", "at_once"), [(20_000, 500), (7, 11)])
def test_what_is_found_is_what_looking_through_all_texts_finds_page_by_page(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, width: int, at_once: int
) -> None:
    monkeypatch.setattr(log_words, "WIDTH", width)
    monkeypatch.setattr(log_words, "AT_ONCE", at_once)
    fill_with_texts(engine)
    with engine.begin() as connection:
        follow_to_the_end(connection)
        every = select(engagement, messages.c.body).join(messages, messages.c.id == engagement.c.message_id)
        rows = connection.execute(every.order_by(engagement.c.id.desc())).all()
        for words, sight, client in product(ASKED, SIGHTS, (None, "c1")):
            asked = Asked(client_id=client, sight=sight)
            ids: list[str] = []
            before, pages = None, 0
            while pages == 0 or before:
                page = log_words.search(connection, asked, sought(words), before=before, limit=4)
                ids += [row.id for row in page.rows]
                before, pages = page.older, pages + 1
            seen = [row for row in rows if sight.sees_all or HAS[row.client_id] in SIGHTS[sight]]
            fits = [row.id for row in seen if client in (None, row.client_id) and has_all(row.body, words)]
            assert ids == fits, (words, sight, client)
            assert pages <= len(rows)


def test_a_text_is_found_once_it_has_settled_and_only_once_however_often_it_is_followed(engine: Engine) -> None:
    fill(engine)
    row = outgoing(texted("My ride"), "+15550100", NOW, LATER) | {"client_id": "c1"}
    with engine.begin() as connection:
        connection.execute(engagement.delete())
        connection.execute(insert(messages), [row])
        append(connection, [entry(Kind.TEXT_OUT, NOW, client_id="c1", message_id=row["id"])])
        assert not log_words.is_behind(connection, NOW)
        assert log_words.follow(connection, NOW) == 0
        assert log_words.follow(connection, NOW + SETTLES) == 1
        assert log_words.follow(connection, NOW + SETTLES) == 0
        append(connection, [entry(Kind.GOAL_SET, NOW + SETTLES, client_id="c1")])
        assert log_words.is_behind(connection, NOW + 2 * SETTLES)
        assert log_words.follow(connection, NOW + 2 * SETTLES) == 0
        assert not log_words.is_behind(connection, NOW + 2 * SETTLES)
        assert len(log_words.search(connection, Asked(), sought("ride")).rows) == 1


def test_a_strangers_text_is_found_by_nobody(engine: Engine) -> None:
    row = outgoing(texted("My ride"), "+15550100", NOW, LATER)
    with engine.begin() as connection:
        connection.execute(insert(messages), [row])
        append(connection, [entry(Kind.TEXT_IN, NOW, message_id=row["id"])])
        follow_to_the_end(connection)
        assert log_words.search(connection, Asked(sight=Sight(Reach.ALL)), sought("ride")).rows == []


@pytest.mark.parametrize(
    "words",
    ["' OR 1=1 --", 'ride" OR "x', "NEAR(my ride)", "ride*", "^my", "words:ride", "my & !ride", "ride:A", "\0my"],
)
def test_nothing_that_is_looked_for_is_a_command_to_the_database(engine: Engine, words: str) -> None:
    with engine.begin() as connection:
        assert log_words.search(connection, Asked(), sought(words)).rows == []


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 60, "019cafb4fd00709e836a1a9e21956b8f", "'"])
def test_a_place_that_is_none_is_no_error(engine: Engine, before: str) -> None:
    with engine.begin() as connection:
        assert log_words.search(connection, Asked(), sought("ride"), before=before).rows == []
