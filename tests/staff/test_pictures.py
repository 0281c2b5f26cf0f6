"""A worker sees the pictures of their clients in the thread; nobody else does, and every look is logged."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from pydantic import SecretStr
from sqlalchemy import insert, select

from bot.keys import SETTINGS
from records.merging import Wanted, merge, undo
from records.sight import EVERYBODY
from records.tables import engagement, messages
from records.thread_samples import draw
from tests.staff.life import send_pictures, text
from tests.staff.office import MONDAY, Browser, Office


async def looks(office: Office) -> list[str]:
    wanted = select(engagement.c.subject).where(engagement.c.kind == "thread_viewed").order_by(engagement.c.id)
    return await office.house.reader.run(lambda c: list(c.scalars(wanted)))


async def the_picture(office: Office, client: str) -> str:
    picture: str = await office.house.writer.run(lambda c: send_pictures(client, c))
    return f"/staff/pictures/{picture}"


@pytest.mark.parametrize("page", ["", "/texts"])
async def test_the_thread_shows_a_thumbnail_that_opens_the_picture_and_says_what_did_not_come(
    office: Office, ana: Browser, page: str
) -> None:
    picture = await the_picture(office, office.joe)
    shown = await ana.get(f"/staff/clients/{office.joe}{page}")
    assert f'href="{picture}/picture.jpg"' in shown
    assert re.search(rf'<img src="{picture}/thumbnail.jpg" alt="Picture from Joe, Mon Mar 2, [^"]+" width="240"', shown)
    assert "A picture is on its way." in shown
    assert "it is of the kind HEIC. Ask for it as JPEG." in shown
    assert shown.count("Is this enough?") == 1
    for name, size in (("picture", (800, 600)), ("thumbnail", (240, 180))):
        async with ana.http.get(f"{ana.url}{picture}/{name}.jpg") as answer:
            headers, body = answer.headers, await answer.read()
        assert (headers["Content-Type"], headers["Content-Disposition"]) == ("image/jpeg", "inline")
        assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        with Image.open(BytesIO(body)) as seen:
            assert seen.size == size
    assert await looks(office) == ["", "picture"]


async def test_a_supervisor_says_why_before_a_picture_of_anothers_client_opens(office: Office, sue: Browser) -> None:
    picture = await the_picture(office, office.joe)
    assert "Say why you read these texts" in await sue.get(f"{picture}/picture.jpg")
    await sue.get(f"{picture}/thumbnail.jpg")
    assert (sue.status, await looks(office)) == (404, [])
    await sue.get(f"/staff/clients/{office.joe}")
    await sue.post(f"/staff/clients/{office.joe}/texts", why="coaching")
    async with sue.http.get(f"{sue.url}{picture}/picture.jpg") as answer:
        assert (answer.status, answer.content_type) == (200, "image/jpeg")


async def test_the_worker_of_another_client_opens_nothing(office: Office, browser: Browser) -> None:
    picture = await the_picture(office, office.joe)
    await browser.log_in("ben@county.example")
    for name in ("picture", "thumbnail"):
        await browser.get(f"{picture}/{name}.jpg")
        assert browser.status == 404


async def test_with_another_secret_key_a_picture_is_not_there(office: Office, ana: Browser) -> None:
    picture = await the_picture(office, office.joe)
    office.app[SETTINGS].secret_key = SecretStr("another key, of forty characters or more")
    await ana.get(f"{picture}/picture.jpg")
    assert ana.status == 404


async def test_after_a_merge_pictures_are_the_kept_clients_and_after_its_undoing_each_ones_own(
    office: Office, ana: Browser
) -> None:
    picture = await the_picture(office, office.pat)
    await ana.get(f"{picture}/picture.jpg")
    assert ana.status == 404
    wanted = Wanted("f" * 32, office.joe, office.pat)
    await office.write(lambda c: merge(c, wanted, office.sue, EVERYBODY, MONDAY))
    async with ana.http.get(f"{ana.url}{picture}/picture.jpg") as answer:
        assert answer.status == 200
    await office.write(lambda c: undo(c, wanted.id, office.sue, EVERYBODY, MONDAY))
    await ana.get(f"{picture}/picture.jpg")
    assert ana.status == 404


async def test_an_observer_reads_that_there_was_a_picture_and_sees_none(office: Office) -> None:
    await the_picture(office, office.joe)
    said = [text(office.joe, "Hi", MONDAY, direction="in", author="client", state="received") for _ in range(3)]
    await office.write(lambda c: c.execute(insert(messages), said))
    drawn = await office.house.writer.run(lambda c: draw(c, lambda ids: ids, office.sue, MONDAY + timedelta(hours=1)))
    assert [one.words for one in drawn[0]][:2] == ["[picture]", "[picture] [picture] Is this enough?"]


async def test_a_transcript_names_the_pictures(office: Office, ana: Browser) -> None:
    await the_picture(office, office.joe)
    await ana.get(f"/staff/clients/{office.joe}/transcript")
    printed = await ana.post(f"/staff/clients/{office.joe}/transcript", why="hearing", form="text")
    assert "[a picture]" in printed
    assert "[2 pictures]" in printed
