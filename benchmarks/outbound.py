"""How many texts a second reach the provider: `TwilioChannel.send` against plain aiohttp posts of the same form.

Both post to the same small server in a process of its own, so many in flight, in turn, in rounds. What counts is the
share of the plain posts that the channel reaches, as a median over the rounds.

    python benchmarks/outbound.py [--rounds 7] [--texts 3000] [--in-flight 10] [--profile]
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import gc
import json
import pstats
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial

from aiohttp import ClientSession, encode_basic_auth
from pydantic import SecretStr

from benchmarks.tools.figures import Figures, share
from bot.channels.twilio import TwilioChannel
from bot.county_file import EXAMPLE
from bot.settings import Settings
from scheduler.channel import Accepted, Outgoing

LEAST = 0.9
"""Of the plain posts."""

ACCOUNT, TOKEN = "AC" + "0" * 32, "t" * 32
OUR_NUMBER = "+17075550134"
PUBLIC_URL = "https://milepost.example"
BODY = "Hi Maria, it's Milepost from Humboldt. Did you find your ID? Reply 1 yes, 2 some of it, 3 not yet."

ANSWER = {
    "account_sid": ACCOUNT,
    "api_version": "2010-04-01",
    "body": BODY,
    "date_created": "Thu, 24 Aug 2023 05:01:45 +0000",
    "date_sent": None,
    "date_updated": "Thu, 24 Aug 2023 05:01:45 +0000",
    "direction": "outbound-api",
    "error_code": None,
    "error_message": None,
    "from": OUR_NUMBER,
    "messaging_service_sid": None,
    "num_media": "0",
    "num_segments": "1",
    "price": None,
    "price_unit": "USD",
    "sid": "SM" + "0" * 32,
    "status": "queued",
    "subresource_uris": {"media": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/SM/Media.json"},
    "to": "+17075550100",
    "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/SM.json",
}
"""What the provider answers, as its documentation shows it."""


class Provider(asyncio.Protocol):
    """Takes whole requests and answers each with 201, as quickly as Python can."""

    body = json.dumps(ANSWER).encode()
    answer = (
        b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    )  # fmt: skip

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self._came = b""

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, end, rest = self._came.partition(b"\r\n\r\n")
        if end and len(rest) >= int(head.lower().partition(b"content-length:")[2].split()[0]):
            self._came = b""
            self._transport.write(self.answer)


async def provide() -> None:
    """The child: prints its port and lives until its input ends."""
    server = await asyncio.get_running_loop().create_server(Provider, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


@contextmanager
def provider() -> Iterator[str]:
    """A stand-in for the provider in a process of its own; gives its address."""
    command = [sys.executable, __file__, "--provide"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        yield f"http://127.0.0.1:{int(child.stdout.readline())}"
        child.stdin.close()


Send = Callable[[int], Awaitable[None]]


async def rate(send: Send, texts: int, in_flight: int) -> float:
    """Texts a second."""
    waiting = iter(range(texts))

    async def lane() -> None:
        for number in waiting:
            await send(number)

    gc.collect()
    began = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(in_flight)))
    return texts / (time.perf_counter() - began)


async def by_channel(channel: TwilioChannel, number: int) -> None:
    text = Outgoing(f"{number:032x}", f"+1707{number:07d}", BODY, 36_000)
    assert isinstance(await channel.send(text), Accepted)


async def by_plain_post(session: ClientSession, url: str, number: int) -> None:
    """The same form, and the answer read as far as to find the provider's id."""
    form = {
        "To": f"+1707{number:07d}",
        "StatusCallback": f"{PUBLIC_URL}/twilio/status/{number:032x}",
        "ValidityPeriod": "36000",
        "From": OUR_NUMBER,
        "Body": BODY,
    }
    async with session.post(url, data=form) as response:
        answer = await response.json()
        assert response.status == 201  # noqa: PLR2004  created
        assert answer["sid"]


def settings(provider_url: str) -> Settings:
    return Settings(
        _env_file=None,  # type: ignore[call-arg]  # pydantic's own
        county=EXAMPLE,
        public_url=PUBLIC_URL,
        secret_key=SecretStr("k" * 32),
        database_url=SecretStr("sqlite:///unused.db"),
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=SecretStr(TOKEN),
        twilio_from=OUR_NUMBER,
        twilio_api_base=provider_url,
    )


async def measure(url: str, rounds: int, texts: int, in_flight: int, figures: Figures) -> None:
    headers = {"Authorization": encode_basic_auth(ACCOUNT, TOKEN), "Accept": "application/json"}
    messages = f"{url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    ours: list[float] = []
    plain: list[float] = []
    async with TwilioChannel(settings(url)) as channel, ClientSession(headers=headers) as session:
        ways: list[tuple[Send, list[float]]] = [
            (partial(by_plain_post, session, messages), plain),
            (partial(by_channel, channel), ours),
        ]
        for send, _rates in ways:
            await rate(send, in_flight * 10, in_flight)  # connections are opened, code is warm
        for turn in range(rounds):
            for send, rates in ways if turn % 2 else reversed(ways):
                rates.append(await rate(send, texts, in_flight))
    print(f"{rounds} rounds of {texts} texts, {in_flight} in flight; medians")
    figures.note(f"plain posts: {statistics.median(plain):.0f} texts/s")
    reached = f"{statistics.median(ours):.0f} texts/s"
    figures.at_least("the channel's share of plain posts", share(ours, plain), LEAST, note=reached)


async def profile(url: str, texts: int, in_flight: int) -> None:
    """Where the channel's time goes, call by call."""
    async with TwilioChannel(settings(url)) as channel:
        await rate(partial(by_channel, channel), in_flight * 10, in_flight)
        with cProfile.Profile() as profiler:
            await rate(partial(by_channel, channel), texts, in_flight)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(30)


def main(rounds: int, texts: int, in_flight: int, *, with_profile: bool) -> int:
    figures = Figures()
    with provider() as url:
        asyncio.run(measure(url, rounds, texts, in_flight, figures))
        if with_profile:
            asyncio.run(profile(url, texts, in_flight))
    print("It is bound by the CPU of one process: aiohttp's client itself, then what the provider's client adds to it.")
    return figures.exit_status()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--texts", type=int, default=3000, help="texts a round, each way")
    parser.add_argument("--in-flight", type=int, default=10)
    parser.add_argument("--profile", action="store_true", help="say where the channel's time goes")
    parser.add_argument("--provide", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.provide:
        asyncio.run(provide())
    else:
        sys.exit(main(given.rounds, given.texts, given.in_flight, with_profile=given.profile))
