"""Logging in by the county's own accounts, and every way in which nobody must get in by them."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar
from pydantic import SecretStr
from sqlalchemy import select, update
from structlog.testing import capture_logs

from bot.staff.access.log_in import ISSUER
from bot.staff.access.oidc_log_in import issuer_of
from records.oidc_log_ins import LASTS
from records.roles import Role
from records.tables import staff
from tests.staff import fake_issuer
from tests.staff.fake_issuer import CLIENT_ID, CLIENT_SECRET, RSA_KEY, FakeIssuer, Sign, an_issuer, new_key
from tests.staff.office import Browser, Office, open_office

START = "/staff/log-in/county"


@pytest.fixture
async def issuer() -> AsyncIterator[FakeIssuer]:
    async with an_issuer() as issuer:
        yield issuer


@pytest.fixture
async def office(migrated_sqlite_url: str, issuer: FakeIssuer) -> AsyncIterator[Office]:
    async with open_office(migrated_sqlite_url, second_factor=True) as office:
        use(office, issuer)
        yield office


def use(office: Office, issuer: FakeIssuer, **changes: Any) -> None:  # noqa: ANN401  settings are of many types
    settings = office.house.plan.settings
    given = {"public_url": office.url, "oidc_issuer": issuer.url, "oidc_client_id": CLIENT_ID}
    for name, value in (given | {"oidc_client_secret": SecretStr(CLIENT_SECRET)} | changes).items():
        setattr(settings, name, value)
    office.app._state[ISSUER] = issuer_of(settings)


async def is_in(browser: Browser, path: str = START) -> bool:
    await browser.get(path)
    return browser.status == 200 and not browser.at.startswith("/staff/log-in")


async def test_who_has_an_account_here_is_let_in_and_led_on(
    office: Office, issuer: FakeIssuer, browser: Browser
) -> None:
    page = f"/staff/clients/{office.maria}"
    assert "Log in with your county account" in await browser.get(f"/staff/log-in?next={page}")
    assert await is_in(browser, f"{START}?next={page}")
    assert browser.at == page
    asked = issuer.asked[0]
    assert (asked["code_challenge_method"], asked["response_type"], asked["scope"]) == ("S256", "code", "openid email")


async def test_an_account_is_found_by_its_subject_from_then_on(
    office: Office, issuer: FakeIssuer, browser: Browser
) -> None:
    assert await is_in(browser)
    issuer.claims = {"email": "renamed@county.example", "email_verified": False}
    assert await is_in(browser)
    issuer.claims = {"sub": "another"}
    assert not await is_in(browser)
    kept = await office.house.reader.run(lambda c: c.scalars(select(staff.c.oidc_identity)).all())
    assert [len(identity) for identity in kept if identity] == [64]


async def test_the_second_factor_is_the_issuers(office: Office, issuer: FakeIssuer, browser: Browser) -> None:
    issuer.claims = {"email": "sue@county.example", "sub": "sue-1"}
    assert await is_in(browser)


@pytest.mark.parametrize("key", ["rotated", "RSA"])
async def test_a_key_that_the_issuer_changed_is_looked_for(
    office: Office, issuer: FakeIssuer, browser: Browser, key: str
) -> None:
    assert await is_in(browser)
    issuer.kid, issuer.key = "second", new_key() if key == "rotated" else RSA_KEY
    issuer.algorithm = "ES256" if key == "rotated" else "RS256"
    assert await is_in(browser)


PAST = int(time.time()) - 600


OTHER_CLAIMS: Sequence[dict[str, Any]] = (
    {"nonce": "another"},
    {"nonce": None},
    {"aud": "another"},
    {"aud": ["milepost", "another"]},
    {"azp": "another"},
    {"aud": None},
    {"iss": "https://elsewhere.example"},
    {"iss": None},
    {"exp": PAST},
    {"exp": None},
    {"nbf": PAST + 10_000},
    {"iat": PAST + 10_000},
    {"sub": None},
    {"sub": 7},
    {"email_verified": False},
    {"email_verified": "true"},
    {"email_verified": None},
    {"email": "nobody@county.example"},
    {"email": ["ana@county.example"]},
    {"email": None},
)


async def test_a_token_that_says_anything_else_lets_nobody_in(
    office: Office, issuer: FakeIssuer, browser: Browser
) -> None:
    got_in = []
    for issuer.claims in OTHER_CLAIMS:
        if await is_in(browser) or browser.status != 403:
            got_in.append(issuer.claims)
    assert got_in == []
    issuer.claims = {}
    assert await is_in(browser)


OTHER_WAYS_TO_SIGN: Sequence[Sign] = (
    fake_issuer.unsigned,
    fake_issuer.signed_with_the_public_key,
    fake_issuer.signed_with_the_client_secret,
    fake_issuer.signed_by_a_stranger,
    fake_issuer.signed_with_a_key_of_its_own,
    fake_issuer.changed_afterwards,
    lambda *_: "no token",
    lambda *_: "",
)


async def test_a_token_that_the_issuer_did_not_sign_lets_nobody_in(
    office: Office, issuer: FakeIssuer, browser: Browser
) -> None:
    got_in = []
    for issuer.sign in OTHER_WAYS_TO_SIGN:
        if await is_in(browser) or browser.status != 403:
            got_in.append(issuer.sign)
    assert got_in == []


async def test_an_answer_counts_once_and_only_in_the_browser_that_asked(
    office: Office, issuer: FakeIssuer, browser: Browser
) -> None:
    assert await is_in(browser)
    replayed = issuer.answers[0].removeprefix(office.url)
    assert not await is_in(browser, replayed)
    async with browser.http.get(f"{office.url}{START}", allow_redirects=False) as begun:
        there = begun.headers["Location"]
    async with browser.http.get(there, allow_redirects=False) as answered:
        back = answered.headers["Location"].removeprefix(office.url)
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        assert not await is_in(Browser(http, office.url), back)
    office.wall.forward(LASTS)
    assert not await is_in(browser, back)


@pytest.mark.parametrize("back", [{"state": "guessed"}, {"state": ""}, {"code": ""}, {"code": "guessed"}])
async def test_an_answer_without_our_state_or_a_code_lets_nobody_in(
    office: Office, issuer: FakeIssuer, browser: Browser, back: dict[str, str]
) -> None:
    issuer.back = back
    assert not await is_in(browser)


async def test_an_answer_of_another_issuer_lets_nobody_in(office: Office, issuer: FakeIssuer, browser: Browser) -> None:
    issuer.back = {"iss": "https://elsewhere.example"}
    assert not await is_in(browser)
    issuer.back, issuer.says = {}, {"authorization_response_iss_parameter_supported": True}
    use(office, issuer)
    assert not await is_in(browser)
    issuer.back = {"iss": issuer.url}
    assert await is_in(browser)


@pytest.mark.parametrize(
    "says",
    [
        {"issuer": "https://elsewhere.example"},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
async def test_a_configuration_that_is_not_the_issuers_or_not_safe_is_not_used(
    office: Office, issuer: FakeIssuer, browser: Browser, says: dict[str, Any]
) -> None:
    issuer.says = says
    page = await browser.get(START)
    assert (browser.status, "cannot be asked just now" in page) == (503, True)


async def test_an_issuer_can_be_made_to_say_how_it_was_done(
    office: Office, issuer: FakeIssuer, browser: Browser
) -> None:
    use(office, issuer, oidc_amr="mfa", oidc_acr="high")
    assert not await is_in(browser)
    issuer.claims = {"acr": "high"}
    assert await is_in(browser)
    assert issuer.asked[-1]["acr_values"] == "high"
    issuer.claims["amr"] = ["pwd"]
    assert not await is_in(browser)


async def test_an_issuer_of_the_countys_own_is_believed_where_it_says_nothing_of_addresses(
    office: Office, issuer: FakeIssuer, browser: Browser
) -> None:
    issuer.claims, issuer.says = (
        {"email_verified": None},
        {"token_endpoint_auth_methods_supported": ["client_secret_post"]},
    )
    use(office, issuer, oidc_trust_email=True)
    assert await is_in(browser)
    issuer.claims = {"email_verified": False, "sub": "ben-1", "email": "ben@county.example"}
    assert not await is_in(browser)


async def test_a_closed_account_is_opened_by_no_issuer(office: Office, issuer: FakeIssuer, browser: Browser) -> None:
    assert await is_in(browser)
    await office.write(lambda c: c.execute(update(staff).where(staff.c.id == office.ana).values(active=False)))
    assert not await is_in(browser)


async def test_passwords_can_be_for_admins_only(office: Office, issuer: FakeIssuer, browser: Browser) -> None:
    use(office, issuer, staff_passwords=False)
    page = await browser.log_in("ana@county.example")
    assert (browser.status, "passwords are for admins only" in page) == (403, True)
    admin = update(staff).where(staff.c.id == office.ben).values(role=Role.ADMIN, totp_salt="5" * 32, totp_step=1)
    await office.write(lambda c: c.execute(admin))
    await browser.log_in("ben@county.example")
    assert browser.at.startswith("/staff/second-factor")


async def test_where_passwords_are_for_admins_an_account_is_opened_without_a_link(
    office: Office, issuer: FakeIssuer, browser: Browser
) -> None:
    issuer.claims = {"email": "sue@county.example", "sub": "sue-1"}
    await office.write(lambda c: c.execute(update(staff).where(staff.c.id == office.sue).values(role=Role.ADMIN)))
    use(office, issuer, staff_passwords=False)
    assert await is_in(browser, f"{START}?next=/staff/accounts")
    page = await browser.post("/staff/accounts", email="cy@county.example", first_name="Cy", role="etw", team="")
    assert "They log in with the county account" in page
    assert "/staff/invitation/" not in page
    await browser.post(f"/staff/accounts/{office.ana}/invite")
    assert browser.at.endswith("opened-by-county")
    issuer.claims = {"email": "cy@county.example", "sub": "cy-1"}
    assert await is_in(browser)


async def test_after_the_log_out_one_can_leave_the_county_account_too(
    office: Office, issuer: FakeIssuer, browser: Browser
) -> None:
    assert await is_in(browser)
    page = await browser.post("/staff/log-out")
    assert f'href="{issuer.url}/out?client_id=milepost&amp;post_logout_redirect_uri=' in page


async def test_the_log_tells_the_trouble_and_nothing_else(office: Office, issuer: FakeIssuer, browser: Browser) -> None:
    issuer.claims = {"aud": "another"}
    with capture_logs() as logged:
        assert not await is_in(browser)
    assert {"event": "not let in by the issuer", "error": "InvalidAudienceError", "log_level": "warning"} in logged
    assert not any(word in str(logged) for word in ("county.example", "ana-1", CLIENT_SECRET, "eyJ"))


async def test_without_an_issuer_there_is_no_such_door(migrated_sqlite_url: str) -> None:
    async with open_office(migrated_sqlite_url) as office, ClientSession() as http:
        for path in (START, f"{START}/callback"):
            async with http.get(office.url + path) as answer:
                assert answer.status == 404
