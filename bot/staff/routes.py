"""Which staff page answers at which address. Every one but the log-in is for staff alone."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from bot.content_rule_lists import load_rule_lists
from bot.keys import LANGUAGES
from bot.staff import caseload_page, client_page, escalation_pages, log_page, nudge_pages, plain_words
from bot.staff.lock_out import LockOut
from bot.staff.log_in import LOCK_OUT, log_in, log_out, logged_in, show_log_in

ID = "{id:[0-9a-f]{32}}"


def add_routes(app: web.Application) -> None:
    """Call after `bot.site.add_site`, when the languages are in their place."""
    app[LOCK_OUT] = LockOut()
    languages = app[LANGUAGES]
    app[nudge_pages.RULE_LISTS] = load_rule_lists(languages)
    aiohttp_jinja2.get_env(app).filters.update(plain_words.FILTERS)
    client, nudge, escalation = f"/staff/clients/{ID}", f"/staff/nudges/{ID}", f"/staff/escalations/{ID}"
    app.router.add_routes(
        [
            web.get("/staff/log-in", show_log_in),
            web.post("/staff/log-in", log_in),
            web.post("/staff/log-out", logged_in(log_out)),
            web.get("/staff", logged_in(caseload_page.show_caseload)),
            web.get(client, logged_in(client_page.show_client)),
            web.get(f"{client}/thread", logged_in(client_page.show_thread, keeps=False)),
            web.post(f"{client}/invite", logged_in(client_page.invite)),
            web.get(f"{client}/nudges/new", logged_in(nudge_pages.show_new)),
            web.post(f"{client}/nudges/new", logged_in(nudge_pages.schedule)),
            web.post(f"{client}/nudges/preview", logged_in(nudge_pages.preview_new)),
            web.get(nudge, logged_in(nudge_pages.show_nudge)),
            web.post(nudge, logged_in(nudge_pages.change)),
            web.post(f"{nudge}/preview", logged_in(nudge_pages.preview_change)),
            web.post(f"{nudge}/cancel", logged_in(nudge_pages.cancel)),
            web.get(escalation, logged_in(escalation_pages.show_escalation)),
            web.post(f"{escalation}/acknowledge", logged_in(escalation_pages.acknowledge)),
            web.post(f"{escalation}/resolve", logged_in(escalation_pages.resolve)),
            web.get("/staff/log", logged_in(log_page.show_log)),
            web.get("/staff/log.csv", logged_in(log_page.download_log)),
        ]
    )
