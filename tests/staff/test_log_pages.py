from __future__ import annotations

import csv
import html
import io
import re
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

import conversations
from bot.staff.oversight.log_export import HEAD
from bot.staff.oversight.log_page import ROWS
from bot.staff.plain_words.clients import CONSENTS, MODES, REMINDER_STATUSES, VISIT_STATUSES
from bot.staff.plain_words.escalations import LEVELS, OUTCOMES, TRIGGERS
from bot.staff.plain_words.filters import about, actor, how_often, language, message_state, plan_moment, reason
from bot.staff.plain_words.log import LOG_KINDS
from bot.staff.plain_words.plans import GOAL_STATUSES, OWNERS, STEP_STATUSES
from bot.staff.plain_words.texts import NUDGE_KINDS, REASONS, STATES
from bot.staff.routes import ROUTES
from conversations.escalations import Level, Trigger
from conversations.goals import GoalStatus, Moment, StepStatus
from conversations.nudges import NudgeKind
from conversations.own_reminders import ReminderStatus
from conversations.situation import Consent, Mode
from conversations.visits import VisitStatus
from records import saved_views
from records.engagement import Kind, append, entry
from records.escalations import Outcome, Owner
from records.saved_views import SavedView
from records.states import MessageState
from records.tables import engagement
from scheduler import windows
from tests.staff.office import MONDAY, PACIFIC, Browser, Office
from tests.staff.test_client_pages import words

CORE = sorted((Path(conversations.__file__).parent).rglob("*.py"))
CANCELLED = re.compile(r'CancelNudges\((?:[^()]|\([^()]*\))*, "([a-z_]+)"')
"""Why nudges are cancelled, as it stands in the core."""


async def test_a_worker_reads_what_happened_to_their_own_clients(busy: Office, ana: Browser) -> None:
    page = words(await ana.get("/staff/log"))
    assert "Planned text held back: check-in" in page
    assert "moved out of the quiet hours" in page
    assert "What became of a text: did not arrive" in page
    assert "Consent changed: gets texts" not in page


async def test_a_supervisor_reads_all_of_it(busy: Office, sue: Browser) -> None:
    page = words(await sue.get("/staff/log"))
    assert "Consent changed: gets texts" in page


@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        ("client={joe}", "A person is needed: asked for", "Tue Feb 24"),
        ("worker={ben}", "Consent changed: gets", "Tue Feb 24"),
        ("kind=goal_set", "Tue Feb 24, 10:00 am", "Sun Mar 1"),
        ("language=en", "A person is needed: asked for", "Tue Feb 24"),
        ("from=2026-03-01", "Sun Mar 1, 10:00 am", "Sat Feb 28"),
        ("to=2026-02-28", "Sat Feb 28, 10:00 am", "Sun Mar 1"),
        ("from=2026-02-25&to=2026-02-25", "Wed Feb 25, 10:00 am", "Sat Feb 28"),
        ("kind=idea_kept", "Nothing here fits", "Feb 24"),
        ("from=soon", "A date reads like", "Nothing here fits"),
    ],
)
async def test_the_log_can_be_narrowed(busy: Office, sue: Browser, query: str, there: str, not_there: str) -> None:
    page = words(await sue.get("/staff/log?" + query.format(joe=busy.joe, ben=busy.ben)))
    assert there in page
    assert not_there not in page


async def test_a_worker_cannot_ask_for_another_workers_rows(busy: Office, ana: Browser) -> None:
    page = words(await ana.get(f"/staff/log?worker={busy.ben}"))
    assert "Consent changed: gets texts" not in page
    page = words(await ana.get(f"/staff/log?client={busy.pat}"))
    assert "Nothing here fits" in page


async def test_pages_follow_each_other_without_a_gap(office: Office, sue: Browser) -> None:
    rows = [
        entry(
            Kind.IDEA_KEPT,
            MONDAY + timedelta(minutes=nth),
            client_id=office.joe,
            worker_id=office.ana,
            reason=f"no. {nth};",
        )
        for nth in range(ROWS + 3)
    ]
    await office.write(lambda connection: append(connection, rows))
    page = await sue.get("/staff/log?kind=idea_kept")
    assert "no. 3;" in page
    assert "no. 2;" not in page
    older = (
        page.partition('class="pages"')[2].partition('<a href="/staff/log?')[2].partition('"')[0].replace("&amp;", "&")
    )
    page = await sue.get(f"/staff/log?{older}")
    assert "no. 2;" in page
    assert "no. 3;" not in page
    assert ">Newest<" in page
    assert ">Older<" not in page


async def test_each_thing_chosen_can_be_taken_away_by_itself(busy: Office, sue: Browser) -> None:
    page = await sue.get(f"/staff/log?kind=goal_set&worker={busy.ana}&from=2026-02-01")
    chips = dict(re.findall(r'<a class="tag" href="([^"]+)">(.*?) <', page))
    assert list(chips.values()) == ["Ana", "Goal set", "from 2026-02-01"]
    assert [html.unescape(address) for address in chips] == [
        "/staff/log?kind=goal_set&from=2026-02-01",
        f"/staff/log?worker={busy.ana}&from=2026-02-01",
        f"/staff/log?worker={busy.ana}&kind=goal_set",
    ]


async def test_the_newest_page_follows_the_log_until_it_is_told_to_stand_still(busy: Office, ana: Browser) -> None:
    page = await ana.get("/staff/log?kind=idea_kept")
    [address] = [html.unescape(found) for found in re.findall(r'hx-get="([^"]+)" hx-trigger="every 5s"', page)]
    rows = [entry(Kind.IDEA_KEPT, MONDAY, client_id=client, worker_id=busy.ana) for client in (busy.joe, busy.pat)]
    assert "Nothing here fits" in await ana.get(address)
    await busy.write(lambda connection: append(connection, rows))
    fragment = await ana.get(address)
    assert [rows[0]["id"]] == re.findall(r'<tr role="row" id="e([^"]+)"', fragment)
    assert "<form" not in fragment
    still = await ana.get("/staff/log?kind=idea_kept&follow=no")
    assert "every 5s" not in still
    assert "Follow the log" in still
    older = await ana.get(f"/staff/log?before={rows[0]['id']}")
    assert "every 5s" not in older
    route = next(route for route in ROUTES if route.path == "/staff/log/rows")
    assert not route.keeps


async def test_an_export_is_a_table_that_spreadsheets_read_right(busy: Office, sue: Browser) -> None:
    await sue.get("/staff/log")
    asked = {"csrf": sue.csrf, "language": "es", "because": "the county's audit", "format": "csv"}
    async with sue.http.post(f"{busy.url}/staff/log/export", data=asked) as answer:
        raw = await answer.read()
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert 'filename="engagement-log-2026-03-02.csv"' in answer.headers["Content-Disposition"]
    assert raw.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(raw.decode("utf-8-sig")))
    assert tuple(head) == HEAD
    by_what = {row[HEAD.index("kind")]: dict(zip(HEAD, row, strict=True)) for row in rows}
    failed = by_what["text_status"]
    assert failed["why"] == '\'=HYPERLINK("x")'
    assert failed["at"] == "2026-03-01T18:00:00+00:00"
    assert failed["client_local_at"] == "2026-03-01T10:00:00-08:00"
    assert "alert" not in raw.decode()
    async with sue.http.post(f"{busy.url}/staff/log/export", data={**asked, "format": "xlsx"}) as answer:
        sheet = load_workbook(io.BytesIO(await answer.read())).worksheets[0]
    table = list(sheet.iter_rows(values_only=True))
    assert [len(table), table[0]] == [len(rows) + 1, HEAD]
    why = next(row[HEAD.index("why")] for row in sheet.iter_rows() if row[HEAD.index("kind")].value == "text_status")
    assert (why.value, why.data_type, why.quotePrefix) == ('=HYPERLINK("x")', "s", True)


async def test_an_export_is_logged_with_its_reason_and_what_was_chosen(busy: Office, ana: Browser) -> None:
    await ana.get("/staff/log")
    page = await ana.post("/staff/log/export", kind="goal_set", because=" ", format="csv")
    assert "Say what it is for" in page
    assert 'name="kind" value="goal_set"' in page
    await ana.post("/staff/log/export", kind="goal_set", because="audit", format="csv")
    row = engagement.c
    wanted = select(row.actor, row.subject, row.reason, row.detail).where(row.kind == Kind.LOG_EXPORTED)
    found = await busy.house.writer.run(lambda c: c.execute(wanted).all())
    assert [tuple(one) for one in found] == [(busy.ana, "csv", "audit", {"kind": "goal_set"})]
    await ana.post("/staff/log/export", **{"from": "soon", "because": "audit", "format": "csv"})
    assert ana.status == 400


async def test_an_excel_file_of_too_many_rows_is_not_begun(
    busy: Office, sue: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.staff.oversight.log_export.MOST_XLSX_ROWS", 1)
    await sue.get("/staff/log")
    page = await sue.post("/staff/log/export", because="audit", format="xlsx")
    assert "choose CSV, or fewer days" in page
    assert 'value="audit"' in page


def test_every_word_of_the_records_has_plain_words() -> None:
    assert set(Kind) <= set(LOG_KINDS)
    assert set(Trigger) <= set(TRIGGERS)
    assert set(Consent) <= set(CONSENTS)
    assert set(NudgeKind) <= set(NUDGE_KINDS)
    assert set(GoalStatus) <= set(GOAL_STATUSES)
    assert set(StepStatus) <= set(STEP_STATUSES)
    assert set(MessageState) - {MessageState.RECEIVED} <= set(STATES)
    assert set(Mode) <= set(MODES)
    assert set(Level) <= set(LEVELS)
    assert set(Outcome) <= set(OUTCOMES)
    assert set(Owner) <= set(OWNERS)
    assert set(VisitStatus) <= set(VISIT_STATUSES)
    assert set(ReminderStatus) <= set(REMINDER_STATUSES)


def test_every_reason_that_milepost_gives_has_plain_words() -> None:
    moved = {windows.QUIET_HOURS, windows.QUIET_DAY, windows.HOLIDAY, windows.RESTING}
    given = {found[1] for file in CORE for found in CANCELLED.finditer(file.read_text("utf-8"))}
    assert {"opted_out", "plan_changed"} <= given
    assert moved | given <= {*REASONS, *TRIGGERS}


@pytest.mark.parametrize(
    ("repeats", "said"),
    [
        ("", ""),
        ("daily", "every day"),
        ("weekdays", "every Monday, Tuesday, Wednesday, Thursday, and Friday"),
        ("weekly:1,3", "every Tuesday and Thursday"),
        ("monthly:15", "every month on day 15"),
    ],
)
def test_how_often_a_reminder_comes_is_said_in_words(repeats: str, said: str) -> None:
    assert how_often(repeats) == said


def test_what_is_in_no_table_is_still_readable() -> None:
    assert reason("merged_into:step_reminder") == "another text went out at that moment: reminder of the step"
    assert reason("goal_paused") == "goal paused"
    assert reason("the worker's own reason") == "the worker's own reason"
    assert reason("") == ""
    assert about("new_kind", "1.1") == "new kind"
    assert message_state("failed", 12345) == "did not arrive: the carrier reported error 12345"
    assert actor("0" * 32, {}) == "somebody"
    assert (language("es"), language("hmn"), language("not a code"), language("")) == (
        "Spanish",
        "Hmong",
        "not a code",
        "",
    )


def test_a_plans_moment_reads_as_the_client_said_it() -> None:
    assert plan_moment(Moment.read("2026-03-03T10:00-08:00"), PACIFIC) == "Tue Mar 3, 10:00 am"
    assert plan_moment(Moment.read("2026-03-03"), PACIFIC) == "Tue Mar 3"
    assert plan_moment(Moment.read("soon"), PACIFIC) == "soon"
    assert plan_moment(Moment(None), PACIFIC) == "not said"


async def test_what_was_chosen_is_kept_under_a_name_shown_again_and_dropped(
    busy: Office, ana: Browser, browser: Browser
) -> None:
    await ana.get("/staff/log")
    page = await ana.post("/staff/log/views", name="Held <b>", kind="nudge_held", client=busy.maria)
    assert "moved out of the quiet hours" in words(page)
    shows = html.unescape(re.findall(r'<a href="([^"]+)">Held &lt;b&gt;</a>', page)[0])
    assert shows == f"/staff/log?client={busy.maria}&kind=nudge_held"
    await ana.post("/staff/log/views", name="Held <b>", kind="goal_set")
    page = await ana.get("/staff/log")
    assert page.count("Drop the view") // 2 == 1
    assert "?kind=goal_set" in page
    await ana.post("/staff/log-out")
    await browser.log_in("ben@county.example")
    assert "Held" not in await browser.get("/staff/log")
    await browser.post("/staff/log/views/drop", name="Held <b>")
    await browser.post("/staff/log-out")
    await browser.log_in("ana@county.example")
    assert "Held" in await browser.get("/staff/log")
    assert "Drop the view" not in await browser.post("/staff/log/views/drop", name="Held <b>")


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"name": "", "kind": "goal_set"}, "Give the view a name."),
        ({"name": "x" * 61, "kind": "goal_set"}, "at most 60"),
        ({"name": "one more", "kind": "goal_set"}, "You have 20 views already."),
        ({"name": "May", "from": "May"}, "A date reads like"),
    ],
)
async def test_a_view_that_cannot_be_kept_says_what_to_do(
    busy: Office, ana: Browser, form: dict[str, str], says: str
) -> None:
    for nth in range(saved_views.MOST):
        view = SavedView(str(nth), {"kind": "goal_set"})
        await busy.write(partial(saved_views.keep, staff_id=busy.ana, view=view, now=MONDAY))
    await ana.get("/staff/log")
    assert says in await ana.post("/staff/log/views", **form)
    assert ana.status == 400
