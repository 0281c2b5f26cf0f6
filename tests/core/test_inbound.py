"""Every text a client can send finds its right answer: a table of texts, read as they stand."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from conversations.decide import decide
from conversations.effects import ChangeConsent, Effect, Send, TellWorker
from conversations.situation import Consent, Mode, Situation, Talk
from records.turns import Inbound
from tests.core.desk import ASKED_RESULT, ASKED_SIZE, ASKED_WHERE, in_mode, with_consent
from tests.core.people import JOINED, LANGUAGES, NOW, WITH_PLAN

ASKED_WHEN = Talk("goal_setting", "when", NOW - timedelta(hours=1), {"goal": "a job", "step": "call"})
INVITED = Talk("welcome", "invite", NOW - timedelta(hours=1))

WHERE_THE_CLIENT_STANDS: Mapping[str, Situation] = {
    "nothing_open": JOINED,
    "asked_where": replace(JOINED, talk=ASKED_WHERE),
    "asked_result": replace(WITH_PLAN, talk=ASKED_RESULT),
    "asked_size": replace(JOINED, talk=ASKED_SIZE),
    "asked_when": replace(JOINED, talk=ASKED_WHEN),
    "stopped": with_consent(JOINED, Consent.REVOKED),
    "invited": replace(with_consent(JOINED, Consent.INVITED), talk=INVITED),
    "with_a_person": in_mode(JOINED, Mode.HUMAN),
}


def rows() -> Iterator[tuple[str, str, str]]:
    table = tomllib.loads(Path(__file__).with_name("inbound.toml").read_text("utf-8"))
    for stands, outcomes in table.items():
        for outcome, texts in outcomes.items():
            yield from ((stands, text, outcome) for text in texts)


def outcome(effects: tuple[Effect, ...]) -> str:
    """The gravest thing that follows: consent, a person, the first text; or nothing."""
    for kind in (ChangeConsent, TellWorker, Send):
        for effect in effects:
            if isinstance(effect, kind):
                match effect:
                    case ChangeConsent(to=to):
                        return to
                    case TellWorker(trigger=trigger):
                        return trigger
                    case Send(says=says):
                        return says.context
    return "nothing"


@pytest.mark.parametrize(("stands", "text", "expected"), list(rows()))
def test_every_text_does_what_the_table_says(stands: str, text: str, expected: str) -> None:
    said = Inbound("SM1", "+17075550111", text).said()
    assert outcome(decide(WHERE_THE_CLIENT_STANDS[stands], said, NOW, LANGUAGES)) == expected


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(list(rows())) >= 400
