"""A county shows the chat inside a page of its own: CHAT_EMBEDDED_BY."""

from __future__ import annotations

from bot.keys import SETTINGS
from tests.chat.visitor import Visitor, link_to
from tests.staff.office import Office


async def test_the_page_that_the_county_named_may_show_it_and_the_cookie_is_for_that_page_alone(
    office: Office, visitor: Visitor
) -> None:
    settings = office.app[SETTINGS]
    embedded = {"chat_embedded_by": "https://county.example", "public_url": "https://t.example"}
    for name, value in embedded.items():
        object.__setattr__(settings, name, value)
    url = f"{office.url}/chat/open/{await link_to(office, office.joe)}"
    async with visitor.http.get(url) as answer:
        assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors https://county.example")
    async with visitor.http.post(url, allow_redirects=False) as answer:
        [cookie] = [one for one in answer.headers.getall("Set-Cookie") if "milepost_chat=" in one]
    assert cookie.startswith("__Host-milepost_chat=")
    assert {"HttpOnly", "Secure", "SameSite=None", "Partitioned", "Path=/"} <= set(cookie.split("; "))
    async with visitor.http.post(url, headers={"Origin": "https://county.example"}) as answer:
        assert answer.status == 403
