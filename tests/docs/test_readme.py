"""What the README claims is there."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import cli

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"`milepost ((?:[a-z]+ ?)+)", README)))


def test_the_check_in_shown_is_one_that_the_tests_play() -> None:
    shown = re.search(r"as it looks on the phone\n\n```\n(.*?)```", README, re.DOTALL)
    assert shown
    assert shown[1] in (ROOT / "tests/golden/main_job.en.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)]+)\)", README))
def test_every_link_leads_somewhere(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("name", re.findall(r"`([A-Z]+(?:_[A-Z]+)+)[`=]", README))
def test_every_setting_named_is_explained_in_the_example(name: str) -> None:
    assert name.removesuffix("_FILE") in (ROOT / ".env.example").read_text(encoding="utf-8") or name == "PUBLIC_URL"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_named_is_one(command: str) -> None:
    words = [word for word in command.split() if word not in {"ana", "clients", "goal"}]
    words += ["clients"] if words == ["import"] else []
    done = CliRunner().invoke(cli, [*words, "--help"])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("target", re.findall(r"^make (\w+)", README, re.MULTILINE))
def test_every_make_target_named_is_one(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
