"""The ways into an account that count once: an invitation, an answer of the issuer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import Connection, update

from records import invitations, oidc_log_ins
from records.database import connect
from records.errors import NotFoundError
from records.oidc_log_ins import UnderWay
from records.tables import staff
from tests.staff.office import MONDAY, add_people


@pytest.fixture
def connection(migrated_url: str) -> Iterator[Connection]:
    engine = connect(migrated_url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def who(connection: Connection) -> SimpleNamespace:
    """The people's ids."""
    return SimpleNamespace(**add_people(connection))


LATER = MONDAY + timedelta(minutes=11)


def test_an_answer_of_the_issuer_is_taken_once_in_time_by_the_browser_that_asked(connection: Connection) -> None:
    one = UnderWay("nonce", "verifier", "/staff")
    for state in ("s1", "s2"):
        oidc_log_ins.begin(connection, state, "b", one, MONDAY)
    assert oidc_log_ins.take(connection, "s1", "another", MONDAY) is None
    assert oidc_log_ins.take(connection, "s1", "b", MONDAY) == one
    assert oidc_log_ins.take(connection, "s1", "b", MONDAY) is None
    assert oidc_log_ins.take(connection, "s2", "b", LATER) is None


def test_an_identity_is_tied_to_one_account_and_an_account_to_one_identity(
    connection: Connection, who: SimpleNamespace
) -> None:
    account_of = oidc_log_ins.account_of
    assert account_of(connection, "i1", "", MONDAY) is None
    assert account_of(connection, "i1", "ana@county.example", MONDAY) == who.ana
    assert account_of(connection, "i1", "ben@county.example", MONDAY) == who.ana
    assert account_of(connection, "i2", "ana@county.example", MONDAY) is None
    connection.execute(update(staff).values(active=False))
    assert account_of(connection, "i1", "ana@county.example", MONDAY) is None
    assert account_of(connection, "i3", "ben@county.example", MONDAY) is None


def test_an_invitation_is_used_up_by_what_it_was_for(connection: Connection, who: SimpleNamespace) -> None:
    invitations.invite(connection, who.sue, "t", "operator", MONDAY)
    assert invitations.set_second_factor(connection, "t", "5" * 32, 1, MONDAY) is None
    assert invitations.set_password(connection, "t", "hash", MONDAY, is_all=False)
    assert invitations.set_second_factor(connection, "t", "5" * 32, 1, MONDAY + invitations.LASTS) is None
    assert invitations.set_second_factor(connection, "t", "5" * 32, 1, MONDAY)
    assert invitations.find(connection, "t", MONDAY) is None
    with pytest.raises(NotFoundError):
        invitations.invite(connection, "0" * 32, "t", "operator", MONDAY)
