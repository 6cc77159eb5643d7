"""The JSON Schemas of all documents, as they are committed in schemas/json: reading one takes a tenth of making it."""

import json
from functools import cache
from pathlib import Path
from typing import Any

NAMES = (
    "workspace", "local", "template", "assets", "layout", "manifest", "prices", "plan",
    "journal", "inventory", "report",
)  # fmt: skip


@cache
def schema_for(name: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the document called `name`, one of NAMES. Not to be changed: it is shared."""
    schema: dict[str, Any] = json.loads(file_of(name).read_bytes())
    return schema


def file_of(name: str) -> Path:
    """Return the file of the JSON Schema of the document called `name`."""
    return Path(__file__).parents[1] / "json" / f"{name}.schema.json"
