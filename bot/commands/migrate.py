"""Making the database's tables those of this release."""

from __future__ import annotations

import typer
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import Problem, StartError
from bot.ground import unreachable
from bot.settings import DatabaseSettings, load
from records import migrate as migrations
from records.database import connect
from records.errors import SchemaError


def migrate() -> None:
    """Raises StartError; a database of a newer release is left as it is."""
    settings = load(DatabaseSettings)
    typer.echo(f"The database is at revision {migrate_to_head(settings.database)}.")


def migrate_to_head(database_url: str) -> str:
    """Gives the revision reached. Raises StartError."""
    engine = connect(database_url)
    try:
        return migrations.migrate(engine)
    except SchemaError as error:
        raise StartError("The database cannot be migrated:", [Problem("DATABASE_URL", str(error))]) from None
    except SQLAlchemyError as error:
        raise unreachable(error) from None
    finally:
        engine.dispose()
