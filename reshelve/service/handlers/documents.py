"""The documents of the workspace: their lines, secrets masked, and what is wrong with them, each problem with its line."""

from pathlib import Path

from reshelve import api
from reshelve.schemas.documents.source_lines import open_file
from reshelve.schemas.secret_texts import masked_lines
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
            # What stands below the name of a secret is one too, wherever a page begins.
            shown = masked_lines(line.decode("utf-8", "replace").rstrip("\r\n") for line in stream)
            for total, line in enumerate(shown, 1):
                if asked.start < total <= asked.start + asked.most:
                    lines.append(line[:_WIDEST])
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


def _named(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)
