"""The conversations, for those who write and read them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import typer

from bot.decider import Decider
from bot.errors import Problem, StartError
from bot.languages import load_languages
from bot.script import US, Spoken, written
from conversations import open_talk, pages, wording
from conversations import paths as walking
from conversations.county import County
from conversations.effects import Effect, Preference, SaveTalk, SetPreference, Texted
from conversations.events import Said
from conversations.flows import FLOWS
from conversations.languages import Language
from conversations.notation import Flow
from conversations.situation import Client, Consent, Situation
from scheduler import plan

ZONE = ZoneInfo("America/Los_Angeles")
MONDAY_MORNING = datetime(2026, 3, 2, 17, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)
NAME = "Maria"


def play(name: str, language: str, script: Path | None, *, golden: bool) -> None:
    """Plays until the texts end (Ctrl-D), or until no question is open any more. Raises StartError."""
    flow, player = _flow(name), _Player(language)
    if golden:
        for spoken in player.play(flow, _texts(script)):
            typer.echo(written(spoken, ZONE))
        return
    typer.echo(f"{flow.purpose} (Ctrl-D ends it.)\n")
    for spoken in player.play(flow, _texts(script)):
        if spoken.who == US:
            typer.echo(spoken.text + "\n")


def _texts(script: Path | None) -> Iterator[str]:
    """What the client says: the lines of a file, of a pipe, or as typed."""
    if script:
        try:
            yield from script.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            raise StartError(f"{script} cannot be read as text in UTF-8.") from None
        return
    prompt = "> " if sys.stdin.isatty() else ""
    while True:
        try:
            yield input(prompt)
        except EOFError:
            return


class _Player:
    """Decides as the server does, and remembers what the records would, for a client who is made up."""

    def __init__(self, language: str) -> None:
        county = County("Sample County", "Goal Line", "707-555-0134", ZONE, (language,), drafts_allowed=True)
        client = Client("played", NAME, language, ZONE, Consent.ACTIVE, worker="Ana")
        self._languages = load_languages([language])
        self._decider = Decider(county, self._languages)
        self._situation = Situation(client, county)
        self._now = MONDAY_MORNING

    def play(self, flow: Flow, texts: Iterable[str]) -> Iterator[Spoken]:
        if flow.name == "welcome":
            self._situation = replace(self._situation, client=replace(self._situation.client, consent=Consent.INVITED))
        wishes = open_talk.begin(self._situation, self._now, flow.name)
        planned = plan.plan(wishes, self._situation, self._now)
        yield from self._heard(wording.say(planned, self._situation, self._languages, self._now))
        for text in texts:
            self._now += A_MINUTE
            yield Spoken(self._now, NAME, text)
            yield from self._heard(self._decider.decide(self._situation, Said(text), self._now))
            if self._situation.talk is None:
                return

    def _heard(self, effects: Iterable[Effect]) -> Iterator[Spoken]:
        effects = list(effects)
        self._situation = walking.remembered(self._situation, effects)
        for effect in effects:
            match effect:
                case Texted(body=body):
                    yield Spoken(self._now, US, body)
                case SaveTalk(talk=talk, parked=parked):
                    self._situation = replace(self._situation, talk=talk, parked=parked)
                case SetPreference(what=Preference.LANGUAGE, value=code):
                    self._situation = replace(self._situation, client=replace(self._situation.client, language=code))
                case _:
                    pass


def page(name: str, language: str) -> None:
    """Raises StartError."""
    words: Language = load_languages([language])[language]
    typer.echo(pages.page(_flow(name), words.translate), nl=False)


def diagram(name: str) -> None:
    """Raises StartError."""
    typer.echo(pages.mermaid(_flow(name)), nl=False)


def paths(name: str | None) -> None:
    """Raises StartError; FlowError for a flow with a place that is never reached or never left."""
    for flow in [_flow(name)] if name else FLOWS.values():
        walked = walking.check(flow)
        typer.echo(f"{flow.name}: {walked.turns} turns, {len(walked.arrows)} arrows, {len(walked.endings)} endings")


def _flow(name: str) -> Flow:
    if name not in FLOWS:
        raise StartError("No such conversation:", [Problem(name, "is none", f"there are {', '.join(FLOWS)}")])
    return FLOWS[name]
