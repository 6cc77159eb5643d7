"""The documents of the workspace: their lines, secrets masked, and what is wrong with them, each problem with its line."""

from itertools import islice
from pathlib import Path

from reshelve import api
from reshelve.schemas.documents.source_lines import open_file
from reshelve.schemas.secret_texts import masked_line
from reshelve.service.models import DocumentAsked, DocumentShown
from reshelve.service.routes import Answer, Here
from reshelve.views.ndjson import problem_event

_WIDEST = 2000
"""Characters of a line that are shown."""


def show(here: Here, asked: DocumentAsked) -> Answer:
    """Show a part of a document, and all that is wrong with it."""
    path = here.workspace if asked.name == "workspace" else here.session().layouts.path
    problems = list(api.validate([path], environ=here.environ)) if path.exists() else []
    lines: list[str] = []
    total = 0
    # A layout in several files has its problems, each with its file; its text is for an editor.
    if path.is_file():
        with open_file(path) as stream:
            lines = [_shown(line) for line in islice(stream, asked.start, asked.start + asked.most)]
            total = asked.start + len(lines) + sum(1 for _ in stream)
    return Answer(
        DocumentShown(
            asked.name,
            _named(path, here.workspace.parent),
            path.exists(),
            total,
            asked.start,
            lines,
            [problem_event(p) for p in problems],
        )
    )


def _shown(line: bytes) -> str:
    return masked_line(line.decode("utf-8", "replace").rstrip("\r\n"))[:_WIDEST]


def _named(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)
