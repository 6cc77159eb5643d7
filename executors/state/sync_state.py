"""What this machine last saw equal on both sides of a sync: one file a sync in the state folder. Losing it loses no work.

It is bound to the two addresses it was seen between. What a run carried over says so, with what had been known before: once that
run is taken back, that counts again.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from reshelve.executors.state.state_files import replace_state_file
from reshelve.schemas.documents.source_lines import read_file
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Seen:
    """One content seen on both sides: its hash, its size, and the number of its object's ETag (0: not looked at).

    `run` is the run that carried it over, and `before` the hash that was known until then, "" for none.
    """

    hash: str
    size: int = 0
    object: int = 0
    run: str = ""
    before: str = ""


@dataclass(slots=True)
class SeenProject:
    """What is known of one project: contents by name, and a digest of what metadata.json was last found to be made of."""

    files: dict[str, Seen] = field(default_factory=dict)
    view: str = ""

    def hashes(self, undone: Collection[str]) -> dict[str, str]:
        """Return the base: the hash of each name, as it was before runs that were taken back since."""
        found = {name: seen.before if seen.run in undone else seen.hash for name, seen in self.files.items()}
        return {name: content for name, content in found.items() if content}


def load(path: Path, between: tuple[str, str]) -> dict[str, SeenProject]:
    """Return what is remembered, by project: nothing where there is no file, it is damaged, or it is about other addresses."""
    try:
        said = json.loads(read_file(path))
        if said["version"] != 1 or said["between"] != list(between):
            return {}
        return {project: _project(each) for project, each in said["projects"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def save(path: Path, between: tuple[str, str], projects: Mapping[str, SeenProject]) -> None:
    """Write what is remembered, whole. Raises OSError."""
    said = {
        "version": 1,
        "between": list(between),
        "projects": {
            name: {"view": each.view, "files": {rel: _row(seen) for rel, seen in sorted(each.files.items())}}
            for name, each in sorted(projects.items())
        },
    }
    path.parent.mkdir(exist_ok=True)
    replace_state_file(path, json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _row(seen: Seen) -> list[Any]:
    return [seen.hash, seen.size, seen.object, *([seen.run, seen.before] if seen.run else [])]


def _project(said: Any) -> SeenProject:
    return SeenProject({name: Seen(*row) for name, row in said["files"].items()}, str(said["view"]))
