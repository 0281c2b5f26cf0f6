"""Templates, buttons and lists for WhatsApp: made at the provider, and their approval looked up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import typer
from sqlalchemy import Engine

from bot.channels.twilio_content import ContentApi, ContentApiError
from bot.chat import wording
from bot.clock import SystemClock
from bot.county_file import load_county
from bot.errors import Problem, StartError
from bot.ground import open_database
from bot.settings import Settings, load
from bot.whatsapp import definitions
from bot.whatsapp.definitions import Definition
from records import whatsapp_contents
from records.whatsapp_contents import ContentState, KeptContent

SAYS = {
    ContentState.USABLE: "in use",
    ContentState.WAITING: "waits for WhatsApp's yes",
    ContentState.REFUSED: "refused by WhatsApp",
}


def whatsapp() -> None:
    """Run as often as wanted: what is there already is left alone. Raises StartError."""
    settings = load(Settings)
    if settings.twilio_whatsapp_from is None:
        remedy = "register a WhatsApp sender with the provider, and write its number here"
        raise StartError("Nothing was made:", [Problem("TWILIO_WHATSAPP_FROM", "is missing", remedy)])
    county = load_county(settings.county)
    wording.load(county.languages)
    engine = open_database(settings)
    try:
        asyncio.run(_bring_up_to_date(settings, engine, list(definitions.wanted(county))))
        with engine.connect() as connection:
            kept = whatsapp_contents.all_kept(connection)
    except ContentApiError as error:
        raise StartError("Not all was made:", [Problem("the provider", str(error), "run it again")]) from None
    finally:
        engine.dispose()
    for one in kept:
        typer.echo(f"{one.name:16} {one.language:4} {SAYS[one.state]}{f': {one.why}' if one.why else ''}")


async def _bring_up_to_date(settings: Settings, engine: Engine, wanted: Sequence[Definition]) -> None:
    """One after another, each kept as soon as it is there: an error later loses none."""
    with engine.connect() as connection:
        here = {(one.name, one.language): one for one in whatsapp_contents.all_kept(connection)}
    async with ContentApi(settings) as api:
        for each in wanted:
            known = here.get((each.name, each.language))
            if known is None or known.body != each.body:
                known = await _made(api, each)
            elif known.state is ContentState.WAITING:
                known = await _looked_up(api, known)
            else:
                continue
            with engine.begin() as connection:
                whatsapp_contents.keep(connection, known)


async def _made(api: ContentApi, each: Definition) -> KeptContent:
    content_sid = await api.create(each.as_json())
    state = ContentState.USABLE
    if each.needs_approval:
        await api.submit(content_sid, f"milepost_{each.name}_{each.language}_{content_sid[-6:].lower()}")
        state = ContentState.WAITING
    return KeptContent(each.name, each.language, content_sid, each.body, state, "", SystemClock().now())


async def _looked_up(api: ContentApi, known: KeptContent) -> KeptContent:
    state, why = await api.state(known.content_sid)
    return KeptContent(known.name, known.language, known.content_sid, known.body, state, why, SystemClock().now())
