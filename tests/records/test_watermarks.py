from datetime import timedelta

from sqlalchemy import Engine

from records import inbox, watermarks
from tests.records.place import NOW, Place


def test_a_mark_rises_and_never_falls(engine: Engine) -> None:
    with engine.begin() as connection:
        assert watermarks.read(connection, "a") is None
        for minutes in (0, 5, 3):
            watermarks.raise_to(connection, "a", NOW + timedelta(minutes=minutes))
        assert watermarks.read(connection, "a") == NOW + timedelta(minutes=5)
        assert watermarks.read(connection, "b") is None


async def test_what_is_missing_is_told_from_what_is_here(place: Place) -> None:
    await place.says("hi", provider_id="SMa")
    assert place.do(lambda connection: inbox.missing(connection, ["SMa", "SMb"])) == {"SMb"}
    assert place.do(lambda connection: inbox.missing(connection, [])) == set()
