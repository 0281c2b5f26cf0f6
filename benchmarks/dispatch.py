"""How texts leave: how many a second, and whether a long queue, or much that waits for later, gets in the way.

python benchmarks/dispatch.py [--only throughput,claims,stalls,overtaking] [--database sqlite,postgres]
                              [--rounds 5] [--small]
"""

from __future__ import annotations

import argparse
import logging
import sys
from dataclasses import dataclass

from benchmarks.dispatching import claims, overtaking, stalls, throughput
from benchmarks.tools.databases import POSTGRES, SQLITE, Databases, databases
from benchmarks.tools.figures import Figures
from bot import log


@dataclass(frozen=True, slots=True)
class Sizes:
    """`due` texts are sent; some are claimed among `future` rows; so many nudges `fall_due`; `answers` pass `bulk`."""

    due: tuple[int, ...] = (10_000, 100_000)
    future: tuple[int, ...] = (10_000, 100_000, 1_000_000)
    fall_due: int = 10_000
    bulk: int = 50_000
    answers: int = 300


SMALL = Sizes((2_000,), (1_000, 10_000), 1_000, 2_000, 40)
PARTS = ("throughput", "claims", "stalls", "overtaking")


def run(part: str, among: Databases, kind: str, sizes: Sizes, rounds: int, figures: Figures) -> None:
    match part:
        case "throughput":
            for texts in sizes.due:
                throughput.measure(among, kind, texts, rounds, figures)
        case "claims":
            claims.measure(among, kind, sizes.future, rounds, figures)
        case "stalls":
            stalls.measure(among, kind, sizes.fall_due, figures)
        case "overtaking":
            overtaking.measure(among, kind, sizes.bulk, sizes.answers, figures)
        case _:
            raise SystemExit(f"there is no part {part!r}: {', '.join(PARTS)}")


BOUND = {
    "throughput": "It is bound by the statements of a claim and of its outcome, and by one fsync for each 20 texts.",
    "claims": "It is bound by an index that holds only what is due next: what waits for later is behind it.",
    "stalls": "It is bound by the turns of two threads at one interpreter: storing what came of texts holds it.",
    "overtaking": "It is bound by the pace: an answer that just missed its turn waits a whole second.",
}


def main(parts: list[str], kinds: list[str], sizes: Sizes, rounds: int) -> int:
    log.set_up(level=logging.CRITICAL)
    logging.disable()  # the ticker's library warns of every tick that takes longer than it should
    figures = Figures()
    with databases() as among:
        for part in parts:
            print(part)
            for kind in kinds:
                run(part, among, kind, sizes, rounds, figures)
            print(BOUND[part])
    return figures.exit_status()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--database", default=f"{SQLITE},{POSTGRES}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--small", action="store_true", help="small sizes, to see that it works")
    given = parser.parse_args()
    chosen = SMALL if given.small else Sizes()
    sys.exit(main(given.only.split(","), given.database.split(","), chosen, given.rounds))
