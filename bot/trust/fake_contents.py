"""The provider's Content API, as far as we ask it: what is made, what WhatsApp says of it, how it reads when sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import web

HERE = "/v1/Content"
A_VARIABLE = re.compile(r"\{\{(\d+)\}\}")
NOT_FOUND = 404
MALFORMED = 400


@dataclass
class FakeContent:
    """`status` is what WhatsApp says of it; "" as long as nobody has asked."""

    sid: str
    content: Mapping[str, Any]
    status: str = ""
    why: str = ""

    @property
    def body(self) -> str:
        [of_type] = self.content["types"].values()
        return str(of_type["body"])


@dataclass
class FakeContents:
    made: dict[str, FakeContent] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def routes(self) -> Iterable[web.RouteDef]:
        return (
            web.post(HERE, self._create),
            web.post(HERE + "/{sid}/ApprovalRequests/whatsapp", self._submit),
            web.get(HERE + "/{sid}/ApprovalRequests", self._tell),
        )

    def decide(self, status: str, why: str = "") -> None:
        """WhatsApp has looked at all that waits."""
        for one in self.made.values():
            if one.status == "received":
                one.status, one.why = status, why

    def read(self, sid: str, variables: str) -> str | None:
        """The words as they stand on the phone; None for one that there is not, or that lacks a variable."""
        values = json.loads(variables)
        found = self.made.get(sid)
        if found is None or any(not value or "\n" in value for value in values.values()):
            return None
        return A_VARIABLE.sub(lambda name: values[name[1]], found.body)

    async def _create(self, request: web.Request) -> web.Response:
        content = await request.json()
        if len(content["types"]) != 1 or not content["language"] or not content["variables"]:
            return web.json_response({"code": 60200}, status=MALFORMED)
        sid = f"HX{next(self._numbers):032x}"
        self.made[sid] = FakeContent(sid, content)
        return web.json_response({"sid": sid, **content}, status=201)

    async def _submit(self, request: web.Request) -> web.Response:
        asked, found = await request.json(), self.made.get(request.match_info["sid"])
        if found is None or not re.fullmatch(r"[a-z0-9_]+", asked["name"]):
            return web.json_response({"code": 20404}, status=NOT_FOUND)
        found.status = "received"
        return web.json_response({"name": asked["name"], "status": "received"}, status=201)

    async def _tell(self, request: web.Request) -> web.Response:
        found = self.made.get(request.match_info["sid"])
        if found is None:
            return web.json_response({"code": 20404}, status=NOT_FOUND)
        return web.json_response(
            {"sid": found.sid, "whatsapp": {"status": found.status, "rejection_reason": found.why}}
        )
