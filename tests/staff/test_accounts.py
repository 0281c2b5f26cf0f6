"""Who keeps the accounts."""

import pytest
from sqlalchemy import insert, select, update

from records.engagement import Kind
from records.roles import Role
from records.tables import clients, sessions, staff, teams
from tests.staff.office import Browser, Office
from tests.staff.test_client_pages import kinds_in_log


@pytest.fixture
async def admin(office: Office, browser: Browser) -> Browser:
    """Sue, as an admin; her clients are nobody's affair."""
    await office.write(lambda c: c.execute(update(staff).where(staff.c.id == office.sue).values(role=Role.ADMIN)))
    await browser.log_in("sue@county.example")
    await browser.get("/staff/accounts")
    return browser


async def one(office: Office, staff_id: str) -> tuple[str, str | None, bool]:
    wanted = select(staff.c.role, teams.c.name, staff.c.active).outerjoin(teams).where(staff.c.id == staff_id)
    row = await office.house.reader.run(lambda c: c.execute(wanted).one())
    return row[0], row[1], row[2]


async def test_a_role_a_team_and_a_closed_account_are_saved_and_logged(office: Office, admin: Browser) -> None:
    await office.write(lambda c: c.execute(update(clients).values(worker_id=office.ana)))
    page = await admin.post(f"/staff/accounts/{office.ben}", role="vc", team="  North  ", active="yes")
    assert "The change is saved." in page
    assert await one(office, office.ben) == ("vc", "North", True)
    await admin.post(f"/staff/accounts/{office.ben}", role="vc", team="")
    assert await one(office, office.ben) == ("vc", None, False)
    assert await kinds_in_log(office, Kind.ACCOUNT_CHANGED) == 2


async def test_who_is_changed_logs_in_anew(office: Office, admin: Browser) -> None:
    row = {"token_hash": "x", "staff_id": office.ana, "csrf": "x"}
    now = office.wall.now()
    await office.write(lambda c: c.execute(insert(sessions).values({**row, "created_at": now, "seen_at": now})))
    await admin.post(f"/staff/accounts/{office.ana}", role="etw", team="North", active="yes")
    left = await office.house.reader.run(lambda c: c.scalars(select(sessions.c.staff_id)).all())
    assert left == [office.sue]


@pytest.mark.parametrize("form", [{"role": "etw"}, {"role": "manager", "active": "yes"}])
async def test_nobody_with_clients_goes_before_these_are_given_on(
    office: Office, admin: Browser, form: dict[str, str]
) -> None:
    page = await admin.post(f"/staff/accounts/{office.ana}", **form)
    assert (admin.status, "Ana has 2 clients." in page) == (422, True)
    assert await one(office, office.ana) == ("etw", None, True)


@pytest.mark.parametrize("form", [{"role": "admin"}, {"role": "supervisor", "active": "yes"}])
async def test_nobody_locks_themselves_out_or_up(office: Office, admin: Browser, form: dict[str, str]) -> None:
    page = await admin.post(f"/staff/accounts/{office.sue}", **form)
    assert (admin.status, "Ask another admin." in page) == (422, True)
    assert await one(office, office.sue) == ("admin", None, True)


async def test_what_is_no_role_and_who_is_nobody_are_refused(office: Office, admin: Browser) -> None:
    await admin.post(f"/staff/accounts/{office.ana}", role="king", active="yes")
    assert admin.status == 400
    await admin.get("/staff/accounts")
    for path in ("", "/invite", "/reset-second-factor"):
        await admin.post(f"/staff/accounts/{'0' * 32}{path}", role="etw", active="yes")
        assert admin.status == 404
        await admin.get("/staff/accounts")


async def test_a_second_factor_that_was_lost_is_forgotten(office: Office, admin: Browser) -> None:
    lost = update(staff).where(staff.c.id == office.ana).values(totp_salt="s", totp_step=7)
    await office.write(lambda c: c.execute(lost))
    await admin.post(f"/staff/accounts/{office.ana}/reset-second-factor")
    found = select(staff.c.totp_salt, staff.c.totp_step).where(staff.c.id == office.ana)
    assert await office.house.reader.run(lambda c: tuple(c.execute(found).one())) == (None, None)
