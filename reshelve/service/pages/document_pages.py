"""The workspace and the layout on pages, each problem below its line."""

from typing import Any, Literal

from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.service.handlers import documents
from reshelve.service.models import DocumentAsked, From
from reshelve.service.pages.faulty_lines import LINES, start_of
from reshelve.service.pages.page import Shown, Step, pager
from reshelve.service.routes import Here


@dataclass(slots=True, frozen=True)
class DocumentFrom:
    """A document, and the line from which on it is shown."""

    name: Literal["workspace", "layout"] = "workspace"
    start: From = 0


@dataclass(slots=True, frozen=True)
class DocumentLine:
    """A line, its number, and what is wrong with it."""

    number: int
    text: str
    problems: list[dict[str, Any]]


@dataclass(slots=True, frozen=True)
class Elsewhere:
    """A problem of a line that is not on this page; `start` is where it is."""

    words: str
    start: int
    number: int


@dataclass(slots=True, frozen=True)
class DocumentPage:
    """A document. `others` are problems without a line; `elsewhere` those of lines on other pages, the first fifty."""

    name: str
    file: str
    there: bool
    problems: int
    lines: list[DocumentLine]
    others: list[dict[str, Any]]
    elsewhere: list[Elsewhere]
    steps: list[Step]


def show(here: Here, asked: DocumentFrom) -> Shown:
    """Show a document with its problems."""
    found = documents.show(here, DocumentAsked(asked.name, asked.start, LINES)).value
    at_line: dict[int, list[dict[str, Any]]] = {}
    others, elsewhere = [], []
    for problem in found.problems:
        where = problem.get("where") or {}
        number = where.get("line", 0) if found.lines else 0
        if asked.start < number <= asked.start + len(found.lines):
            at_line.setdefault(number, []).append({name: value for name, value in problem.items() if name != "where"})
        elif number:
            words = f"Line {number:,}: {problem['summary']} {problem.get('detail', '')}"
            elsewhere.append(Elsewhere(words, start_of(number), number))
        else:
            others.append(problem)
    lines = [DocumentLine(number, text, at_line.get(number, [])) for number, text in enumerate(found.lines, asked.start + 1)]
    steps = pager(found.total, asked.start, LINES)
    page = DocumentPage(found.name, found.file, found.there, len(found.problems), lines, others[:LINES], elsewhere[:50], steps)
    return Shown("document.html", page)
