"""The state of things for people: stores and their room, the last run, and what waits for a decision."""

from collections.abc import Iterator
from dataclasses import field
from typing import TYPE_CHECKING

from reshelve.schemas.cut_short import CutShort
from reshelve.schemas.inventory import Root, Space
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import Problem
from reshelve.schemas.quantities import human_size
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.views.colour import Paint, count
from reshelve.views.moments import moment
from reshelve.views.runs import log_text

if TYPE_CHECKING:
    from reshelve.executors.state.run_summaries import RunSummary
    from reshelve.executors.state.watch_record import WatchRecord


THAWED = 10
"""How many objects that were asked for are listed."""


@dataclass(slots=True, frozen=True)
class StoreStatus:
    """One root as found now; `space` is None where it could not be asked, and of buckets: they have no end."""

    root: Root
    space: Space | None = None


@dataclass(slots=True, frozen=True)
class Thawed:
    """An archived object that was asked for: `until` when it can be read, or, while it cannot, about when it is `ready`.

    ISO 8601 in UTC; both "" where it has frozen again.
    """

    place: str
    until: str = ""
    ready: str = ""


@dataclass(slots=True, frozen=True)
class JobStanding:
    """How a job stands: its last run, "" for none; `cut_short`: that did not end; `overdue`: since when it should have run.

    `running`: its last run is under way. `unseen`: nothing has ever looked whether it is due.
    """

    name: str
    started: str = ""
    exit: int = 0
    cut_short: bool = False
    overdue: str = ""
    running: bool = False
    unseen: bool = False


@dataclass(slots=True)
class Status:
    """What `status` shows. `entries` and `review` count the layout's, None where there is none, or where it cannot be read.

    `lock` says who holds a lock, "" nobody. `cut_short` tells how far those of the `unsettled` runs got that nobody is at work on.
    `under_way` is the run that a process is at work on now. `unsound` counts the layout's problems where it cannot be read;
    `problems` is what cannot be told, and why. `watch` is what the watch at work here says of itself. `notices` counts those that
    wait to be delivered.
    """

    workspace: str
    stores: list[StoreStatus] = field(default_factory=list)
    last: "RunSummary | None" = None
    unsettled: list[str] = field(default_factory=list)
    cut_short: list[CutShort] = field(default_factory=list)
    under_way: str = ""
    held: int = 0
    lock: str = ""
    entries: int | None = None
    unsound: int = 0
    review: int | None = None
    trash_files: int = 0
    trash_bytes: int = 0
    thawed: list[Thawed] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    watch: "WatchRecord | None" = None
    jobs: list["JobStanding"] = field(default_factory=list)
    notices: int = 0


def status_text(status: Status, colour: bool = False) -> Iterator[str]:
    """Yield the lines of a status, what needs a person's attention last."""
    paint = Paint(colour)
    yield f"Workspace {printable(status.workspace)}"
    width = max((len(store.root.key) for store in status.stores), default=0)
    for store in status.stores:
        yield f"  {store.root.key:<{width}}  {printable(store.root.path)}  {_room(store, paint)}"
        # What may be away is no matter, unless it is known to be wrong.
        if not store.root.available and (store.root.remedy or not store.root.optional):
            yield from (f"  {'':<{width}}  {printable(line)}" for line in store.root.way_back("look again.").splitlines())
    if status.unsound:
        yield paint("remove", f"Layout: {count(status.unsound, 'problem')}: reshelve validate")
    elif status.entries is not None:
        yield f"Layout: {count(status.entries, 'entry', 'entries')}, {count(status.review or 0, 'item')} to review."
    if status.trash_files:
        yield f"Trash: {count(status.trash_files, 'file')}, {human_size(status.trash_bytes)}."
    for thawed in status.thawed[:THAWED]:
        yield f"Thaw: {printable(thawed.place)}, {_readable(thawed)}."
    if len(status.thawed) > THAWED:
        yield f"… and {len(status.thawed) - THAWED:,} more that were asked for; `--json` lists them"
    if status.last is not None:
        cut = {one.run: one for one in status.cut_short}
        yield "Last run:"
        yield from (f"  {line}" for line in log_text([status.last], colour, {status.under_way}, cut_short=cut))
    if status.watch is not None:
        yield from _watch_text(status.watch, paint)
    for job in status.jobs:
        yield from _job_text(job, paint)
    if unseen := sum(job.unseen for job in status.jobs):
        waits = f"{count(unseen, 'job')} not looked at yet: does anything call `reshelve schedule due`? See: reshelve schedule show"
        yield paint("warn", waits)
    if status.notices:
        yield paint("warn", f"{count(status.notices, 'notice')} not delivered yet: reshelve notify queue")
    if status.held:
        yield f"{count(status.held, 'entry', 'entries')} held since an undo, or since a run put files away: reshelve release"
    if status.lock:
        yield paint("warn", f"Locked: {printable(status.lock)}")
    for one in status.cut_short:
        yield paint("remove", f"Run {one.run} did not settle, {one.brief}")


def _watch_text(watch: "WatchRecord", paint: Paint) -> Iterator[str]:
    looked = f", everything looked at {moment(watch.whole)}" if watch.whole else ""
    yield f"Watched by process {watch.pid} since {moment(watch.started)}{looked}; {count(watch.filed, 'file')} filed."
    for store in watch.stores:
        why = f": {printable(store.why)}" if store.why else ""
        yield f"  {store.root}  {store.how}{why}"
    if watch.waits:
        yield paint("warn", f"  Nothing is filed for now: {printable(watch.waits)}")


def _job_text(job: JobStanding, paint: Paint) -> Iterator[str]:
    if job.cut_short:
        yield paint("remove", f"Job {job.name} was cut short; it began {moment(job.started)}.")
    elif job.running:
        yield f"Job {job.name} is running since {moment(job.started)}."
    elif job.exit:
        yield paint("remove", f"Job {job.name} ended with exit code {job.exit}; it began {moment(job.started)}.")
    elif job.started:
        yield f"Job {job.name}: last run {moment(job.started)}."
    if job.overdue:
        yield paint("warn", f"Job {job.name} is overdue since {moment(job.overdue)}: does anything call `reshelve schedule due`?")


def _readable(thawed: Thawed) -> str:
    if thawed.until:
        return f"readable until {moment(thawed.until)}"
    return f"ready about {moment(thawed.ready)}" if thawed.ready else "not yet readable"


def _room(store: StoreStatus, paint: Paint) -> str:
    root = store.root
    if not root.available:
        return paint("warn" if root.optional else "remove", f"not available: {printable(root.why)}")
    if root.kind == "bucket":
        return "keeps versions" if root.versioned else "keeps no versions"
    free = f"{human_size(store.space.free)} free of {human_size(store.space.total)}" if store.space else "room unknown"
    return free if root.writable else f"{free}, {paint('warn', 'read only')}"
