"""Colleagues and providers to whom a client was referred."""

import pytest
from sqlalchemy import update

from records.engagement import Kind
from records.roles import Role
from records.tables import staff
from tests.staff.office import Browser, Office
from tests.staff.test_client_pages import kinds_in_log


@pytest.fixture
async def provider(office: Office) -> str:
    """Ben, who works for a provider."""
    await office.write(lambda c: c.execute(update(staff).where(staff.c.id == office.ben).values(role=Role.PROVIDER)))
    return office.ben


async def sees(office: Office, browser: Browser) -> bool:
    await browser.post("/staff/log-out")
    await browser.log_in("ben@county.example")
    await browser.get(f"/staff/clients/{office.maria}")
    seen = browser.status == 200
    await browser.get("/staff")
    await browser.post("/staff/log-out")
    await browser.log_in("ana@county.example")
    await browser.get(f"/staff/clients/{office.maria}")
    return seen


async def test_a_provider_sees_a_client_from_their_yes_to_the_end_of_the_referral(
    office: Office, ana: Browser, provider: str
) -> None:
    here = f"/staff/clients/{office.maria}"
    await ana.get(here)
    page = await ana.post(f"{here}/referrals", to=provider)
    assert "Sees nothing until Maria agrees." in page
    assert not await sees(office, ana)
    page = await ana.post(f"{here}/referrals", to=provider, agreed="yes")
    assert "Sees nothing until" not in page
    assert await sees(office, ana)
    page = await ana.post(f"{here}/referrals/end", to=provider)
    assert "Only their worker" in page
    assert not await sees(office, ana)
    assert await kinds_in_log(office, Kind.CLIENT_REFERRED) == 2
    assert await kinds_in_log(office, Kind.REFERRAL_ENDED) == 1


async def test_a_counsellor_sees_a_client_at_once_and_twice_is_once(office: Office, ana: Browser) -> None:
    await office.write(lambda c: c.execute(update(staff).where(staff.c.id == office.ben).values(role=Role.VC)))
    here = f"/staff/clients/{office.maria}"
    await ana.get(here)
    for _click in range(2):
        await ana.post(f"{here}/referrals", to=office.ben)
    assert await sees(office, ana)
    assert await kinds_in_log(office, Kind.CLIENT_REFERRED) == 1


@pytest.mark.parametrize("to", ["", "nobody", "ana"])
async def test_who_cannot_be_referred_to_is_refused(office: Office, ana: Browser, to: str) -> None:
    here = f"/staff/clients/{office.maria}"
    await ana.get(here)
    page = await ana.post(f"{here}/referrals", to=office.ana if to == "ana" else to)
    assert (ana.status, "Choose a colleague" in page) == (422, True)
