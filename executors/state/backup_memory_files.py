"""What is remembered of backups: one file a project in the state folder, written whole."""

from functools import cache
from pathlib import Path
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError

from reshelve.executors.state.state_files import replace_state_file
from reshelve.schemas.backup_memory import Memory
from reshelve.schemas.documents.source_lines import read_file


@cache
def _memory() -> TypeAdapter[Memory]:
    return TypeAdapter(Memory)


def load(state: Path, name: str, project: str) -> Memory:
    """Return what is remembered of a project of a set: nothing where there is no file, or it is damaged."""
    try:
        return _memory().validate_json(read_file(_file(state, name, project)))
    except (OSError, ValidationError, ValueError):
        return Memory()


def save(state: Path, name: str, project: str, memory: Memory) -> None:
    """Write what is remembered, durably: after a crash the old text stands, or the new one. Raises OSError."""
    path = _file(state, name, project)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_state_file(path, _memory().dump_json(memory))


def _file(state: Path, name: str, project: str) -> Path:
    """Return the file of a project (document form); a long name is cut, with a digest of all of it behind."""
    from hashlib import sha256

    stem = quote(project, safe=" ")
    if len(stem) > 150:
        stem = f"{stem[:120]}-{sha256(stem.encode()).hexdigest()[:16]}"
    return state / "backups" / name / f"{stem}.json"
