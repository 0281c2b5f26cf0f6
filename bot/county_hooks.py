"""What the county file says of hooks: its `[[hooks]]`, and the table of names and addresses of release 0.1."""

from __future__ import annotations

from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.settings import safe_url
from conversations.county import Audience, Hook, HookKind
from conversations.escalations import Level

LevelName = Literal["U0", "U1", "U2", "U3"]
KindName = Literal["webhook", "notify", "staff_mail"]
AudienceName = Literal["worker", "supervisor", "on_call", "team"]
Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]

EVERYBODY: tuple[AudienceName, ...] = get_args(AudienceName)


class HookEntry(BaseModel):
    """One of the county file's hooks. An address that is a secret is named: a variable of the environment holds it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[str, Field(min_length=1, max_length=40)]
    kind: KindName = "webhook"
    url: str | None = None
    url_env: Variable | None = None
    secret_env: Variable | None = None
    levels: list[LevelName] = ["U0", "U1", "U2"]
    to: list[AudienceName] = list(EVERYBODY)
    digest: bool = False
    weekly: bool = False

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if bool(self.url) == bool(self.url_env):
            raise ValueError("needs either url or url_env, the name of a variable that holds the address")
        if self.kind == "webhook" and self.url:
            self.url = safe_url(self.url)
        return self

    @model_validator(mode="after")
    def _hears_something(self) -> Self:
        if not self.to:
            raise ValueError("to is empty; name at least one, such as worker")
        if not (self.levels or self.digest or self.weekly):
            raise ValueError("hears of nothing; name a level in levels, or set digest = true")
        if self.weekly and self.kind != "staff_mail":
            raise ValueError("weekly is for staff_mail only; each reader gets a letter of their own")
        if self.secret_env and self.kind != "webhook":
            raise ValueError("secret_env is for webhooks only; nothing else is signed")
        return self

    def hook(self) -> Hook:
        return Hook(
            self.name,
            HookKind(self.kind),
            frozenset(map(Level, self.levels)),
            frozenset(map(Audience, self.to)),
            self.digest,
            self.weekly,
        )


def as_entries(written: object) -> object:
    """Reads `[hooks]` with a name and an address each as well: webhooks for everything."""
    if not isinstance(written, dict):
        return written
    return [{"name": name, "url": url, "levels": list(get_args(LevelName))} for name, url in written.items()]


def in_agreement(entries: list[HookEntry]) -> list[HookEntry]:
    """Raises ValueError for a name that stands twice, since notices are kept under it, and for a second weekly one."""
    names = [entry.name for entry in entries]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"has two hooks of the name {twice}; rename one")
    if sum(entry.weekly for entry in entries) > 1:
        raise ValueError("has two hooks with weekly = true, and each reader would get two letters; leave it to one")
    return entries
