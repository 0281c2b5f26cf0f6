"""How alembic runs our migrations: over the connection it is given, in that connection's transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from records.tables import metadata
from records.types import Moment


def render(kind: str, item: Any, _context: object) -> str | Literal[False]:  # noqa: ANN401  alembic hands in anything
    """Our own types, as a new migration writes them."""
    return "Moment()" if kind == "type" and isinstance(item, Moment) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite can change little of a table in place
    render_item=render,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
