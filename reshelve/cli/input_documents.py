"""Reading what a command is given: is it a plan or a layout, and what are its bytes' digest?"""

import hashlib
from pathlib import Path

from reshelve import api
from reshelve.schemas.documents.source_lines import opened
from reshelve.schemas.facts import identifying
from reshelve.schemas.layout import Layout
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import stop


def load_plan(path: Path) -> Plan:
    """Load a saved plan. Raises ReshelveError: of kind "stale" when its bytes were changed."""
    from reshelve.schemas.documents.plan_files import load_plan as load

    return load(path)


def is_plan(path: Path) -> bool:
    """Say whether a file is a plan (JSON) rather than a layout (YAML). Raises ReshelveError where it cannot be read."""
    if path.is_dir():
        return False
    with opened(path) as file:
        return file.read(256).lstrip()[:1] == b"{"


def layout_with_digest(path: Path, *, facts: bool) -> tuple[Layout, str]:
    """Load a layout to plan by, and say what its bytes hash to. Raises ReshelveError with every problem in it.

    Marks are for scan, and are let go of; so are facts, unless asked for, but for those that say what a file is: they are half of
    what a large layout takes.
    """
    layout = api.load_layout(path)
    for entry in layout.files.values():
        entry.mark = None
        if not facts:
            entry.facts = identifying(entry.facts)
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for file in files:
        with opened(file) as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return layout, digest.hexdigest()


def must_exist(path: Path) -> Path:
    """Return `path`. Raises ReshelveError when there is nothing."""
    if not path.exists():
        raise stop("no-file", "There is no such file.", "The file does not exist.", path=str(path))
    return path
