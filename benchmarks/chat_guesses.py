"""A million guesses at the doors of the web chat: links and codes, with a thousand links and codes that would open.

Each guess is what a request would make of it, against a real database; what it opened is counted. Somebody who guesses
codes asks for them first, for one number after another, in as many browsers as they like.

    python benchmarks/chat_guesses.py [--guesses 1000000] [--only sqlite|postgres]
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, insert

from benchmarks.tools.databases import POSTGRES, SQLITE, databases
from benchmarks.tools.figures import Figures
from bot.chat.cookies import new_token
from bot.token_secrets import hash_of
from records import chat_access
from records.chat_access import MOST_TRIES, Tried
from records.database import connect
from records.ids import new_id
from records.tables import clients, staff

PEOPLE = 1000
NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)


def fill(connection: Connection) -> list[str]:
    """Gives the numbers. Everybody has a link that nobody has used yet."""
    worker = new_id(NOW)
    row = {"id": worker, "email": "a@county.example", "first_name": "Ana", "role": "etw", "password_hash": "-"}
    connection.execute(insert(staff).values({**row, "active": True, "created_at": NOW}))
    numbers = [f"+1707{2000000 + nth}" for nth in range(PEOPLE)]
    for number in numbers:
        one = {"id": new_id(NOW), "number": number, "first_name": "Joe", "language": "en", "worker_id": worker}
        more = {"zone": "America/Los_Angeles", "consent": "active", "created_at": NOW}
        connection.execute(insert(clients).values({**one, **more}))
        chat_access.keep_link(connection, one["id"], hash_of(new_token()), NOW)
    return numbers


def guess_links(connection: Connection, guesses: int) -> int:
    return sum(chat_access.use_link(connection, hash_of(new_token()), NOW) is not None for _ in range(guesses))


def guess_codes(connection: Connection, numbers: Sequence[str], guesses: int) -> tuple[int, int]:
    """How many opened, and how many were looked at: the rest was refused before."""
    opened = looked_at = 0
    for nth in range(guesses // MOST_TRIES):
        browser = hash_of(new_token())
        code = f"{secrets.randbelow(10**6):06}"
        chat_access.keep_code(connection, browser, numbers[nth % PEOPLE], hash_of(f"{browser}:{code}"), NOW)
        for _ in range(MOST_TRIES):
            guess = hash_of(f"{browser}:{secrets.randbelow(10**6):06}")
            tried = chat_access.try_code(connection, browser, guess, NOW)
            looked_at += tried in {Tried.RIGHT, Tried.WRONG}
            opened += tried is Tried.RIGHT
    return opened, looked_at


def main(guesses: int, kinds: Sequence[str]) -> int:
    figures = Figures()
    with databases() as fresh:
        for kind in kinds:
            print(kind, flush=True)
            engine = connect(fresh.fresh(kind))
            began = time.perf_counter()
            with engine.begin() as connection:
                numbers = fill(connection)
                by_link = guess_links(connection, guesses // 2)
                by_code, looked_at = guess_codes(connection, numbers, guesses // 2)
            engine.dispose()
            figures.at_most(f"opened by {guesses // 2:,} guessed links", by_link, 0)
            figures.at_most(f"opened by {guesses // 2:,} guessed codes", by_code, 0, note=f"{looked_at} were looked at")
            figures.note(f"{time.perf_counter() - began:.0f} s")
    return figures.exit_status()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--guesses", type=int, default=1_000_000)
    parser.add_argument("--only", choices=(SQLITE, POSTGRES))
    given = parser.parse_args()
    sys.exit(main(given.guesses, [given.only] if given.only else [SQLITE, POSTGRES]))
