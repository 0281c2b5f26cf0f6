"""A stand-in for the provider, on a real socket: it takes texts, lists and reports them, and fails when told to.

It keeps a ledger of all that it took, which is what a phone would have shown.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count
from typing import Self
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler
from twilio.request_validator import RequestValidator

from bot.channels.twilio_webhooks import from_address, to_address
from bot.trust.fake_contents import FakeContents
from bot.trust.fake_media import Attached, FakeMedia
from bot.trust.provider_faults import FAIR, TAKES_IT, Chance, Fault, Weather
from records.channels import ChannelName

__all__ = ["ACCOUNT_SID", "AUTH_TOKEN", "OUR_NUMBER", "FakeTwilio", "Fault", "Text", "TextIn", "Weather"]

ACCOUNT_SID = "AC" + "0" * 32
AUTH_TOKEN = "a-token-for-tests"  # noqa: S105  it opens nothing but this stand-in
OUR_NUMBER = "+17075550100"
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages"
PASSWORD = aiohttp.encode_basic_auth(ACCOUNT_SID, AUTH_TOKEN)

FORM_TYPE = "application/x-www-form-urlencoded"
PATIENCE = 15.0
"""Seconds that the provider waits for an answer to what it posts."""


@dataclass
class Text:
    """One text that the provider took. `at` is the moment by the provider's clock."""

    sid: str
    to: str
    body: str
    form: Mapping[str, str]
    status: str = "queued"
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    error_code: int | None = None

    @property
    def number(self) -> str:
        """To which it went, on whatever channel."""
        return from_address(self.to)[0]

    @property
    def callback(self) -> str:
        return self.form.get("StatusCallback", "")

    def as_json(self) -> dict[str, object]:
        sender = {"from": self.form.get("From"), "messaging_service_sid": self.form.get("MessagingServiceSid")}
        sent = None if self.status == "queued" else self.at
        about = _as_json(self.sid, self.to, self.body, self.status, self.at) | sender
        return about | {"date_sent": _written(sent), "error_code": self.error_code}


@dataclass
class TextIn:
    """One text that somebody sent to the number under test, whether or not it could be handed on."""

    sid: str
    number: str
    to: str
    body: str
    form: Mapping[str, str]
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def as_json(self) -> dict[str, object]:
        received = {
            "from": self.number,
            "direction": "inbound",
            "date_sent": _written(self.at),
            "num_media": self.form.get("NumMedia", "0"),
            "messaging_service_sid": self.form.get("MessagingServiceSid"),
        }
        return _as_json(self.sid, self.to, self.body, "received", self.at) | received


class FakeTwilio:
    """Start it, point TWILIO_API_BASE at `url`, and read what was sent.

    `webhook` is the address of the server under test, for signed posts to it; `reports` is the statuses that follow
    each text by themselves, such as ("sent", "delivered"). `now` is the provider's clock: give the one that the server
    under test goes by. `weather` is what goes wrong by chance, drawn from `seed`; it may be changed at any time, as may
    `channel` is what everybody texts in on, from their own number to OUR_NUMBER.
    `down`, the way in which everything fails while it is set. `before_answer` is called with each text that was taken,
    before the answer leaves.
    """

    def __init__(
        self,
        *,
        reports: tuple[str, ...] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        weather: Weather = FAIR,
        seed: int = 1,
        channel: ChannelName = ChannelName.SMS,
    ) -> None:
        self.ledger: list[Text] = []
        self.texts_in: list[TextIn] = []
        self.requests: list[Mapping[str, str]] = []
        self.faults: deque[tuple[Fault | None, float]] = deque()
        self.weather = weather
        self.down: Fault | None = None
        self.before_answer: Callable[[Text], None] = lambda _text: None
        self.media = FakeMedia(MESSAGES)
        self.contents = FakeContents()
        self.webhook = ""
        self.reports = reports
        self.channel = channel
        self.url = ""
        self._now = now
        self._chance = Chance(seed)
        self._by_number: defaultdict[str, list[Text]] = defaultdict(list)
        self._numbers = count(1)
        self._changed = asyncio.Condition()
        self._validator = RequestValidator(AUTH_TOKEN)
        self._reporting: set[asyncio.Task[int]] = set()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        app = web.Application(middlewares=[_with_password])
        app.router.add_post(f"{MESSAGES}.json", self._create)
        app.router.add_get(f"{MESSAGES}.json", self._list)
        app.router.add_routes(self.media.routes())
        app.router.add_routes(self.contents.routes())
        await self.media.start()
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=PATIENCE)
        )

    async def stop(self) -> None:
        for task in self._reporting:
            task.cancel()
        await asyncio.gather(*self._reporting, return_exceptions=True)
        await self._session.close()
        await self.media.stop()
        await self._runner.cleanup()

    # What a test says and asks

    def fail(self, fault: Fault | None, detail: float = 0) -> None:
        """The next request goes wrong; with None it does not.

        `detail` is the error code for REFUSED, the seconds to wait for TOO_MANY, the seconds to be late for SLOW.
        """
        self.faults.append((fault, detail))

    def texts_to(self, number: str) -> Sequence[Text]:
        """The texts to a number, in the order they were taken."""
        return self._by_number.get(number, ())

    def sent(self, to: str) -> list[str]:
        """Their bodies."""
        return [text.body for text in self.texts_to(to)]

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
        """Post a signed inbound text to the server under test, as the provider would; gives the HTTP status.

        The provider keeps it, and lists it, whatever comes of the post.
        """
        return await self.hand_on(self.take_in(number, body, **fields))

    def take_in(self, number: str, body: str, **fields: str) -> TextIn:
        """A text that somebody sends: kept and listed, and not handed on yet."""
        form = {
            "MessageSid": f"SM{next(self._numbers):032x}",
            "AccountSid": ACCOUNT_SID,
            "From": to_address(number, self.channel),
            "To": to_address(OUR_NUMBER, self.channel),
            "Body": body,
            "NumMedia": "0",
        } | fields
        text = TextIn(form["MessageSid"], form["From"], form["To"], form["Body"], form, self._now())
        self.texts_in.append(text)
        return text

    def take_in_with(self, number: str, body: str, *attached: Attached, **fields: str) -> TextIn:
        """As `take_in`, with pictures, sounds or files."""
        text = self.take_in(number, body)
        text.form = {**text.form, **self.media.attach(text.sid, self.url, attached), **fields}
        return text

    async def hand_on(self, text: TextIn, webhook: str = "") -> int:
        """Post it, once more if it was before, to the server at `webhook`; gives the HTTP status.

        Raises aiohttp.ClientError or TimeoutError where nobody answers.
        """
        return await self.post_signed(f"{webhook or self.webhook}/twilio/message", text.form)

    async def report(self, text: Text, status: str, error_code: int | None = None) -> int:
        """Post a signed status callback; gives the HTTP status. Raises as `hand_on`."""
        text.status, text.error_code = status, error_code
        form = {"MessageSid": text.sid, "MessageStatus": status, "To": text.to, "AccountSid": ACCOUNT_SID}
        if error_code is not None:
            form["ErrorCode"] = str(error_code)
        return await self.post_signed(text.callback, form)

    async def post_signed(self, url: str, form: Mapping[str, str]) -> int:
        signature = self._validator.compute_signature(url, dict(form))
        headers = {"X-Twilio-Signature": signature, "Content-Type": FORM_TYPE}
        async with self._session.post(url, data=urlencode(form).encode(), headers=headers) as response:
            await response.read()
            return response.status

    async def all_reported(self) -> None:
        """Wait until no report is under way."""
        while self._reporting:
            await asyncio.wait(self._reporting)

    # What the provider's API answers

    async def _create(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.requests.append(form)
        fault, detail = self._next_fault()
        if fault and fault not in TAKES_IT:
            return await _go_wrong(request, fault, detail)
        body = self._body_of(form)
        if body is None or "To" not in form or not ({"From", "MessagingServiceSid"} & set(form)):
            return _refusal(400, 21604)
        text = Text(f"SM{next(self._numbers):032x}", form["To"], body, form, at=self._now())
        await self._take(text)
        self.before_answer(text)
        if then := TAKES_IT[fault] if fault else None:
            return await _go_wrong(request, then, detail)
        await asyncio.sleep(detail)
        return web.json_response(text.as_json() | {"status": "queued"}, status=201)

    def _body_of(self, form: Mapping[str, str]) -> str | None:
        if sid := form.get("ContentSid"):
            return self.contents.read(sid, form.get("ContentVariables", "{}"))
        return form.get("Body")

    def _next_fault(self) -> tuple[Fault | None, float]:
        if self.down:
            return self.down, 0
        return self.faults.popleft() if self.faults else self._chance.fault(self.weather)

    async def _take(self, text: Text) -> None:
        self.ledger.append(text)
        self._by_number[text.number].append(text)
        async with self._changed:
            self._changed.notify_all()
        if not self.reports or not text.callback:
            return
        coming = self._chance.reports(self.reports, self.weather)
        early, later = (coming[:1], coming[1:]) if self._chance.happens(self.weather.reports_early) else ([], coming)
        await self._report_all(text, early)
        task = asyncio.ensure_future(self._report_all(text, later))
        self._reporting.add(task)
        task.add_done_callback(self._reporting.discard)

    async def _report_all(self, text: Text, statuses: Sequence[str]) -> int:
        """How many were heard; where nobody answers a report is lost."""
        heard = 0
        for status in statuses:
            try:
                heard += await self.report(text, status) == web.HTTPNoContent.status_code
            except (aiohttp.ClientError, TimeoutError):
                continue
        return heard

    async def _list(self, request: web.Request) -> web.StreamResponse:
        """The newest first, a page at a time, as the provider does."""
        if self.down or self._chance.happens(self.weather.lists_fail):
            return await _go_wrong(request, self.down or Fault.BROKEN, 0)
        query = request.query
        wanted = {name: query[name] for name in ("To", "From") if name in query}
        since = datetime.fromisoformat(query["DateSent>"]) if "DateSent>" in query else None
        oldest_first = sorted(self._candidates(query.get("To")), key=lambda text: text.at)
        listed = [
            text
            for text in oldest_first[::-1]
            if (since is None or text.at >= since) and self._shows(text) and wanted.items() <= _ends(text).items()
        ]
        page, size = int(query.get("Page", "0")), int(query.get("PageSize", "50"))
        there_is_more = len(listed) > (page + 1) * size
        following = str(request.rel_url.update_query(Page=str(page + 1), PageSize=str(size))) if there_is_more else None
        shown = [text.as_json() for text in listed[page * size : (page + 1) * size]]
        return web.json_response({"messages": shown, "page": page, "page_size": size, "next_page_uri": following})

    def _candidates(self, to: str | None) -> Sequence[Text | TextIn]:
        if to is None:
            return (*self.ledger, *self.texts_in)
        number, _ = from_address(to)
        return self.texts_in if number == OUR_NUMBER or number not in self._by_number else self.texts_to(number)

    def _shows(self, text: Text | TextIn) -> bool:
        return text.at + timedelta(seconds=self.weather.list_lag) <= self._now() or not self.weather.list_lag


@web.middleware
async def _with_password(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.headers.get("Authorization") != PASSWORD:
        return _refusal(401, 20003)
    return await handler(request)


async def _go_wrong(request: web.Request, fault: Fault, detail: float) -> web.StreamResponse:
    match fault:
        case Fault.TOO_MANY:
            return _refusal(429, 20429, {"Retry-After": f"{detail:g}"} if detail else None)
        case Fault.REFUSED:
            return _refusal(400, int(detail))
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


def _ends(text: Text | TextIn) -> dict[str, str | None]:
    if isinstance(text, TextIn):
        return {"To": text.to, "From": text.number}
    return {"To": text.to, "From": text.form.get("From")}


def _as_json(sid: str, to: str, body: str, status: str, at: datetime) -> dict[str, object]:
    return {
        "sid": sid,
        "to": to,
        "body": body,
        "status": status,
        "direction": "outbound-api",
        "date_created": _written(at),
        "num_segments": "1",
        "error_code": None,
    }


def _written(at: datetime | None) -> str | None:
    return format_datetime(at) if at else None
