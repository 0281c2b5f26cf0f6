"""What came with texts, at the stand-in for the provider: listed, handed out by another server, removed."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Attached:
    kind: str
    body: bytes


class FakeMedia:
    """`url` is the server that hands out the bytes; `asked` is every request, as in "GET /...", to either of them.

    The next requests for bytes are answered with `faults`: a status, or an address to be led to.
    """

    def __init__(self, messages: str) -> None:
        self.url = ""
        self.asked: list[str] = []
        self.faults: deque[int | str] = deque()
        self.late = 0
        """So many times the list does not have them yet."""
        self._messages = messages
        self._kept: dict[str, dict[str, Attached]] = {}
        self._numbers = count(1)

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Of the provider's API."""
        of_message = f"{self._messages}/{{message}}/Media"
        return [
            web.get(f"{of_message}.json", self._list),
            web.get(f"{of_message}/{{media}}", self._lead_on),
            web.delete(f"{of_message}/{{media}}.json", self._remove),
        ]

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/{message}/{media}", self._hand_out)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        await self._runner.cleanup()

    def attach(self, message: str, api: str, attached: Sequence[Attached]) -> Mapping[str, str]:
        """Keep it; gives the fields that the post of the message has for it."""
        theirs = self._kept.setdefault(message, {})
        fields = {"NumMedia": str(len(attached))}
        for nth, one in enumerate(attached):
            media = f"ME{next(self._numbers):032x}"
            theirs[media] = one
            fields[f"MediaUrl{nth}"] = f"{api}{self._messages}/{message}/Media/{media}"
            fields[f"MediaContentType{nth}"] = one.kind
        return fields

    def left(self, message: str) -> int:
        """How much of what came with a message was not removed."""
        return len(self._kept[message])

    async def _list(self, request: web.Request) -> web.Response:
        theirs = self._of(request)
        if self.late:
            self.late -= 1
            theirs = {}
        listed = [{"sid": sid, "content_type": one.kind} for sid, one in reversed(theirs.items())]
        return web.json_response({"media_list": listed})

    async def _lead_on(self, request: web.Request) -> web.Response:
        theirs, media = self._of(request), request.match_info["media"]
        fault = self.faults.popleft() if self.faults else None
        if isinstance(fault, int):
            return web.Response(status=fault)
        if media not in theirs:
            return web.Response(status=404)
        address = fault or f"{self.url}/{request.match_info['message']}/{media}?signed=a%2Fb"
        return web.Response(status=307, headers={"Location": address})

    async def _remove(self, request: web.Request) -> web.Response:
        gone = self._of(request).pop(request.match_info["media"], None)
        return web.Response(status=204 if gone else 404)

    async def _hand_out(self, request: web.Request) -> web.Response:
        """As a store of signed addresses does, it refuses who signs in as well."""
        theirs = self._of(request)
        if "Authorization" in request.headers or request.raw_path.partition("?")[2] != "signed=a%2Fb":
            return web.Response(status=400)
        one = theirs[request.match_info["media"]]
        return web.Response(body=one.body, content_type=one.kind)

    def _of(self, request: web.Request) -> dict[str, Attached]:
        self.asked.append(f"{request.method} {request.path}")
        return self._kept.get(request.match_info["message"], {})
