"""Filing what one is told of by path: exactly these files and folders, as the watch files what comes to rest."""

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
from reshelve.schemas.locations import split
from reshelve.schemas.problems import ReshelveError
from reshelve.session.cut_short_runs import refuse_cut_short
from reshelve.session.session import Session
from reshelve.session.told_paths import Told
from reshelve.watching.filing import Acting, Filed, file_what_rests
from reshelve.watching.pace import Pace

AGAIN = 1.0
"""Seconds until something is tried again that is not at rest, or that another run stands in the way of."""
_NO_LOSS = ("excluded", "in_folders_left_alone", "system_files")
"""Why files are left that nobody misses."""


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
    filed.duplicates = {source: same for source, same in filed.duplicates.items() if among(source, None)}
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
