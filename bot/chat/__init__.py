"""The web chat: the same conversation as by text, on a page, for clients."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from aiohttp import web

from bot.chat import access_pages, chat_page, installed, picture_upload, rendering, settings_page, wording
from bot.chat.live import TellsOfCommits, end_streams, keep_open_chats, live
from bot.chat.visitors import HERE, for_anybody, for_client
from bot.keys import LANGUAGES
from bot.pictures.taking import LARGEST_POST

__all__ = ["add_chat"]


def add_chat(app: web.Application, commits: Sequence[TellsOfCommits]) -> None:
    """`/chat` and all below it. `commits` are those of this process by which a text may come to be there.

    Raises StartError where it cannot speak a language of the county.
    """
    languages = app[LANGUAGES]
    wording.load(languages)
    rendering.set_up(app)
    get, post = app.router.add_get, app.router.add_post
    get(HERE, for_anybody(chat_page.show_chat))
    get(rf"{HERE}/open/{{token:[\w-]{{1,64}}}}", for_anybody(access_pages.show_link))
    post(rf"{HERE}/open/{{token:[\w-]{{1,64}}}}", for_anybody(access_pages.use_link))
    get(f"{HERE}/code", for_anybody(access_pages.show_code))
    post(f"{HERE}/code", for_anybody(access_pages.ask_code))
    post(f"{HERE}/code/try", for_anybody(access_pages.try_code))
    post(f"{HERE}/who", for_anybody(access_pages.choose_who))
    post(f"{HERE}/leave", for_anybody(access_pages.leave))
    get(f"{HERE}/texts", for_client(chat_page.show_texts))
    get(f"{HERE}/plan", for_client(chat_page.show_plan, keeps=False))
    get(f"{HERE}/live", for_client(live, keeps=False))
    post(f"{HERE}/messages", for_client(chat_page.take_text))
    post(f"{HERE}/pictures", for_client(picture_upload.take_picture, largest=LARGEST_POST))
    post(f"{HERE}/seen", for_client(chat_page.take_seen))
    get(f"{HERE}/settings", for_client(settings_page.show_settings))
    post(f"{HERE}/settings", for_client(settings_page.set_channels))
    get(f"{HERE}/shell", for_anybody(chat_page.show_shell))
    get(f"{HERE}/app.webmanifest", for_anybody(installed.show_manifest))
    get(f"{HERE}/worker.js", for_anybody(installed.show_service_worker))
    app.cleanup_ctx.append(partial(keep_open_chats, commits))
    app.on_shutdown.append(end_streams)
