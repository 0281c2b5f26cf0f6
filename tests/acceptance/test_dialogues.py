"""The sample dialogues of domain guide 10, and a worker's plan, in both languages, played against the whole bot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from records.database import connect
from records.tables import metadata
from tests.acceptance import golden
from tests.acceptance.golden_player import Player

SCRIPTS = sorted(path.name for path in golden.FOLDER.glob("d*.txt"))


@pytest.fixture(scope="module")
def engine(lasting_database_url: str) -> Iterator[Engine]:
    """One for all scripts, since it remembers the statements that it has compiled."""
    engine = connect(lasting_database_url)
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def stage(engine: Engine) -> Engine:
    """Nothing is left of the script before."""
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    return engine


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_bot_keeps_to_the_script(stage: Engine, name: str) -> None:
    script = golden.read(name)
    golden.compare(script, Player(stage, script).play())


def test_every_dialogue_is_there_in_both_languages() -> None:
    dialogues = [f"d{number:02}" for number in range(1, 20) if number != 6] + ["d06a", "d06b", "d06c"]
    found = {(name.partition("_")[0], name.split(".")[1]) for name in SCRIPTS}
    assert found == {(dialogue, language) for dialogue in dialogues for language in ("en", "es")}
    assert len(found) == 2 * 21
