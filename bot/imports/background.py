"""Lists from the staff pages at work: each is weighed, and brought in when somebody says so, while pages go on.

It runs on a thread beside the event loop; every transaction is the writer's. A list that a process left behind is gone
on with when the next one starts, or when somebody looks at its page.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection

from bot.errors import StartError
from bot.imports.client_list import ClientList
from bot.imports.importing import Importing, JudgedRow, ListOf
from bot.imports.tables import open_table
from bot.imports.texts_ahead import TextsAhead
from bot.imports.visit_list import VisitList
from bot.wording import N_, _, speak
from conversations.county import County
from records import backlog, imports, people, uploads
from records.errors import StorageError, TooLateError
from records.import_verdicts import Verdict
from records.turns import Turns
from records.uploads import Upload, UploadState
from records.writer import Writer

log = structlog.get_logger()

MOST_BAD_ROWS = 1000
"""Bad rows that are kept to be read; there is little use in more before these are mended."""

SOMEBODY_ELSE = N_("Somebody else is bringing in this very file just now. See the list below for how far they are.")


@dataclass(slots=True)
class BackgroundImports:
    """`clock` gives the aware moment in UTC; `a_second` is how many segments leave in one."""

    writer: Writer
    turns: Turns
    county: County
    clock: Callable[[], datetime]
    a_second: float
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "milepost-import"))
    _tasks: set[asyncio.Future[None]] = field(default_factory=set)
    _closing: bool = False

    def begin(self, upload_id: str) -> None:
        """Go to work on it, unless somebody is at it. What it finds is said in the language being spoken now."""
        loop = asyncio.get_running_loop()
        task = loop.run_in_executor(self._threads, copy_context().run, self._work, upload_id, loop)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def take_up(self) -> None:
        """Go on with what others have left."""
        for upload_id in await self.writer.run(partial(uploads.left, now=self.clock())):
            self.begin(upload_id)

    async def close(self) -> None:
        """What is at work stops after its chunk, and is gone on with by who comes next."""
        self._closing = True
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)

    # On the import thread.

    def _work(self, upload_id: str, loop: asyncio.AbstractEventLoop) -> None:
        if self._closing:
            return
        runner = _OnWriter(self.writer, loop)
        taken = runner.do(partial(uploads.take, upload_id=upload_id, now=self.clock()))
        if taken is None:
            return
        upload, content, language = taken
        if language:
            speak(language)
        try:
            with tempfile.NamedTemporaryFile(suffix=".list") as file:
                file.write(content)
                file.flush()
                self._take(upload, Path(file.name), runner)
        except StartError as error:
            problem = "; ".join(
                _("%(where)s: %(what)s. What to do: %(remedy)s", where=one.where, what=one.what, remedy=one.remedy)
                for one in error.problems
            )
            runner.do(partial(uploads.stopped, upload_id=upload_id, problem=problem))
        except TooLateError:
            runner.do(partial(uploads.stopped, upload_id=upload_id, problem=_(SOMEBODY_ELSE)))
        except (StorageError, _ClosingError):
            log.info("an import waits to be gone on with")
        except Exception:
            log.exception("an import failed")
            runner.do(partial(uploads.stopped, upload_id=upload_id, problem=_("Something broke. Try it once more.")))

    def _take(self, upload: Upload, path: Path, runner: _OnWriter) -> None:
        reach = runner.do(partial(people.reached_by_list, staff_id=upload.by_id))
        known = [one for one in runner.do(people.all_staff) if one.active and (reach is None or one.id in reach)]
        workers = {one.email: one.id for one in known}
        ahead = TextsAhead()
        of: ListOf = (
            ClientList(self.county, workers, upload.by_id, reach)
            if upload.kind == ClientList.kind
            else VisitList(self.county, workers, upload.by_id, self.turns, ahead, reach)
        )
        table = open_table(path, of.needed, of.optional)
        bad: list[tuple[int, str]] = []

        def tell(done: int, rows: Sequence[JudgedRow]) -> None:
            bad.extend(_bad_of(rows))
            del bad[MOST_BAD_ROWS:]
            runner.do(partial(uploads.tell, upload_id=upload.id, rows=table.rows, done=done, now=self.clock()))
            if self._closing:
                raise _ClosingError

        importing = Importing(runner, self.clock, tell)
        if upload.state is UploadState.WEIGHING:
            counts = importing.dry_run(table, of).counts
            found = {"counts": dict(counts), "bad": bad, "ignored": list(table.unknown)}
            found |= runner.do(partial(self._forecast, ahead=ahead)) | self._before(upload, runner)
            runner.do(partial(uploads.weighed, upload_id=upload.id, found=found))
            return
        outcome = importing.run(table, of)
        found = {"counts": dict(outcome.counts), "bad": bad, "ignored": list(table.unknown)}
        upload = runner.do(partial(uploads.find, upload_id=upload.id))
        runner.do(partial(uploads.finished, upload=upload, found=found, now=self.clock()))

    def _before(self, upload: Upload, runner: _OnWriter) -> dict[str, Any]:
        """When this very file was brought in before."""
        last = runner.do(partial(imports.last_finished, kind=upload.kind, sha256=upload.sha256))
        return {"before": last.finished_at.isoformat()} if last and last.finished_at else {}

    def _forecast(self, connection: Connection, ahead: TextsAhead) -> dict[str, Any]:
        days = ahead.by_day(self.county.zone)
        if not days:
            return {"texts": []}
        clears = ahead.clears(backlog.segments_each(connection), self.a_second, self.clock())
        texts = [(day.isoformat(), count) for day, count in days.items()]
        return {"texts": texts, "longest_wait": ceil(clears.longest.total_seconds() / 60)}


def _bad_of(rows: Sequence[JudgedRow]) -> Iterator[tuple[int, str]]:
    for row in rows:
        if row.judged is not None and row.judged.verdict is Verdict.BAD:
            yield row.number, "; ".join(row.judged.reasons)


class _ClosingError(Exception):
    """The process ends; who comes next goes on."""


@dataclass(frozen=True, slots=True)
class _OnWriter:
    """Transactions on the writer's thread, for the thread that imports."""

    writer: Writer
    loop: asyncio.AbstractEventLoop

    def transaction(self, do: Callable[[Connection], Any], _tries: int = 1) -> Any:  # noqa: ANN401  as TurnRunner's
        try:
            return self.do(do)
        except Exception as error:  # noqa: BLE001  it belongs to who waits
            return error

    def do(self, work: Callable[[Connection], Any]) -> Any:  # noqa: ANN401  what `work` gives
        return asyncio.run_coroutine_threadsafe(self.writer.run(work), self.loop).result()
