"""Which call is answered at which address, and the scope that it needs. What is not in this table has no address.

The document of the API is made from this table too, so the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from bot.api import clients
from bot.api.calls import View
from bot.api.clients import Client
from bot.api.problems import ProblemKind
from bot.api.shapes import ID, Nothing, Page
from records.api_tokens import Scope

BASE = "/api/v1"
EXTERNAL_ID = r"^[A-Za-z0-9][A-Za-z0-9._:@~-]{0,79}$"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an address that varies."""

    pattern: str
    means: str
    example: str | int
    type: str = "string"


PARTS = {
    "client_id": Part(ID, "Milepost's id of a client", "0195f1c2a4b37c8e9d10a2b3c4d5e6f7"),
    "external_id": Part(EXTERNAL_ID, "the case system's own id: a key, never a name or a number", "C-20417"),
}


@dataclass(frozen=True, slots=True)
class ApiRoute:
    """`takes` is the query of a GET and the body of all else; `gives` what comes back with each of the `statuses`.

    `refuses` are the problems that it has beside those of every call. With `keyed`, an Idempotency-Key is needed.
    """

    method: str
    path: str
    scope: Scope
    view: View
    title: str
    gives: type[BaseModel] | None
    takes: type[BaseModel] = Nothing
    more: str = ""
    statuses: tuple[int, ...] = (200,)
    refuses: tuple[ProblemKind, ...] = ()
    keyed: bool = False

    @property
    def parts(self) -> Sequence[str]:
        """Which parts of its address vary."""
        return [name for name in PARTS if f"{{{name}}}" in self.path]

    @property
    def has_body(self) -> bool:
        return self.method != "GET" and self.takes is not Nothing

    @property
    def problems(self) -> Sequence[ProblemKind]:
        """All that can go wrong with it."""
        found = [ProblemKind.UNAUTHORIZED, ProblemKind.FORBIDDEN, ProblemKind.TOO_MANY]
        found += [ProblemKind.BROKEN, ProblemKind.AWAY]
        if self.parts:
            found.append(ProblemKind.NOT_FOUND)
        if self.has_body:
            found += [ProblemKind.MALFORMED, ProblemKind.TOO_LARGE, ProblemKind.MEDIA]
        if self.has_body or self.method == "GET" or "external_id" in self.parts:
            found.append(ProblemKind.INVALID)
        if self.keyed:
            found += [ProblemKind.NO_KEY, ProblemKind.KEY_REUSED]
        return sorted({*found, *self.refuses}, key=lambda kind: list(ProblemKind).index(kind))


ROUTES: Sequence[ApiRoute] = (
    ApiRoute(
        "GET",
        "/clients",
        Scope.CLIENTS_READ,
        clients.list_clients,
        "List clients",
        Page[Client],
        clients.ClientsAsked,
        "In the order in which they came.",
    ),
    ApiRoute("GET", "/clients/{client_id}", Scope.CLIENTS_READ, clients.show_client, "Read a client", Client),
    ApiRoute(
        "GET",
        "/clients/by-external-id/{external_id}",
        Scope.CLIENTS_READ,
        clients.show_client_by_external_id,
        "Read a client by your id",
        Client,
    ),
)
