"""Markdown: lists of keys, aligned tables and values in one line, as the pages of the reference have them."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from reshelve.schemas.documents import yaml_scalars

_BARE = re.compile(r"[0-9]+(?:\.[0-9]+)?[A-DF-Za-df-z%][A-Za-z%]*|/[\w./-]+")
"""Sizes, ages, shares and paths: what nobody quotes."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose columns are aligned, so that it can be read as it stands."""
    lines = [list(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(head))]
    lines.insert(1, ["-" * width for width in widths])
    padded = (" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(f"| {line} |" for line in padded)


def code(text: str) -> str:
    """Return text as code."""
    return f"`{text}`"


def fenced(text: str, language: str = "text") -> str:
    """Return lines as a block of code."""
    return f"```{language}\n{text.rstrip()}\n```"


def either(words: Sequence[str]) -> str:
    """Return a choice in words: a, b or c."""
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


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
