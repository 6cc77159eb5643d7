"""A project added to a workspace's text, without disturbing the rest."""

import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from reshelve.opening.consent import trust_of
from reshelve.schemas.documents.atomic_files import changed, replace_file, version
from reshelve.schemas.documents.source_lines import WRITTEN, read_bytes
from reshelve.schemas.locations import TEMPORARY
from reshelve.schemas.problems import stop
from reshelve.schemas.project_settings import Project
from reshelve.schemas.workspace import Workspace

_TOP = re.compile(r"^[A-Za-z_\"']")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*\Z")
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}


def add_project(file: Path, project: Project, environ: Mapping[str, str]) -> None:
    """Add a project to a workspace's text, everything else in it staying as it is. Raises ReshelveError when it cannot.

    What would be written is read back first: it must be the old workspace with this one project more.
    """
    from reshelve.schemas.documents.workspace_files import load_workspace

    read = version(file)
    before = load_workspace(file, environ, trust_of(file, environ).demand).workspace
    if any(known.name == project.name for known in before.projects):
        raise changed(file)
    text = _with_project(read_bytes(file, WRITTEN).decode(), project, str(file))
    after = read_back(file, text, environ)
    if after.projects != [*before.projects, project]:
        raise _by_hand(project, str(file))
    replace_file(file, [text.encode()], read)


def read_back(file: Path, text: str, environ: Mapping[str, str]) -> Workspace:
    """Return the workspace that a text would be in place of `file`'s. Raises ReshelveError with every problem of it."""
    from reshelve.schemas.documents.workspace_files import load_workspace

    # Read from beside the workspace, where its templates and its local overlay are found as well.
    handle, candidate = tempfile.mkstemp(prefix=TEMPORARY, suffix=".yaml", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(text.encode())
        return load_workspace(Path(candidate), environ, trust_of(file, environ).demand).workspace
    finally:
        os.unlink(candidate)


def _with_project(text: str, project: Project, file: str) -> str:
    """Return what `with_project` does, line ends kept where all are Windows' own."""
    if "\r\n" not in text or text.count("\r\n") != text.count("\n"):
        return with_project(text, project, file)
    return with_project(text.replace("\r\n", "\n"), project, file).replace("\n", "\r\n")


def with_project(text: str, project: Project, file: str) -> str:
    """Return a workspace's text with a project at the end of `projects:`. Raises ReshelveError when that is not a block list."""
    lines = text.split("\n")
    item = project_line(project)
    at = next((number for number, line in enumerate(lines) if re.match(r"projects\s*:", line)), None)
    if at is None:
        return text.rstrip("\n") + f"\n\nprojects:\n  - {item}\n"
    rest = re.sub(r"\s#.*$", "", lines[at].partition(":")[2]).strip()
    if rest == "[]":
        lines[at : at + 1] = ["projects:", f"  - {item}"]
        return "\n".join(lines)
    if rest:
        raise _by_hand(project, file)
    last, indent = at, "  "
    for number in range(at + 1, len(lines)):
        line = lines[number]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if _TOP.match(line):
            break
        dash = re.match(r"(\s*)- ", line)
        if dash and last == at:
            indent = dash.group(1)
        last = number
    lines.insert(last + 1, f"{indent}- {item}")
    return "\n".join(lines)


def project_line(project: Project) -> str:
    """Return a project in YAML's flow form, defaults left out."""
    shown = project.model_dump(by_alias=True, exclude_defaults=True)
    return "{" + ", ".join(f"{key}: {flow(value)}" for key, value in shown.items()) + "}"


def flow(value: object) -> str:
    """Return a value in YAML's flow form, texts quoted where they might be read as something else."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(key)}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, str) and _PLAIN.match(value) and value.lower() not in _WORDS:
        return value
    if isinstance(value, str) and "\\" in value and value.isprintable() and "'" not in value:
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False)


def _by_hand(project: Project, file: str) -> Exception:
    return stop(
        "projects-not-a-list",
        "The project cannot be added without disturbing the rest.",
        "`projects:` is not written as a list with one `- ` a line.",
        path=file,
        hint=f"Add it by hand:\n    {project_line(project)}",
    )
