"""All pages that the table of routes names, and who of the staff looks at each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection, insert

from bot.staff.routes import ROUTES, StaffRoute
from records.ids import new_id
from records.roles import RIGHTS, Role
from records.tables import staff
from tests.staff.life import have_a_calendar, have_campaigns, live_a_little, send_pictures
from tests.staff.office import HASHED, MONDAY, Office
from tests.staff.test_access import Records, put

WHO_LOOKS = (Role.ETW, Role.SUPERVISOR, Role.ADMIN, Role.MANAGER, Role.OBSERVER, Role.PROVIDER)
"""The worker is Ana, whose records are looked at; the others are hired for it."""
FILES = (".ics", ".csv", ".xlsx", ".pdf", ".txt", ".jpg")


def one_of_each(office: Office, connection: Connection) -> Records:
    """What an address can name; the client is Joe, who has lived a little."""
    live_a_little(office, connection)
    have_a_calendar(office, connection)
    have_campaigns(office, connection)
    for client in (office.maria, office.joe):
        send_pictures(client, connection)
    hire_all(connection)
    return replace(put(connection, office.ana, 50), client=office.joe)


def pages_of(role: Role, records: Records) -> Iterator[str]:
    """Those that this role sees, and none of the roles before it in `WHO_LOOKS`."""
    for route in ROUTES:
        if _is_page(route) and _who_looks_at(route) is role:
            yield records.path(route)


def hire_all(connection: Connection) -> None:
    for role in WHO_LOOKS[1:]:
        row = {"id": new_id(MONDAY), "email": email_of(role), "first_name": role.title(), "role": role}
        connection.execute(insert(staff).values({**row, "password_hash": HASHED, "active": True, "created_at": MONDAY}))


def email_of(role: Role) -> str:
    return "ana@county.example" if role is Role.ETW else f"the-{role}@county.example"


def _is_page(route: StaffRoute) -> bool:
    """A part of a page, which an open page asks for by itself, is none."""
    return route.method == "GET" and route.keeps and not route.path.endswith(FILES)


def _who_looks_at(route: StaffRoute) -> Role:
    return next(role for role in WHO_LOOKS if route.right in RIGHTS[role])
