"""Reading what a command is given: is it there, and is it a plan or a layout?"""

import json
from pathlib import Path

from reshelve.schemas.documents.source_lines import opened
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
        head = file.read(256)
    # One that was saved with another encoding is a plan that was changed, and told as that.
    return head.decode(json.detect_encoding(head), "replace").lstrip()[:1] == "{"


def must_exist(path: Path) -> Path:
    """Return `path`. Raises ReshelveError when there is nothing."""
    if not path.exists():
        raise stop("no-file", "There is no such file.", "The file does not exist.", path=str(path))
    return path
