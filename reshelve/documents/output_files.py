"""Files that commands write where they are told to: decided in one place, whether something may stand there, and written whole.

A path may be written when it is free, or holds what reshelve wrote of that very kind and nobody changed since: a plan shows that
by itself, of everything else the version is kept (`output_records`). An empty file holds nothing. Never inside a store or the state
of runs: what lies there is not a document. Beside a workspace, in the folder of its layout too, documents lie even where that
folder is a store's.
"""

import os
import re
import shlex
import stat
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from reshelve.documents import output_records
from reshelve.executors.state.workspace_state import holds_runs
from reshelve.opening import workspace_search
from reshelve.opening.wiring import Setting
from reshelve.schemas.documents.atomic_files import FREE, Fresh, refuse_protected, version
from reshelve.schemas.documents.plan_files import is_genuine
from reshelve.schemas.locations import STATE, is_own, printable
from reshelve.schemas.problems import ReshelveError, stop
from reshelve.schemas.quick_dataclasses import dataclass

PRINTED = Path("-")
"""The path that means standard output."""
_PEEK = 1 << 16


@dataclass(slots=True, frozen=True)
class Kind:
    """A kind of document: what it is called, the name its file usually has, and how it begins.

    `folder`: it may be one. `proves`: whether a file shows by itself that it may be written to as it is.
    """

    name: str
    usual: str
    begins: re.Pattern[bytes]
    folder: bool = False
    proves: Callable[[Path], bool] | None = None

    @property
    def a(self) -> str:
        """Return its name with its article."""
        return f"{'an' if self.name[0] in 'aeiou' else 'a'} {self.name}"


def _can_be_replayed(path: Path) -> bool:
    from reshelve.executors.suggest.recorded_replies import can_be_replayed

    return can_be_replayed(path)


PLAN = Kind("plan", "plan.json", re.compile(rb'\{"version":1,"id":"[0-9a-f]{64}"'), proves=is_genuine)
INVENTORY = Kind("inventory", "inventory.ndjson", re.compile(rb'\{"version": 1, "kind": "inventory", '))
MANIFEST = Kind("manifest", "manifest.json", re.compile(rb'\{\s*"version": 1,\s*"at": "[^"]*",\s*"totals": \{'))
EVENTS = Kind("stream of events", "events.ndjson", re.compile(rb'\{"type":"version","version":1,"reshelve":"'))
_PAGE = rb'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">[^\0]{0,200}<title>Health: '
PAGE = Kind("page of health", "health.html", re.compile(_PAGE))
_MONTH = rb'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">[^\0]{0,200}<title>Report: '
MONTH = Kind("page of a month", "report.html", re.compile(_MONTH))
_DASHBOARD = rb'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">[^\0]{0,300}<title>Dashboard \xc2\xb7 '
DASHBOARD = Kind("dashboard", "dashboard.html", re.compile(_DASHBOARD))
RECORDING = Kind("recording", "answers.ndjson", re.compile(rb'\{"(?:files|from)": ?["\[]'), proves=_can_be_replayed)
"""A recording is added to, never replaced, so that answers a person wrote stay in it."""
EXPORT = Kind(
    "export of assets",
    "file_metadata.json",
    re.compile(rb'id,sha256,xxh3,location,|\{"id": "[0-9a-f]*", "sha256": |\[\s*(?:\]|\{\s*"file_path": )'),
)
LAYOUT = Kind("layout", "layout.yaml", re.compile(rb"[^\0]*\Z"), folder=True, proves=Path.is_file)
"""Whoever writes a layout reads the one that is there first, and goes by it: what is none is refused then, in full."""


@dataclass(slots=True, frozen=True)
class Output:
    """A path that may be written, and the version of what is there, which alone may be replaced."""

    path: Path
    version: str
    kind: Kind
    setting: Setting | None

    def put(self, save: Callable[[Path, str], str]) -> None:
        """Write it by a function of path and version that returns the new version. Raises ReshelveError when it cannot be done."""
        with _told(self.path):
            self.note(save(self.path, self.version))

    def begin(self) -> Fresh:
        """Begin to write it bit by bit. Raises ReshelveError when that cannot be done."""
        with _told(self.path):
            return _Begun(self)

    def note(self, written: str) -> None:
        """Keep that this version of it is what reshelve wrote."""
        output_records.note(self.path, f"{self.kind.usual} {written}", self.setting, _environ(self.setting))


class _Begun(Fresh):
    """An output on its way, of which is kept what was written."""

    def __init__(self, output: Output) -> None:
        super().__init__(output.path, output.version)
        self._output = output

    def publish(self) -> None:
        with _told(self._output.path):
            self.stream.flush()
            written = version(self._temporary)
        super().publish()
        self._output.note(written)


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
    _refuse_state(path, real, kind, _environ(setting))
    if setting is not None:
        _refuse_store(path, real, kind, setting)
    if found is None or stat.S_ISDIR(found.st_mode):
        return Output(path, FREE, kind, setting)
    with _told(path):
        refuse_protected(path)
        there = version(path)
        if found.st_size:
            _refuse_others(path, kind, there, output_records.noted(path, setting, _environ(setting)))
        return Output(path, there, kind, setting)


def _refuse_others(path: Path, kind: Kind, there: str, noted: Collection[str]) -> None:
    """Refuse what reshelve did not write, or did not write as it is now. Raises OSError where it cannot be read."""
    if not kind.begins.match(_head(path)):
        raise _no(path, f"The file there is not {kind.a} written by reshelve, so it stays as it is.", _elsewhere(kind, path))
    if f"{kind.usual} {there}" in noted or (kind.proves is not None and kind.proves(path)):
        return
    detail = (
        f"The {kind.name} there was changed since reshelve wrote it"
        if noted
        else f"Nothing shows that reshelve wrote the {kind.name} there"
    )
    if not noted:
        detail += ": only the machine that did knows"
    hint = f"{_elsewhere(kind, path)}\nIf nothing in it is to be kept: rm {shlex.quote(str(path))}"
    raise _no(path, f"{detail}, so it stays as it is.", hint)


def _environ(setting: Setting | None) -> Mapping[str, str]:
    return os.environ if setting is None else setting.environ


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


def _elsewhere(kind: Kind, taken: Path | None = None) -> str:
    """Return what may be named instead, such as the usual name unless that is the one that is `taken`."""
    usual = f"new-{kind.usual}" if taken is not None and taken.name == kind.usual else kind.usual
    printed = "; `-` prints it" if kind in (PLAN, INVENTORY, MANIFEST, EXPORT, LAYOUT) else ""
    return f"Name another file, such as {usual} beside reshelve.yaml{printed}."


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
