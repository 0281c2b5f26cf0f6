"""Looking at a page: whether anything on it shuts somebody out, and a picture of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, ConsoleMessage, Page

Scheme = Literal["light", "dark"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AS_A_LOOK = [(360, "light"), (1280, "dark")]
"""What a theme can break is its colours, and what a width can break is where things stand: each is looked at once."""


@dataclass(frozen=True)
class Looker:
    """A tab, the checker of accessibility to put into it, and where pictures go."""

    page: Page
    axe: str
    shots: Path

    async def goes_to(self, path: str) -> None:
        """A page that answers, on which axe finds nothing and nothing is wider than the window; or a part of one."""
        answer = await self.page.goto(path)
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"
        if (await answer.text()).startswith("<!doctype html>"):
            await self.finds_nothing(re.sub(r"\W+", "-", path.strip("/")) or "front")

    async def finds_nothing(self, name: str) -> None:
        """On the page as it stands now. `name` is the picture's."""
        await self.page.add_script_tag(content=self.axe)
        await self.page.screenshot(path=self.shots / f"{name}.png", full_page=True)
        found = await self.page.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)
        faults = [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found["violations"]]
        assert not faults, f"{name}: {faults}"
        assert await self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name


def _told(said: ConsoleMessage) -> str:
    return f"{said.text} {said.location['url']}"


@asynccontextmanager
async def looking(
    browser: Browser, url: str, width: int, scheme: Scheme, axe: str, shots: Path
) -> AsyncIterator[Looker]:
    """Fails at the end if the browser complained of anything."""
    context = await browser.new_context(
        base_url=url,
        viewport={"width": width, "height": 850},
        bypass_csp=True,  # for axe, which is put in from outside
        color_scheme=scheme,
        reduced_motion="reduce",  # no colour is on its way to another while axe looks
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(_told(said)) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield Looker(page, axe, shots)
    assert not complaints, complaints
    await context.close()
