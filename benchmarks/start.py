"""How soon `milepost serve` and `milepost demo` are ready, and how much memory the demo keeps.

Ready is when GET /ready answers 200, from the start of the process. The limit is what a fresh interpreter needs for
nothing but `import aiohttp, sqlalchemy`, measured in turn with ours.

    python benchmarks/start.py [--rounds 7] [--costs]
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path

from benchmarks.tools.figures import Figures
from bot.county_file import EXAMPLE

ROOT = Path(__file__).resolve().parents[1]
BARE = "import aiohttp, sqlalchemy"
LONGEST_START = 1.5
"""Times the bare imports."""
MOST_MEMORY = 100.0
"""MB, of the demo."""
PATIENCE = 60.0
LOOK_AGAIN = 0.002
"""Seconds between two looks at whether it is ready."""

PACKAGE_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s*([\w.]+)")


def environment(**more: str) -> dict[str, str]:
    """Ours, and compiled code is kept: it is not the compiler that is measured."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def bare_imports() -> float:
    """Seconds."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", BARE], check=True, env=environment())
    return time.perf_counter() - began


@contextmanager
def started(
    arguments: Sequence[str], folder: Path, port: int, settings: Mapping[str, str]
) -> Iterator[tuple[float, int]]:
    """A command of ours, in a process of its own, until the end of the context; gives the seconds and its id."""
    began = time.perf_counter()
    quiet = subprocess.DEVNULL
    command = [sys.executable, "-m", "bot", *arguments]
    with subprocess.Popen(command, cwd=folder, env=environment(**settings), stdout=quiet, stderr=quiet) as process:
        try:
            while not is_ready(port):
                assert process.poll() is None, f"it ended with {process.returncode}: {command}"
                assert time.perf_counter() - began < PATIENCE, f"it is not ready: {command}"
                time.sleep(LOOK_AGAIN)
            yield time.perf_counter() - began, process.pid
        finally:
            process.terminate()


def is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def county_settings(folder: Path, port: int) -> dict[str, str]:
    return {
        "DATABASE_URL": f"sqlite:///{folder / 'milepost.db'}",
        "PUBLIC_URL": "https://milepost.example",
        "PORT": str(port),
        "SECRET_KEY": "k" * 32,
        "COUNTY": str(EXAMPLE),
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "t" * 32,
        "TWILIO_FROM": "+17075550134",
    }


def resident(pid: int) -> float:
    """MB that the process keeps in memory just now."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    (kilobytes,) = (line.split()[1] for line in lines if line.startswith("VmRSS"))
    return int(kilobytes) / 1024


def use(port: int) -> None:
    """Open what a visitor opens first."""
    for path in ("/", "/phone", "/staff"):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request("GET", path)
        assert connection.getresponse().status < http.HTTPStatus.BAD_REQUEST, path
        connection.close()


def measure(rounds: int, folder: Path, figures: Figures) -> None:
    port = free_port()
    settings = county_settings(folder, port)
    subprocess.run([sys.executable, "-m", "bot", "migrate"], check=True, env=environment(**settings), cwd=folder)
    demo = ["demo", "--folder", str(folder / "demo"), "--port", str(port)]
    with started(demo, folder, port, {}):
        pass  # once before, so that its tables and its people are there
    bare: list[float] = []
    serving: list[float] = []
    showing: list[float] = []
    memory: list[float] = []
    used: list[float] = []
    for _ in range(rounds):
        bare.append(bare_imports())
        with started(["serve"], folder, port, settings) as (seconds, _pid):
            serving.append(seconds)
        with started(demo, folder, port, {}) as (seconds, pid):
            showing.append(seconds)
            memory.append(resident(pid))
            use(port)
            used.append(resident(pid))
    print(f"{rounds} rounds; medians; the bare imports take {statistics.median(bare):.2f} s")
    for name, seen in {"serve": serving, "demo": showing}.items():
        times = statistics.median(one / limit for one, limit in zip(seen, bare, strict=True))
        note = f"{statistics.median(seen):.2f} s"
        figures.at_most(f"{name} is ready", times, LONGEST_START, " times the bare imports", note)
    figures.at_most("the demo keeps", statistics.median(memory), MOST_MEMORY, " MB", "when it is ready")
    figures.at_most("the demo keeps", statistics.median(used), MOST_MEMORY, " MB", "after a look at its pages")


def costs() -> None:
    """What the imports of `serve` and `demo` cost beside the bare ones, by package: the least of five runs."""
    bare = import_times(BARE)
    for command in ("serve", "demo"):
        ours = import_times(f"import bot.__main__, bot.commands.{command}")
        packages: dict[str, float] = defaultdict(float)
        for module, milliseconds in ours.items():
            if module not in bare:
                packages[module.partition(".")[0]] += milliseconds
        print(f"{command}: {sum(ours.values()):.0f} ms of imports, of these {sum(bare.values()):.0f} bare; the rest is")
        for package, milliseconds in sorted(packages.items(), key=itemgetter(1), reverse=True)[:16]:
            print(f"    {package:24} {milliseconds:6.1f} ms")


def import_times(statement: str) -> dict[str, float]:
    """Milliseconds of each module's own, by its name."""
    least: dict[str, float] = {}
    for _ in range(5):
        command = [sys.executable, "-X", "importtime", "-c", statement]
        told = subprocess.run(command, check=True, env=environment(), capture_output=True, text=True).stderr
        for microseconds, module in PACKAGE_LINE.findall(told):
            least[module] = min(least.get(module, float("inf")), int(microseconds) / 1000)
    return least


def main(rounds: int, *, with_costs: bool) -> int:
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="start-") as folder:
        measure(rounds, Path(folder), figures)
    print("It is bound by what is imported: modules to run once, and the dataclasses, patterns and statements in them.")
    if with_costs:
        costs()
    return figures.exit_status()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--costs", action="store_true", help="say which packages cost how much")
    given = parser.parse_args()
    sys.exit(main(given.rounds, with_costs=given.costs))
