"""One call: who makes it, what it says, and how it is answered."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel
from sqlalchemy import Connection

from bot.api.problems import ApiError, ProblemKind, refused
from bot.keys import CLOCK, COUNTY, READER, WRITER
from records import case_system, idempotency
from records.api_tokens import Scope, Token
from records.case_system import Person
from records.errors import ChangedError, RefusedError
from records.ids import new_id
from records.roles import Right
from records.sight import Sight

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    body: BaseModel | None
    status: int = 200


@dataclass(frozen=True, slots=True)
class Call:
    """`path` are the parts of the address that vary, by their names; `key` is the Idempotency-Key, if it has one."""

    request: web.Request
    token: Token
    path: Mapping[str, str]
    key: str = ""

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

    async def acting(self, email: str, right: Right, client_id: str) -> Person:
        """Who of the staff does it. Raises ApiError unless it is theirs to do."""
        county = self.request.app[COUNTY]
        ask = partial(case_system.person, email=email, right=right, client_id=client_id, sight=self.sight)
        try:
            return await self.read(partial(ask, county=county, now=self.now))
        except RefusedError as no:
            raise refused(("by", str(no))) from None

    async def once(self, said: BaseModel, make: Callable[[Connection, str], object]) -> str:
        """Do `make` with a new id, unless a call with this key did; gives the id of what was made.

        Raises what `make` raises, and then the key is as new.
        """
        digest = self._digest(said)
        if (made := await self.made_before(said)) is not None:
            return made

        def make_once(connection: Connection) -> str:
            made = new_id(self.now)
            if idempotency.claim(connection, self.token.id, self.key, digest, made, self.now):
                make(connection, made)
                return made
            return idempotency.made_before(connection, self.token.id, self.key, digest) or made

        try:
            return await self.write(make_once)
        except ChangedError:
            raise ApiError(ProblemKind.KEY_REUSED) from None

    async def made_before(self, said: BaseModel) -> str | None:
        """The id of what a call with this key made."""
        ask = partial(idempotency.made_before, token_id=self.token.id, key=self.key, digest=self._digest(said))
        try:
            return await self.read(ask)
        except ChangedError:
            raise ApiError(ProblemKind.KEY_REUSED) from None

    def _digest(self, said: BaseModel) -> str:
        request = f"{self.request.method} {self.request.path} {said.model_dump_json()}"
        return hashlib.sha256(request.encode()).hexdigest()


View = Callable[[Call, Any], Awaitable[Answer]]
"""Answers a call. The second argument is what the call says, as its route's `takes`."""
