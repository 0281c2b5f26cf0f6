"""The provider's own client, made to keep what it throws away, and to sign in as aiohttp wants it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus, urlencode

from aiohttp import ClientResponse, ClientSession, ClientTimeout, encode_basic_auth
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from bot.settings import Settings

TOO_MANY = 429

TO_CONNECT = 10.0
"""Seconds. Who is not connected by then has certainly sent nothing; later nobody could tell."""


class TooManyError(Exception):
    """The provider did not take the request; `retry_after` is in seconds, where it said so."""

    def __init__(self, retry_after: float | None) -> None:
        super().__init__()
        self.retry_after = retry_after


_quoted = lru_cache(maxsize=256)(quote_plus)
"""The names of fields, and our own number, come with every text."""


class _Session:
    """A session as the provider's client uses one; it asks for no time limit at all, and would get it."""

    def __init__(self) -> None:
        self._session = ClientSession()
        self._limit = ClientTimeout(total=None, connect=TO_CONNECT)

    async def request(  # its session's, as it is called
        self,
        *,
        timeout: None,  # noqa: ASYNC109
        data: Mapping[str, object] | None,
        **rest: Any,  # noqa: ANN401
    ) -> ClientResponse:
        del timeout
        form = urlencode(data, quote_via=_quoted).encode() if data else None
        return await self._session.request(timeout=self._limit, data=form, **rest)

    async def close(self) -> None:
        await self._session.close()


class HttpClient(AsyncTwilioHttpClient):  # type: ignore[misc]  # it carries no types
    """Tells of a 429 how long to wait. Open it in a running event loop, close it at the end."""

    def __init__(self) -> None:
        super().__init__(pool_connections=False)
        self.session = _Session()

    async def request(
        self,
        method: str,
        url: str,
        *,
        auth: tuple[str, str],
        headers: Mapping[str, str],
        **rest: object,
    ) -> Response:
        signed_in = {**headers, "Authorization": encode_basic_auth(*auth)}
        response: Response = await super().request(method, url, headers=signed_in, **rest)
        if response.status_code == TOO_MANY:
            raise TooManyError(_seconds(response.headers.get("Retry-After")))
        return response


def client_of(settings: Settings, http: HttpClient) -> Any:  # noqa: ANN401  it carries no types
    """The provider's client for our account."""
    token = settings.twilio_auth_token.get_secret_value()
    client = Client(settings.twilio_account_sid, token, http_client=http)
    client.api.base_url = settings.twilio_api_base
    return client


def _seconds(retry_after: str | None) -> float | None:
    """The header's seconds; its other form, a date, the provider does not use."""
    try:
        return float(retry_after) if retry_after else None
    except ValueError:
        return None
