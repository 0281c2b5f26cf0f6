"""Lines to chats, pagers and mail boxes, through apprise: that an item needs somebody, and where. Not what it is about.

Apprise is loaded when a hook asks for it: it takes most of a second. It works in a thread, and keeps quiet, since what
it logs holds addresses.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from bot.hooks.letters import Failure, Letter, Mail, link
from bot.settings import is_loopback
from conversations.county import HookKind

if TYPE_CHECKING:
    from apprise import NotifyFormat

PATIENCE = 25.0
"""Seconds for one note to all its readers."""

MAIL = frozenset({"mailto", "mailtos"})

NEEDS_YOU = "A {level} item needs you"
SAYS = {
    "raised": "An item is now {level} and needs you",
    "again": "A {level} item still needs you",
    "half_time": "A {level} item waits for somebody of the team",
    "passed_up": "A {level} item was passed up to you",
    "repeated": "There is more to a {level} item of yours",
    "reassigned": "A {level} item is yours now",
    "back": "A {level} item has come back",
    "promise_broken": "A {level} item is past what was promised",
}


class NoteCarrier:
    """One address in apprise's manner. With `to_staff` it is a mail server, and each letter names its readers."""

    def __init__(self, url: str, public_url: str, *, to_staff: bool, patience: float = PATIENCE) -> None:
        self._url = url
        self._public_url = public_url
        self._to_staff = to_staff
        self._patience = patience

    async def carry(self, letter: Letter) -> Failure | None:
        if self._to_staff and not letter.readers:
            return Failure("nobody to write to", for_good=True)
        if letter.mail:
            return await _guarded(self._patience, _mail, self._url, letter.readers, letter.mail)
        title, body = words(letter, self._public_url)
        return await hand_over(self._url, letter.readers, title, body, self._patience)


async def hand_over(
    url: str, readers: Sequence[str], title: str, body: str, patience: float = PATIENCE
) -> Failure | None:
    """One note. `readers` are e-mail addresses where `url` is a mail server, and empty elsewhere."""
    return await _guarded(patience, _notify, url, readers, title, body)


async def _guarded(patience: float, send: Callable[..., bool], *what: object) -> Failure | None:
    try:
        async with asyncio.timeout(patience):
            taken = await asyncio.to_thread(send, *what)
    except Exception as error:  # noqa: BLE001  whatever a plug-in of apprise raises; its words may hold the address
        return Failure(type(error).__name__)
    return None if taken else Failure("not taken")


def words(letter: Letter, public_url: str) -> tuple[str, str]:
    """Title and text."""
    one, counts, where = letter.delivery, letter.counts, link(public_url, letter)
    if counts is None:
        return SAYS.get(one.kind, NEEDS_YOU).format(level=one.level), f"Log in to see it: {where}"
    levels = ", ".join(f"{number} {level}" for level, number in counts.open.items() if number) or "none"
    said = f"Open: {levels}. Overdue: {counts.overdue}. Passed up: {counts.passed_up}."
    return "What is open today", f"{said}\n\nLog in to see it: {where}"


def problem(url: str, kind: HookKind) -> str:
    """What is wrong with an address, "" if nothing is. Never repeats it."""
    from apprise import Apprise  # noqa: PLC0415  slow to load

    _hush()
    schema = url.partition("://")[0].lower()
    if kind is HookKind.STAFF_MAIL and schema not in MAIL:
        return "is no mail server; write one like mailtos://user:password@smtp.example.org?from=us@example.org"
    service = Apprise.instantiate(url)
    if service is None:
        return "is no address that apprise knows; its documentation lists them"
    if schema in _names(service.protocol) and not is_loopback(url):
        safe = " or ".join(f"{name}://" for name in _names(service.secure_protocol))
        return f"would go out unencrypted; begin it with {safe}" if safe else "would go out unencrypted; choose another"
    if kind is HookKind.STAFF_MAIL and _parts(url)["targets"]:
        return "names a reader; leave it out, each letter goes to those whom it concerns"
    return ""


def _names(protocol: object) -> tuple[str, ...]:
    """Apprise writes none, one or several."""
    return (protocol,) if isinstance(protocol, str) else tuple(protocol) if isinstance(protocol, tuple) else ()


def _notify(url: str, readers: Sequence[str], title: str, body: str) -> bool:
    """Hand it over, as plain text that holds nothing from elsewhere; follow no redirect. True once taken."""
    from apprise import NotifyFormat  # noqa: PLC0415

    parts = _parts(url)
    if parts["schema"] in MAIL:
        parts["format"] = NotifyFormat.TEXT
    if readers:
        parts["targets"] = list(readers)
    return _send(parts, title, body, NotifyFormat.TEXT)


def _mail(url: str, readers: Sequence[str], mail: Mail) -> bool:
    """As plain text and as HTML. True once taken."""
    from apprise import NotifyFormat  # noqa: PLC0415

    parts = _parts(url) | {"targets": list(readers), "format": NotifyFormat.HTML, "headers": dict(mail.headers)}
    return _send(parts, mail.title, mail.page, NotifyFormat.HTML)


def _send(parts: dict[str, Any], title: str, body: str, body_format: NotifyFormat) -> bool:
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415

    _hush()
    asset = AppriseAsset(
        app_id="Milepost",
        app_desc="Milepost",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        image_path_mask="",
        http_redirects=False,
        pgp_autogen=False,
        pem_autogen=False,
    )
    service = Apprise.instantiate(parts, asset=asset)
    return service is not None and bool(service.notify(body=body, title=title, body_format=body_format))


def _parts(url: str) -> dict[str, Any]:
    """An address that apprise knows, taken apart. Raises ValueError for another."""
    from apprise.plugins import url_to_dict  # noqa: PLC0415

    parts: dict[str, Any] | None = url_to_dict(url)  # type: ignore[no-untyped-call]
    if parts:
        return parts
    raise ValueError("apprise does not know the address")


def _hush() -> None:
    """What they log may hold an address."""
    for name in ("apprise", "urllib3"):
        logging.getLogger(name).disabled = True
