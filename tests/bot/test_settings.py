import re
from pathlib import Path

import pytest

from bot.errors import StartError
from bot.settings import Settings, StoreSettings, load

ROOT = Path(__file__).resolve().parents[2]
NAMES = [name.upper() for name in Settings.model_fields]
COMPLETE = {
    "DATABASE_URL": "sqlite:///x.db",
    "COUNTY": "county.toml",
    "PUBLIC_URL": "https://texts.example.org/",
    "SECRET_KEY": "k" * 32,
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "hush",
    "TWILIO_FROM": "+17075550100",
}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


def given(monkeypatch: pytest.MonkeyPatch, **changes: str | None) -> None:
    for name, value in (COMPLETE | changes).items():
        if value is not None:
            monkeypatch.setenv(name, value)


def problems() -> dict[str, str]:
    with pytest.raises(StartError) as caught:
        load(Settings)
    return {problem.where: str(problem) for problem in caught.value.problems}


def test_every_setting_stands_in_the_example_and_nothing_else_does() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)) == sorted(NAMES)


def test_complete_settings_load(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch)
    settings = load(Settings)
    assert settings.public_url == "https://texts.example.org"
    assert settings.port == 8080
    assert settings.twilio_auth_token.get_secret_value() == "hush"


def test_all_that_is_missing_is_named_at_once_with_its_remedy() -> None:
    found = problems()
    assert set(found) == {
        "DATABASE_URL",
        "COUNTY",
        "PUBLIC_URL",
        "SECRET_KEY",
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "TWILIO_MESSAGING_SERVICE_SID",
    }
    assert all(" -> " in problem for problem in found.values())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://hush-hush@host/db"),
        ("DATABASE_URL", "hush-hush"),
        ("DATABASE_URL", "postgresql://user:p@host:hush-hush/db"),
        ("PUBLIC_URL", "http://hush-hush.example.org"),
        ("PUBLIC_URL", "hush-hush"),
        ("PUBLIC_URL", "https://example.org/?hush-hush"),
        ("PUBLIC_URL", "https://[hush-hush]"),
        ("PORT", "hush-hush"),
        ("PORT", "70000"),
        ("SECRET_KEY", "hush-hush"),
        ("HOST", "   "),
        ("TWILIO_ACCOUNT_SID", "hush-hush"),
        ("TWILIO_FROM", "hush-hush"),
        ("TWILIO_API_BASE", "http://hush-hush.example.org"),
        ("DEAD_MAN_URL", "http://hush-hush.example.org"),
        ("DEAD_MAN_URL", "hush-hush"),
    ],
)
def test_a_bad_value_is_named_but_never_repeated(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    given(monkeypatch, **{name: value})
    found = problems()
    assert list(found) == [name]
    assert value not in found[name]
    assert "hush" not in found[name]


def test_there_is_exactly_one_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, TWILIO_MESSAGING_SERVICE_SID="MG" + "0" * 32)
    assert "is set, and so is TWILIO_FROM" in problems()["TWILIO_MESSAGING_SERVICE_SID"]
    monkeypatch.delenv("TWILIO_FROM")
    assert load(Settings).twilio_from is None


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("from a file\n")
    given(monkeypatch, TWILIO_AUTH_TOKEN=None, TWILIO_AUTH_TOKEN_FILE=str(secret))
    assert load(Settings).twilio_auth_token.get_secret_value() == "from a file"


def test_a_secret_in_two_places_or_in_no_file_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, TWILIO_AUTH_TOKEN_FILE="/nowhere", SECRET_KEY=None, SECRET_KEY_FILE="/nowhere")
    found = problems()
    assert "set twice" in found["TWILIO_AUTH_TOKEN"]
    assert "cannot be read" in found["SECRET_KEY"]


def test_the_environment_wins_over_the_env_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = [f"{name}={value}" for name, value in COMPLETE.items()]
    (tmp_path / ".env").write_text("\n".join([*lines, "PORT=1234", "SOMETHING_ELSE=1"]))
    assert load(Settings).port == 1234
    monkeypatch.setenv("PORT", "4321")
    assert load(Settings).port == 4321


def test_an_env_file_that_is_no_text_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"SECRET_KEY=hush\xff\xfe")
    assert problems() == {".env": ".env: cannot be read as text in UTF-8 -> write it anew, or take it away"}


def test_a_command_on_the_data_asks_for_no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@h/d")
    monkeypatch.setenv("COUNTY", "county.toml")
    settings = load(StoreSettings)
    assert settings.database == "postgresql://u:p@h/d"
    assert ":p@" not in repr(settings)


def test_an_address_to_ping_is_a_secret_and_may_ask_for_something(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "https://switch.example.org/ping/hush?status=up"
    given(monkeypatch, DEAD_MAN_URL=url)
    settings = load(Settings)
    assert settings.dead_man_url
    assert settings.dead_man_url.get_secret_value() == url
    assert "hush" not in repr(settings)
