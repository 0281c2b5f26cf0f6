"""What can go wrong with a call, each as a problem of RFC 9457: a type that stays the same, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, Field

from records.errors import NotFoundError, StorageError

log = structlog.get_logger()

BELOW = "/api/"
DOCS = "/api/v1/docs"
MEDIA_TYPE = "application/problem+json"
AGAIN = 5
"""Seconds until a call that was not served for our sake should come again."""


class ProblemKind(Enum):
    """Each has the name that ends its type, its status, a title, and what to do."""

    MALFORMED = ("malformed", 400, "The body is no JSON", "Send one JSON object in UTF-8.")
    NO_KEY = ("key-needed", 400, "An Idempotency-Key is needed", "Send a new random one with each new request.")
    UNAUTHORIZED = (
        "unauthorized",
        401,
        "No valid token",
        "Send `Authorization: Bearer mp_...`, with a token that stands.",
    )
    FORBIDDEN = ("scope-missing", 403, "The token is not for this", "Ask whoever keeps the tokens for this scope.")
    NOT_FOUND = ("not-found", 404, "Not here", "There is none, or it is out of the token's reach.")
    METHOD = ("method-not-allowed", 405, "Not that method", "The header Allow names those that there are.")
    CONFLICT = ("conflict", 409, "Not as things stand here", "See `errors`, or read the record again.")
    TOO_LARGE = ("too-large", 413, "The body is too large", "Send one record at a time, below 64 KB.")
    MEDIA = ("media-type", 415, "The body is of another type", "Send `Content-Type: application/json`.")
    INVALID = ("invalid", 422, "It does not fit the document", "Mend what `errors` names, and send it again.")
    KEY_REUSED = ("key-reused", 422, "The Idempotency-Key was another request's", "Take a new key for a new request.")
    TOO_MANY = ("too-many", 429, "Too many calls", "Wait for as many seconds as Retry-After says.")
    BROKEN = ("broken", 500, "Something broke here", "It was noted. Call again in a while; if it stays so, tell us.")
    AWAY = ("away", 503, "The database is away", "Nothing was changed. Call again after Retry-After.")

    def __init__(self, slug: str, status: int, title: str, remedy: str) -> None:
        self.slug = slug
        self.status = status
        self.title = title
        self.remedy = remedy

    @property
    def type(self) -> str:
        return f"{DOCS}#{self.slug}"


class Amiss(BaseModel):
    """One thing that is amiss with a request."""

    field: str = Field(description="where, with dots between the names: `number`; empty for the whole")
    message: str = Field(description="what is amiss, for a developer")


class Problem(BaseModel):
    """RFC 9457. It never repeats what was sent."""

    type: str = Field(description="stays the same for this kind of problem, and leads to what the docs say of it")
    title: str
    status: int
    detail: str = Field(description="what to do")
    errors: list[Amiss] = Field(default_factory=list)


class ApiError(Exception):
    """Ends a call with a problem. `detail` replaces what the kind says in general."""

    def __init__(
        self,
        kind: ProblemKind,
        detail: str = "",
        errors: Sequence[Amiss] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(kind.slug)
        self.kind = kind
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}


def refused(*amiss: tuple[str, str]) -> ApiError:
    """What fits the document, and yet cannot be here: (field, message) each."""
    return ApiError(ProblemKind.CONFLICT, errors=[Amiss(field=field, message=message) for field, message in amiss])


def answer(error: ApiError) -> web.Response:
    kind = error.kind
    problem = Problem(
        type=kind.type,
        title=kind.title,
        status=kind.status,
        detail=error.detail or kind.remedy,
        errors=list(error.errors),
    )
    headers = {"Cache-Control": "no-store", **error.headers}
    if kind is ProblemKind.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="milepost"'
    if kind is ProblemKind.AWAY:
        headers["Retry-After"] = str(AGAIN)
    body = problem.model_dump_json()
    return web.Response(status=kind.status, text=body, content_type=MEDIA_TYPE, headers=headers)


_BY_STATUS = {
    kind.status: kind
    for kind in (
        ProblemKind.MALFORMED,
        ProblemKind.FORBIDDEN,
        ProblemKind.NOT_FOUND,
        ProblemKind.METHOD,
        ProblemKind.TOO_LARGE,
    )
}


@web.middleware
async def answer_programs(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Below /api/ whatever goes wrong is answered as a problem."""
    if not request.path.startswith(BELOW):
        return await handler(request)
    try:
        return await handler(request)
    except ApiError as error:
        return answer(error)
    except Exception as error:  # noqa: BLE001  whatever it is, a program must be able to read the answer
        return answer(_as_problem(error))


def _as_problem(error: Exception) -> ApiError:
    match error:
        case NotFoundError():
            return ApiError(ProblemKind.NOT_FOUND)
        case StorageError():
            log.error("the database is away", exc_info=error)
            return ApiError(ProblemKind.AWAY)
        case web.HTTPException():
            allow = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
            return ApiError(_BY_STATUS.get(error.status, ProblemKind.BROKEN), headers=allow)
        case _:
            log.error("a call failed", exc_info=error)
            return ApiError(ProblemKind.BROKEN)
