"""Templates, buttons and lists for WhatsApp: made at the provider, and their approval looked up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

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
    ContentState.MADE: "not handed in yet",
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
                _keep(engine, known)
            if known.state is ContentState.MADE:
                await api.submit(known.content_sid, _name_for_approval(known))
                known = replace(known, state=ContentState.WAITING)
            elif each.needs_approval:
                state, why = await api.state(known.content_sid)  # one that was approved may be paused later
                known = replace(known, state=state, why=why, checked_at=SystemClock().now())
            _keep(engine, known)


def _keep(engine: Engine, known: KeptContent) -> None:
    with engine.begin() as connection:
        whatsapp_contents.keep(connection, known)


async def _made(api: ContentApi, each: Definition) -> KeptContent:
    content_sid = await api.create(each.as_json())
    state = ContentState.MADE if each.needs_approval else ContentState.USABLE
    return KeptContent(each.name, each.language, content_sid, each.body, state, "", SystemClock().now())


def _name_for_approval(known: KeptContent) -> str:
    return f"milepost_{known.name}_{known.language}_{known.content_sid[-6:]}".lower()
