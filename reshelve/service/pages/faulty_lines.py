"""Where the fault of a document is shown: the page of its lines, at the line."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from reshelve.opening.workspace_search import layout_beside

LINES = 200
"""Lines of a document on one page."""


def page_of_fault(problems: Iterable[Mapping[str, Any]], workspace: Path) -> str:
    """Return the path of the page that shows the line of the first fault of a document; "" where none is of one."""
    pages = {workspace: "/documents?name=workspace", layout_beside(workspace): "/documents?name=layout"}
    for problem in problems:
        where = problem.get("where") or {}
        file = workspace.parent / (where.get("file") or problem.get("path") or ".")
        if file in pages:
            return pages[file] + at_line(where.get("line", 0))
    return ""


def at_line(number: int) -> str:
    """Return the end of an address that shows a line of a document; "" of its beginning."""
    return f"&start={start_of(number)}#line-{number}" if number else ""


def start_of(number: int) -> int:
    """Return the number (from 0) of the line that the page of a line begins with."""
    return (number - 1) // LINES * LINES
