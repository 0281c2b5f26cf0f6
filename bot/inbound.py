"""The provider's webhooks: a text has come in, or a text of ours has got somewhere.

Answered only when stored. What is answered with 5xx the provider sends again, to us or to the fallback address; a text
that comes twice is stored once. The answer holds no reply: replies leave through the outbox.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.channels.twilio_webhooks import Form, MalformedError, Signature, read_form, read_status, read_text
from bot.keys import CLOCK, TEXTS, WRITER
from bot.metrics import METRICS
from records import outbox
from records.errors import StorageError

SIGNATURE: web.AppKey[Signature] = web.AppKey("signature", Signature)

PATIENCE = 10.0
"""Seconds that the database has. The provider waits for 15 in all, and so can still try another of our processes.

What is stored all the same, later, comes again as a double.
"""

NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

log = structlog.get_logger()


def add_webhooks(app: web.Application, signature: Signature) -> None:
    app[SIGNATURE] = signature
    for path, take in (
        ("/twilio/message", take_text),
        ("/twilio/message/fallback", take_text),
        ("/twilio/status/{attempt:[0-9a-f]{32}}", take_status),
    ):
        app.router.add_post(path, _counted(take))


async def take_text(request: web.Request) -> web.Response:
    """200 once stored, 400 malformed, 403 not signed by the provider, 413 too large, 503 not stored."""
    try:
        inbound = read_text(await _signed_form(request))
        async with asyncio.timeout(PATIENCE):
            taken = await request.app[TEXTS].take_text(inbound)
    except MalformedError as error:
        return _malformed(error)
    except (StorageError, TimeoutError):
        return _not_stored()
    log.info("text taken", taken=taken.value, length=len(inbound.text))
    request.app[METRICS].text_taken(taken.value)
    return web.Response(text=NOTHING_TO_SAY, content_type="text/xml")


async def take_status(request: web.Request) -> web.Response:
    """204 once stored; the attempt's id stands in the address. As `take_text` otherwise."""
    attempt, now = request.match_info["attempt"], request.app[CLOCK].now()
    try:
        report = read_status(await _signed_form(request))
        async with asyncio.timeout(PATIENCE):
            await request.app[WRITER].settle(
                lambda c: outbox.fold_status(c, attempt, report.status, report.provider_id, report.error_code, now)
            )
    except MalformedError as error:
        return _malformed(error)
    except (StorageError, TimeoutError):
        return _not_stored()
    log.info("status taken", attempt=attempt, status=report.status, error_code=report.error_code)
    return web.Response(status=204)


def _counted(take: Callable[[web.Request], Awaitable[web.Response]]) -> Handler:
    async def counted(request: web.Request) -> web.Response:
        status = 500
        try:
            response = await take(request)
            status = response.status
        except web.HTTPException as answer:
            status = answer.status
            raise
        finally:
            request.app[METRICS].refused(status)
        return response

    return counted


async def _signed_form(request: web.Request) -> Form:
    """Raises MalformedError; HTTPForbidden unless signed; HTTPRequestEntityTooLarge."""
    form = read_form(request.content_type, await request.read())
    if not request.app[SIGNATURE].fits(request.raw_path, form, request.headers.get("X-Twilio-Signature")):
        log.warning("refused a post that the provider did not sign")
        raise web.HTTPForbidden(text="not signed by the provider")
    return form


def _malformed(error: MalformedError) -> web.Response:
    log.warning("malformed post", problem=str(error))
    return web.Response(status=400, text=str(error))


def _not_stored() -> web.Response:
    log.error("the database does not answer; the provider will send this again")
    return web.Response(status=503, text="not stored; send it again", headers={"Retry-After": "5"})
