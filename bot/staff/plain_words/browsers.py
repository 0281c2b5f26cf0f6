"""A browser in plain words, from what it says of itself: "Firefox on Windows"."""

from __future__ import annotations

from bot.wording import _

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""Most claim to be several; the first that fits is meant."""

SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def browser(says: str) -> str:
    name = next((words for mark, words in BROWSERS if mark in says), _("A browser"))
    system = next((words for mark, words in SYSTEMS if mark in says), "")
    return _("%(browser)s on %(system)s", browser=name, system=system) if system else name
