"""Serving the table of routes: who calls, may they, what do they say; then the view, and its answer."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, get_origin

from aiohttp import web
from pydantic import BaseModel, ValidationError

from bot.api.calls import Call
from bot.api.problems import Amiss, ApiError, ProblemKind
from bot.api.rate_limit import RATE_LIMIT
from bot.api.routes import KEY, PARTS, ApiRoute
from bot.keys import READER, WALL_CLOCK, WRITER
from bot.token_secrets import PREFIX, hash_of
from records import api_tokens
from records.api_tokens import USED_EVERY, Token

BEARER = "bearer "
JSON = "application/json"


def serve(route: ApiRoute) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The route as a handler. It raises ApiError, and what its view raises."""

    async def handler(request: web.Request) -> web.StreamResponse:
        token = await _caller(request)
        if route.scope not in token.scopes:
            raise ApiError(ProblemKind.FORBIDDEN, f"The token needs the scope {route.scope}.")
        call = Call(request, token, _path(route, request), _key(route, request))
        given = await route.view(call, await _said(route, request))
        headers = {"Cache-Control": "no-store"}
        if given.body is None:
            return web.Response(status=given.status, headers=headers)
        text = given.body.model_dump_json()
        return web.Response(status=given.status, text=text, content_type=JSON, headers=headers)

    return handler


async def _caller(request: web.Request) -> Token:
    """Who the token is of; that it was used is noted."""
    written = request.headers.get("Authorization", "")
    secret = written[len(BEARER) :].strip() if written[: len(BEARER)].lower() == BEARER else ""
    if not secret.startswith(PREFIX) or not secret.isascii():
        raise ApiError(ProblemKind.UNAUTHORIZED)
    now = request.app[WALL_CLOCK].now()
    token = await request.app[READER].run(partial(api_tokens.find, secret_hash=hash_of(secret), now=now))
    if token is None:
        raise ApiError(ProblemKind.UNAUTHORIZED)
    if seconds := request.app[RATE_LIMIT].waits(token.id):
        raise ApiError(ProblemKind.TOO_MANY, headers={"Retry-After": str(seconds)})
    if token.used_at is None or now - token.used_at >= USED_EVERY:
        await request.app[WRITER].run(partial(api_tokens.note_use, token_id=token.id, now=now))
    return token


def _path(route: ApiRoute, request: web.Request) -> Mapping[str, str]:
    """Raises ApiError: an id that can be none is none of ours, an id of another system's is amiss."""
    for name in route.parts:
        if not re.fullmatch(PARTS[name].pattern, request.match_info[name]):
            if name == "external_id":
                raise _invalid(name, f"must match {PARTS[name].pattern}")
            raise ApiError(ProblemKind.NOT_FOUND)
    return dict(request.match_info)


def _invalid(field: str, message: str) -> ApiError:
    return ApiError(ProblemKind.INVALID, errors=[Amiss(field=field, message=message)])


def _key(route: ApiRoute, request: web.Request) -> str:
    """Raises ApiError where one is needed and there is none that fits."""
    key = request.headers.get("Idempotency-Key", "")
    if route.keyed and not re.fullmatch(KEY, key):
        raise ApiError(ProblemKind.NO_KEY)
    return key


async def _said(route: ApiRoute, request: web.Request) -> BaseModel:
    """Raises ApiError with all that is amiss."""
    try:
        if not route.has_body:
            return route.takes.model_validate(_query(route, request))
        if request.content_type != JSON:
            raise ApiError(ProblemKind.MEDIA)
        return route.takes.model_validate_json(await request.read())
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        if found[0]["type"] == "json_invalid":
            raise ApiError(ProblemKind.MALFORMED) from None
        amiss = [Amiss(field=".".join(map(str, one["loc"])), message=one["msg"]) for one in found]
        raise ApiError(ProblemKind.INVALID, errors=amiss) from None


def _query(route: ApiRoute, request: web.Request) -> Mapping[str, Any]:
    """Raises ApiError for a name that stands twice where one value is meant."""
    said: dict[str, Any] = {}
    for name in request.query:
        values = request.query.getall(name)
        field = route.takes.model_fields.get(name)
        if field is not None and get_origin(field.annotation) is list:
            said[name] = values
        elif len(values) > 1:
            raise _invalid(name, "stands more than once")
        else:
            said[name] = values[0]
    return said
