"""A stand-in for the provider, on a real socket: it takes texts, lists and reports them, and fails when told to."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum
from itertools import count
from typing import Self

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler
from twilio.request_validator import RequestValidator

ACCOUNT_SID = "AC" + "0" * 32
AUTH_TOKEN = "a-token-for-tests"
OUR_NUMBER = "+17075550100"


class Fault(StrEnum):
    """How the next request goes wrong. ACCEPTED_BUT_RESET takes the text and then cuts the line."""

    TOO_MANY = "429"
    REFUSED = "400"
    BROKEN = "500"
    HANG = "hang"
    RESET = "reset"
    NOT_JSON = "not json"
    ACCEPTED_BUT_RESET = "accepted but reset"
    ACCEPTED_BUT_BROKEN = "accepted but 500"


TAKES_IT = {Fault.ACCEPTED_BUT_RESET: Fault.RESET, Fault.ACCEPTED_BUT_BROKEN: Fault.BROKEN}


@dataclass
class Text:
    """One text that the provider took."""

    sid: str
    to: str
    body: str
    form: Mapping[str, str]
    status: str = "queued"
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def callback(self) -> str:
        return self.form.get("StatusCallback", "")


class FakeTwilio:
    """Start it, point TWILIO_API_BASE at `url`, and read what was sent.

    `webhook` is the address of the server under test, for signed posts to it; `reports` is the statuses that follow
    each text by themselves, such as ("sent", "delivered").
    """

    def __init__(self, *, reports: tuple[str, ...] = ()) -> None:
        self.ledger: list[Text] = []
        self.requests: list[Mapping[str, str]] = []
        self.faults: deque[tuple[Fault, int]] = deque()
        self.webhook = ""
        self.reports = reports
        self.url = ""
        self._numbers = count(1)
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None
        self._reporting: set[asyncio.Task[int]] = set()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        app = web.Application(middlewares=[_with_password])
        path = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
        app.router.add_post(path, self._create)
        app.router.add_get(path, self._list)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._session = aiohttp.ClientSession()

    async def stop(self) -> None:
        for task in self._reporting:
            task.cancel()
        await asyncio.gather(*self._reporting, return_exceptions=True)
        if self._session:
            await self._session.close()
        if self._runner:
            await self._runner.cleanup()

    # What a test says and asks

    def fail(self, fault: Fault, detail: int = 0) -> None:
        """The next request goes wrong. `detail` is the error code for REFUSED, the seconds to wait for TOO_MANY."""
        self.faults.append((fault, detail))

    def sent(self, to: str) -> list[str]:
        """The bodies of the texts to a number, in the order they were taken."""
        return [text.body for text in self.ledger if text.to == to]

    async def wait_for(self, condition: Callable[[], bool], *, within: float = 10) -> None:
        """Wait until a condition on what was sent holds. Raises TimeoutError."""
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(condition)

    async def wait_for_texts(self, to: str, how_many: int, *, within: float = 10) -> list[str]:
        """The bodies once a number has had so many texts. Raises TimeoutError, naming those it had."""
        try:
            await self.wait_for(lambda: len(self.sent(to)) >= how_many, within=within)
        except TimeoutError:
            raise TimeoutError(f"{how_many} texts were expected, and these came: {self.sent(to)}") from None
        return self.sent(to)

    async def text_in(self, number: str, body: str, **fields: str) -> int:
        """Post a signed inbound text to the server under test, as the provider would; gives the HTTP status."""
        form = {
            "MessageSid": f"SM{next(self._numbers):032x}",
            "AccountSid": ACCOUNT_SID,
            "From": number,
            "To": OUR_NUMBER,
            "Body": body,
            "NumMedia": "0",
        } | fields
        return await self.post_signed(f"{self.webhook}/twilio/message", form)

    async def report(self, text: Text, status: str, error_code: int | None = None) -> int:
        """Post a signed status callback; gives the HTTP status."""
        text.status = status
        form = {"MessageSid": text.sid, "MessageStatus": status, "To": text.to, "AccountSid": ACCOUNT_SID}
        if error_code is not None:
            form["ErrorCode"] = str(error_code)
        return await self.post_signed(text.callback, form)

    async def post_signed(self, url: str, form: Mapping[str, str]) -> int:
        signature = RequestValidator(AUTH_TOKEN).compute_signature(url, dict(form))
        session = self._session
        assert session is not None
        async with session.post(url, data=form, headers={"X-Twilio-Signature": signature}) as response:
            await response.read()
            return response.status

    # What the provider's API answers

    async def _create(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.requests.append(form)
        fault, detail = self.faults.popleft() if self.faults else (None, 0)
        if fault and fault not in TAKES_IT:
            return await _go_wrong(request, fault, detail)
        if "Body" not in form or "To" not in form or not ({"From", "MessagingServiceSid"} & set(form)):
            return _refusal(400, 21604)
        text = Text(f"SM{next(self._numbers):032x}", form["To"], form["Body"], form)
        await self._take(text)
        if fault:
            return await _go_wrong(request, TAKES_IT[fault], detail)
        return web.json_response(_as_json(text), status=201)

    async def _take(self, text: Text) -> None:
        self.ledger.append(text)
        async with self._changed:
            self._changed.notify_all()
        if self.reports and text.callback:
            task = asyncio.ensure_future(self._report_all(text))
            self._reporting.add(task)
            task.add_done_callback(self._reporting.discard)

    async def _report_all(self, text: Text) -> int:
        answers = [await self.report(text, status) for status in self.reports]
        return max(answers)

    async def _list(self, request: web.Request) -> web.Response:
        wanted = request.query.get("To")
        texts = [_as_json(text) for text in reversed(self.ledger) if wanted in {None, text.to}]
        return web.json_response({"messages": texts, "page": 0, "page_size": len(texts), "next_page_uri": None})


@web.middleware
async def _with_password(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.headers.get("Authorization") != aiohttp.encode_basic_auth(ACCOUNT_SID, AUTH_TOKEN):
        return _refusal(401, 20003)
    return await handler(request)


async def _go_wrong(request: web.Request, fault: Fault, detail: int) -> web.StreamResponse:
    match fault:
        case Fault.TOO_MANY:
            return _refusal(429, 20429, {"Retry-After": str(detail)} if detail else None)
        case Fault.REFUSED:
            return _refusal(400, detail)
        case Fault.HANG:
            await asyncio.sleep(3600)
        case Fault.RESET:
            return _cut(request)
        case _:
            pass
    status = 201 if fault is Fault.NOT_JSON else 500
    return web.Response(status=status, text="<html>sorry</html>", content_type="text/html")


def _refusal(status: int, code: int, headers: Mapping[str, str] | None = None) -> web.Response:
    body = {"code": code, "message": "refused", "more_info": "", "status": status}
    return web.json_response(body, status=status, headers=headers)


def _cut(request: web.Request) -> web.StreamResponse:
    """The line goes dead without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _as_json(text: Text) -> dict[str, object]:
    return {
        "sid": text.sid,
        "to": text.to,
        "from": text.form.get("From"),
        "body": text.body,
        "status": text.status,
        "direction": "outbound-api",
        "date_created": format_datetime(text.at),
        "date_sent": None if text.status == "queued" else format_datetime(text.at),
        "num_segments": "1",
        "error_code": None,
    }
