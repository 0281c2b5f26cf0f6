"""Which staff page answers at which address. Every one but the log-in is for staff alone."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from bot.content_rule_lists import load_rule_lists
from bot.keys import LANGUAGES
from bot.staff import (
    calendar_page,
    caseload_page,
    client_page,
    contact_page,
    escalation_pages,
    hand_over_pages,
    leave_pages,
    log_page,
    nudge_pages,
    parked_page,
    plain_words,
    visit_pages,
)
from bot.staff.desk import RULE_LISTS
from bot.staff.lock_out import LockOut
from bot.staff.log_in import LOCK_OUT, log_in, log_out, logged_in, show_log_in
from bot.staff.once import ONCE, Once

ID = "{id:[0-9a-f]{32}}"


def add_routes(app: web.Application) -> None:
    """Call after `bot.site.add_site`, when the languages are in their place."""
    app[LOCK_OUT] = LockOut()
    languages = app[LANGUAGES]
    app[RULE_LISTS] = load_rule_lists(languages)
    aiohttp_jinja2.get_env(app).filters.update(plain_words.FILTERS)
    app[ONCE] = Once()
    client, nudge, escalation = f"/staff/clients/{ID}", f"/staff/nudges/{ID}", f"/staff/escalations/{ID}"
    visit = f"{client}/visits/{{number:[0-9]{{1,6}}}}"
    app.router.add_routes(
        [
            web.get("/staff/log-in", show_log_in),
            web.post("/staff/log-in", log_in),
            web.post("/staff/log-out", logged_in(log_out)),
            web.get("/staff", logged_in(caseload_page.show_caseload)),
            web.get(client, logged_in(client_page.show_client)),
            web.get(f"{client}/thread", logged_in(client_page.show_thread, keeps=False)),
            web.post(f"{client}/invite", logged_in(client_page.invite)),
            web.post(f"{client}/take-over", logged_in(hand_over_pages.take_over)),
            web.post(f"{client}/write", logged_in(hand_over_pages.write)),
            web.post(f"{client}/write/preview", logged_in(hand_over_pages.preview)),
            web.post(f"{client}/hand-back", logged_in(hand_over_pages.hand_back)),
            web.post(f"{client}/start-again", logged_in(hand_over_pages.start_again)),
            web.post(f"{client}/talk", logged_in(hand_over_pages.start_talk)),
            web.get(f"{client}/contact", logged_in(contact_page.show_contact)),
            web.post(f"{client}/opt-out", logged_in(contact_page.record_opt_out)),
            web.post(f"{client}/number", logged_in(contact_page.change_number)),
            web.post(f"{client}/safety-word", logged_in(contact_page.set_safety_word)),
            web.get(f"{client}/visits/new", logged_in(visit_pages.show_new)),
            web.post(f"{client}/visits/new", logged_in(visit_pages.enter)),
            web.get(visit, logged_in(visit_pages.show_visit)),
            web.post(visit, logged_in(visit_pages.move)),
            web.post(f"{visit}/close", logged_in(visit_pages.close)),
            web.get(f"{visit}/visit.ics", logged_in(visit_pages.download_visit)),
            web.get(f"{client}/nudges/new", logged_in(nudge_pages.show_new)),
            web.post(f"{client}/nudges/new", logged_in(nudge_pages.schedule)),
            web.post(f"{client}/nudges/preview", logged_in(nudge_pages.preview_new)),
            web.get(nudge, logged_in(nudge_pages.show_nudge)),
            web.post(nudge, logged_in(nudge_pages.change)),
            web.post(f"{nudge}/preview", logged_in(nudge_pages.preview_change)),
            web.post(f"{nudge}/cancel", logged_in(nudge_pages.cancel)),
            web.get("/staff/waiting", logged_in(escalation_pages.show_waiting)),
            web.get(escalation, logged_in(escalation_pages.show_escalation)),
            web.post(f"{escalation}/acknowledge", logged_in(escalation_pages.acknowledge)),
            web.post(f"{escalation}/contacted", logged_in(escalation_pages.contacted)),
            web.post(f"{escalation}/snooze", logged_in(escalation_pages.snooze)),
            web.post(f"{escalation}/reassign", logged_in(escalation_pages.reassign)),
            web.post(f"{escalation}/resolve", logged_in(escalation_pages.resolve)),
            web.get("/staff/visits", logged_in(calendar_page.show_calendar)),
            web.get("/staff/visits.ics", logged_in(calendar_page.download_calendar)),
            web.post("/staff/times", logged_in(calendar_page.offer)),
            web.post(f"/staff/times/{ID}/withdraw", logged_in(calendar_page.withdraw)),
            web.get("/staff/leave", logged_in(leave_pages.show_leave)),
            web.post("/staff/leave", logged_in(leave_pages.add_leave)),
            web.post(f"/staff/leave/{ID}/remove", logged_in(leave_pages.remove_leave)),
            web.get("/staff/notices", logged_in(parked_page.show_parked)),
            web.post(f"/staff/notices/{ID}/retry", logged_in(parked_page.try_again)),
            web.get("/staff/log", logged_in(log_page.show_log)),
            web.get("/staff/log.csv", logged_in(log_page.download_log)),
        ]
    )
