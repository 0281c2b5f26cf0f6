"""The chat as an app on the phone's home screen, which opens without a connection too."""

from __future__ import annotations

import json
from functools import cache

from aiohttp import web

from bot.chat.rendering import guarded
from bot.chat.visitors import HERE
from bot.chat.wording import _, direction, spoken
from bot.keys import COUNTY
from bot.site.pages import STATIC, static

SHELL = f"{HERE}/shell"
FILES = ("chat.css", "chat.js", "milepost.svg", "milepost-192.png", "milepost-512.png")
"""What the page needs without a connection."""


async def show_manifest(request: web.Request) -> web.Response:
    """As https://www.w3.org/TR/appmanifest/ has it."""
    icons = [
        {
            "src": static(f"milepost-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "any maskable",
        }
        for size in (192, 512)
    ]
    manifest = {
        "id": HERE,
        "name": _("Milepost chat"),
        "short_name": "Milepost",
        "description": request.app[COUNTY].program,
        "lang": spoken(),
        "dir": direction(),
        "start_url": HERE,
        "scope": HERE,
        "display": "standalone",
        "background_color": "#fbfaf7",
        "theme_color": "#0b6b63",
        "icons": icons,
    }
    return web.json_response(manifest, content_type="application/manifest+json")


async def show_service_worker(request: web.Request) -> web.Response:
    """With the addresses of what it keeps, which change with the files."""
    response = web.Response(text=_service_worker(spoken()), content_type="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = HERE
    return guarded(request, response)


@cache
def _service_worker(language: str) -> str:
    keeps = json.dumps({"shell": f"{SHELL}?language={language}", "files": [static(name) for name in FILES]})
    return f"const KEEPS = {keeps};\n{(STATIC / 'chat_worker.js').read_text(encoding='utf-8')}"
