"""Keys: what the JSON Schema of a document says of each key, as a list; the example of a key is one its schema accepts."""

from collections.abc import Mapping
from typing import Any

from reshelve.reference.markdown_tables import code, either
from reshelve.schemas.documents.json_schemas import schema_for
from reshelve.schemas.documents.yaml_flow import flow

Links = Mapping[str, str]
"""Where the keys of a definition are listed: its name in the schemas, and the page with the section."""


def definition(document: str, name: str = "") -> dict[str, Any]:
    """Return one definition of a document's schema; without a name, the document itself."""
    schema = schema_for(document)
    found: dict[str, Any] = schema["$defs"][name] if name else schema
    return found


def keys(document: str, name: str, links: Links) -> str:
    """Return the keys of one definition as a list: type, default, meaning and example of each."""
    found = definition(document, name)
    needed = set(found.get("required", ()))
    lines = []
    for key, schema in found.get("properties", {}).items():
        # A key that means what its model says of itself has no words of its own in the schema.
        inner = definition(document, schema["$ref"].rpartition("/")[2]) if "$ref" in schema else {}
        meaning = schema.get("description") or inner.get("description", "").partition("\n\n")[0]
        lines.append(_key(key, schema, meaning, key in needed, links))
    return "\n".join(lines)


def section(document: str, name: str, links: Links) -> str:
    """Return what a definition is, in the words of its model, and then its keys."""
    return f"{definition(document, name).get('description', '')}\n\n{keys(document, name, links)}"


def example_of(schema: Mapping[str, Any]) -> Any:
    """Return an example of a key: the model's own, or a value that is not the default; None where there is none."""
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("type") == "boolean" or {"type": "boolean"} in schema.get("anyOf", ())[:1]:
        return not schema.get("default")
    values = schema.get("enum", ())
    return next((value for value in values if value != schema.get("default")), None)


def _key(key: str, schema: Mapping[str, Any], meaning: str, needed: bool, links: Links) -> str:
    default = schema.get("default")
    said = [_type(schema, links)]
    if needed:
        said.append("required")
    elif default is not None and not isinstance(default, dict) and default != []:
        said.append(f"default {code(flow(default))}")
    line = f"- {code(key)} ({', '.join(said)})"
    if meaning:
        line += f": {' '.join(meaning.split())}"
    example = example_of(schema) if meaning else None
    return line if example is None else f"{line}\n  Example: {code(f'{flow(key)}: {flow(example)}')}"


def _type(schema: Mapping[str, Any], links: Links) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{words(name)}]({links[name]})" if name in links else words(name)
    if "const" in schema:
        return code(flow(schema["const"]))
    if "enum" in schema:
        return either([code(flow(value)) for value in schema["enum"]])
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return either(list(dict.fromkeys(_type(one, links) for one in choices if one.get("type") != "null")))
    title = schema.get("title", "")
    if title and title == title.lower():
        return str(title)
    kind = schema.get("type", "")
    if kind == "array":
        items = schema.get("items")
        return f"list of {_type(items, links)}" if items else "list"
    if kind == "object":
        of = schema.get("additionalProperties") or next(iter(schema.get("patternProperties", {}).values()), None)
        return f"map to {_type(of, links)}" if isinstance(of, Mapping) else "map"
    return {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true` or `false`"}.get(kind, "any value")


def words(name: str) -> str:
    """Return the name of a model in words: LifecycleRule is a lifecycle rule."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
