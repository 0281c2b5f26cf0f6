from __future__ import annotations

import asyncio

from structlog.testing import capture_logs

from bot.work import Work


async def test_all_parts_end_at_once_also_where_one_fails_and_only_once() -> None:
    work, ended, all_here = Work(), list[str](), asyncio.Barrier(2)

    async def end(name: str) -> None:
        await all_here.wait()  # it would wait for ever, if one came after the other
        ended.append(name)

    async def fail() -> None:
        raise RuntimeError

    work.add(lambda: end("a"))
    work.add(fail)
    work.add(lambda: end("b"))
    with capture_logs() as logs:
        async with asyncio.timeout(5):
            await work.end()
            await work.end()
    assert sorted(ended) == ["a", "b"]
    assert [entry["event"] for entry in logs] == ["work_ended_badly"]
