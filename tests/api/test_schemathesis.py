"""Schemathesis calls the API in every way that its document allows, and in some that it does not."""

from __future__ import annotations

import asyncio
import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot.api.rate_limit import RATE_LIMIT
from tests.api.callers import Caller
from tests.api.world import World
from tests.staff.office import Office

HERE = Path(__file__).parent
CASES = 400
"""That so many at least were tried: else nothing was tested."""

CONFIG = """
hooks = "{hooks}"
[auth.openapi.token]
bearer = "{secret}"
"""


@pytest.mark.timeout(180)
async def test_schemathesis_finds_nothing_amiss(office: Office, world: World, caller: Caller, tmp_path: Path) -> None:
    office.app[RATE_LIMIT].at_once = 1e9
    office.clock.at += timedelta(minutes=1)
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG.format(hooks=HERE / "schemathesis_hooks.py", secret=caller.secret), encoding="utf-8")
    where = [f"{office.url}/api/v1/openapi.json", "--url", f"{office.url}/api/v1"]
    how = f"--config-file {config} run --max-examples 1 --seed 1 --generation-database none --no-color".split()
    program = Path(sys.executable).parent / "schemathesis"
    run = await asyncio.create_subprocess_exec(
        program, *how, *where, cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await run.communicate()
    report = said.decode()
    assert run.returncode == 0, report
    tried = re.search(r"(\d+) generated", report)
    assert tried
    assert int(tried[1]) >= CASES, report
