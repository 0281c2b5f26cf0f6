"""What came with a text, at the provider: listed, fetched, removed. Nothing is asked for at any other place.

No address that comes in is followed: each is made here, of our account and of ids. Only the provider's answer to it may
lead on, to the servers of its own that it names here; our password stays behind.
https://www.twilio.com/docs/messaging/api/media-resource
https://help.twilio.com/articles/223183748
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, encode_basic_auth
from yarl import URL

from bot.pictures.source import FetchFailedError, Listed
from bot.settings import Settings
from records.pictures import MOST

KEEPS_MEDIA = frozenset({"https://mms.twiliocdn.com", "https://media.twiliocdn.com"})
"""Where the provider keeps the bytes: its API answers with an address there that holds for some hours."""

MOST_HOPS = 2
PATIENCE = timedelta(seconds=30)
CHUNK = 64 * 1024

MESSAGE_ID = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}")
MEDIA_ID = re.compile(r"ME[0-9a-fA-F]{32}")
LEADS_ON = frozenset({301, 302, 303, 307, 308})
OK, GONE, REMOVED = 200, 404, 204


class TwilioMedia:
    """Implements `bot.pictures.source.Source`. Open it in a running event loop, close it at the end."""

    def __init__(
        self, settings: Settings, patience: timedelta = PATIENCE, keeps_media: Collection[str] = KEEPS_MEDIA
    ) -> None:
        account, token = settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value()
        self._messages = f"{settings.twilio_api_base}/2010-04-01/Accounts/{account}/Messages"
        self._signed_in = {"Authorization": encode_basic_auth(account, token)}
        self._may_lead_to = frozenset({_origin(settings.twilio_api_base), *keeps_media})
        self._session = ClientSession(timeout=ClientTimeout(total=patience.total_seconds()))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._session.close()

    async def listed(self, provider_id: str) -> Sequence[Listed]:
        try:
            async with self._asked("GET", f"{self._of(provider_id)}.json?PageSize={MOST}") as answer:
                if answer.status != OK:
                    raise _refused(answer)
                return _listed(await answer.json())
        except (ClientError, OSError, TimeoutError, ValueError):  # what they say may hold an address
            raise FetchFailedError from None

    async def fetch(self, provider_id: str, media_id: str, most: int) -> bytes:
        address, headers = f"{self._of(provider_id)}/{_checked(media_id, MEDIA_ID)}", self._signed_in
        try:
            for _ in range(1 + MOST_HOPS):
                async with self._asked("GET", address, headers) as answer:
                    if answer.status == OK:
                        return await _read(answer, most)
                    address, headers = self._led_on(answer, address), {}
        except (ClientError, OSError, TimeoutError, ValueError):
            raise FetchFailedError from None
        raise FetchFailedError

    async def remove(self, provider_id: str, media_id: str) -> None:
        try:
            address = f"{self._of(provider_id)}/{_checked(media_id, MEDIA_ID)}.json"
            async with self._asked("DELETE", address) as answer:
                if answer.status not in (REMOVED, GONE):
                    raise _refused(answer)
        except (ClientError, OSError, TimeoutError):
            raise FetchFailedError from None

    def _of(self, provider_id: str) -> str:
        return f"{self._messages}/{_checked(provider_id, MESSAGE_ID)}/Media"

    def _asked(
        self, method: str, address: str, headers: dict[str, str] | None = None
    ) -> AbstractAsyncContextManager[ClientResponse]:
        signed = self._signed_in if headers is None else headers
        # A signed address is one only as it was written.
        return self._session.request(method, URL(address, encoded=True), headers=signed, allow_redirects=False)

    def _led_on(self, answer: ClientResponse, from_here: str) -> str:
        """Raises FetchFailedError unless the provider keeps what it has there."""
        if answer.status not in LEADS_ON:
            raise _refused(answer)
        address = urljoin(from_here, answer.headers.get("Location", ""))
        if _origin(address) not in self._may_lead_to:
            raise FetchFailedError("led somewhere that is not the provider's")
        return address


def _refused(answer: ClientResponse) -> FetchFailedError:
    return FetchFailedError(f"the provider answered {answer.status}")


def _origin(address: str) -> str:
    """Raises ValueError. With a name or a password in it, it is nobody's."""
    parts = urlsplit(address)
    return "" if "@" in parts.netloc else f"{parts.scheme}://{parts.netloc.lower()}"


def _checked(said: str, shape: re.Pattern[str]) -> str:
    """Raises FetchFailedError for what cannot be an id of the provider's."""
    if not shape.fullmatch(said):
        raise FetchFailedError
    return said


def _listed(said: Any) -> Sequence[Listed]:  # noqa: ANN401  JSON
    """Raises ValueError if it is not what the provider answers."""
    try:
        return [Listed(_checked(one["sid"], MEDIA_ID), str(one["content_type"])) for one in said["media_list"][:MOST]]
    except (KeyError, TypeError):
        raise ValueError("no list of media") from None


async def _read(answer: ClientResponse, most: int) -> bytes:
    """At most one chunk more than `most`, so that who reads it sees that it is too large."""
    read = bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK):
        read += chunk
        if len(read) > most:
            break
    return bytes(read)
