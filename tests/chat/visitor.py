"""Somebody on the web chat: a browser of their own, and the phone that gets the texts."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import ClientResponse, ClientSession, CookieJar

from bot.chat.cookies import new_token
from bot.chat.secret_texts import send_link
from bot.keys import LANGUAGES
from bot.token_secrets import hash_of
from records import chat_access, phones
from tests.staff.office import Office

PATIENCE = 10.0


@dataclass
class Visitor:
    """`csrf` is the token of the chat that is open."""

    http: ClientSession
    office: Office
    csrf: str = ""
    status: int = 0

    async def get(self, path: str, accept: str = "text/html", **headers: str) -> str:
        return await self._seen(self.http.get(self.office.url + path, headers={"Accept": accept, **headers}))

    async def post(self, path: str, **form: str) -> str:
        data, headers = {"csrf": self.csrf, **form}, {"Accept": "text/html"}
        return await self._seen(self.http.post(self.office.url + path, data=data, headers=headers))

    async def send(self, path: str, what: object, csrf: str | None = None) -> Any:  # noqa: ANN401  what the JSON says
        headers = {"Accept": "application/json", "X-CSRF-Token": self.csrf if csrf is None else csrf}
        said = await self._seen(self.http.post(self.office.url + path, json=what, headers=headers))
        return json.loads(said) if said.startswith("{") else said

    async def say(self, text: str, own_id: str = "") -> str:
        """Gives the id under which it was sent."""
        own_id = own_id or secrets.token_hex(16)
        await self.send("/chat/messages", {"id": own_id, "text": text})
        return own_id

    async def thread(self) -> list[dict[str, Any]]:
        texts: list[dict[str, Any]] = json.loads(await self.get("/chat/texts", "application/json"))["texts"]
        return texts

    async def until(self, holds: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        texts: list[dict[str, Any]] = []
        async for _ in again():
            texts = await self.thread()
            if holds(texts):
                break
        return texts

    async def enter(self, client_id: str, *, own: bool = True) -> str:
        """By a link that was sent to them."""
        token = await link_to(self.office, client_id)
        return await self.post(f"/chat/open/{token}", **({"own": "on"} if own else {}))

    async def _seen(self, asked: Any) -> str:  # noqa: ANN401  aiohttp's own kind of context manager
        answer: ClientResponse
        async with asked as answer:
            self.status, page = answer.status, await answer.text()
        if found := re.search(r'data-csrf="([^"]+)"', page):
            self.csrf = found[1]
        return page


async def link_to(office: Office, client_id: str) -> str:
    """The token in it."""
    token, now = new_token(), office.clock.now()

    def make(connection: Any) -> None:  # noqa: ANN401
        person = chat_access.person(connection, client_id)
        assert person is not None
        chat_access.keep_link(connection, client_id, hash_of(token), now)
        languages = office.app[LANGUAGES]
        send_link(connection, person, "https://t.example/chat/open", token, languages, office.ana, now)

    await office.house.writer.run(make)
    return token


@asynccontextmanager
async def visiting(office: Office) -> AsyncIterator[Visitor]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        yield Visitor(http, office)


async def code_on_phone(office: Office, client_id: str) -> str:
    """From the newest text that has one."""
    async for _ in again():
        [phone] = await office.house.reader.run(partial(phones.phones, only=client_id))
        codes = [found[0] for text in phone.texts if (found := re.search(r"\b\d{6}\b", text.body))]
        if codes:
            return codes[-1]
    raise AssertionError


async def again() -> AsyncIterator[None]:
    """Until whoever looks has seen what they wait for."""
    async with asyncio.timeout(PATIENCE):
        while True:
            yield
            await asyncio.sleep(0.01)
