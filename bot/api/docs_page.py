"""The document of the API as a page to read, without a line of script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from markupsafe import Markup, escape

from bot.api.document import ABOUT, Schema, document, operation_id, tags
from bot.api.problems import ProblemKind
from bot.api.routes import BASE, ROUTES
from bot.site import render
from records.api_tokens import MEANS


@dataclass(frozen=True, slots=True)
class Named:
    """A field or a parameter."""

    name: str
    kind: str
    required: bool
    means: Markup


@dataclass(frozen=True, slots=True)
class Operation:
    """`takes` are parameters and the body's fields, `gives` the fields of what comes back; examples are JSON."""

    id: str
    method: str
    path: str
    title: str
    more: Markup
    takes: Sequence[Named]
    example: str
    gives: Sequence[Named]
    problems: Sequence[ProblemKind]


async def show_docs(request: web.Request) -> web.Response:
    written = document()
    context = {
        "about": [_marked(part) for part in ABOUT.split("\n\n")],
        "base": BASE,
        "scopes": [(scope.value, means) for scope, means in MEANS.items()],
        "sections": [(tag, list(_operations(written, tag))) for tag in tags()],
        "event": _event(written),
        "problems": list(ProblemKind),
    }
    return render(request, "api_docs.html", context)


def _operations(written: Schema, tag: str) -> Iterator[Operation]:
    for path, methods in written["paths"].items():
        for method, said in methods.items():
            if said["tags"] == [tag]:
                yield _operation(written, path, method, said)


def _operation(written: Schema, path: str, method: str, said: Schema) -> Operation:
    body = _json(said.get("requestBody", {}))
    good: Schema = next((answer for status, answer in said["responses"].items() if status.startswith("2")), {})
    parameters = [
        Named(one["name"], _kind(written, one["schema"]), one["required"], _marked(one.get("description", "")))
        for one in said["parameters"]
    ]
    return Operation(
        id=said["operationId"],
        method=method.upper(),
        path=BASE + path,
        title=said["summary"],
        more=_marked(said["description"]),
        takes=[*parameters, *_fields(written, body.get("schema", {}))],
        example=json.dumps(body["example"], indent=2, ensure_ascii=False) if "example" in body else "",
        gives=list(_fields(written, _json(good).get("schema", {}))),
        problems=next(route.problems for route in ROUTES if operation_id(route) == said["operationId"]),
    )


def _event(written: Schema) -> Mapping[str, Any]:
    said = written["webhooks"]["event"]["post"]
    schema = said["requestBody"]["content"]["application/json"]["schema"]
    about = _resolved(written, _resolved(written, schema)["properties"]["data"])
    return {
        "more": _marked(said["description"]),
        "fields": [*_fields(written, schema), *(_in_data(one) for one in _fields(written, about))],
    }


def _in_data(one: Named) -> Named:
    return Named(f"data.{one.name}", one.kind, one.required, one.means)


def _json(said: Schema) -> Schema:
    found: Schema = said.get("content", {}).get("application/json", {})
    return found


def _resolved(written: Schema, schema: Schema) -> Schema:
    if "$ref" not in schema:
        return schema
    found: Schema = written["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _fields(written: Schema, schema: Schema) -> Iterator[Named]:
    """Of a page they are those of its records."""
    found = _resolved(written, schema)
    items = found.get("properties", {}).get("items")
    if items is not None:
        yield Named("items", "list", required=True, means=Markup("each with:"))
        for one in _fields(written, items["items"]):
            yield Named(f"items[].{one.name}", one.kind, one.required, one.means)
    for name, said in found.get("properties", {}).items():
        if name != "items":
            needed = name in found.get("required", ())
            yield Named(name, _kind(written, said), needed, _marked(said.get("description", "")))


def _marked(text: str) -> Markup:
    """What stands between backticks is code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704  escaped just before


def _kind(written: Schema, schema: Schema) -> str:
    """What a value looks like, in a few words."""
    schema = _resolved(written, schema) | {"description": ""}
    if "anyOf" in schema:
        return " or ".join(_kind(written, one) for one in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"list of {_kind(written, schema['items'])}"
    return str(schema.get("format") or schema.get("type", "anything"))
