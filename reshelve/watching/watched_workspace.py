"""One workspace that is watched: its stores, what stirred in them, and what is to be looked at when."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from reshelve import api
from reshelve.executors.platforms.filesystem_ids import FileSystems
from reshelve.executors.platforms.folder_events import tells_everything
from reshelve.executors.platforms.mounts import mounts
from reshelve.executors.platforms.watched_folders import WatchedFolders
from reshelve.executors.state.watch_record import WatchDesk, WatchedStore, WatchRecord
from reshelve.planner.observing.identity import nanoseconds, time_text
from reshelve.planner.scanners.quiet_parts import AT_TOP, Parts, Resting, part_of
from reshelve.schemas import quantities
from reshelve.schemas.inventory import Root
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import printable, split, store_of
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.run_report import Report
from reshelve.schemas.watch_settings import Watch
from reshelve.session.session import Session
from reshelve.watching.pace import Pace
from reshelve.watching.stirred_parts import Part, StirredParts

Stamp = tuple[int, int, int]

_OVERTAKEN = frozenset({"drifted", "in-the-way"})
"""The codes of operations that failed because somebody changed something after they were planned."""
NO_MORE = "the system has no more watches on folders: raise fs.inotify.max_user_watches"


@dataclass(slots=True, frozen=True)
class Look:
    """What is to be looked at now. `whole`: every store, or every part of those that are polled."""

    resting: Resting
    parts: frozenset[Part]
    whole: bool


class WatchedWorkspace:
    """The workspace of one `reshelve.yaml`. `clock` counts seconds. Raises ReshelveError where another process watches it.

    `waits` is why nothing is filed for now, "" where nothing stands in the way. `said` are problems that were told, and still hold.
    """

    def __init__(self, session: Session, folders: WatchedFolders | None, clock: Callable[[], float]) -> None:
        self.session = session
        self.said: set[Problem] = set()
        self.waits = ""
        self.filed = 0
        self._folders = folders
        self._clock = clock
        self._closing = ExitStack()
        self._stamps: list[Stamp | None] = self._now_stamps()
        self._layout: tuple[Stamp | None, Layout | None] = (None, None)
        self._tops: dict[str, str] = {}
        self._poll_at: dict[str, float] = {}
        self._whole_at = clock()
        self._whole_ns = 0
        self._stores: list[WatchedStore] = []
        session.setting.state.prepare()
        self._desk = WatchDesk(session.setting.state.folder)
        self._closing.callback(self._desk.close)
        self._started = time_text(self._now_ns()) or ""
        self._mounted: frozenset[tuple[str, str, str, str]] = frozenset()
        self._take_settings()

    @property
    def name(self) -> str:
        """What this workspace is called: the path of its document."""
        return str(self.session.setting.file)

    @property
    def stores(self) -> list[WatchedStore]:
        """How each root is watched."""
        return self._stores

    def attach(self) -> None:
        """Watch the stores as they are now, those that were watched before too."""
        self.detach()
        systems, mounted = FileSystems(), mounts()
        self._mounted = self._mounts()
        self._stores = []
        for root in self._roots():
            how, why = self._attached(root, systems, [mount.point for mount in mounted if not tells_everything(mount.kind)])
            self._stores.append(WatchedStore(root.key, how, why))
            if how != "events":
                self._poll_at[store_of(root.key)] = self._clock() + self._period(root)
        self.tell()

    def detach(self) -> None:
        """Watch no store."""
        for top in self._tops:
            if self._folders is not None:
                self._folders.drop(top)
        self._tops, self._poll_at = {}, {}

    def close(self) -> None:
        """Watch nothing more, and let another process do so."""
        self.detach()
        self._closing.close()

    def reopened(self) -> bool:
        """Read the workspace anew where its documents changed; say whether they did. ReshelveError until they are mended."""
        stamps = self._now_stamps()
        if stamps == self._stamps:
            return False
        session = api.open_workspace(self.name, environ=self.session.setting.environ, now=self.session.now)
        self.session, self._stamps = session, stamps
        self._take_settings()
        return True

    def note(self, path: str) -> None:
        """Note that something happened in the folder at this absolute path, if it is one of this workspace."""
        for top, store in list(self._tops.items()):
            if path == top or path.startswith(f"{top.rstrip('/')}/"):
                self._stirred.stir((store, part_of(path[len(top) :].strip("/"), folder=path != top)), self._clock())

    def mends(self) -> None:
        """Look at everything where something was missed, watch trees anew that were lost, and poll those watched only in part."""
        folders = self._folders
        if folders is None:
            return
        if folders.missed:
            folders.missed = False
            self.look_at_all()
        if folders.lost & self._tops.keys():
            folders.lost -= self._tops.keys()
            self.look_at_all()
            self.attach()
        elif short := folders.short & self._tops.keys():
            folders.short -= short
            for store in self._stores:
                if store.how == "events" and any(self._tops[top] == store_of(store.root) for top in short):
                    store.how, store.why = "polling", NO_MORE
                    self._poll_at.setdefault(store_of(store.root), self._clock())
            self.tell()

    def amiss(self) -> bool:
        """Say whether `mends` has something to do."""
        return self._folders is not None and self._folders.amiss()

    def look_at_all(self) -> None:
        """Have everything looked at as soon as may be."""
        self._whole_at = min(self._whole_at, self._clock())

    def due(self) -> Look | None:
        """Return what is to be looked at now, None where that is nothing. It counts as looked at."""
        now = self._clock()
        if self._whole_at <= now:
            self._whole_at = now + self._every
            self._whole_ns = self._now_ns()
            return self._look(None, self._stirred.take_all(now))
        polled = {store for store, at in self._poll_at.items() if at <= now}
        for store in polled:
            self._poll_at[store] = now + self._poll
        parts = self._stirred.take(now) | {(store, "*") for store in polled}
        return self._look(parts, self._stirred.restless(now)) if parts else None

    def next(self) -> float:
        """Return when something is to be looked at, in seconds of the clock."""
        stirred = self._stirred.next()
        return min([self._whole_at, *self._poll_at.values(), *([stirred] if stirred is not None else [])])

    def again(self, parts: set[Part]) -> None:
        """Have parts looked at again, where something was not at rest."""
        self._stirred.again(parts, self._clock())

    def retry(self, look: Look, seconds: float) -> None:
        """Have what a look was about looked at again, for nothing came of it."""
        if look.whole:
            self._whole_at = min(self._whole_at, self._clock() + seconds)
        self._stirred.again((part for part in look.parts if part[1] != "*"), self._clock())
        for store, part in look.parts:
            if part == "*" and store in self._poll_at:
                self._poll_at[store] = min(self._poll_at[store], self._clock() + seconds)

    def room(self, files: int, size: int) -> bool:
        """Say whether the guards allow so much more to be filed now."""
        return self._pace.room(files, size)

    def decided(self) -> Layout | None:
        """Return the layout that is there, None where there is none. Raises ReshelveError."""
        path = self.session.layouts.path
        stamp = _stamp(path)
        if stamp is None and not path.is_dir():
            return None
        if self._layout[0] != stamp or path.is_dir():
            from reshelve.planner.layouts.certain_entries import theirs

            self._layout = (stamp, theirs(api.load_layout(path)))
        return self._layout[1]

    def acting(self, plan: Plan) -> None:
        """Note what a plan is about to change, so that it wakes nobody."""
        if self._folders is not None:
            path_of = self._paths(plan)
            changed = (path_of(place) for step in plan.operations for place in (step.makes, step.frees) if place)
            self._folders.acting({path for path in changed if path})

    def _paths(self, plan: Plan) -> Callable[[str], str]:
        """Return what tells the path of a place of a plan, "" of one that is in no folder here."""
        paths = {root.key: root.path.rstrip("/") for root in self.session.setting.roots() if root.key in plan.roots}

        def path_of(place: str) -> str:
            key, rel = split(place)
            return f"{paths[key]}/{rel}" if key in paths else ""

        return path_of

    def acted(self) -> None:
        """Note that what was about to change has changed."""
        if self._folders is not None:
            self._folders.acted()

    def meanwhile(self, plan: Plan, report: Report) -> None:
        """Note what others did where a run was at work, for that woke nobody: a file came again under a name that was taken away,
        or was changed before it could be, so that it has to be planned anew.
        """
        path_of, made = self._paths(plan), {step.makes for step in plan.operations}
        for result in report.results:
            place = plan.operations[result.index].frees
            path = path_of(place) if place and result.result == "done" and place not in made else ""
            if path and os.path.lexists(path):
                self.note(os.path.dirname(path))
        overtaken = {problem.path for problem in report.failures if problem.code in _OVERTAKEN}
        failed = (plan.operations[result.index] for result in report.results if result.result == "failed")
        places = (
            split(step.reads) for step in failed if step.reads and overtaken & set(map(printable, (step.reads, step.makes or "")))
        )
        self.again({(store_of(key), part_of(rel, folder=False)) for key, rel in places})

    def tell(self) -> None:
        """Let others see how this workspace is watched."""
        whole = (time_text(self._whole_ns) or "") if self._whole_ns else ""
        self._desk.tell(WatchRecord(os.getpid(), self._started, self._stores, whole, self.filed, self.waits))

    def _look(self, parts: set[Part] | None, restless: set[Part]) -> Look:
        taken: dict[str, Parts] = {}
        for store in self.session.workspace.scan:
            mine = None if parts is None else {part for at, part in parts if at == store}
            if mine is not None and not mine:
                continue
            # What lies at the top may belong to any folder beside it.
            only = None if mine is None or mine & {AT_TOP, "*"} else frozenset(mine)
            quiet = frozenset(part for at, part in restless if at == store and part != AT_TOP)
            taken[store] = Parts(only, quiet)
        watch = self._watch
        resting = Resting(taken, quantities.age(watch.settle), quantities.age(watch.unsure))
        return Look(resting, frozenset(parts or ()), parts is None)

    def _attached(self, root: Root, systems: FileSystems, untold: list[str]) -> tuple[str, str]:
        """Watch one root; return how, and why not by events."""
        if root.kind == "bucket":
            return "polling", "a bucket tells nothing"
        if not root.available:
            return "away", root.why
        if self._folders is None:
            return "polling", "the system does not tell what changes in folders, or gives no more readers of it"
        kind = systems.kind_of(root.path)
        above = f"{root.path.rstrip('/')}/"
        if not tells_everything(kind) or any(point.startswith(above) for point in untold):
            other = kind if not tells_everything(kind) else "what is mounted in it"
            return "polling", f"others may write to it unseen ({other or 'unknown'})"
        try:
            self._folders.add(root.path)
        except OSError as trouble:
            return "away", trouble.strerror or str(trouble)
        self._tops[root.path] = store_of(root.key)
        if root.path in self._folders.short:
            self._folders.short.discard(root.path)
            return "polling", NO_MORE
        return "events", ""

    def _roots(self) -> Iterator[Root]:
        scanned = self.session.workspace.scan
        return (root for root in self.session.setting.roots() if store_of(root.key) in scanned)

    def returned(self) -> bool:
        """Say whether a store that was away is there again, or the other way round."""
        away = {store.root for store in self._stores if store.how == "away"}
        return bool(away) and any(root.available and root.key in away for root in self._roots())

    def remounted(self) -> bool:
        """Say whether what is mounted at, above or below a store is not what it was."""
        before, self._mounted = self._mounted, self._mounts()
        return before != self._mounted

    def put_off(self, seconds: float) -> None:
        """Have nothing looked at for a while, then everything."""
        now = self._clock()
        self._stirred.take_all(now + 1e9)
        self._poll_at = {store: max(at, now + seconds) for store, at in self._poll_at.items()}
        self._whole_at = now + seconds

    def _mounts(self) -> frozenset[tuple[str, str, str, str]]:
        tops = [f"{root.path.rstrip('/')}/" for root in self._roots() if root.kind == "folder"]
        return frozenset(
            (mount.point, mount.kind, mount.source, mount.device)
            for mount in mounts()
            if any(f"{mount.point.rstrip('/')}/".startswith(top) or top.startswith(f"{mount.point.rstrip('/')}/") for top in tops)
        )

    def _period(self, root: Root) -> float:
        # A listing of a bucket is paid for.
        return self._every if root.kind == "bucket" else self._poll

    def _take_settings(self) -> None:
        self._watch: Watch = self.session.workspace.watch
        watch = self._watch
        self._every, self._poll = max(1.0, quantities.age(watch.every)), max(1.0, quantities.age(watch.poll))
        self._stirred = StirredParts(quantities.age(watch.settle))
        self._pace = Pace(watch.max_files, quantities.size(watch.max_bytes) if watch.max_bytes else None, self._clock)
        self._whole_at = self._clock()

    def _now_stamps(self) -> list[Stamp | None]:
        file = self.session.setting.file
        assert file is not None
        return [_stamp(file), _stamp(file.with_name("reshelve.local.yaml"))]

    def _now_ns(self) -> int:
        return nanoseconds(self.session.now())


def _stamp(path: Path) -> Stamp | None:
    try:
        seen = os.stat(path)
    except OSError:
        return None
    return seen.st_ino, seen.st_size, seen.st_mtime_ns
