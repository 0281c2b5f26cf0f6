"""What a hook's receiver answers later: somebody has taken the item, or it is done. Signed as the notices are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from bot.hooks.addresses import Address
from bot.keys import WRITER
from records.errors import NotFoundError, RefusedError, StorageError
from records.escalations import Closing, Outcome
from records.hook_replies import Reply

HOOKS: web.AppKey[Mapping[str, Address]] = web.AppKey("hooks")

ID = re.compile(r"[0-9a-f]{32}")
LONGEST_WEBHOOK_ID = 80

RESOLVE = "escalation.resolve"

log = structlog.get_logger()


class _Body(BaseModel):
    """What is more in it is not read."""

    model_config = ConfigDict(strict=True)

    type: Literal["escalation.acknowledge", "escalation.resolve"]
    id: str
    by: Annotated[str, Field(pattern=r"^[!-~]+@[!-~]+$", max_length=254)]
    outcome: str = ""


def add_replies(app: web.Application, hooks: Mapping[str, Address]) -> None:
    app[HOOKS] = hooks
    app.router.add_post("/hooks/{hook}/reply", take_reply)


async def take_reply(request: web.Request) -> web.Response:
    """200 with the item's state, also if it was done before; else an error.

    400 malformed, 401 not signed by the hook or too old, 404 no such hook or item, 413 too large, 503 not stored.
    """
    hook, body = request.match_info["hook"], await request.read()
    address = request.app[HOOKS].get(hook)
    if address is None or address.secret is None:
        raise web.HTTPNotFound(text="no such hook")
    if not _is_signed(address.secret, body, request.headers):
        log.warning("refused a reply that its hook did not sign", hook=hook)
        raise web.HTTPUnauthorized(text="not signed by the hook, or too old")
    try:
        reply = _read(hook, request.headers["webhook-id"], body)
        state = await request.app[WRITER].take_reply(reply)
    except RefusedError as error:
        return web.json_response({"error": str(error)}, status=400)
    except NotFoundError:
        return web.json_response({"error": "no such item"}, status=404)
    except StorageError:
        return web.json_response({"error": "not stored; send it again"}, status=503, headers={"Retry-After": "5"})
    log.info("reply taken", hook=hook, state=state.value)
    return web.json_response({"id": reply.escalation_id, "state": state})


def _is_signed(secret: SecretStr, body: bytes, headers: Mapping[str, str]) -> bool:
    """By this secret, within five minutes of now: the time of day outside, which its sender has too."""
    try:
        Webhook(secret.get_secret_value()).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):  # what is no base64, no text, no pair
        return False
    return True


def _read(hook: str, webhook_id: str, body: bytes) -> Reply:
    """Raises RefusedError with what is wrong, and NotFoundError for an id that can be nothing of ours."""
    try:
        written = _Body.model_validate_json(body)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]
        raise RefusedError(f"{'.'.join(map(str, wrong['loc'])) or 'the body'}: {wrong['msg']}") from None
    if len(webhook_id) > LONGEST_WEBHOOK_ID:
        raise RefusedError(f"webhook-id: longer than {LONGEST_WEBHOOK_ID} characters")
    if not ID.fullmatch(written.id):
        raise NotFoundError("no such escalation")
    return Reply(hook, webhook_id, written.id, written.by.lower(), _closing(written))


def _closing(written: _Body) -> Closing | None:
    """Raises RefusedError for an outcome that there is not."""
    if written.type != RESOLVE:
        return None
    if written.outcome not in set(Outcome):
        raise RefusedError(f"outcome: must be one of {', '.join(Outcome)}")
    return Closing(Outcome(written.outcome))
