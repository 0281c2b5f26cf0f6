"""A case system that calls the API."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from aiohttp import ClientSession
from multidict import CIMultiDictProxy
from sqlalchemy import Connection

from bot.token_secrets import hash_of, new_secret
from records import api_tokens
from records.api_tokens import OPERATOR, NewToken, Scope
from tests.staff.office import MONDAY, Office

A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    headers: CIMultiDictProxy[str]
    body: Any


@dataclass(frozen=True, slots=True)
class Caller:
    http: ClientSession
    url: str
    secret: str = ""

    async def get(self, path: str, **query: str) -> Answered:
        return await self.call("GET", path, params=query)

    async def call(self, method: str, path: str, **how: Any) -> Answered:  # noqa: ANN401  as aiohttp takes it
        headers = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        headers |= how.pop("headers", {})
        address = f"{self.url}/api/v1{path}"
        async with self.http.request(method, address, headers=headers, **how) as answer:
            read = await answer.json(content_type=None) if answer.status != 204 else None
            return Answered(answer.status, answer.headers, read)


def put_token(connection: Connection, secret: str, scopes: Collection[Scope], team: str = "") -> str:
    wanted = NewToken("Case system", scopes, team, hash_of(secret), MONDAY + A_YEAR)
    return api_tokens.create(connection, wanted, OPERATOR, MONDAY)


async def let_in(
    office: Office, http: ClientSession, scopes: Collection[Scope] = frozenset(Scope), team: str = ""
) -> Caller:
    secret = new_secret()
    await office.write(partial(put_token, secret=secret, scopes=scopes, team=team))
    return Caller(http, office.url, secret)
