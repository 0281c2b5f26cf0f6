"""The county file: one TOML of what a county has decided. Every mistake in it is reported at once."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from bot.county_hooks import HookEntry, as_entries, in_agreement
from bot.errors import Problem, StartError
from bot.phone_numbers import can_be_called
from conversations.county import UNTIL_CHOSEN, Caps, County, Hours, Tool

EXAMPLE = Path(__file__).with_name("demo_county.toml")
"""The demo's own, to copy and change."""

SEE = "`milepost county` prints an example with every key"

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = get_args(Day)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is no time zone; write one like America/Los_Angeles") from None


def _phone(written: str) -> str:
    """A number clients can call, kept as written."""
    if not can_be_called(written):
        raise ValueError("is no phone number; write one like 707-555-0134")
    return written


def _clock_time(value: object) -> object:
    """Reads "09:00" as well as TOML's own 09:00:00."""
    if isinstance(value, str):
        try:
            return time.fromisoformat(value)
        except ValueError:
            raise ValueError("is no time of day; write one like 09:00") from None
    return value


ClockTime = Annotated[time, BeforeValidator(_clock_time)]
Words = Annotated[str, Field(min_length=1, max_length=40)]
NamedTool = Annotated[Tool, Field(strict=False)]  # written by its name


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Hours(_Table):
    opens: ClockTime
    closes: ClockTime

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("closes before it opens; put the earlier time in opens")
        return self

    def hours(self) -> Hours:
        return Hours(self.opens, self.closes)


class _Caps(_Table):
    a_day: Annotated[int, Field(ge=1)] = Caps().a_day
    a_week: Annotated[int, Field(ge=1)] = Caps().a_week
    a_month: Annotated[int, Field(ge=1)] = Caps().a_month


def _hours(opens: int, closes: int) -> _Hours:
    return _Hours(opens=time(opens), closes=time(closes))


class CountyFile(_Table):
    """The file's keys; what is left out has the default of domain guide 11."""

    name: Words
    program: Words
    phone: Annotated[str, AfterValidator(_phone)]
    zone: Annotated[str, AfterValidator(lambda name: _zone(name).key)]
    languages: list[str] = ["en", "es"]
    send_hours: _Hours = _hours(9, 20)
    legal_hours: _Hours = _hours(8, 21)
    office_hours: _Hours = _hours(8, 17)
    send_days: list[Day] = list(DAYS[:5])
    office_days: list[Day] = list(DAYS[:5])
    holidays: list[date] = []
    caps: _Caps = _Caps()
    approval_over: Annotated[int, Field(ge=0)] = 25
    tools: list[NamedTool] = sorted(UNTIL_CHOSEN)
    asks_for_support: bool = True
    drafts_allowed: bool = False
    flow_parked_after_hours: Annotated[int, Field(ge=1)] = 72
    words_joined_within_seconds: Annotated[int, Field(ge=0, le=300)] = 20
    speaker_known_for_minutes: Annotated[int, Field(ge=1)] = 30
    rest_weeks: Annotated[int, Field(ge=1, le=26)] = 2
    chat_unopened_for_minutes: Annotated[int, Field(ge=5, le=720)] = 120
    on_call: bool = False
    digest_at: ClockTime = time(8, 30)
    weekly_on: Day = "mon"
    weekly_at: ClockTime = time(8, 30)
    hooks: Annotated[list[HookEntry], BeforeValidator(as_entries), AfterValidator(in_agreement)] = []

    @model_validator(mode="after")
    def _lawful(self) -> Self:
        if not self.languages:
            raise ValueError("languages is empty; name at least one, such as en")
        if self.send_hours.opens < self.legal_hours.opens or self.send_hours.closes > self.legal_hours.closes:
            raise ValueError("send_hours go beyond legal_hours; narrow send_hours")
        if not self.send_days or not self.office_days:
            raise ValueError("send_days and office_days need at least one day each")
        if not self.office_hours.hours().holds(self.digest_at):
            raise ValueError("digest_at lies outside office_hours; move it")
        if not self.office_hours.hours().holds(self.weekly_at):
            raise ValueError("weekly_at lies outside office_hours; move it")
        if self.weekly_on not in self.office_days:
            raise ValueError("weekly_on is none of the office_days; choose one of them")
        return self

    def county(self) -> County:
        return County(
            name=self.name,
            program=self.program,
            phone=self.phone,
            zone=ZoneInfo(self.zone),
            languages=tuple(self.languages),
            send_hours=self.send_hours.hours(),
            legal_hours=self.legal_hours.hours(),
            office_hours=self.office_hours.hours(),
            send_days=_numbers(self.send_days),
            office_days=_numbers(self.office_days),
            holidays=frozenset(self.holidays),
            caps=Caps(self.caps.a_day, self.caps.a_week, self.caps.a_month),
            approval_over=self.approval_over,
            tools=frozenset(self.tools),
            asks_for_support=self.asks_for_support,
            drafts_allowed=self.drafts_allowed,
            flow_parked_after=timedelta(hours=self.flow_parked_after_hours),
            words_joined_within=timedelta(seconds=self.words_joined_within_seconds),
            speaker_known_for=timedelta(minutes=self.speaker_known_for_minutes),
            rest_weeks=self.rest_weeks,
            chat_unopened_for=timedelta(minutes=self.chat_unopened_for_minutes),
            on_call=self.on_call,
            digest_at=self.digest_at,
            weekly_on=DAYS.index(self.weekly_on),
            weekly_at=self.weekly_at,
            hooks=tuple(entry.hook() for entry in self.hooks),
        )


def _numbers(days: list[Day]) -> frozenset[int]:
    return frozenset(DAYS.index(day) for day in days)


def load_county(path: Path) -> County:
    """What the county file says. Raises StartError as `read_county_file` does."""
    return read_county_file(path).county()


def read_county_file(path: Path) -> CountyFile:
    """Read the county file. Raises StartError with every mistake, where it is and what to do."""
    title = f"The county file {path} cannot be used:"
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise StartError(title, [Problem("COUNTY", f"{path} cannot be read", "set it to the path of one")]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StartError(title, [Problem(path.name, f"is not TOML: {error}", SEE)]) from None
    try:
        return CountyFile.model_validate(written)
    except ValidationError as error:
        problems = [_problem(detail) for detail in error.errors(include_url=False)]
    raise StartError(title, problems)


def _problem(detail: Mapping[str, Any]) -> Problem:
    where = ".".join(str(part) for part in detail["loc"]) or "the file"
    match detail["type"]:
        case "missing":
            return Problem(where, "is missing", f"add it; {SEE}")
        case "string_too_short":
            return Problem(where, "is empty")
        case "extra_forbidden":
            return Problem(where, "is not known", _did_you_mean(str(detail["loc"][-1])))
        case _:
            return Problem(where, str(detail["msg"]).removeprefix("Value error, ").removeprefix("Input "))


def _did_you_mean(key: str) -> str:
    known = [key for table in (CountyFile, _Hours, _Caps, HookEntry) for key in table.model_fields]
    near = difflib.get_close_matches(key, known, n=1)
    return f"did you mean {near[0]}?" if near else f"remove it; {SEE}"
