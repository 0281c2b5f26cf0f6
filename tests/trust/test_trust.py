"""The fault suite in its quick form: each trial on SQLite and on Postgres."""

from dataclasses import dataclass
from itertools import chain

import pytest

from bot.trust import report
from bot.trust.catalogue import IN_FULL, IN_SHORT
from bot.trust.figures import Figures
from bot.trust.ground import Ground, Grounds
from bot.trust.runs import run_one
from bot.trust.trial import Trial
from bot.trust.trials.list_lag import ListLag
from records.channels import ChannelName

pytestmark = pytest.mark.timeout(600)
on_one_loop = pytest.mark.asyncio(loop_scope="session")

SEED = 1


@on_one_loop
@pytest.mark.parametrize("trial", IN_SHORT, ids=lambda trial: trial.name)
async def test_nothing_is_lost_and_nothing_goes_twice(trial: Trial, grounds: Grounds) -> None:
    row = await run_one(trial, SEED, grounds)
    print(report.line(row))
    assert row.figures.holds, "\n".join(report.broken(row, SEED, ChannelName.SMS, full=False, given=True))


@on_one_loop
async def test_on_whatsapp_it_holds_as_by_sms(grounds: Grounds, monkeypatch: pytest.MonkeyPatch) -> None:
    """The quickest trial; `milepost trust --whatsapp` plays them all."""
    monkeypatch.setattr(grounds, "channel", ChannelName.WHATSAPP)
    [answers] = [trial for trial in IN_SHORT if trial.name == "answers"]
    row = await run_one(answers, SEED, grounds)
    assert row.figures.holds, "\n".join(report.broken(row, SEED, ChannelName.WHATSAPP, full=False, given=True))


@on_one_loop
async def test_a_house_that_does_not_wait_for_the_list_is_found_out(grounds: Grounds) -> None:
    row = await run_one(ListLag(texts=30, patient=False), SEED, grounds)
    assert row.figures.doubled > 0
    told = list(report.broken(row, SEED, ChannelName.SMS, full=False, given=False))
    assert told[-1].endswith("milepost trust --only list-lag --seed 1")


@on_one_loop
async def test_a_trial_that_cannot_be_carried_out_is_broken(grounds: Grounds) -> None:
    row = await run_one(Hopeless(), SEED, grounds)
    assert row.figures.broken == ["in 0 s it did not come to this: better times"]


@dataclass(frozen=True)
class Hopeless:
    name: str = "hopeless"
    what: str = "waits for better times"

    async def run(self, ground: Ground) -> Figures:
        await ground.until("better times", lambda: False, 0)
        return Figures()


def test_both_forms_have_the_same_trials_and_each_says_what_it_does() -> None:
    assert [trial.name for trial in IN_SHORT] == [trial.name for trial in IN_FULL]
    assert all(trial.what for trial in chain(IN_SHORT, IN_FULL))
