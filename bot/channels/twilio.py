"""Texts through the provider: sent once, and looked for in its list. Nothing is tried twice here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from aiohttp import ClientConnectorError, ClientError, ConnectionTimeoutError
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException

from bot.channels.twilio_client import HttpClient, TooManyError, client_of
from bot.channels.twilio_webhooks import COUNT, LONGEST_TEXT, from_address, to_address
from bot.settings import Settings
from records.turns import Inbound
from scheduler.channel import (
    Accepted,
    ChannelName,
    LookFailedError,
    NotSent,
    Outcome,
    Outgoing,
    Refused,
    Sighting,
    Sought,
    Unknown,
)

PATIENCE = timedelta(seconds=30)
"""The provider's own side can take 26 seconds; giving up earlier makes unknowns of texts that went out."""

CLIENT_ERRORS = range(400, 500)
NO_CONNECTION = (ClientConnectorError, ConnectionTimeoutError)
NO_CLEAR_ANSWER = (ClientError, OSError, ValueError, KeyError, TypeError)
"""A reset, a time-out, an answer that is no JSON or not the provider's."""

CLOCKS_DIFFER = timedelta(minutes=1)
"""At most so far the provider's clock may be behind ours."""

A_PAGE = 100

Message = Any
"""The provider's client carries no types."""


class TwilioChannel:
    """Implements `scheduler.channel.Channel` and `Inbox`. Open it in a running event loop, close it at the end."""

    def __init__(self, settings: Settings, patience: timedelta = PATIENCE) -> None:
        self._http = HttpClient()
        client = client_of(settings, self._http)
        self._api = client.api.v2010
        self._messages = client.messages
        self._texts = f"/Accounts/{settings.twilio_account_sid}/Messages.json"
        self._callback = f"{settings.public_url}/twilio/status"
        self._number = settings.twilio_from
        self._service = settings.twilio_messaging_service_sid
        self._whatsapp = settings.twilio_whatsapp_from
        self._sender = {"MessagingServiceSid": self._service} if self._service else {"From": self._number}
        self.carries = frozenset({ChannelName.SMS, *([ChannelName.WHATSAPP] if self._whatsapp else [])})
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
                # What `messages` makes of an answer, all its dates read, takes as long as half the way there.
                answer = await self._api.create_async("POST", self._texts, data=self._form(text))
                taken = Accepted(answer["sid"]) if answer["sid"] else Unknown()
        except TooManyError as error:
            return NotSent(error.retry_after)
        except NO_CONNECTION:
            return NotSent(None)
        except (TwilioRestException, TwilioServiceException) as error:
            return Refused(error.code) if error.status in CLIENT_ERRORS else Unknown()
        except NO_CLEAR_ANSWER:
            return Unknown()
        return taken

    def _form(self, text: Outgoing) -> dict[str, object]:
        return {
            "To": to_address(text.to, text.channel),
            **_words_of(text),
            "StatusCallback": f"{self._callback}/{text.attempt}",
            "ValidityPeriod": text.useful_for,
            **self._sender_on(text.channel),
        }

    def _sender_on(self, channel: ChannelName) -> Mapping[str, object]:
        if channel is ChannelName.WHATSAPP and self._whatsapp:
            return {"From": to_address(self._whatsapp, channel)}
        return self._sender

    async def find(self, text: Sought) -> Sequence[Sighting]:
        """By number and words. One that waits in the provider's queue has no date of sending, so none is asked for."""
        begins, words = text.since - CLOCKS_DIFFER, text.body.split()
        found: list[Sighting] = []
        async for page in self._pages(to=to_address(text.to, text.channel)):
            recent = [each for each in page if each.date_created is None or each.date_created >= begins]
            found += [_sighting(each, text.since) for each in recent if _is_ours(each) and _words(each) == words]
            if not recent:
                break
        return sorted(found, key=lambda sighting: sighting.at)

    async def received(self, since: datetime) -> AsyncIterator[Inbound]:
        """To our number; or, where a messaging service sends, to one of its numbers.

        The provider's dates are whole seconds, and its filter may be as coarse as a day.
        """
        begins = since.astimezone(UTC).replace(microsecond=0)
        found: list[tuple[datetime, Message]] = []
        for to in self._numbers():
            async for page in self._pages(date_sent_after=begins, **to):
                for each in page:
                    at = each.date_sent or each.date_created
                    if self._is_to_us(each) and at and at >= begins:
                        found.append((at, each))
        found.reverse()  # within a second their order is the list's
        for at, each in sorted(found, key=lambda one: one[0]):
            yield _inbound(each, at)

    def _numbers(self) -> Sequence[Mapping[str, object]]:
        """By which the provider's list is asked for what came to us."""
        ours = [self._number, *([to_address(self._whatsapp, ChannelName.WHATSAPP)] if self._whatsapp else [])]
        return [{"to": one} if one else {} for one in ours]

    def _is_to_us(self, message: Message) -> bool:
        if message.direction != "inbound" or not message.sid or not message.from_:
            return False
        by_whatsapp = self._whatsapp and message.to == to_address(self._whatsapp, ChannelName.WHATSAPP)
        return bool(self._number or by_whatsapp) or message.messaging_service_sid == self._service

    async def _pages(self, **wanted: object) -> AsyncIterator[Sequence[Message]]:
        """The newest messages first. Raises LookFailedError."""
        page = await self._asked(self._messages.page_async(page_size=A_PAGE, **wanted))
        while page is not None:
            yield list(page)
            page = await self._asked(page.next_page_async())

    async def _asked(self, request: Awaitable[Any]) -> Any:  # noqa: ANN401  as Message
        try:
            async with asyncio.timeout(self._patience):
                return await request
        except TooManyError as error:
            raise LookFailedError(error.retry_after) from None
        except (TwilioException, *NO_CLEAR_ANSWER):  # what they say holds the number
            raise LookFailedError from None


def _words_of(text: Outgoing) -> Mapping[str, str]:
    if text.content is None:
        return {"Body": text.body}
    return {"ContentSid": text.content.content_sid, "ContentVariables": json.dumps(dict(text.content.variables))}


def _is_ours(message: Message) -> bool:
    return bool(message.sid) and str(message.direction).startswith("outbound")


def _words(message: Message) -> Sequence[str]:
    """White space may have changed on the way."""
    return (message.body or "").split()


def _sighting(message: Message, since: datetime) -> Sighting:
    code = message.error_code if isinstance(message.error_code, int) else None
    return Sighting(message.sid, str(message.status), code, message.date_created or since)


def _inbound(message: Message, at: datetime) -> Inbound:
    number, channel = from_address(message.from_)
    return Inbound(
        provider_id=message.sid,
        number=number,
        channel=channel,
        text=(message.body or "")[:LONGEST_TEXT],
        media=_count(message.num_media),
        sent_at=at,
    )


def _count(written: object) -> int:
    """The provider writes its counts as words."""
    said = str(written or "0")
    return int(said) if COUNT.fullmatch(said) else 1
