"""The page about presets: what each files where, and the values that `--set` gives it."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from reshelve.opening.organize_setting import PRESETS
from reshelve.reference.markdown_tables import code
from reshelve.schemas.documents.json_schemas import schema_for
from reshelve.schemas.documents.typed_values import typed
from reshelve.schemas.documents.yaml_flow import flow
from reshelve.schemas.documents.yaml_reader import read


def blocks() -> Mapping[str, str]:
    """Return what is generated on the page, by the name of its line."""
    return {"presets": "\n\n".join(_preset(name) for name in PRESETS)}


def _preset(name: str) -> str:
    text = (files("reshelve") / "presets" / f"{name}.yaml").read_text(encoding="utf-8")
    head = [line.removeprefix("#").strip() for line in text[: text.index("version:")].splitlines()]
    schema = schema_for("workspace")
    document: Any = typed(read(text.encode(), name), schema, schema)
    rules = "\n".join(f"- {rule['name']}, when {_when(rule)}: {_what(rule)}" for rule in document["scan"]["inbox"]["rules"])
    values = ", ".join(_value(one, default) for one, default in (document.get("set") or {}).items()) or "none"
    told = "\n".join(f"- {line}" for line in head[1:])
    return "\n\n".join(
        part for part in (f"## {name}", head[0], told, f"Values: {values}.", "Places below the destination:", rules) if part
    )


def _value(name: str, default: Any) -> str:
    return code(f"--set {name}=…") + (f" (else {code(str(default))})" if default is not None else "")


def _when(rule: Any) -> str:
    return code(flow(rule["when"])) if "when" in rule else "nothing else matched"


def _what(rule: Any) -> str:
    if "place" in rule:
        return code(rule["place"].removeprefix("library:"))
    return "stays where it is" if "leave" in rule else "left for review"
