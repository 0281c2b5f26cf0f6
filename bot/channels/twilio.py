"""Sending a text through the provider, once: what came of it is told apart, and nothing is tried twice here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Self

from aiohttp import ClientConnectorError, ClientError, encode_basic_auth
from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from bot.settings import Settings
from scheduler.sender import Accepted, NotSent, Outcome, Outgoing, Refused, Unknown

PATIENCE = timedelta(seconds=30)
"""The provider's own side can take 26 seconds; giving up earlier makes unknowns of texts that went out."""

TOO_MANY = 429
CLIENT_ERRORS = range(400, 500)


class TooManyError(Exception):
    """The provider did not take the request; `retry_after` is in seconds, where it said so."""

    def __init__(self, retry_after: float | None) -> None:
        super().__init__()
        self.retry_after = retry_after


class _HttpClient(AsyncTwilioHttpClient):  # type: ignore[misc]  # it carries no types
    """Keeps what the provider's client throws away, how long to wait after a 429, and logs in as aiohttp wants it."""

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


class TwilioChannel:
    """Implements `scheduler.sender.Channel`. Open it in a running event loop, close it at the end."""

    def __init__(self, settings: Settings, patience: timedelta = PATIENCE) -> None:
        self._http = _HttpClient()
        self._client = Client(
            settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value(), http_client=self._http
        )
        self._client.api.base_url = settings.twilio_api_base
        self._callback = f"{settings.public_url}/twilio/status"
        self._sender = (
            {"messaging_service_sid": settings.twilio_messaging_service_sid}
            if settings.twilio_messaging_service_sid
            else {"from_": settings.twilio_from}
        )
        self._patience = patience.total_seconds()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.close()

    async def send(self, text: Outgoing) -> Outcome:
        """Never raises. Whatever may have reached the provider without a clear answer is Unknown."""
        try:
            async with asyncio.timeout(self._patience):
                message = await self._client.messages.create_async(
                    to=text.to,
                    body=text.body,
                    status_callback=f"{self._callback}/{text.attempt}",
                    validity_period=text.useful_for,
                    **self._sender,
                )
        except TooManyError as error:
            return NotSent(error.retry_after)
        except ClientConnectorError:
            return NotSent(None)
        except (TwilioRestException, TwilioServiceException) as error:
            return Refused(error.code) if error.status in CLIENT_ERRORS else Unknown()
        except (
            ClientError,
            OSError,
            ValueError,
            KeyError,
            TypeError,
        ):  # a reset, a time-out, an answer that is no JSON
            return Unknown()
        return Accepted(message.sid) if message.sid else Unknown()


def _seconds(retry_after: str | None) -> float | None:
    """The header's seconds; its other form, a date, the provider does not use."""
    try:
        return float(retry_after) if retry_after else None
    except ValueError:
        return None
