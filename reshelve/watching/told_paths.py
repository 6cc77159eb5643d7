"""Filing what one is told of by path: exactly these files and folders, as the watch files what comes to rest."""

import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from reshelve import api
from reshelve.executors.runs.run_events import Emit
from reshelve.planner.layouts.certain_entries import theirs
from reshelve.planner.scanners.quiet_parts import AT_TOP, Parts, Resting, part_of
from reshelve.schemas import quantities
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import printable, split, store_of
from reshelve.schemas.problems import ReshelveError, stop
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.session.cut_short_runs import refuse_cut_short
from reshelve.session.session import Session
from reshelve.watching.filing import Acting, Filed, file_what_rests
from reshelve.watching.pace import Pace

AGAIN = 1.0
"""Seconds until something is tried again that is not at rest, or that another run stands in the way of."""
_NO_LOSS = ("excluded", "system_files")
"""Why files are left that nobody misses."""


@dataclass(slots=True, frozen=True)
class Told:
    """A file or folder that one is told of: the store that it lies in, and its path there."""

    store: str
    rel: str
    folder: bool

    def holds(self, store: str, rel: str) -> bool:
        """Say whether a path is what one is told of, or lies in it."""
        return store == self.store and (rel == self.rel or rel.startswith(f"{self.rel}/"))


def told_of(session: Session, paths: Sequence[str]) -> list[Told]:
    """Return what each path is. Raises ReshelveError where it is in no store that is scanned, is a whole store, or is not there."""
    roots = [root for root in session.setting.roots() if root.kind == "folder" and store_of(root.key) in session.workspace.scan]
    tops = sorted(((os.path.realpath(root.path), store_of(root.key)) for root in roots), key=lambda top: -len(top[0]))
    return [_told(path, tops) for path in paths]


def _told(path: str, tops: Sequence[tuple[str, str]]) -> Told:
    # The last part is not followed: a link is filed as one, or not at all.
    whole = os.path.join(os.path.realpath(os.path.dirname(os.path.abspath(path))), os.path.basename(os.path.abspath(path)))
    for top, store in tops:
        if whole == top:
            detail = "It is a whole store. A torrent of several files without a folder of its own has its store as its folder."
            hint = "Name a file or folder in it; for everything in the store: reshelve scan"
            raise stop("whole-store", "Everything at once is too much.", detail, path=printable(path), hint=hint, kind="usage")
        if whole.startswith(f"{top.rstrip('/')}/"):
            if not os.path.lexists(whole):
                raise stop("no-such-file", "There is no such file.", path=printable(path), hint="Is it filed already? reshelve log")
            return Told(store, whole[len(top.rstrip("/")) + 1 :], os.path.isdir(whole))
    detail = f"`scan:` names {', '.join(sorted({store for _, store in tops})) or 'no store with a folder here'}."
    hint = "If another machine or a container calls it so, say how it is called here, under `map:`."
    raise stop(
        "not-scanned-path", "That path is in no store that is scanned.", detail, path=printable(path), hint=hint, kind="usage"
    )


def file_told(session: Session, told: Sequence[Told], emit: Emit, cancel: threading.Event, wait: float) -> Filed:
    """File what one is told of, as far as rules settle it for certain. Raises ReshelveError.

    What is not at rest, or another run's turn, is waited for, so many seconds at most.
    """
    end = time.monotonic() + wait
    while True:
        last = time.monotonic() >= end or cancel.is_set()
        try:
            refuse_cut_short(session.setting)
            filed = _file(session, told, emit, cancel)
        except ReshelveError as error:
            if last or error.kind != "locked":
                raise
        else:
            if last or not filed.waits or filed.report is not None:
                return filed
        cancel.wait(AGAIN)


def _file(session: Session, told: Sequence[Told], emit: Emit, cancel: threading.Event) -> Filed:
    watch = session.workspace.watch
    pace = Pace(watch.max_files, quantities.size(watch.max_bytes) if watch.max_bytes else None, time.monotonic)

    def among(location: str, _item: Item | None) -> bool:
        return any(one.holds(*split(location)) for one in told)

    acting = Acting(pace.room, emit, cancel, lambda _plan: None, lambda: None)
    filed = file_what_rests(session, _decided(session.layouts.path), _parts(told), acting, among=among, command="file")
    # What lies beside it is looked at, too: it is not what one was told of.
    filed.left = [one for one in filed.left if among(one.location, None) and one.why not in _NO_LOSS]
    return filed


def _parts(told: Sequence[Told]) -> Resting:
    """Return which parts of their stores are looked at: the folders at the top; of a file there, all that may belong to it."""
    parts: dict[str, set[str]] = {}
    for one in told:
        parts.setdefault(one.store, set()).add(part_of(one.rel, folder=one.folder))
    return Resting(
        {store: Parts(None if AT_TOP in tops else frozenset(tops)) for store, tops in parts.items()}, 0.0, 0.0, told=True
    )


def _decided(path: Path) -> Layout | None:
    return theirs(api.load_layout(path)) if path.exists() else None
