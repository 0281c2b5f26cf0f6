"""One open question a client: how talks begin, go on into another flow, are set aside and taken up again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from conversations import engine
from conversations.effects import ChangeConsent, Effect, Purpose, SaveTalk, Send
from conversations.engine import Turn
from conversations.events import TurnEvent
from conversations.flows import FLOWS
from conversations.notation import Into, Parked
from conversations.situation import Consent, Situation, Talk

Effects = tuple[Effect, ...]


def begin(
    situation: Situation,
    now: datetime,
    flow: str,
    *,
    at: str | None = None,
    answers: Mapping[str, str] | None = None,
    purpose: Purpose = Purpose.REPLY,
) -> Effects:
    """Start a talk. One that is open is set aside, unless it is passing or of the same flow, which then begins anew."""
    talk = situation.talk
    parked = talk if talk and talk.flow != flow and not FLOWS[talk.flow].is_passing else situation.parked
    situation = replace(situation, talk=None, parked=parked)
    turn = engine.begin(FLOWS[flow], situation, now, at=at, answers=dict(answers or {}), purpose=purpose)
    return _settled(turn, parked, situation, now, purpose)


def go_on(
    situation: Situation, talk: Talk, event: TurnEvent, now: datetime, purpose: Purpose = Purpose.REPLY
) -> Effects:
    """Give the open talk an answer, or a silence."""
    turn = engine.turn(FLOWS[talk.flow], talk, event, situation, now, purpose)
    return _settled(turn, situation.parked, situation, now, purpose)


def ask_again(
    situation: Situation, talk: Talk, now: datetime, parked: Talk | None, purpose: Purpose = Purpose.REPLY
) -> Effects:
    """Put a talk's question again, and leave `parked` set aside."""
    turn = engine.ask_again(FLOWS[talk.flow], talk, situation, now, purpose)
    return _settled(turn, parked, situation, now, purpose)


def set_aside(situation: Situation) -> SaveTalk:
    """No question is open any more; the talk waits to be taken up."""
    talk = situation.talk
    return SaveTalk(None, talk if talk and not FLOWS[talk.flow].is_passing else situation.parked)


def _settled(turn: Turn, parked: Talk | None, situation: Situation, now: datetime, purpose: Purpose) -> Effects:
    """All that one event leads to: the turn, and every turn that follows from it in the same breath."""
    effects = list(turn.effects)
    parked = turn.parked or parked
    while turn.goes_on is not None:
        match turn.goes_on:
            case Into(flow=flow, at=at, carries=carries):
                carried = {name: turn.talk.answers[name] for name in carries if name in turn.talk.answers}
                turn = engine.begin(FLOWS[flow], situation, now, at=at, answers=carried, purpose=purpose)
            case Parked.TAKEN_UP if parked:
                turn, parked = engine.ask_again(FLOWS[parked.flow], parked, situation, now), None
            case Parked.BEGUN_AGAIN if parked:
                turn, parked = engine.begin(FLOWS[parked.flow], situation, now), None
            case _:  # what was set aside is gone: nobody is left without an answer
                turn = engine.begin(FLOWS["front_door"], situation, now)
        effects += turn.effects
        parked = turn.parked or parked
    if any(isinstance(each, ChangeConsent) and each.to is Consent.REVOKED for each in effects):
        return (*map(_as_last_word, effects), SaveTalk(None))
    effects.append(SaveTalk(None if turn.talk.over else turn.talk, parked))
    return tuple(effects)


def _as_last_word(effect: Effect) -> Effect:
    """After a stop only the confirmation may still leave (domain guide 6.4), and no talk waits to be taken up."""
    return replace(effect, purpose=Purpose.LEGAL) if isinstance(effect, Send) else effect
