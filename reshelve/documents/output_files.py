"""Files that commands write where they are told to: decided in one place, whether something may stand there, and written whole.

A path may be written when it is free, or holds what reshelve wrote of that very kind (an empty file holds nothing). Never inside a
store or in the state of runs: what lies there is not a document. Beside a workspace, in the folder of its layout too, documents lie
even where that folder is a store's.
"""

import os
import re
import shlex
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reshelve.executors.state.workspace_state import holds_runs
from reshelve.opening import workspace_search
from reshelve.opening.wiring import Setting
from reshelve.schemas.documents.atomic_files import FREE, Fresh, refuse_protected, version
from reshelve.schemas.locations import STATE, is_own, printable
from reshelve.schemas.problems import ReshelveError, stop

PRINTED = Path("-")
"""The path that means standard output."""
_PEEK = 1 << 16


@dataclass(slots=True, frozen=True)
class Kind:
    """A kind of document: what it is called, the name its file usually has, and how it begins; `ndjson`: each line is an object."""

    name: str
    usual: str
    begins: re.Pattern[bytes]
    folder: bool = False
    ndjson: bool = False

    @property
    def a(self) -> str:
        """Return its name with its article."""
        return f"{'an' if self.name[0] in 'aeiou' else 'a'} {self.name}"


PLAN = Kind("plan", "plan.json", re.compile(rb'\{"version":1,"id":"[0-9a-f]{64}"'))
INVENTORY = Kind("inventory", "inventory.ndjson", re.compile(rb'\{"version": 1, "kind": "inventory", '), ndjson=True)
MANIFEST = Kind("manifest", "manifest.json", re.compile(rb'\{\s*"version": 1,\s*"at": "[^"]*",\s*"totals": \{'))
EVENTS = Kind("stream of events", "events.ndjson", re.compile(rb'\{"type":"version","version":1,"reshelve":"'), ndjson=True)
_PAGE = rb'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">[^\0]{0,200}<title>Health: '
PAGE = Kind("page of health", "health.html", re.compile(_PAGE))
_MONTH = rb'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">[^\0]{0,200}<title>Report: '
MONTH = Kind("page of a month", "report.html", re.compile(_MONTH))
_DASHBOARD = rb'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">[^\0]{0,300}<title>Dashboard \xc2\xb7 '
DASHBOARD = Kind("dashboard", "dashboard.html", re.compile(_DASHBOARD))
RECORDING = Kind("recording", "answers.ndjson", re.compile(rb'\{"(?:files|from)": ?["\[]'), ndjson=True)
EXPORT = Kind(
    "export of assets",
    "file_metadata.json",
    re.compile(rb'id,sha256,xxh3,location,|\{"id": "[0-9a-f]*", "sha256": |\[\s*(?:\]|\{\s*"file_path": )'),
)
LAYOUT = Kind("layout", "layout.yaml", re.compile(rb"[^\0]*\Z"), folder=True)
"""Whoever writes a layout reads the one that is there first, and goes by it: what is none is refused then, in full."""


@dataclass(slots=True, frozen=True)
class Output:
    """A path that may be written, and the version of what is there, which alone may be replaced."""

    path: Path
    version: str

    def put(self, save: Callable[[Path, str], object]) -> None:
        """Write it by a function of its path and version. Raises ReshelveError when that cannot be done."""
        with _told(self.path):
            save(self.path, self.version)

    def begin(self) -> Fresh:
        """Begin to write it bit by bit. Raises ReshelveError when that cannot be done."""
        with _told(self.path):
            return Fresh(self.path, self.version)


def claim(path: Path, kind: Kind, setting: Setting | None) -> Output:
    """Return `path` as one that a document of `kind` may be written to. Raises ReshelveError saying why not, and what to do.

    `setting` tells where stores lie, None where no workspace could be read.
    """
    real = Path(os.path.realpath(path))
    name = printable(str(path))
    # What a link leads to is what counts; one that leads nowhere was not made for this.
    try:
        found: os.stat_result | None = path.stat()
    except OSError:
        found = None
    if _of_the_system(path) or (found is not None and not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode)):
        raise _no(path, f"It is not a regular file, which {kind.a} has to be.", _elsewhere(kind))
    if found is None and path.is_symlink():
        raise _no(path, "It is a link to nothing.", f"rm {shlex.quote(str(path))}")
    if found is not None and stat.S_ISDIR(found.st_mode) and not kind.folder:
        raise _no(path, "It is a folder.", f"Name a file in it: {name}/{kind.usual}")
    if found is None and not real.parent.is_dir():
        missing = shlex.quote(str(path.parent))
        detail = "Its folder is not a folder." if real.parent.exists() else "There is no such folder yet."
        raise _no(path, detail, f"mkdir -p {missing}" if not real.parent.exists() else _elsewhere(kind))
    _refuse_state(path, real, kind, os.environ if setting is None else setting.environ)
    if setting is not None:
        _refuse_store(path, real, kind, setting)
    if found is None or stat.S_ISDIR(found.st_mode):
        return Output(path, FREE)
    with _told(path):
        refuse_protected(path)
        if found.st_size and not kind.begins.match(_head(path)):
            raise _no(path, f"The file there is not {kind.a} written by reshelve, so it stays as it is.", _elsewhere(kind))
        if found.st_size and not _nothing_added(path, kind):
            raise _no(path, f"Something was added to the {kind.name} there, so it stays as it is.", _elsewhere(kind))
        return Output(path, version(path))


def _refuse_state(path: Path, real: Path, kind: Kind, environ: Mapping[str, str]) -> None:
    """Refuse what lies where reshelve keeps things of its own: the state or the trash of any workspace, and this user's state."""
    base = _identity(workspace_search.state_base(environ))
    for folder in (real, *real.parents):
        name = folder.name.casefold()
        if name == STATE or holds_runs(folder) or (base is not None and _identity(folder) == base):
            raise _no(path, "The state of runs is kept there, and undo needs it.", _elsewhere(kind))
        if is_own(name):
            raise _no(path, f"{printable(folder.name)} is a name of reshelve's own files.", _elsewhere(kind))


def _refuse_store(path: Path, real: Path, kind: Kind, setting: Setting) -> None:
    """Refuse what lies in a store, and not in the folder of the workspace or its layout."""
    roots = {_identity(Path(root.path)): root for root in setting.roots() if root.kind == "folder"}
    inside = [identity for folder in (real, *real.parents) if (identity := _identity(folder)) is not None]
    root = next((roots[identity] for identity in inside if identity in roots), None)
    own = {_identity(folder) for folder in (setting.folder, setting.layout) if folder is not None and folder.is_dir()}
    if root is not None and _identity(real if real.is_dir() else real.parent) not in own:
        where = f"the store {root.key} ({printable(root.path)})"
        raise _no(path, f"It is in {where}, which holds files, not documents.", _elsewhere(kind))


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells one folder from another, whatever name leads to it."""
    try:
        seen = folder.stat()
    except OSError:
        return None
    return seen.st_dev, seen.st_ino


def _of_the_system(path: Path) -> bool:
    parts = Path(os.path.abspath(path)).parts
    return parts[1:2] in (("dev",), ("proc",), ("sys",)) and parts[1:3] != ("dev", "shm")


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_PEEK)


def _nothing_added(path: Path, kind: Kind) -> bool:
    """Say whether a document ends as it was written, and has no lines of anybody else's; its last line may be cut short."""
    if kind.ndjson:
        with path.open("rb") as stream:
            return all(line.startswith(b"{") and (line.endswith(b"}\n") or not line.endswith(b"\n")) for line in stream)
    if kind not in (PLAN, MANIFEST):
        return True
    with path.open("rb") as stream:
        stream.seek(-min(path.stat().st_size, 2), os.SEEK_END)
        return stream.read().rstrip(b"\n").endswith(b"}")


def _elsewhere(kind: Kind) -> str:
    printed = "; `-` prints it" if kind in (PLAN, INVENTORY, MANIFEST, EXPORT, LAYOUT) else ""
    return f"Name another file, such as {kind.usual} beside reshelve.yaml{printed}."


def _no(path: Path, detail: str, hint: str) -> ReshelveError:
    return stop("not-written", "It cannot be written there.", detail, path=str(path), hint=hint)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say in words what the system refuses."""
    try:
        yield
    except OSError as trouble:
        hint = "Give write access to its folder, make room, or name another file."
        why = f"{trouble.strerror or trouble}."
        raise stop("not-written", "It cannot be written there.", why, path=str(path), hint=hint) from None
