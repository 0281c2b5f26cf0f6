"""What no browser of ours sends is refused in words, and never breaks anything."""

from __future__ import annotations

import asyncio
import secrets

import pytest
from yarl import URL

from tests.chat.visitor import Visitor


@pytest.mark.parametrize(
    "body",
    [
        b'{"ids": null}',
        b'{"ids": 5}',
        b'{"ids": {"a": 1}}',
        b'{"ids": [[], null, "\xff"]}',
        b"[" * 5_000,
        b"",
        b"\xff",
    ],
)
async def test_what_a_page_cannot_have_seen_is_refused(joe: Visitor, body: bytes) -> None:
    assert await posted(joe, "/chat/seen", body, "application/json") == 400


async def test_a_text_that_is_no_words_is_refused(joe: Visitor) -> None:
    own_id = secrets.token_hex(16)
    for text in (b"5", b"null", b"{}", b'["a"]'):
        body = b'{"id": "%b", "text": %b}' % (own_id.encode(), text)
        assert await posted(joe, "/chat/messages", body, "application/json") == 400


@pytest.mark.parametrize("letters", [r"a\u0000b", r"a\ud800b"])
async def test_letters_that_no_database_keeps_do_not_stop_a_text(joe: Visitor, letters: str) -> None:
    body = f'{{"id": "{secrets.token_hex(16)}", "text": "{letters}"}}'.encode()
    assert await posted(joe, "/chat/messages", body, "application/json") == 200
    assert [text["body"][0] for text in await joe.thread() if text["is_mine"]] == ["a"]


@pytest.mark.parametrize(
    "kind", ["application/json; charset=nonsense", "multipart/form-data", "multipart/form-data; boundary=x"]
)
async def test_a_body_that_is_not_what_it_says_is_refused(joe: Visitor, kind: str) -> None:
    assert await posted(joe, "/chat/messages", b"{}", kind) == 400


@pytest.mark.parametrize("header", ["X-CSRF-Token", "Cookie"])
async def test_a_token_or_a_cookie_of_odd_bytes_is_nobodys(joe: Visitor, header: str) -> None:
    url = URL(joe.office.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    cookies = "; ".join(f"{each.key}={each.value}" for each in joe.http.cookie_jar)
    odd = {"Cookie": cookies, "X-CSRF-Token": joe.csrf} | {header: "milepost_chat=\xff"}
    lines = ["POST /chat/seen HTTP/1.1", f"Host: {url.authority}", "Connection: close", "Content-Length: 0"]
    lines += [f"{name}: {value}" for name, value in odd.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
    status = (await reader.readline()).split()[1]
    writer.close()
    assert status in {b"401", b"403"}


async def posted(visitor: Visitor, path: str, body: bytes, kind: str) -> int:
    headers = {"Accept": "application/json", "Content-Type": kind, "X-CSRF-Token": visitor.csrf}
    async with visitor.http.post(visitor.office.url + path, data=body, headers=headers) as answer:
        return answer.status
