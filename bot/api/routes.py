"""Which call is answered at which address, and the scope that it needs. What is not in this table has no address.

The document of the API is made from this table too, so the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from bot.api import clients, escalations, log, measures, nudges, threads, visits, webhooks
from bot.api.calls import View
from bot.api.clients import Client, ClientPut
from bot.api.escalations import Escalation
from bot.api.log import LogRow
from bot.api.measures import MeasuredMonth
from bot.api.nudges import Nudge
from bot.api.problems import ProblemKind
from bot.api.shapes import EXTERNAL_ID, ID, Nothing, Page, PageAsked
from bot.api.threads import Text
from bot.api.visits import Visit, VisitPut
from bot.api.webhooks import Tested, Webhook, WebhookList, WebhookMade
from records.api_tokens import Scope

BASE = "/api/v1"
KEY = r"^[!-~]{8,255}$"
"""What an Idempotency-Key looks like."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an address that varies."""

    pattern: str
    means: str
    example: str


AN_EXAMPLE = "0195f1c2a4b37c8e9d10a2b3c4d5e6f7"
PARTS = {
    "client_id": Part(ID, "Milepost's id of a client", AN_EXAMPLE),
    "number": Part(r"^[1-9][0-9]{0,5}$", "the visit's number within the client", "1"),
    "nudge_id": Part(ID, "the id of a nudge", AN_EXAMPLE),
    "escalation_id": Part(ID, "the id of an escalation", AN_EXAMPLE),
    "webhook_id": Part(ID, "the id of a webhook", AN_EXAMPLE),
    "row_id": Part(ID, "the id of a row of the log", AN_EXAMPLE),
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
        if "cursor" in self.takes.model_fields:
            found.append(ProblemKind.CONFLICT)
        if self.keyed:
            found += [ProblemKind.NO_KEY, ProblemKind.KEY_REUSED]
        return sorted({*found, *self.refuses}, key=lambda kind: list(ProblemKind).index(kind))


def _get(
    path: str, scope: Scope, view: View, title: str, gives: type[BaseModel], takes: type[BaseModel] = Nothing
) -> ApiRoute:
    return ApiRoute("GET", path, scope, view, title, gives, takes)


def _put(
    path: str, scope: Scope, view: View, title: str, gives: type[BaseModel], takes: type[BaseModel], more: str
) -> ApiRoute:
    """It makes the record, 201, or brings it up to date."""
    return ApiRoute("PUT", path, scope, view, title, gives, takes, more, (200, 201), (ProblemKind.CONFLICT,))


def _act(
    path: str, scope: Scope, view: View, title: str, gives: type[BaseModel], takes: type[BaseModel], more: str
) -> ApiRoute:
    """Done twice it is done once, so it needs no key."""
    return ApiRoute("POST", path, scope, view, title, gives, takes, more, refuses=(ProblemKind.CONFLICT,))


_CLIENT, _VISIT = "/clients/{client_id}", "/clients/{client_id}/visits/{number}"

ROUTES: Sequence[ApiRoute] = (
    _get("/clients", Scope.CLIENTS_READ, clients.list_clients, "List clients", Page[Client], clients.ClientsAsked),
    _get(_CLIENT, Scope.CLIENTS_READ, clients.show_client, "Read a client", Client),
    _get(
        "/clients/by-external-id/{external_id}",
        Scope.CLIENTS_READ,
        clients.show_client_by_external_id,
        "Read a client by your id",
        Client,
    ),
    _put(
        "/clients/by-external-id/{external_id}",
        Scope.CLIENTS_WRITE,
        clients.put_client,
        "Add a client, or bring one up to date",
        ClientPut,
        clients.ClientSaid,
        "Who is known by the number already gets your id. Nobody is texted. Who has a new number is to be asked for "
        "consent again.",
    ),
    _act(
        f"{_CLIENT}/invite",
        Scope.CLIENTS_WRITE,
        clients.invite,
        "Invite a client who said yes to texts",
        Client,
        clients.InviteSaid,
        "They are asked by text to confirm, at once or when the sending hours begin.",
    ),
    _get("/visits", Scope.VISITS_READ, visits.list_visits, "List visits", Page[Visit], visits.VisitListAsked),
    _get(_VISIT, Scope.VISITS_READ, visits.show_visit, "Read a visit", Visit),
    _get(
        "/visits/by-external-id/{external_id}",
        Scope.VISITS_READ,
        visits.show_visit_by_external_id,
        "Read a visit by your id",
        Visit,
    ),
    _put(
        "/visits/by-external-id/{external_id}",
        Scope.VISITS_WRITE,
        visits.put_visit,
        "Enter a visit, move it, or call it off",
        VisitPut,
        visits.VisitSaid,
        "The client is texted about it as if a worker had done it. What you said last is what counts: to send the same "
        "again does not undo what the client changed meanwhile.",
    ),
    _act(
        f"{_VISIT}/close",
        Scope.VISITS_WRITE,
        visits.close_visit,
        "Say what became of a visit",
        Visit,
        visits.ClosingSaid,
        "Attended or missed once it began; ended before. A client who missed one is texted about it.",
    ),
    _get("/nudges", Scope.NUDGES_READ, nudges.list_nudges, "List what falls due", Page[Nudge], nudges.NudgesAsked),
    _get("/nudges/{nudge_id}", Scope.NUDGES_READ, nudges.show_nudge, "Read a nudge", Nudge),
    ApiRoute(
        "POST",
        "/nudges",
        Scope.NUDGES_WRITE,
        nudges.schedule_nudge,
        "Schedule a text to a client",
        Nudge,
        nudges.NudgeSaid,
        "It goes at the first moment from `at` on that the hours, holidays, the client's rest and the caps allow.",
        (201,),
        (ProblemKind.NOT_FOUND, ProblemKind.CONFLICT),
        keyed=True,
    ),
    _act(
        "/nudges/{nudge_id}/cancel",
        Scope.NUDGES_WRITE,
        nudges.cancel_nudge,
        "Cancel a scheduled text",
        Nudge,
        nudges.CancelSaid,
        "Until it is on its way.",
    ),
    _get(f"{_CLIENT}/thread", Scope.THREADS_READ, threads.show_thread, "Read a client's texts", Page[Text], PageAsked),
    _get(
        "/escalations",
        Scope.ESCALATIONS_READ,
        escalations.list_escalations,
        "List escalations",
        Page[Escalation],
        escalations.EscalationsAsked,
    ),
    _get(
        "/escalations/{escalation_id}",
        Scope.ESCALATIONS_READ,
        escalations.show_escalation,
        "Read an escalation",
        Escalation,
    ),
    _act(
        "/escalations/{escalation_id}/acknowledge",
        Scope.ESCALATIONS_WRITE,
        escalations.acknowledge_escalation,
        "Take an escalation",
        Escalation,
        escalations.AcknowledgeSaid,
        "The first who takes it has it.",
    ),
    _act(
        "/escalations/{escalation_id}/resolve",
        Scope.ESCALATIONS_WRITE,
        escalations.resolve_escalation,
        "Close an escalation",
        Escalation,
        escalations.ResolveSaid,
        "If a person had the thread for its sake, Milepost answers the client again.",
    ),
    _get("/webhooks", Scope.WEBHOOKS_WRITE, webhooks.list_webhooks, "List your webhooks", WebhookList),
    _get("/webhooks/{webhook_id}", Scope.WEBHOOKS_WRITE, webhooks.show_webhook, "Read a webhook", Webhook),
    ApiRoute(
        "POST",
        "/webhooks",
        Scope.WEBHOOKS_WRITE,
        webhooks.create_webhook,
        "Be told of events",
        WebhookMade,
        webhooks.WebhookSaid,
        "From now on, in order, signed as in Standard Webhooks. An event that is not answered with 2xx is tried ten "
        "times over a day or so, and the next one waits; then the webhook is parked, as it is at once by a 410.",
        (201,),
        (ProblemKind.CONFLICT,),
        keyed=True,
    ),
    ApiRoute(
        "DELETE",
        "/webhooks/{webhook_id}",
        Scope.WEBHOOKS_WRITE,
        webhooks.delete_webhook,
        "Be told no more",
        None,
        statuses=(204,),
    ),
    _act(
        "/webhooks/{webhook_id}/resume",
        Scope.WEBHOOKS_WRITE,
        webhooks.resume_webhook,
        "Resume a parked webhook",
        Webhook,
        Nothing,
        "It goes on where it stopped.",
    ),
    _act(
        "/webhooks/{webhook_id}/test",
        Scope.WEBHOOKS_WRITE,
        webhooks.send_test_event,
        "Send a test event now",
        Tested,
        Nothing,
        "Of the type `webhook.test`.",
    ),
    _get("/log", Scope.LOG_READ, log.list_log, "Follow the engagement log", Page[LogRow], log.LogListAsked),
    _get("/log/{row_id}", Scope.LOG_READ, log.show_log_row, "Read a row of the log", LogRow),
    ApiRoute(
        "GET",
        "/measures",
        Scope.MEASURES_READ,
        measures.show_measures,
        "Read the measures of a month",
        MeasuredMonth,
        measures.MonthAsked,
        "Of the token's team or, without one, of the county. What is not settled yet is counted once a night.",
        refuses=(ProblemKind.NOT_FOUND,),
    ),
)
