"""What the document says of keys, for Schemathesis: each request has one of its own."""

import uuid
from typing import Any

import schemathesis

KEY = "Idempotency-Key"
SHORTEST = 8


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case[Any], *_how: object) -> None:
    """Where a key is there and is well formed, it is new."""
    if case.headers and len(case.headers.get(KEY, "")) >= SHORTEST:
        case.headers[KEY] = uuid.uuid4().hex
