"""What the database's own messages may say."""

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from records.tables import messages
from tests.records.place import Place

SAID = "my baby is sick and I lost my job"


async def test_an_error_of_the_database_s_repeats_nothing_that_a_client_wrote(place: Place) -> None:
    await place.says(SAID)
    with place.engine.connect() as connection:
        row = connection.execute(select(messages).where(messages.c.direction == "in")).mappings().one()
        assert row["body"] == SAID
        with pytest.raises(IntegrityError) as raised:
            connection.execute(insert(messages), [dict(row)])
    assert SAID not in f"{raised.value} {raised.value!r}"
    assert place.numbers[0] not in str(raised.value)
