"""One trial, from fresh ground to its row."""

from __future__ import annotations

import time

from bot.trust.figures import Figures
from bot.trust.ground import Grounds, TrialError
from bot.trust.processes import ServerFailedError
from bot.trust.trial import Row, Trial


async def run_one(trial: Trial, seed: int, grounds: Grounds) -> Row:
    """What cannot be carried out is broken."""
    began = time.monotonic()
    async with grounds.fresh(f"{trial.name} {seed}") as ground:
        try:
            figures = await trial.run(ground)
        except (TrialError, ServerFailedError) as error:
            figures = Figures(broken=[str(error)])
    return Row(trial.name, trial.what, figures, time.monotonic() - began)
