"""All trials, in the two sizes: quick enough for every change, and in full."""

from __future__ import annotations

from collections.abc import Sequence

from bot.trust.trial import Trial
from bot.trust.trials.answers import BadAnswers
from bot.trust.trials.broken_database import CUT, FULL
from bot.trust.trials.clock_steps import ClockSteps
from bot.trust.trials.down_over import DownOver
from bot.trust.trials.edit_races import EditRaces
from bot.trust.trials.inbound import Inbound
from bot.trust.trials.kills import Kills
from bot.trust.trials.list_lag import ListLag
from bot.trust.trials.named_points import NamedPoints
from bot.trust.trials.own_outage import OwnOutage
from bot.trust.trials.provider_outage import ProviderOutage
from bot.trust.trials.reports import Reports
from bot.trust.trials.schedulers import Schedulers
from bot.trust.trials.stop_races import StopRaces

IN_SHORT: Sequence[Trial] = (
    Kills(texts=150, kills=4),
    NamedPoints(times=1, each=2),
    Inbound(clients=8, kills=3),
    BadAnswers(texts=60),
    Reports(texts=60),
    ListLag(texts=40),
    ProviderOutage(texts=60, minutes=10, speed=120),
    OwnOutage(clients=2),
    Schedulers(texts=90, restarts=3, seconds=3),
    StopRaces(races=60),
    EditRaces(races=60),
    CUT(texts=30, clients=2, seconds=3),
    FULL(texts=30, clients=2, seconds=2),
    ClockSteps(texts=6, clients=2),
    DownOver(clients=10),
)

IN_FULL: Sequence[Trial] = (
    Kills(texts=10_000, kills=50),
    NamedPoints(times=20),
    Inbound(clients=1_112, kills=20),
    BadAnswers(texts=2_000),
    Reports(texts=2_000),
    ListLag(texts=1_000),
    ProviderOutage(texts=5_000, minutes=60, speed=60),
    OwnOutage(clients=56),
    Schedulers(texts=20_000, restarts=10, seconds=60),
    StopRaces(races=1_000),
    EditRaces(races=10_000),
    CUT(texts=1_000, clients=30, seconds=300),
    FULL(texts=1_000, clients=30, seconds=300),
    ClockSteps(texts=200, clients=20),
    DownOver(clients=1_000),
)
