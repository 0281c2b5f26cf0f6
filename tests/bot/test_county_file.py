from datetime import date, time, timedelta
from pathlib import Path

import pytest

from bot.county_file import EXAMPLE, CountyFile, load_county
from bot.errors import StartError
from conversations.county import UNTIL_CHOSEN, Audience, Caps, County, Hook, HookKind, Hours, Tool
from conversations.escalations import Level

LEAST = 'name = "Sample"\nprogram = "Goal Line"\nphone = "707-555-0134"\nzone = "America/Los_Angeles"\n'


def read(tmp_path: Path, text: str) -> County:
    path = tmp_path / "county.toml"
    path.write_text(text, encoding="utf-8")
    return load_county(path)


def problems(tmp_path: Path, text: str) -> dict[str, str]:
    with pytest.raises(StartError) as caught:
        read(tmp_path, text)
    return {problem.where: str(problem) for problem in caught.value.problems}


def test_the_demo_county_is_read() -> None:
    county = load_county(EXAMPLE)
    assert (county.name, county.program, county.phone) == ("Sample County", "Goal Line", "707-555-0134")
    assert county.zone.key == "America/Los_Angeles"
    assert date(2026, 12, 25) in county.holidays


def test_the_demo_county_shows_every_key() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert [key for key in CountyFile.model_fields if f"{key} =" not in text and f"[{key}]" not in text] == []


def test_what_is_left_out_has_the_default(tmp_path: Path) -> None:
    county = read(tmp_path, LEAST)
    assert county == County("Sample", "Goal Line", "707-555-0134", county.zone)


def test_every_key_reaches_the_county(tmp_path: Path) -> None:
    county = read(
        tmp_path,
        LEAST
        + """
        languages = ["es"]
        drafts_allowed = true
        tools = ["roadmap", "visits"]
        asks_for_support = false
        flow_parked_after_hours = 48
        words_joined_within_seconds = 0
        speaker_known_for_minutes = 45
        rest_weeks = 3
        chat_unopened_for_minutes = 90
        approval_over = 10
        send_days = ["sat"]
        office_days = ["mon", "tue"]
        holidays = [2027-01-01]
        send_hours = { opens = 10:00:00, closes = "18:30" }
        legal_hours = { opens = "07:00", closes = "22:00" }
        office_hours = { opens = "07:30", closes = "16:00" }
        caps = { a_day = 2, a_week = 5, a_month = 20 }
        on_call = true
        digest_at = "09:15"
        weekly_on = "tue"
        weekly_at = "10:00"

        [[hooks]]
        name = "night"
        kind = "notify"
        url_env = "NIGHT_URL"
        levels = ["U0"]
        to = ["on_call", "supervisor"]
        digest = true
        """,
    )
    assert county == County(
        name="Sample",
        program="Goal Line",
        phone="707-555-0134",
        zone=county.zone,
        languages=("es",),
        send_hours=Hours(time(10), time(18, 30)),
        legal_hours=Hours(time(7), time(22)),
        office_hours=Hours(time(7, 30), time(16)),
        send_days=frozenset({5}),
        office_days=frozenset({0, 1}),
        holidays=frozenset({date(2027, 1, 1)}),
        caps=Caps(2, 5, 20),
        tools=frozenset({Tool.ROADMAP, Tool.VISITS}),
        asks_for_support=False,
        drafts_allowed=True,
        flow_parked_after=timedelta(hours=48),
        words_joined_within=timedelta(0),
        speaker_known_for=timedelta(minutes=45),
        rest_weeks=3,
        chat_unopened_for=timedelta(minutes=90),
        approval_over=10,
        on_call=True,
        digest_at=time(9, 15),
        weekly_on=1,
        weekly_at=time(10),
        hooks=(
            Hook(
                "night",
                HookKind.NOTIFY,
                frozenset({Level.U0}),
                frozenset({Audience.ON_CALL, Audience.SUPERVISOR}),
                digest=True,
            ),
        ),
    )


def test_roadmaps_and_the_life_pulse_are_off_until_a_county_chooses_them(tmp_path: Path) -> None:
    assert read(tmp_path, LEAST).tools == UNTIL_CHOSEN == frozenset(Tool) - {Tool.ROADMAP, Tool.LIFE_PULSE}
    assert read(tmp_path, f"{LEAST}tools = []\n").tools == frozenset()
    assert load_county(EXAMPLE).tools == frozenset(Tool)


def test_what_the_demo_county_shows_is_the_default_where_no_comment_says_otherwise(tmp_path: Path) -> None:
    shown, plain = load_county(EXAMPLE), read(tmp_path, LEAST)
    told = {"name", "holidays", "drafts_allowed", "tools"}
    assert {name for name in County.__slots__ if getattr(shown, name) != getattr(plain, name)} == told


def test_the_hooks_of_the_first_release_are_read_as_webhooks_for_everything(tmp_path: Path) -> None:
    county = read(tmp_path, f'{LEAST}[hooks]\ncases = "https://cases.example.org/in"\n')
    assert county.hooks == (Hook("cases", levels=frozenset(Level)),)


def test_every_mistake_is_named_at_once_with_what_to_do(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        """
        name = ""
        phone = "911"
        zone = "Mars/Olympus"
        langages = ["en"]
        send_days = ["someday"]
        caps = { a_dy = 3, a_week = 0 }
        send_hours = { opens = "9", closes = "25:00" }
        hooks = { x = "http://elsewhere.example.org" }
        """,
    )
    assert "empty" in found["name"]
    assert "missing" in found["program"]
    assert "phone number" in found["phone"]
    assert "America/Los_Angeles" in found["zone"]
    assert "did you mean languages?" in found["langages"]
    assert "did you mean a_day?" in found["caps.a_dy"]
    assert {"caps.a_week", "send_hours.opens", "send_hours.closes", "send_days.0"} <= set(found)
    assert "https://" in found["hooks.0"]


@pytest.mark.parametrize(
    ("extra", "where"),
    [
        ("languages = []", "languages"),
        ("office_days = []", "office_days"),
        ('send_hours = { opens = "07:00", closes = "20:00" }', "legal_hours"),
        ('office_hours = { opens = "17:00", closes = "08:00" }', "closes before it opens"),
        ('phone = "call us"', "phone number"),
        ("zzz = 1", "zzz"),
        ('tools = ["raodmap"]', "tools.0: should be 'goal_storming', 'detour'"),
        ('tools = "roadmap"', "tools: should be a valid list"),
        ("words_joined_within_seconds = -1", "words_joined_within_seconds"),
        ("speaker_known_for_minutes = 0", "speaker_known_for_minutes"),
        ("chat_unopened_for_minutes = 0", "chat_unopened_for_minutes"),
        ('digest_at = "19:00"', "digest_at lies outside office_hours"),
        ('hooks = [{ name = "a" }]', "needs either url or url_env"),
        ('hooks = [{ name = "a", url = "https://a.example.org", url_env = "A" }]', "needs either url or url_env"),
        ('hooks = [{ name = "a", url_env = "A-B" }]', "hooks.0.url_env"),
        ('hooks = [{ name = "a", url = "http://a.example.org" }]', "must begin with https://"),
        ('hooks = [{ name = "a", url_env = "A" }, { name = "a", url_env = "B" }]', "two hooks of the name a"),
        ('hooks = [{ name = "", url_env = "A" }]', "hooks.0.name: is empty"),
        ('hooks = [{ name = "a", url_env = "A", kind = "fax" }]', "hooks.0.kind"),
        ('hooks = [{ name = "a", url_env = "A", levels = ["U9"] }]', "hooks.0.levels.0"),
        ('hooks = [{ name = "a", url_env = "A", levels = [] }]', "hears of nothing"),
        ('hooks = [{ name = "a", url_env = "A", to = [] }]', "to is empty"),
        ('hooks = [{ name = "a", url_env = "A", to = ["mayor"] }]', "hooks.0.to.0"),
        ('hooks = [{ name = "a", url_env = "A", kind = "notify", secret_env = "S" }]', "secret_env is for webhooks"),
        ('hooks = [{ name = "a", url_env = "A", digst = true }]', "did you mean digest?"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, extra: str, where: str) -> None:
    key = extra.partition(" ")[0]
    without = "\n".join(line for line in LEAST.splitlines() if not line.startswith(f"{key} "))
    assert where in str(problems(tmp_path, f"{without}\n{extra}"))


def test_a_file_that_is_not_there_or_is_no_toml_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"nowhere\.toml cannot be read"):
        load_county(tmp_path / "nowhere.toml")
    assert "is not TOML" in str(problems(tmp_path, "name = "))
