"""The description of the service: OpenAPI 3.1, made from the route table and its models."""

import re
from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter

from reshelve import __version__
from reshelve.service import refusals
from reshelve.service.routes import JSON, PROBLEM, Nothing, Route

_REF = "#/components/schemas/{model}"
_ALWAYS = (400, 401, 403, 421, 500, 503)


def description(routes: Iterable[Route], prefix: str, mounted: str = "") -> dict[str, Any]:
    """Return the OpenAPI document of these routes below `prefix`, of an app that is mounted at `mounted`."""
    schemas: dict[str, Any] = {"Problem": _PROBLEM}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(f"{mounted}{route.where(prefix)}", {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "reshelve", "version": __version__, "description": "Plans for media files: made, read, applied, undone."},
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def name_of(route: Route) -> str:
    """Return the name of a route: its method and path, as an identifier."""
    return re.sub(r"\W+", "_", f"{route.method.lower()}{route.path}").strip("_")


def _operation(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    schema = _schema(route.asks, schemas)
    in_path = re.findall(r"\{(\w+)\}", route.path)
    told = schema.get("properties", {})
    needed = schema.get("required", ())
    operation: dict[str, Any] = {"operationId": name_of(route), "summary": route.summary, "tags": [route.tag]}
    parameters = [{"name": name, "in": "path", "required": True, "schema": told[name]} for name in in_path]
    others = {name: told[name] for name in told if name not in in_path}
    if route.method == "POST":
        body = {**schema, "properties": others, "required": [name for name in needed if name not in in_path]}
        if not body["required"]:
            del body["required"]
        operation["requestBody"] = {"required": bool(body.get("required")), "content": {JSON: {"schema": body}}}
    else:
        parameters += [{"name": name, "in": "query", "required": name in needed, "schema": told[name]} for name in others]
    if parameters:
        operation["parameters"] = parameters
    operation["responses"] = _responses(route, schemas)
    if route.open:
        operation["security"] = []
    return operation


def _responses(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    well: dict[str, Any] = {"description": route.summary}
    if route.gives is not None:
        well["content"] = {JSON: {"schema": _schema(route.gives, schemas)}}
    elif route.status != 204:
        well["content"] = {route.kind.partition(";")[0]: {"schema": {"type": "string"}}}
    found = {str(route.status): well}
    if route.status == 202:
        found["200"] = {**well, "description": "It began before: the same run."}
    refuses = {*_ALWAYS, *route.refuses, *((408, 413, 415) if route.method == "POST" else ())}
    for status in sorted(refuses):
        content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        found[str(status)] = {"description": refusals.MEANINGS[status], "content": content}
    return found


def _schema(model: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a model; those of the models within it go to `schemas`."""
    if model is Nothing:
        return {"type": "object", "additionalProperties": False}
    made = TypeAdapter(model).json_schema(ref_template=_REF, mode="serialization" if model is not None else "validation")
    schemas.update(made.pop("$defs", {}))
    return made


_PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "required": ["type", "title", "status", "code", "problems"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "hint": {"type": "string"},
        "problems": {"type": "array", "items": {"type": "object"}},
    },
}
