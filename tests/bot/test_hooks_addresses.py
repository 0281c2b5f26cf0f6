"""Where hooks lead: from the county file and the environment, with every problem at once and no secret said."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.errors import StartError
from bot.hooks.addresses import Address, load_hooks
from conversations.county import Hook, HookKind
from tests.bot.hooks_for_tests import SECRET
from tests.bot.settings_for_tests import make_settings

LEAST = 'name = "Sample"\nprogram = "Goal Line"\nphone = "707-555-0134"\nzone = "America/Los_Angeles"\n'
OWN_SECRET = "whsec_" + base64.b64encode(b"its own").decode()

HOOKS = """
hooks = [
    { name = "cases", url = "https://cases.example.org/in/" },
    { name = "other", url_env = "OTHER_URL", secret_env = "OTHER_SECRET" },
    { name = "mail", kind = "staff_mail", url_env = "MAIL_URL" },
]
"""


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A county file with hooks, in a folder without a `.env`."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "county.toml"
    path.write_text(LEAST + HOOKS, encoding="utf-8")
    return path


def test_an_address_and_a_secret_come_from_the_environment_a_file_or_dot_env(
    county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (county.parent / "secret").write_text(f"{OWN_SECRET}\n", encoding="utf-8")
    (county.parent / ".env").write_text("MAIL_URL=mailto://127.0.0.1:25/?from=us@example.org\n", encoding="utf-8")
    monkeypatch.setenv("OTHER_URL", "https://other.example.org")
    monkeypatch.setenv("OTHER_SECRET_FILE", str(county.parent / "secret"))
    assert load_hooks(make_settings(county=county, hook_secret=SECRET)) == {
        "cases": Address(Hook("cases"), SecretStr("https://cases.example.org/in"), SecretStr(SECRET)),
        "other": Address(Hook("other"), SecretStr("https://other.example.org"), SecretStr(OWN_SECRET)),
        "mail": Address(
            Hook("mail", HookKind.STAFF_MAIL), SecretStr("mailto://127.0.0.1:25/?from=us@example.org"), None
        ),
    }


def test_every_problem_is_named_at_once_and_no_secret_is(county: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER_URL", "http://sesame.example.org")
    monkeypatch.setenv("OTHER_SECRET", "sesame!")
    monkeypatch.setenv("OTHER_SECRET_FILE", "nowhere")
    with pytest.raises(StartError) as caught:
        load_hooks(make_settings(county=county))
    found = {problem.where: str(problem) for problem in caught.value.problems}
    assert set(found) == {"HOOK_SECRET", "OTHER_URL", "OTHER_SECRET", "MAIL_URL"}
    assert "must begin with https://" in found["OTHER_URL"]
    assert "set twice" in found["OTHER_SECRET"]
    assert "is missing" in found["MAIL_URL"]
    assert "sesame" not in "".join(found.values())


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_a"])
def test_a_secret_that_signs_nothing_is_refused(county: Path, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("OTHER_SECRET", secret)
    with pytest.raises(StartError) as caught:
        load_hooks(make_settings(county=county))
    assert "OTHER_SECRET" in {problem.where for problem in caught.value.problems}
