"""Whether another transaction waits for this one."""

from sqlalchemy import Connection


def somebody_waits(connection: Connection) -> bool:
    """On SQLite everybody does, from their beginning."""
    if connection.dialect.name == "sqlite":
        return True
    waiting = connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return bool(waiting.scalar_one())
