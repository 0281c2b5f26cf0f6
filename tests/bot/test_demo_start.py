"""Where the demo listens, and who is in it."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from bot.commands import demo
from bot.errors import StartError
from bot.settings import HouseSettings

KEPT = demo.Kept("k" * 64, {})


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("HOST", "PORT"):
        monkeypatch.delenv(name, raising=False)


def settings(port: int | None = None) -> HouseSettings:
    return demo._settings(Path("demo-data"), port, KEPT)


def test_the_demo_listens_where_the_settings_say(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HOST=0.0.0.0\nPORT=9123\nSECRET_KEY=short\nDATABASE_URL=postgresql://real/one\n")
    found = settings()
    assert (found.host, found.port, found.public_url) == ("0.0.0.0", 9123, "http://127.0.0.1:9123")  # noqa: S104
    assert found.database == "sqlite:///demo-data/demo.db"
    assert settings(9124).port == 9124
    monkeypatch.setenv("HOST", "::1")
    assert settings().public_url == "http://[::1]:9123"


def test_a_port_that_is_taken_is_told_of_and_another_found(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        found = demo._free_port("127.0.0.1", taken)
    assert found != taken
    assert capsys.readouterr().out == f"Port {taken} is taken, so the demo is at port {found}.\n"


def test_a_port_that_is_none_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "many")
    with pytest.raises(StartError, match="PORT: is no whole number"):
        settings()
