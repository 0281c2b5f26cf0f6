"""Turns as transactions: those of many clients together, and one by one if together they cannot be saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from conversations.county import County
from records import turns
from records.errors import StorageError
from records.turns import Decider, Inbound, Taken, Turns

log = structlog.get_logger()

TRIES = 3
"""How often work that may be repeated is tried when the connection broke or two transactions met."""


class TurnRunner:
    """Runs one transaction after another, on the thread of its caller; at most one thread may call.

    `clock` gives the aware moment in UTC. Each transaction runs inside `turnstile`. Errors come as values: they belong
    to who waits. A StorageError says that nothing was stored, and that the next call tries afresh.
    """

    def __init__(
        self,
        engine: Engine,
        decider: Decider,
        clock: Callable[[], datetime],
        county: County,
        turnstile: AbstractContextManager[object] | None = None,
    ) -> None:
        self._engine = engine
        self.turns = Turns(decider, county)
        self._clock = clock
        self._turnstile = turnstile or nullcontext()
        self._listeners: list[Callable[[], None]] = []

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every commit, so it must be quick."""
        self._listeners.append(listener)

    def texts(self, inbounds: Sequence[Inbound]) -> Sequence[Taken | StorageError]:
        """Take texts of different numbers together; if need be one by one, so that none suffers from its neighbour."""
        result = self._repeated(lambda connection: self.turns.texts(connection, inbounds, self._clock()))
        if isinstance(result, list):
            return result
        if isinstance(result, StorageError):
            return [result] * len(inbounds)
        return [self._one_text(inbound) for inbound in inbounds]

    def _one_text(self, inbound: Inbound) -> Taken | StorageError:
        """One text by itself; if what follows from it cannot be saved even so, the text alone."""
        result = self._repeated(lambda connection: self.turns.texts(connection, [inbound], self._clock()))
        if isinstance(result, list):
            taken: Taken = result[0]
            return taken
        if isinstance(result, StorageError):
            return result
        reason = turns.failed(result)
        aside: Taken | Exception = self._repeated(
            lambda connection: self.turns.set_text_aside(connection, inbound, reason, self._clock())
        )
        # Not even that: the provider sends it again. The driver's own words may hold the client's, so they end here.
        return StorageError(_kind(aside)) if isinstance(aside, Exception) else aside

    def due(self, now: datetime, limit: int) -> int | Exception:
        """Take clients with due nudges together; if that cannot be saved, client by client. Gives how many nudges."""
        result: int | Exception = self._repeated(lambda connection: self.turns.due(connection, now, limit))
        if not isinstance(result, Exception) or isinstance(result, StorageError):
            return result
        found: list[str] | Exception = self._repeated(lambda c: self.turns.due_clients(c, now, limit))
        if isinstance(found, Exception):
            return found
        settled = 0
        broken: Exception | None = None
        for client_id in found:
            came = self._due_of(client_id, now)
            if isinstance(came, Exception):
                broken = broken or came
            else:
                settled += came
        return broken or settled

    def _due_of(self, client_id: str, now: datetime) -> int | Exception:
        result: int | Exception = self._repeated(lambda connection: self.turns.due_of(connection, client_id, now))
        if not isinstance(result, Exception) or isinstance(result, StorageError):
            return result
        reason = turns.failed(result)
        aside: int | Exception = self._repeated(
            lambda connection: self.turns.set_due_aside(connection, client_id, reason, now)
        )
        return aside

    def _repeated(self, do: Callable[[Connection], Any]) -> Any:  # noqa: ANN401  what `do` gives, or an error
        return self.transaction(do, TRIES)

    def transaction(self, do: Callable[[Connection], Any], tries: int = 1) -> Any:  # noqa: ANN401  as above
        """What `do` gives, committed; or what went wrong.

        When the connection broke, or two transactions stood in each other's way, it is tried again.
        """
        while True:
            tries -= 1
            try:
                with self._turnstile, self._engine.begin() as connection:
                    result = do(connection)
            except (OperationalError, InterfaceError, PoolTimeoutError) as error:
                self._engine.dispose()  # a connection that is no good must not stay: the next one is fresh
                if tries and _passes(error):
                    continue
                return StorageError(_kind(error))
            except Exception as error:  # noqa: BLE001  whatever `do` raised goes to who waits
                return error
            self._tell_listeners()
            return result

    def _tell_listeners(self) -> None:
        for listener in self._listeners:
            try:
                listener()
            except Exception:  # what is committed is committed
                log.exception("listener_failed")


def _passes(error: Exception) -> bool:
    """May it work at once, if tried again? A lost connection may; a deadlock or a clash does (SQLSTATE class 40)."""
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or str(getattr(error.orig, "sqlstate", "")).startswith("40")


def _kind(error: Exception) -> str:
    """The driver's name for it, without its words, which hold the statement's values."""
    return type(error.orig).__name__ if isinstance(error, DBAPIError) else type(error).__name__
