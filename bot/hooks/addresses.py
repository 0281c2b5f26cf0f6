"""Where the hooks lead, and with what they sign: from the county file and the environment. Secrets, all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import SecretStr

from bot.county_file import read_county_file
from bot.county_hooks import HookEntry
from bot.errors import Problem, StartError
from bot.hooks import notes
from bot.settings import HouseSettings, named_secret, safe_url, signs
from conversations.county import Hook, HookKind


@dataclass(frozen=True, slots=True)
class Address:
    """`url` is a web address for a webhook and an address in apprise's manner else; `secret` signs a webhook."""

    hook: Hook
    url: SecretStr
    secret: SecretStr | None = None


def load_hooks(settings: HouseSettings) -> Mapping[str, Address]:
    """The hooks of the county file by their names. Raises StartError with every problem; no address is repeated."""
    reading = _Reading(settings.hook_secret)
    found = {entry.name: reading.address(entry) for entry in read_county_file(settings.county).hooks}
    if reading.problems:
        raise StartError("The county file's hooks cannot be used:", list(reading.problems.values()))
    return found


class _Reading:
    """Reads one entry after another, and keeps what is wrong: once for each place."""

    def __init__(self, hook_secret: SecretStr | None) -> None:
        self._hook_secret = hook_secret
        self.problems: dict[str, Problem] = {}

    def address(self, entry: HookEntry) -> Address:
        hook, where = entry.hook(), entry.url_env or f"hooks.{entry.name}.url"
        url = entry.url or self._named(where, f"it holds the address of the hook {entry.name}")
        if hook.kind is not HookKind.WEBHOOK:
            self._note(where, notes.problem(url, hook.kind) if url else "")
            return Address(hook, SecretStr(url))
        try:
            url = safe_url(url) if url else ""
        except ValueError as error:
            self._note(where, str(error))
        return Address(hook, SecretStr(url), self._secret(entry))

    def _secret(self, entry: HookEntry) -> SecretStr | None:
        """HOOK_SECRET, unless the hook has its own."""
        if not entry.secret_env:
            if self._hook_secret is None:
                self._note("HOOK_SECRET", "is missing", "the county file has webhooks, and they are signed with it")
            return self._hook_secret
        secret = SecretStr(self._named(entry.secret_env, f"the hook {entry.name} is signed with it"))
        try:
            return signs(secret) if secret.get_secret_value() else None
        except ValueError as error:
            self._note(entry.secret_env, str(error), "Standard Webhooks: whsec_ and base64")
        return None

    def _named(self, name: str, why: str) -> str:
        try:
            return named_secret(name)
        except ValueError as error:
            self._note(name, str(error), why)
        return ""

    def _note(self, where: str, what: str, remedy: str = "") -> None:
        if what:
            self.problems.setdefault(where, Problem(where, what, remedy))
