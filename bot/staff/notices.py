"""What a page says after a form was sent. The address carries a word from this list, never what somebody wrote."""

from __future__ import annotations

from aiohttp import web

NOTICES = {
    "invited": "The invite is on its way.",
    "scheduled": "The text is scheduled.",
    "changed": "The change is saved.",
    "cancelled": "The text is cancelled. It will not go out.",
    "too-late": "That text is already going out, so it stays as it is.",
    "taken": "It is yours. Thank you.",
    "closed": "Closed. Thank you.",
}


def address(page: str, notice: str) -> str:
    return f"{page}?done={notice}"


def of(request: web.Request) -> str:
    return NOTICES.get(request.query.get("done", ""), "")
