"""How long the simulator's weeks take, and whether anything breaks in them, over many seeds.

python benchmarks/simulate.py [--seeds 20] [--clients 500] [--weeks 6] [--jobs 2]
"""

from __future__ import annotations

import argparse
import logging
import sys
import time

from bot import log
from bot.simulator import runs
from bot.simulator.simulation import Wanted

LIMIT_SECONDS = 60.0
"""For the full size, on two cores."""
FULL_SIZE = {"clients": 500, "weeks": 6, "jobs": 2}


def main(seeds: int, clients: int, weeks: int, jobs: int) -> int:
    """Prints a line a seed; 1 if one broke, or was too slow at full size."""
    log.set_up(level=logging.CRITICAL)
    broken = 0
    slowest = 0.0
    for seed in range(1, seeds + 1):
        began = time.perf_counter()
        result = runs.run(Wanted(1, clients, weeks, seed), jobs)
        seconds = time.perf_counter() - began
        slowest = max(slowest, seconds)
        count = sum(len(verdict.broken) for verdict in result.verdicts)
        broken += count
        texts = result.totals.counts["texts in"] + result.totals.counts["texts that left"]
        names = ", ".join(verdict.name for verdict in result.verdicts if verdict.broken)
        print(
            f"seed {seed:3}: {seconds:6.1f} s ({result.cpu_seconds:.1f} s of the busier core), {texts} texts, "
            f"{count} broken {names}",
            flush=True,
        )
    print(f"{seeds} seeds, {clients} clients, {weeks} weeks: slowest {slowest:.1f} s, {broken} broken")
    is_full_size = {"clients": clients, "weeks": weeks, "jobs": jobs} == FULL_SIZE
    return int(broken > 0 or (is_full_size and slowest > LIMIT_SECONDS))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--weeks", type=int, default=6)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    sys.exit(main(given.seeds, given.clients, given.weeks, given.jobs))
