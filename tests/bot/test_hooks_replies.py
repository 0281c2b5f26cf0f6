"""Replies of other systems, over a socket: signed, done once, and never a 500."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from pydantic import SecretStr
from sqlalchemy import func, select
from standardwebhooks import Webhook

from bot.app import make_app
from bot.hooks.addresses import Address
from bot.hooks.webhooks import signed
from conversations.county import Hook, HookKind
from records.tables import escalations, hook_replies
from tests.bot.conftest import Street
from tests.bot.hooks_for_tests import SECRET, open_item

OTHER_SECRET = "whsec_" + base64.b64encode(b"another secret of tests").decode()


class System:
    """The case system, which answers."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url

    async def post(self, body: str, headers: Mapping[str, str], hook: str = "cases") -> tuple[int, str]:
        async with self.session.post(f"{self.url}/hooks/{hook}/reply", data=body.encode(), headers=headers) as answer:
            return answer.status, await answer.text()

    async def say(
        self, said: object, *, webhook_id: str = "msg_1", hook: str = "cases", secret: str = SECRET
    ) -> tuple[int, str]:
        body = said if isinstance(said, str) else json.dumps(said)
        return await self.post(body, signed(Webhook(secret), webhook_id, datetime.now(UTC), body), hook)


@pytest.fixture
async def system(street: Street) -> AsyncIterator[System]:
    """A door of the house of its own, with hooks."""
    hooks = {
        "cases": Address(Hook("cases"), SecretStr("http://127.0.0.1"), SecretStr(SECRET)),
        "other": Address(Hook("other"), SecretStr("http://127.0.0.1"), SecretStr(OTHER_SECRET)),
        "chat": Address(Hook("chat", HookKind.NOTIFY), SecretStr("json://127.0.0.1")),
    }
    app = make_app(replace(street.house, plan=replace(street.house.plan, hooks=hooks)), None)
    async with TestServer(app) as server:
        yield System(street.session, str(server.make_url("")).rstrip("/"))


async def row_of(street: Street, item: str) -> Mapping[str, object]:
    wanted = select(escalations).where(escalations.c.id == item)
    return (await street.house.reader.run(lambda c: c.execute(wanted).one()))._asdict()


def taking(item: str, **more: object) -> dict[str, object]:
    return {"type": "escalation.acknowledge", "id": item, "by": "ana@example.org", **more}


def closing(item: str, outcome: str = "talked") -> dict[str, object]:
    return taking(item) | {"type": "escalation.resolve", "outcome": outcome}


async def test_a_system_says_who_has_taken_an_item_and_what_came_of_it(street: Street, system: System) -> None:
    item = await open_item(street)
    status, told = await system.say(taking(item))
    assert (status, json.loads(told)) == (200, {"id": item, "state": "acknowledged"})
    assert (await row_of(street, item))["acknowledged_by"] == street.ana
    status, told = await system.say(closing(item), webhook_id="msg_2")
    assert (status, json.loads(told)["state"]) == (200, "resolved")
    row = await row_of(street, item)
    assert (row["resolved_by"], row["outcome"]) == (street.ana, "talked")


async def test_what_was_done_before_is_a_200_with_its_state(street: Street, system: System) -> None:
    item = await open_item(street)
    await system.say(closing(item))
    for n, said in enumerate([closing(item, "met"), taking(item)]):
        status, told = await system.say(said, webhook_id=f"again_{n}")
        assert (status, json.loads(told)["state"]) == (200, "resolved")
    assert (await row_of(street, item))["outcome"] == "talked"


async def test_a_reply_that_comes_twice_is_done_once(street: Street, system: System) -> None:
    one, other = await open_item(street), await open_item(street, trigger="media")
    await system.say(taking(one))
    status, told = await system.say(taking(other))
    assert (status, json.loads(told)["state"]) == (200, "open")
    assert (await system.say(taking(other), hook="other", secret=OTHER_SECRET))[0] == 200
    assert await street.house.reader.run(lambda c: c.scalar(select(func.count()).select_from(hook_replies))) == 2


async def test_a_reply_is_believed_only_with_its_own_hooks_signature_of_now(street: Street, system: System) -> None:
    item = await open_item(street)
    body = json.dumps(taking(item))
    right = signed(Webhook(SECRET), "msg_1", datetime.now(UTC), body)
    old = signed(Webhook(SECRET), "msg_1", datetime.now(UTC) - timedelta(minutes=6), body)
    early = signed(Webhook(SECRET), "msg_1", datetime.now(UTC) + timedelta(minutes=6), body)
    refused = [
        (body, {}),
        (body, old),
        (body, early),
        (body + " ", right),
        (body, right | {"webhook-id": "msg_2"}),
        (body, right | {"webhook-signature": "v1,"}),
        (body, right | {"webhook-signature": "v1"}),
        (body, right | {"webhook-signature": "v1,abc"}),
        (body, right | {"webhook-signature": "v1,\u00e9"}),
        (body, right | {"webhook-timestamp": "nan"}),
        (body, right | {"webhook-timestamp": "9" * 400}),
        (body, signed(Webhook(OTHER_SECRET), "msg_1", datetime.now(UTC), body)),
    ]
    for given, headers in refused:
        assert (await system.post(given, headers))[0] == 401
    async with street.session.post(f"{system.url}/hooks/cases/reply", data=b"\xff\xfe", headers=right) as answer:
        assert answer.status == 401
    assert (await row_of(street, item))["acknowledged_at"] is None


async def test_a_hook_with_a_secret_of_its_own_is_believed_by_that_one(street: Street, system: System) -> None:
    item = await open_item(street)
    assert (await system.say(taking(item), hook="other"))[0] == 401
    assert (await system.say(taking(item), hook="other", secret=OTHER_SECRET))[0] == 200


async def test_what_is_not_there_is_not_found(street: Street, system: System) -> None:
    item = await open_item(street)
    assert (await system.say(taking("0" * 32)))[0] == 404
    assert (await system.say(taking("nothing\u0000")))[0] == 404
    assert (await system.say(taking(item), hook="nobody"))[0] == 404
    assert (await system.say(taking(item), hook="chat"))[0] == 404


MALFORMED = [
    "",
    "[]",
    "null",
    "[" * 5000,
    {},
    {"type": "escalation.opened"},
    taking("{item}", by="nobody@example.org"),
    taking("{item}", by="ana"),
    taking("{item}", by="an\u0000a@example.org"),
    taking("{item}", by=7),
    taking("{item}") | {"id": 7},
    closing("{item}", "forgot"),
    closing("{item}", ""),
    closing("{item}") | {"outcome": ["talked"]},
]


async def test_what_is_malformed_is_a_400_and_changes_nothing(street: Street, system: System) -> None:
    item = await open_item(street)
    for n, said in enumerate(MALFORMED):
        written = said if isinstance(said, str) else json.dumps(said).replace("{item}", item)
        assert ((await system.say(written, webhook_id=f"msg_{n}"))[0], said) == (400, said)
    row = await row_of(street, item)
    assert (row["acknowledged_at"], row["resolved_at"]) == (None, None)


async def test_an_id_that_is_too_long_to_keep_is_a_400(street: Street, system: System) -> None:
    assert (await system.say(taking(await open_item(street)), webhook_id="m" * 81))[0] == 400


async def test_a_reply_that_cannot_be_stored_is_to_be_sent_again(street: Street, system: System) -> None:
    item = await open_item(street)
    await street.house.writer.close()
    assert (await system.say(taking(item)))[0] == 503
