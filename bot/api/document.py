"""The API as an OpenAPI 3.1 document, made from the table of routes and the shapes that they take and give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.api.problems import MEDIA_TYPE, Problem, ProblemKind
from bot.api.routes import BASE, KEY, PARTS, ROUTES, ApiRoute
from bot.api.serving import JSON
from bot.api.shapes import Nothing
from bot.hooks.told import Told
from records.api_tokens import MEANS

Schema = dict[str, Any]
Refs = Mapping[tuple[Any, Literal["validation", "serialization"]], Schema]
"""Where each shape stands, by the shape and by whether it is taken or given."""

ABOUT = """Feed clients and visits in, read engagement out.

Every call carries `Authorization: Bearer mp_...`; whoever keeps the accounts makes tokens at `/staff/tokens`, or with
`milepost token create`. A token has scopes, an end, and a reach: the clients of one team, or of the county. What is out
of reach is not there (404). Moments are RFC 3339 with a zone, and come back in UTC. Lists come in pages: send `next`
back as `cursor`. Whatever goes wrong is a problem of RFC 9457. A call may be sent again: a PUT says how a record is,
and a POST that makes something has an Idempotency-Key. A token may call 20 times a second, 200 times at once."""


def document() -> Schema:
    schemas, refs = _schemas()
    return {
        "openapi": "3.1.0",
        "info": {"title": "Milepost", "version": version("milepost"), "description": ABOUT},
        "servers": [{"url": BASE}],
        "security": [{"token": []}],
        "tags": [{"name": tag} for tag in tags()],
        "paths": _paths(refs),
        "webhooks": {"event": {"post": _webhook(refs)}},
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": _scopes()}},
            "responses": {kind.slug: _problem(kind, refs) for kind in ProblemKind},
        },
    }


def tags() -> Sequence[str]:
    """What the calls are about, in the table's order."""
    return list(dict.fromkeys(tag_of(route) for route in ROUTES))


def tag_of(route: ApiRoute) -> str:
    return route.scope.partition(":")[0]


def operation_id(route: ApiRoute) -> str:
    return route.view.__name__


def _scopes() -> str:
    return "Scopes:\n\n" + "\n".join(f"- `{scope}`: {means}" for scope, means in MEANS.items())


def _schemas() -> tuple[Schema, Refs]:
    """Every shape once, and where each stands."""
    wanted: list[tuple[type[BaseModel], Literal["validation", "serialization"]]] = [
        (Problem, "serialization"),
        (Told, "serialization"),
    ]
    for route in ROUTES:
        if route.gives is not None:
            wanted.append((route.gives, "serialization"))
        wanted.append((route.takes, "validation"))
    refs, definitions = models_json_schema(list(dict.fromkeys(wanted)), ref_template="#/components/schemas/{model}")
    schemas = definitions.get("$defs", {})
    return {name: schema for name, schema in schemas.items() if not _is_query(name)}, _with_queries(refs, schemas)


def _is_query(name: str) -> bool:
    return name in {route.takes.__name__ for route in ROUTES if not route.has_body}


def _with_queries(refs: Refs, schemas: Mapping[str, Schema]) -> Refs:
    """A query is taken apart into its fields, so it is given whole."""
    names = {key: ref["$ref"].rpartition("/")[2] for key, ref in refs.items()}
    return {key: schemas[names[key]] if _is_query(names[key]) else ref for key, ref in refs.items()}


def _paths(refs: Refs) -> Schema:
    paths: Schema = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, refs)
    return paths


def _operation(route: ApiRoute, refs: Refs) -> Schema:
    said: Schema = {
        "operationId": operation_id(route),
        "tags": [tag_of(route)],
        "summary": route.title,
        "description": " ".join(filter(None, [route.more, f"Scope: `{route.scope}`."])),
        "parameters": [*_path_parameters(route), *_other_parameters(route, refs)],
        "responses": dict(_responses(route, refs)),
    }
    if route.has_body:
        content = {JSON: {"schema": refs[route.takes, "validation"], "example": example_of(route.takes)}}
        said["requestBody"] = {"required": True, "content": content}
    return said


def example_of(shape: type[BaseModel]) -> Schema:
    """What one may send: what is needed, and one of what is needed in turn."""
    schema = shape.model_json_schema()
    first: Schema = next(iter(schema.get("oneOf", schema.get("anyOf", []))), {})
    needed = [*schema.get("required", ()), *first.get("required", ())]
    return {name: _example(schema, schema["properties"][name]) for name in needed}


def _example(schema: Schema, said: Schema) -> object:
    """The shape's own, or the first of what is allowed."""
    if "$ref" in said:
        said = schema["$defs"][said["$ref"].rpartition("/")[2]]
    if said.get("type") == "array":
        return [_example(schema, said["items"])]
    return (said.get("examples") or said["enum"])[0]


def _path_parameters(route: ApiRoute) -> Iterator[Schema]:
    for name in re.findall(r"\{(\w+)\}", route.path):
        part = PARTS[name]
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": part.means,
            "schema": {"type": "string", "pattern": part.pattern},
            "example": part.example,
        }


def _other_parameters(route: ApiRoute, refs: Refs) -> Iterator[Schema]:
    if route.keyed:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "required": True,
            "description": "New with each new request; sent again, the answer is that of the first time.",
            "schema": {"type": "string", "pattern": KEY},
        }
    if route.has_body or route.takes is Nothing:
        return
    query = refs[route.takes, "validation"]
    for name, described in query.get("properties", {}).items():
        schema = {key: value for key, value in described.items() if key not in ("title", "description")}
        said = {"name": name, "in": "query", "required": name in query.get("required", ()), "schema": schema}
        yield said | ({"description": described["description"]} if "description" in described else {})


def _responses(route: ApiRoute, refs: Refs) -> Iterator[tuple[str, Schema]]:
    for status in route.statuses:
        if route.gives is None:
            yield str(status), {"description": "Done"}
        else:
            schema = refs[route.gives, "serialization"]
            yield str(status), {"description": route.title, "content": {JSON: {"schema": schema}}}
    for status in sorted({kind.status for kind in route.problems}):
        kinds = [kind for kind in route.problems if kind.status == status]
        if len(kinds) == 1:
            yield str(status), {"$ref": f"#/components/responses/{kinds[0].slug}"}
        else:
            said = " ".join(f"{kind.title}: {kind.remedy}" for kind in kinds)
            yield str(status), {"description": said, "content": _content(refs)}


def _webhook(refs: Refs) -> Schema:
    return {
        "operationId": "event",
        "summary": "What a webhook gets",
        "description": "Signed as in Standard Webhooks. It may come twice, with the same `webhook-id`.",
        "requestBody": {"required": True, "content": {JSON: {"schema": refs[Told, "serialization"]}}},
        "responses": {"2XX": {"description": "Taken"}, "410": {"description": "Tell me nothing more"}},
    }


def _problem(kind: ProblemKind, refs: Refs) -> Schema:
    example = {"type": kind.type, "title": kind.title, "status": kind.status, "detail": kind.remedy, "errors": []}
    said: Schema = {"description": f"{kind.title}. {kind.remedy}", "content": _content(refs)}
    said["content"][MEDIA_TYPE]["example"] = example
    headers = {"Retry-After": {"description": "seconds", "schema": {"type": "integer"}}}
    if kind in (ProblemKind.TOO_MANY, ProblemKind.AWAY):
        said["headers"] = headers
    return said


def _content(refs: Refs) -> Schema:
    return {MEDIA_TYPE: {"schema": refs[Problem, "serialization"]}}
