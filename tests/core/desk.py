"""What the front desk's tests share: a text comes in, and what followed is looked at."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from conversations.decide import decide
from conversations.effects import Effect, Send, TellWorker
from conversations.events import Event, Said
from conversations.situation import Consent, Mode, Situation, Talk
from tests.core.people import LANGUAGES, NOW

E = TypeVar("E")
ASKED_WHERE = Talk("goal_setting", "where", NOW - timedelta(hours=1), {"goal": "a job", "step": "call"})
ASKED_RESULT = Talk("goal_check_in", "how_did_it_go", NOW - timedelta(hours=1))
ASKED_SIZE = Talk("goal_setting", "size", NOW - timedelta(hours=1), {"goal": "a job"})


def after(situation: Situation, text: str, now: datetime = NOW, *, media: bool = False) -> tuple[Effect, ...]:
    return decide(situation, Said(text, media), now, LANGUAGES)


def happens(situation: Situation, event: Event, now: datetime = NOW) -> tuple[Effect, ...]:
    return decide(situation, event, now, LANGUAGES)


def told(effects: tuple[Effect, ...]) -> list[str]:
    """The texts that go out, by their place in the catalog."""
    return [effect.says.context for effect in effects if isinstance(effect, Send)]


def only(effects: tuple[Effect, ...], kind: type[E]) -> E:
    found = [effect for effect in effects if isinstance(effect, kind)]
    assert len(found) == 1, effects
    return found[0]


def none(effects: tuple[Effect, ...], kind: type[Effect]) -> bool:
    return not any(isinstance(effect, kind) for effect in effects)


def asked_for(effects: tuple[Effect, ...]) -> list[tuple[str, str]]:
    """Why a person is told, and how soon."""
    return [(effect.trigger.value, effect.level.value) for effect in effects if isinstance(effect, TellWorker)]


def with_consent(situation: Situation, consent: Consent) -> Situation:
    return replace(situation, client=replace(situation.client, consent=consent))


def in_mode(situation: Situation, mode: Mode) -> Situation:
    return replace(situation, client=replace(situation.client, mode=mode))
