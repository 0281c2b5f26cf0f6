"""One call: who makes it, what it says, and how it is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel
from sqlalchemy import Connection

from bot.keys import CLOCK, READER, WRITER
from records.api_tokens import Scope, Token
from records.sight import Sight

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    body: BaseModel | None
    status: int = 200


@dataclass(frozen=True, slots=True)
class Call:
    """`path` are the parts of the address that vary, by their names."""

    request: web.Request
    token: Token
    path: Mapping[str, str]

    @property
    def sight(self) -> Sight:
        return self.token.sight

    @property
    def now(self) -> datetime:
        """The programme's time."""
        return self.request.app[CLOCK].now()

    def may(self, scope: Scope) -> bool:
        return scope in self.token.scopes

    async def read(self, ask: Callable[[Connection], T]) -> T:
        """Raises StorageError."""
        return await self.request.app[READER].run(ask)

    async def write(self, do: Callable[[Connection], T]) -> T:
        """In a transaction of its own. Raises what `do` raises, and StorageError."""
        return await self.request.app[WRITER].run(do)


View = Callable[[Call, Any], Awaitable[Answer]]
"""Answers a call. The second argument is what the call says, as its route's `takes`."""
