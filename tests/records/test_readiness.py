from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from records.database import connect
from records.migrations import head
from records.readiness import look


def test_a_look_says_how_the_tables_stand_and_what_time_it_is_there(engine: Engine) -> None:
    with engine.begin() as connection:
        seen = look(connection)
    assert seen.revision == head()
    if engine.dialect.name == "sqlite":
        assert seen.clock is None
    else:
        assert seen.clock
        assert abs(seen.clock - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_database_that_may_only_be_read_is_not_ready(engine: Engine) -> None:
    read_only = connect(engine.url, reads_only=True)
    with read_only.connect() as connection, pytest.raises(DBAPIError):
        look(connection)
    read_only.dispose()
