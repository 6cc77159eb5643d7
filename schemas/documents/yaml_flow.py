"""Values as YAML on one line, as people write them in examples and hints."""

import re
from typing import Any

from reshelve.schemas.documents import yaml_scalars

_BARE = re.compile(r"[0-9]+(?:\.[0-9]+)?[A-DF-Za-df-z%][A-Za-z%]*|/[\w./-]+")
"""Sizes, ages, shares and paths: what nobody quotes."""


def flow(value: Any) -> str:
    """Return a value as YAML on one line."""
    if isinstance(value, str):
        return value if _BARE.fullmatch(value) else yaml_scalars.text(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(name)}: {flow(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return str(value)
