"""Which staff page answers at which address, and the right that it needs. What is not in this table has no address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import aiohttp_jinja2
from aiohttp import web

from bot.content_rule_lists import load_rule_lists
from bot.keys import LANGUAGES, SETTINGS
from bot.staff import escalation_pages, leave_pages, parked_page, today_page
from bot.staff.access import account_pages, oidc_log_in, own_account_page, token_pages
from bot.staff.access.invitation_pages import accept_invitation, show_invitation
from bot.staff.access.lock_out import LockOut
from bot.staff.access.log_in import (
    ISSUER,
    LOCK_OUT,
    StaffPage,
    log_in,
    log_out,
    logged_in,
    show_log_in,
    show_session,
    stay,
)
from bot.staff.access.second_factor import check_second_factor, show_second_factor
from bot.staff.caseload import (
    caseload_page,
    import_pages,
    merge_pages,
    new_client_page,
    participation_page,
    transfer_page,
)
from bot.staff.client import (
    chat_pages,
    client_page,
    contact_page,
    hand_over_pages,
    note_pages,
    pause_pages,
    picture_files,
    plan_page,
    plan_writing_page,
    referral_pages,
    texts_page,
    thread_reading,
)
from bot.staff.client.kept_record import or_the_kept_one
from bot.staff.menu import menu_for
from bot.staff.nudges import approval_pages, campaign_pages, nudge_pages
from bot.staff.once import ONCE, Once
from bot.staff.oversight import (
    log_export,
    log_page,
    measure_words,
    measures_page,
    samples_page,
    saved_view_pages,
    search_page,
    team_page,
)
from bot.staff.paper import print_pages
from bot.staff.plain_words.filters import FILTERS as PLAIN_WORDS
from bot.staff.visits import calendar_page, visit_pages
from bot.staff.writing.desk import RULE_LISTS
from bot.wording import DRAFTS, STAFF_LANGUAGES
from records.roles import Right

ID = "{id:[0-9a-f]{32}}"


class About(StrEnum):
    """Whose record an address names: what is out of sight is not there for who asks."""

    NOTHING = "nothing"
    CLIENT = "client"
    PICTURE = "picture"
    VISIT = "visit"
    NUDGE = "nudge"
    CAMPAIGN = "campaign"
    GROUP = "group"
    NOTE = "note"
    ESCALATION = "escalation"
    TIME = "time"
    LEAVE = "leave"
    DELIVERY = "delivery"
    ACCOUNT = "account"
    LIST = "list"
    MERGE = "merge"
    TOKEN = "token"  # noqa: S105  the name of a kind of record
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class StaffRoute:
    method: str
    path: str
    right: Right
    page: StaffPage
    about: About = About.NOTHING
    keeps: bool = True
    """Whether it shows that the person is there; see `logged_in`."""
    largest: int = 0
    """How many bytes a form may have; 0: as everywhere."""


def _get(path: str, right: Right, page: StaffPage, about: About = About.NOTHING, *, keeps: bool = True) -> StaffRoute:
    return StaffRoute("GET", path, right, page, about, keeps)


def _post(path: str, right: Right, page: StaffPage, about: About = About.NOTHING) -> StaffRoute:
    return StaffRoute("POST", path, right, page, about)


PAIRS = "/staff/duplicates"
LISTS = "/staff/imports"
LIST = f"{LISTS}/{ID}"
NOTE = f"/staff/notes/{ID}"
PICTURE = f"/staff/pictures/{ID}"
ACCOUNT = f"/staff/accounts/{ID}"
CLIENT, NUDGE, ESCALATION = f"/staff/clients/{ID}", f"/staff/nudges/{ID}", f"/staff/escalations/{ID}"
CAMPAIGN = f"/staff/campaigns/{ID}"
VISIT = f"{CLIENT}/visits/{{number:[0-9]{{1,6}}}}"

ROUTES: Sequence[StaffRoute] = (
    _get("/staff/session", Right.OWN_ACCOUNT, show_session, keeps=False),
    _post("/staff/session", Right.OWN_ACCOUNT, stay),
    _post("/staff/log-out", Right.OWN_ACCOUNT, log_out),
    _get("/staff", Right.OWN_ACCOUNT, today_page.show_today),
    _get("/staff/clients", Right.SEE_CLIENTS, caseload_page.show_caseload),
    _post("/staff/clients", Right.SEE_CLIENTS, caseload_page.find_clients),
    _get("/staff/clients/new", Right.KEEP_CONTACT, new_client_page.show_new_client),
    _post("/staff/clients/new", Right.KEEP_CONTACT, new_client_page.add_client),
    _get(CLIENT, Right.SEE_CLIENTS, client_page.show_client, About.CLIENT),
    _get(f"{CLIENT}/thread", Right.SEE_CLIENTS, client_page.show_thread, About.CLIENT, keeps=False),
    _post(f"{CLIENT}/invite", Right.KEEP_CONTACT, client_page.invite, About.CLIENT),
    _post(f"{CLIENT}/take-over", Right.WRITE, hand_over_pages.take_over, About.CLIENT),
    _post(f"{CLIENT}/write", Right.WRITE, hand_over_pages.write, About.CLIENT),
    _post(f"{CLIENT}/write/preview", Right.WRITE, hand_over_pages.preview, About.CLIENT),
    _post(f"{CLIENT}/hand-back", Right.WRITE, hand_over_pages.hand_back, About.CLIENT),
    _post(f"{CLIENT}/start-again", Right.TEXT, hand_over_pages.start_again, About.CLIENT),
    _post(f"{CLIENT}/talk", Right.TEXT, hand_over_pages.start_talk, About.CLIENT),
    _get(f"{CLIENT}/contact", Right.KEEP_CONTACT, contact_page.show_contact, About.CLIENT),
    _post(f"{CLIENT}/pause", Right.TEXT, pause_pages.pause, About.CLIENT),
    _post(f"{CLIENT}/resume", Right.TEXT, pause_pages.resume, About.CLIENT),
    _post(f"{CLIENT}/opt-out", Right.KEEP_CONTACT, contact_page.record_opt_out, About.CLIENT),
    _post(f"{CLIENT}/number", Right.KEEP_CONTACT, contact_page.change_number, About.CLIENT),
    _post(f"{CLIENT}/safety-word", Right.KEEP_CONTACT, contact_page.set_safety_word, About.CLIENT),
    _post(f"{CLIENT}/preferences", Right.KEEP_CONTACT, contact_page.set_preferences, About.CLIENT),
    _post(f"{CLIENT}/channels", Right.KEEP_CONTACT, contact_page.set_channels, About.CLIENT),
    _post(f"{CLIENT}/chat-link", Right.KEEP_CONTACT, chat_pages.send_chat_link, About.CLIENT),
    _post(f"{CLIENT}/chats/end", Right.KEEP_CONTACT, chat_pages.end_chats, About.CLIENT),
    _get(f"{CLIENT}/plan", Right.SEE_CLIENTS, plan_page.show_plan, About.CLIENT),
    _get(f"{CLIENT}/plan/new", Right.TEXT, plan_writing_page.show_plan_form, About.CLIENT),
    _post(f"{CLIENT}/plan/new", Right.TEXT, plan_writing_page.send_plan, About.CLIENT),
    _get(f"{CLIENT}/transcript", Right.READ_THREADS, print_pages.show_transcript_form, About.CLIENT),
    _post(f"{CLIENT}/transcript", Right.READ_THREADS, print_pages.print_transcript, About.CLIENT),
    _get(f"{CLIENT}/goal-sheet", Right.SEE_CLIENTS, print_pages.show_sheet_form, About.CLIENT),
    _post(f"{CLIENT}/goal-sheet", Right.SEE_CLIENTS, print_pages.print_sheet, About.CLIENT),
    _get(f"{CLIENT}/texts", Right.READ_THREADS, texts_page.show_texts, About.CLIENT),
    _post(f"{CLIENT}/texts", Right.READ_THREADS, thread_reading.open_thread, About.CLIENT),
    _get(f"{PICTURE}/picture.jpg", Right.READ_THREADS, picture_files.show_picture, About.PICTURE),
    _get(f"{PICTURE}/thumbnail.jpg", Right.READ_THREADS, picture_files.show_thumbnail, About.PICTURE, keeps=False),
    _post(f"{CLIENT}/notes", Right.KEEP_NOTES, note_pages.add_note, About.CLIENT),
    _get(NOTE, Right.KEEP_NOTES, note_pages.show_note, About.NOTE),
    _post(NOTE, Right.KEEP_NOTES, note_pages.change_note, About.NOTE),
    _post(f"{NOTE}/add", Right.KEEP_NOTES, note_pages.add_to_note, About.NOTE),
    _post(f"{CLIENT}/referrals", Right.REFER, referral_pages.refer, About.CLIENT),
    _post(f"{CLIENT}/referrals/end", Right.REFER, referral_pages.end_referral, About.CLIENT),
    _get(f"{CLIENT}/visits/new", Right.KEEP_VISITS, visit_pages.show_new, About.CLIENT),
    _post(f"{CLIENT}/visits/new", Right.KEEP_VISITS, visit_pages.enter, About.CLIENT),
    _get(VISIT, Right.KEEP_VISITS, visit_pages.show_visit, About.VISIT),
    _post(VISIT, Right.KEEP_VISITS, visit_pages.move, About.VISIT),
    _post(f"{VISIT}/close", Right.KEEP_VISITS, visit_pages.close, About.VISIT),
    _get(f"{VISIT}/visit.ics", Right.KEEP_VISITS, visit_pages.download_visit, About.VISIT),
    _get(f"{CLIENT}/nudges/new", Right.TEXT, nudge_pages.show_new, About.CLIENT),
    _post(f"{CLIENT}/nudges/new", Right.TEXT, nudge_pages.schedule, About.CLIENT),
    _post(f"{CLIENT}/nudges/preview", Right.TEXT, nudge_pages.preview_new, About.CLIENT),
    _get(NUDGE, Right.TEXT, nudge_pages.show_nudge, About.NUDGE),
    _post(NUDGE, Right.TEXT, nudge_pages.change, About.NUDGE),
    _post(f"{NUDGE}/preview", Right.TEXT, nudge_pages.preview_change, About.NUDGE),
    _post(f"{NUDGE}/cancel", Right.TEXT, nudge_pages.cancel, About.NUDGE),
    _get("/staff/campaigns", Right.TEXT, campaign_pages.show_campaigns),
    _get("/staff/campaigns/new", Right.TEXT, campaign_pages.show_new),
    _post("/staff/campaigns/new", Right.TEXT, campaign_pages.schedule),
    _post("/staff/campaigns/preview", Right.TEXT, campaign_pages.preview),
    _get(CAMPAIGN, Right.TEXT, campaign_pages.show_campaign, About.CAMPAIGN),
    _post(f"{CAMPAIGN}/stop", Right.TEXT, campaign_pages.stop, About.CAMPAIGN),
    _post(f"{CAMPAIGN}/start-again", Right.TEXT, campaign_pages.start_again, About.CAMPAIGN),
    _post(f"{CAMPAIGN}/decide", Right.OVERSEE, approval_pages.decide, About.CAMPAIGN),
    _get("/staff/approvals", Right.OVERSEE, approval_pages.show_approvals),
    _post("/staff/groups", Right.TEXT, campaign_pages.save_group),
    _post(f"/staff/groups/{ID}/remove", Right.TEXT, campaign_pages.remove_group, About.GROUP),
    _get("/staff/waiting", Right.ANSWER, escalation_pages.show_waiting),
    _get(ESCALATION, Right.ANSWER, escalation_pages.show_escalation, About.ESCALATION),
    _post(f"{ESCALATION}/acknowledge", Right.ANSWER, escalation_pages.acknowledge, About.ESCALATION),
    _post(f"{ESCALATION}/contacted", Right.ANSWER, escalation_pages.contacted, About.ESCALATION),
    _post(f"{ESCALATION}/snooze", Right.ANSWER, escalation_pages.snooze, About.ESCALATION),
    _post(f"{ESCALATION}/reassign", Right.ANSWER, escalation_pages.reassign, About.ESCALATION),
    _post(f"{ESCALATION}/resolve", Right.ANSWER, escalation_pages.resolve, About.ESCALATION),
    _get("/staff/visits", Right.KEEP_VISITS, calendar_page.show_calendar),
    _get("/staff/visits.ics", Right.KEEP_VISITS, calendar_page.download_calendar),
    _post("/staff/visits/feed", Right.KEEP_VISITS, calendar_page.make_feed),
    _post("/staff/visits/feed/end", Right.KEEP_VISITS, calendar_page.end_feed),
    _post("/staff/times", Right.KEEP_VISITS, calendar_page.offer),
    _post(f"/staff/times/{ID}/withdraw", Right.KEEP_VISITS, calendar_page.withdraw, About.TIME),
    _get("/staff/leave", Right.KEEP_LEAVE, leave_pages.show_leave),
    _post("/staff/leave", Right.KEEP_LEAVE, leave_pages.add_leave),
    _post(f"/staff/leave/{ID}/remove", Right.KEEP_LEAVE, leave_pages.remove_leave, About.LEAVE),
    _get("/staff/transfers", Right.TRANSFER, transfer_page.show_transfers),
    _post("/staff/transfers", Right.TRANSFER, transfer_page.transfer),
    _post(f"/staff/transfers/{ID}/undo", Right.TRANSFER, transfer_page.undo, About.TRANSFER),
    _get("/staff/account", Right.OWN_ACCOUNT, own_account_page.show_own_account),
    _post("/staff/account/password", Right.OWN_ACCOUNT, own_account_page.change_password),
    _post("/staff/account/second-factor", Right.OWN_ACCOUNT, own_account_page.change_second_factor),
    _post("/staff/account/language", Right.OWN_ACCOUNT, own_account_page.choose_language),
    _post("/staff/account/languages", Right.TEXT, own_account_page.choose_languages),
    _post("/staff/account/weekly-digest", Right.SEE_MEASURES, own_account_page.choose_weekly_digest),
    _post("/staff/account/end-others", Right.OWN_ACCOUNT, own_account_page.end_others),
    _get("/staff/accounts", Right.KEEP_STAFF, account_pages.show_accounts),
    _post("/staff/accounts", Right.KEEP_STAFF, account_pages.add_account),
    _post(ACCOUNT, Right.KEEP_STAFF, account_pages.change_account, About.ACCOUNT),
    _post(f"{ACCOUNT}/invite", Right.KEEP_STAFF, account_pages.invite, About.ACCOUNT),
    _post(f"{ACCOUNT}/reset-second-factor", Right.KEEP_STAFF, account_pages.reset_second_factor, About.ACCOUNT),
    _get("/staff/tokens", Right.KEEP_STAFF, token_pages.show_tokens),
    _post("/staff/tokens", Right.KEEP_STAFF, token_pages.create_token),
    _post(f"/staff/tokens/{ID}/revoke", Right.KEEP_STAFF, token_pages.revoke_token, About.TOKEN),
    _get("/staff/notices", Right.KEEP_NOTICES, parked_page.show_parked),
    _post(f"/staff/notices/{ID}/retry", Right.KEEP_NOTICES, parked_page.try_again, About.DELIVERY),
    _get(PAIRS, Right.MERGE, merge_pages.show_duplicates),
    _get(f"{PAIRS}/pair", Right.MERGE, merge_pages.show_pair),
    _post(PAIRS, Right.MERGE, merge_pages.merge),
    _post(f"{PAIRS}/two", Right.MERGE, merge_pages.are_two),
    _post(f"{PAIRS}/one", Right.MERGE, merge_pages.may_be_one),
    _post(f"{PAIRS}/{ID}/undo", Right.MERGE, merge_pages.undo, About.MERGE),
    _get(LISTS, Right.IMPORT, import_pages.show_imports),
    StaffRoute("POST", LISTS, Right.IMPORT, import_pages.send_list, largest=import_pages.LARGEST_POST),
    *(_get(f"{LISTS}/{kind}.csv", Right.IMPORT, import_pages.download_template) for kind in import_pages.EXAMPLES),
    _get(LIST, Right.IMPORT, import_pages.show_import, About.LIST),
    _get(f"{LIST}/state", Right.IMPORT, import_pages.show_state, About.LIST, keeps=False),
    _get(f"{LIST}/bad-rows.csv", Right.IMPORT, import_pages.download_bad_rows, About.LIST),
    _post(f"{LIST}/run", Right.IMPORT, import_pages.bring_in, About.LIST),
    _post(f"{LIST}/drop", Right.IMPORT, import_pages.drop, About.LIST),
    _get("/staff/participation", Right.KEEP_HOURS, participation_page.show_participation),
    _post("/staff/participation", Right.KEEP_HOURS, participation_page.enter_participation),
    _get("/staff/team", Right.OVERSEE, team_page.show_team),
    _get("/staff/measures", Right.SEE_MEASURES, measures_page.show_measures),
    _get("/staff/measures.csv", Right.SEE_MEASURES, measures_page.download_measures),
    _get("/staff/measures/{measure:M[0-9]{1,2}}", Right.SEE_MEASURES, measures_page.show_measure),
    _get("/staff/samples", Right.SAMPLE_THREADS, samples_page.show_samples),
    _post("/staff/samples", Right.SAMPLE_THREADS, samples_page.draw_samples),
    _get("/staff/search", Right.READ_THREADS, search_page.show_search),
    _post("/staff/search", Right.READ_THREADS, search_page.search_texts),
    _get("/staff/log", Right.READ_LOG, log_page.show_log),
    _get("/staff/log/rows", Right.READ_LOG, log_page.show_newest_rows, keeps=False),
    _post("/staff/log/views", Right.READ_LOG, saved_view_pages.save_view),
    _post("/staff/log/views/drop", Right.READ_LOG, saved_view_pages.drop_view),
    _post("/staff/log/export", Right.READ_LOG, log_export.export_log),
)


def add_routes(app: web.Application) -> None:
    """Call after `bot.site.add_site`, when the languages are in their place."""
    app[LOCK_OUT] = LockOut()
    app[ISSUER] = oidc_log_in.issuer_of(app[SETTINGS])
    languages = app[LANGUAGES]
    app[RULE_LISTS] = load_rule_lists(languages)
    environment = aiohttp_jinja2.get_env(app)
    environment.filters.update(PLAIN_WORDS)
    environment.filters.update(measure_words.FILTERS)
    environment.globals.update(Right=Right, menu_for=menu_for, STAFF_LANGUAGES=STAFF_LANGUAGES, DRAFTS=DRAFTS)
    app[ONCE] = Once()
    app.router.add_routes(
        [
            web.get("/staff/log-in", show_log_in),
            web.post("/staff/log-in", log_in),
            web.get(oidc_log_in.HERE, oidc_log_in.begin),
            web.get(oidc_log_in.BACK, oidc_log_in.come_back),
            web.get("/staff/second-factor", show_second_factor),
            web.post("/staff/second-factor", check_second_factor),
            web.get("/staff/invitation/{token}", show_invitation),
            web.post("/staff/invitation", accept_invitation),
        ]
    )
    for one in ROUTES:
        page = or_the_kept_one(one.page) if one.method == "GET" and one.about is About.CLIENT else one.page
        app.router.add_route(one.method, one.path, logged_in(page, one.right, keeps=one.keeps, largest=one.largest))
