"""Records of outputs: what reshelve last wrote to each path that a command was told to write, so that only that is ever replaced.

One small file a path: below `.reshelve/outputs/` of the workspace around it, by its way from there, so that it moves along; of any
other path below `$XDG_STATE_HOME/reshelve/outputs/`. Losing one loses no document: what stands there is not replaced any more.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from reshelve.executors.state.state_files import replace_state_file
from reshelve.opening.wiring import Setting
from reshelve.opening.workspace_search import state_base
from reshelve.schemas.documents.source_lines import read_file
from reshelve.schemas.problems import ReshelveError

_FOLDER = "outputs"


def note(path: Path, written: str, setting: Setting | None, environ: Mapping[str, str]) -> None:
    """Keep which kind and version were written to `path`; where that cannot be kept, it is not replaced again."""
    for record in _records(path, setting, environ):
        with suppress(OSError, ReshelveError):
            record.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            replace_state_file(record, written.encode() + b"\n")
            return


def noted(path: Path, setting: Setting | None, environ: Mapping[str, str]) -> set[str]:
    """Return the kinds and versions that are kept of `path`: of the workspace's record, and of the user's."""
    found = set()
    for record in _records(path, setting, environ):
        with suppress(OSError):
            found.add(read_file(record).decode("utf-8", "replace").strip())
    return found


def _records(path: Path, setting: Setting | None, environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield where the record of a path may be, the best first: with the workspace that it is in, then with the user."""
    real = os.path.realpath(path)
    if setting is not None and setting.file is not None and setting.state.folder.is_dir() and not setting.state.folder.is_symlink():
        way = os.path.relpath(real, os.path.realpath(setting.folder))
        if way.partition(os.sep)[0] != os.pardir:
            yield setting.state.folder / _FOLDER / _name(way)
    yield state_base(environ) / _FOLDER / _name(real)


def _name(place: str) -> str:
    return hashlib.sha256(os.fsencode(place)).hexdigest()[:32]
