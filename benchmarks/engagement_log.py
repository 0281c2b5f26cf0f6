"""How fast the pages of the engagement log are at a million rows, and how much memory an export of them takes.

A county of 22,000 clients, 88 workers in eleven teams, and a log of 400 days is made, on SQLite and on Postgres. The
pages are asked for over a socket, by who sees all, a team, their own, and next to nothing; under each filter alone and
under several, from the top and from deep below. What is looked for is at times everywhere, at times nowhere. Texts are
searched for words of all kinds.

    python benchmarks/engagement_log.py [--rows 1000000] [--only sqlite|postgres]
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import resource
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from random import Random

from aiohttp import ClientSession, ClientTimeout, CookieJar
from sqlalchemy import Connection, Table, insert, text

from benchmarks.tools.databases import POSTGRES, SQLITE, databases
from benchmarks.tools.figures import Figures, percentile
from records import log_words
from records.database import connect
from records.engagement import Kind
from records.ids import first_id
from records.tables import clients, engagement, messages, staff, teams
from tests.staff.office import HASHED, Browser, StoodClock, a_county, open_server

LONGEST_PAGE, LONGEST_CLIENT_PAGE = 150.0, 100.0
"""Milliseconds, of which 95 in 100 pages take less."""

MOST_MORE_MEMORY = 30.0
"""MB by which an export of all rows may raise the process's peak above that of a tenth of them."""

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 400
CLIENTS, WORKERS, TEAMS = 22_000, 88, 11
OFTEN = {Kind.TEXT_OUT: 30.0, Kind.TEXT_IN: 18.0, Kind.TEXT_STATUS: 30.0, Kind.NUDGE_PLANNED: 10.0}
LANGUAGES = {"en": 640, "es": 350, "hmn": 1}
ROWS_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Row:
    """One of a table's, and the one of the messages that goes with it."""

    logged: Mapping[str, object]
    said: Mapping[str, object] | None


def an_id(at: datetime, nth: int) -> str:
    return f"{int(first_id(at), 16) | nth:032x}"


def people() -> Iterator[tuple[Table, list[dict[str, object]]]]:
    """The last worker has no clients; the supervisors are of all and of the first team."""
    team_ids = [an_id(BEGAN, nth) for nth in range(TEAMS)]
    yield teams, [{"id": one, "name": f"Team {nth}"} for nth, one in enumerate(team_ids)]
    names: list[tuple[str, str, str | None]] = [
        (f"worker{nth}", "etw", team_ids[nth % TEAMS]) for nth in range(WORKERS + 1)
    ]
    names += [("all", "supervisor", None), ("team", "supervisor", team_ids[0])]
    common = {"password_hash": HASHED, "active": True, "created_at": BEGAN}
    yield (
        staff,
        [
            {"id": an_id(BEGAN, nth), "email": f"{name}@county.example", "first_name": name, "role": role, **common}
            | {"team_id": team}
            for nth, (name, role, team) in enumerate(names)
        ],
    )
    chance = Random(1)
    codes, weights = list(LANGUAGES), list(LANGUAGES.values())
    yield (
        clients,
        [
            {
                "id": an_id(BEGAN, nth),
                "number": f"+1707{nth:07}",
                "first_name": f"Client {nth}",
                "language": chance.choices(codes, weights)[0],
                "zone": "America/Los_Angeles",
                "consent": "active",
                "worker_id": an_id(BEGAN, nth % WORKERS),
                "created_at": BEGAN,
            }
            for nth in range(CLIENTS)
        ],
    )


def history(count: int, languages: Sequence[str]) -> Iterator[Row]:
    """Busy clients have more of it; a rare kind happens in the first month alone, another never."""
    chance = Random(2)
    rare = set(Kind) - set(OFTEN) - {Kind.IDEA_KEPT, Kind.TIME_WITHDRAWN}
    weighed = OFTEN | {kind: 12 / len(rare) for kind in sorted(rare)}
    kinds, weights = list(weighed), list(weighed.values())
    for nth in range(count):
        at = BEGAN + timedelta(days=DAYS) * nth / count
        client = min(int(chance.expovariate(1) * CLIENTS / 3), CLIENTS - 1)
        kind = Kind.IDEA_KEPT if nth < count / 12 and nth % 1000 == 0 else chance.choices(kinds, weights)[0]
        row_id, client_id = an_id(at, nth), an_id(BEGAN, client)
        says = kind in (Kind.TEXT_OUT, Kind.TEXT_IN)
        logged: dict[str, object] = {
            "id": row_id,
            "at": at,
            "client_id": client_id,
            "worker_id": an_id(BEGAN, client % WORKERS),
            "actor": "client" if kind is Kind.TEXT_IN else "bot",
            "kind": kind,
            "language": languages[client],
            "subject": "",
            "reason": "",
            "message_id": row_id if says else None,
            "detail": {},
        }
        yield Row(logged, _text(row_id, client_id, at, languages[client], kind) if says else None)


def _a_word(row_id: str) -> str:
    """The first of them is in half of the texts, the next in a quarter, and so on to those that are in one."""
    nth = int(row_id[-8:], 16) * 2654435761 % 2**32
    return f"word{32 - nth.bit_length()}"


def _text(row_id: str, client_id: str, at: datetime, language: str, kind: Kind) -> Mapping[str, object]:
    return {
        "id": row_id,
        "client_id": client_id,
        "number": "+17075550100",
        "direction": "in" if kind is Kind.TEXT_IN else "out",
        "body": f"How did it go: sign up for {_a_word(row_id)} online, number {row_id[-6:]}? 1 done, 2 not yet",
        "language": language,
        "segments": 1,
        "encoding": "GSM-7",
        "purpose": "check_in",
        "template": "goal_check_in/ask",
        "author": "bot",
        "state": "delivered",
        "reason": "",
        "at": at,
        "priority": 1,
        "attempts": 1,
    }


def fill(connection: Connection, count: int) -> None:
    languages: list[str] = []
    for table, rows in people():
        connection.execute(insert(table), rows)
        if table is clients:
            languages = [str(row["language"]) for row in rows]
    for batch in _batches(history(count, languages)):
        connection.execute(insert(messages), [one.said for one in batch if one.said])
        connection.execute(insert(engagement), [one.logged for one in batch])


def follow(connection: Connection, figures: Figures) -> None:
    """As the index of words does when it is new."""
    began, now, texts = time.perf_counter(), BEGAN + timedelta(days=DAYS + 1), 0
    while log_words.is_behind(connection, now):
        texts += log_words.follow(connection, now)
    figures.note(f"{texts:,} texts taken into the index of words in {time.perf_counter() - began:.0f} s")


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(itertools.islice(rows, ROWS_AT_ONCE)):
        yield batch


def filters(me: str) -> Iterator[Mapping[str, str]]:
    """Each alone, and those together of which one is rare or nowhere."""
    mine = {"worker0": 0, "team": 0, "all": 5}.get(me, 0)
    client, worker = {"client": an_id(BEGAN, mine)}, {"worker": an_id(BEGAN, mine)}
    often, seldom, once, never = ({"kind": kind} for kind in ("text_out", "goal_set", "idea_kept", "time_withdrawn"))
    english, spanish, hmong, none = ({"language": code} for code in ("en", "es", "hmn", "lo"))
    month, first_days = {"from": "2026-06-01", "to": "2026-06-30"}, {"to": "2026-01-05"}
    yield from (client, worker, often, seldom, once, never, english, spanish, hmong, none, month, first_days)
    for several in (
        (client, never),
        (worker, never),
        (worker, hmong),
        (worker, seldom, spanish),
        (worker, often, first_days),
        (often, hmong),
        (seldom, hmong),
        (often, none),
        (seldom, spanish, month),
        (hmong, month),
        (once, month),
        (english, often, first_days),
    ):
        yield {name: value for one in several for name, value in one.items()}


async def pages(browser: Browser, me: str) -> list[tuple[float, str]]:
    """Milliseconds of each page: the newest under each filter, the one after it, and one from far below."""
    deep = first_id(BEGAN + timedelta(days=DAYS / 10))
    took = []
    for chosen in ({}, *filters(me)):
        words = "&".join(f"{name}={value}" for name, value in chosen.items())
        for more in ("", f"&before={deep}"):
            began = time.perf_counter()
            page = await browser.get(f"/staff/log?{words}{more}")
            took.append(((time.perf_counter() - began) * 1000, f"{me}: {words}{more}"))
            assert browser.status == HTTPStatus.OK, page
    return took


async def searches(browser: Browser) -> list[tuple[float, str]]:
    """Words that are everywhere, here and there, in one text, in none; several, side by side, and beginnings."""
    await browser.get("/staff/search")
    words_of_all_kinds = (
        *(f"word{nth}" for nth in (0, 1, 3, 6, 10, 14, 18)),
        *("go", "nowhere", "word0 online", "word6 done", "word1 word2", '"sign up"', '"up sign"', "onl", "wor"),
    )
    took = []
    for words in words_of_all_kinds:
        for more in ({}, {"language": "hmn"}, {"from": "2026-06-01", "to": "2026-06-30"}):
            began = time.perf_counter()
            page = await browser.post("/staff/search", words=words, why="coaching", **more)
            took.append(((time.perf_counter() - began) * 1000, f"{words} {more}"))
            assert browser.status == HTTPStatus.OK, page
    return took


async def measure(url: str, count: int, figures: Figures) -> None:
    clock = StoodClock(BEGAN + timedelta(days=DAYS))
    async with open_server(url, clock, a_county()) as server:
        took: dict[str, list[tuple[float, str]]] = {}
        for me in ("all", "team", "worker0", f"worker{WORKERS}"):
            async with ClientSession(cookie_jar=CookieJar(unsafe=True), timeout=ClientTimeout()) as http:
                browser = Browser(http, server.url)
                await browser.log_in(f"{me}@county.example")
                await browser.get("/staff/log")
                took[me] = await pages(browser, me)
                limit, worst = LONGEST_PAGE, max(took[me])
                p95 = percentile([one for one, _ in took[me]], 95)
                figures.at_most(
                    f"pages of the log for {me}, p95", p95, limit, " ms", f"longest {worst[0]:.0f}: {worst[1]}"
                )
                took_to_search = await searches(browser)
                p95, worst = percentile([one for one, _ in took_to_search], 95), max(took_to_search)
                figures.at_most(
                    f"searches of texts for {me}, p95", p95, limit, " ms", f"longest {worst[0]:.0f}: {worst[1]}"
                )
                if me == "worker0":
                    await _client_pages(browser, figures)
                if me == "all":
                    await _exports(browser, count, figures)


async def _client_pages(browser: Browser, figures: Figures) -> None:
    took = []
    for nth in range(0, 40 * WORKERS, WORKERS):
        began = time.perf_counter()
        await browser.get(f"/staff/clients/{an_id(BEGAN, nth)}")
        took.append((time.perf_counter() - began) * 1000)
        assert browser.status == HTTPStatus.OK
    figures.at_most("a client's page, p95", percentile(took, 95), LONGEST_CLIENT_PAGE, " ms")


async def _exports(browser: Browser, count: int, figures: Figures) -> None:
    """The peak of this process, which is server and reader at once: what is read is thrown away at once."""
    peaks, lines = [], 0
    for until in (date(2026, 1, 1) + timedelta(days=DAYS // 10), date(2028, 1, 1)):
        form = {"csrf": browser.csrf, "to": str(until), "format": "csv", "because": "benchmark"}
        began, lines = time.perf_counter(), 0
        async with browser.http.post(f"{browser.url}/staff/log/export", data=form) as answer:
            async for piece in answer.content.iter_chunked(1 << 16):
                lines += piece.count(b"\n")
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        figures.note(f"CSV of {lines:,} rows in {time.perf_counter() - began:.0f} s, peak {peaks[-1]:.0f} MB")
    figures.at_least("rows of the export", lines, count)
    figures.at_most("more memory for ten times the rows", peaks[1] - peaks[0], MOST_MORE_MEMORY, " MB")


def main(count: int, kinds: Sequence[str]) -> int:
    figures = Figures()
    with databases() as fresh:
        for kind in kinds:
            print(kind, flush=True)
            url = fresh.fresh(kind)
            engine = connect(url)
            began = time.perf_counter()
            with engine.begin() as connection:
                fill(connection, count)
                follow(connection, figures)
            if kind == POSTGRES:  # as autovacuum does within minutes
                with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.execute(text("VACUUM ANALYZE"))
            engine.dispose()
            figures.note(f"{count:,} rows made in {time.perf_counter() - began:.0f} s")
            asyncio.run(measure(url, count, figures))
    return figures.exit_status()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", choices=(SQLITE, POSTGRES))
    given = parser.parse_args()
    sys.exit(main(given.rows, [given.only] if given.only else [SQLITE, POSTGRES]))
