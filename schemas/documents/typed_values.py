"""Types by the schema: text becomes a number or a truth value only where the schema means one."""

import re
from collections.abc import Iterator
from typing import Any

from reshelve.schemas.documents.yaml_scalars import Plain, resolve

Schema = dict[str, Any]

_INTEGER = re.compile(r"[-+]?[0-9]{1,40}\Z")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")
_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def typed(value: Any, schema: Schema, root: Schema) -> Any:
    """Return a document's value with its texts given the types of `schema`; what does not fit stays as it is."""
    options = list(_options(schema, root))
    if isinstance(value, dict):
        branch: Schema = next((o for o in options if o.get("type") == "object"), {})
        fixed = branch.get("properties", {})
        return {key: typed(inner, fixed.get(key) or _others(branch), root) for key, inner in value.items()}
    if isinstance(value, list):
        items: Schema = next((o.get("items", {}) for o in options if o.get("type") == "array"), {})
        return [typed(inner, items, root) for inner in value]
    if isinstance(value, str):
        return _scalar(value, {kind for o in options for kind in _kinds(o)})
    return value


def plain_text(value: Any) -> Any:
    """Return a document's value with every unquoted text taken as text, however it looks."""
    if isinstance(value, dict):
        return {key: plain_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain_text(inner) for inner in value]
    return str(value) if isinstance(value, str) else value


def resolved(value: Any) -> Any:
    """Return a document's value with every unquoted text resolved, for places where anything goes."""
    if isinstance(value, dict):
        return {key: resolved(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [resolved(inner) for inner in value]
    return resolve(value) if isinstance(value, Plain) else value


def deref(schema: Schema, root: Schema) -> Schema:
    """Return the schema a `$ref` names, or the schema itself."""
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    return schema


def _options(schema: Schema, root: Schema) -> Iterator[Schema]:
    schema = deref(schema, root)
    branches = schema.get("anyOf") or schema.get("oneOf")
    if not branches:
        yield schema
        return
    for branch in branches:
        yield from _options(branch, root)


def _others(branch: Schema) -> Schema:
    for schema in branch.get("patternProperties", {}).values():
        return dict(schema)
    others = branch.get("additionalProperties")
    return others if isinstance(others, dict) else {}


def _kinds(option: Schema) -> list[str]:
    kind = option.get("type")
    if kind is None:
        return ["string"] if "enum" in option or "const" in option else ["any"]
    return [str(kind)]


def _scalar(value: str, kinds: set[str]) -> Any:
    kinds = kinds - {"null", "object", "array"}
    if "any" in kinds or ("string" in kinds and len(kinds) > 1):
        return resolve(value) if isinstance(value, Plain) else value
    if "string" not in kinds:
        if "integer" in kinds and _INTEGER.match(value):
            return int(value)
        if "number" in kinds and _NUMBER.match(value):
            return float(value)
        if "boolean" in kinds and value.lower() in _TRUTH:
            return _TRUTH[value.lower()]
    return str(value)
