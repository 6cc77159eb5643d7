"""The watch: waits until something came to rest in any of the workspaces, and files it; until it is told to end.

What is told of folders is a hint. Everything is looked at from time to time, and at once where something may have been missed: the
queue of events overran, a watch was lost, something was mounted, or this process did not run for a while.
"""

import ctypes
import gc
import select
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Protocol

from reshelve.executors.platforms.folder_events import FolderEvents
from reshelve.executors.platforms.service_manager import ServiceManager
from reshelve.executors.platforms.watched_folders import WatchedFolders
from reshelve.executors.runs.run_events import Emit
from reshelve.schemas.cut_short import ways
from reshelve.schemas.problems import Problem, ReshelveError, errors, stop
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.run_report import Report
from reshelve.schemas.system_errors import problem_of
from reshelve.session.cut_short_runs import refuse_cut_short
from reshelve.session.session import Session
from reshelve.session.undelivered_notices import UndeliveredNotices
from reshelve.watching.filing import Acting, Filed, file_what_rests
from reshelve.watching.pace import MINUTE
from reshelve.watching.watched_workspace import Look, WatchedWorkspace

BEAT = 30.0
"""Seconds for which nothing is looked at, at most: whether documents changed, a store is back, or the clock was put."""
PUMP = 0.05
"""Seconds between two readings of what happened in folders while something is being filed."""
TRY_AGAIN = 5.0
"""Seconds until something is tried again that another run, or a fault, stood in the way of."""
JUMP = 5.0
"""Seconds by which clocks may differ before something is looked at anew."""


class Teller(Protocol):
    """Who is told what a watch does."""

    @property
    def emit(self) -> Emit:
        """Who is told how a run goes."""

    def watching(self, workspace: WatchedWorkspace) -> None:
        """A workspace is watched, in the way that its `stores` say."""

    def looked(self, workspace: WatchedWorkspace, look: Look, filed: Filed) -> None:
        """Something was looked at, and perhaps filed."""

    def recovered(self, workspace: WatchedWorkspace, reports: Sequence[Report]) -> None:
        """Runs that were cut short are settled."""

    def problems(self, workspace: WatchedWorkspace, problems: Sequence[Problem]) -> None:
        """These problems are new."""


@dataclass(slots=True, frozen=True)
class Ending:
    """How a watch is told to end: `asked` is set, and `fd` readable then."""

    asked: threading.Event
    fd: int


def watch(sessions: Sequence[Session], teller: Teller, ending: Ending, manager: ServiceManager, *, once: bool = False) -> bool:
    """Watch workspaces until told to end; with `once`, look at each once. Return whether nothing kept that from being done.

    Raises ReshelveError where a workspace is watched by another process already.
    """
    with ExitStack() as closing:
        loop = _Loop(teller, ending, manager)
        for session in sessions:
            loop.add(session, closing, once=once)
        if once:
            looked = [loop.look(workspace, once=True) for workspace in loop.workspaces]
            for workspace in loop.workspaces:
                loop.deliver(workspace)
            return all(looked)
        with suppress(OSError):
            loop.mounts = closing.enter_context(open("/proc/self/mountinfo", "rb"))
        loop.begin()
        while not ending.asked.is_set():
            loop.turn()
        manager.ending()
    return True


class _Loop:
    def __init__(self, teller: Teller, ending: Ending, manager: ServiceManager) -> None:
        self.workspaces: list[WatchedWorkspace] = []
        self.mounts: object = None
        self._folders: list[WatchedFolders] = []
        self._teller = teller
        self._ending = ending
        self._manager = manager
        self._clocks = _clocks()
        self._turned = time.monotonic()
        self._checked: dict[str, float] = {}
        self._undelivered: dict[str, UndeliveredNotices] = {}

    def add(self, session: Session, closing: ExitStack, *, once: bool) -> None:
        """Take in a workspace. Raises ReshelveError where it is watched by another process already."""
        folders: WatchedFolders | None = None
        marks: list[Callable[[str], None]] = []
        if not once:
            with suppress(OSError):
                folders = WatchedFolders(FolderEvents(), lambda path: marks[0](path))
                closing.callback(folders.close)
                self._folders.append(folders)
        workspace = WatchedWorkspace(session, folders, time.monotonic)
        marks.append(workspace.note)
        closing.callback(workspace.close)
        self.workspaces.append(workspace)
        self._undelivered[workspace.name] = UndeliveredNotices()

    def begin(self) -> None:
        """Watch what there is, and say so."""
        for workspace in self.workspaces:
            workspace.attach()
            self._teller.watching(workspace)
        self._manager.ready()

    def turn(self) -> None:
        """Wait until there is something to do, and do it."""
        self._wait()
        for folders in self._folders:
            folders.read()
        self._mind_clocks()
        for workspace in self.workspaces:
            before = [(store.root, store.how) for store in workspace.stores]
            workspace.mends()
            self._mind_documents(workspace)
            if before != [(store.root, store.how) for store in workspace.stores]:
                self._teller.watching(workspace)
            if not self._ending.asked.is_set() and workspace.next() <= time.monotonic():
                self.look(workspace)
                self.deliver(workspace)
            elif not self._ending.asked.is_set() and self._undelivered[workspace.name].rested(BEAT):
                self.deliver(workspace)

    def deliver(self, workspace: WatchedWorkspace) -> None:
        """Send the notices that are due, also those that wait since a receiver did not take them; tell who takes none."""
        with self._pumping():
            problems = self._undelivered[workspace.name].send(workspace.session.notices)
        if problems:
            self._teller.problems(workspace, problems)

    def look(self, workspace: WatchedWorkspace, *, once: bool = False) -> bool:
        """Look at what is due in a workspace, and file it; say whether nothing kept that from being done.

        With `once` it is not tried again, so that what keeps it is raised: ReshelveError, OSError.
        """
        look = workspace.due()
        if look is None:
            return True
        acting = Acting(workspace.room, self._teller.emit, self._ending.asked, workspace.acting, workspace.acted)
        try:
            with self._pumping():
                self._settle(workspace)
                filed = file_what_rests(workspace.session, workspace.decided(), look.resting, acting)
        except ReshelveError as error:
            if once:
                raise
            self._kept(workspace, look, error.problems)
            return False
        except OSError as error:
            if once:
                raise
            self._kept(workspace, look, [problem_of(error)])
            return False
        workspace.waits = ""
        if filed.more:
            workspace.retry(look, MINUTE / 4)
        workspace.again(filed.waits)
        if filed.report is not None:
            if filed.plan is not None:
                workspace.meanwhile(filed.plan, filed.report)
            workspace.filed += filed.report.counts.get("move", 0) + sum(
                filed.report.counts.get(kind, 0) for kind in ("copy", "link", "upload", "download")
            )
        self._new_problems(workspace, filed, whole=look.whole)
        self._teller.looked(workspace, look, filed)
        workspace.tell()
        _give_back_memory()
        planned = filed.plan.problems if filed.plan is not None else ()
        return not (errors([*filed.problems, *planned]) or (filed.report is not None and filed.report.failures))

    def _settle(self, workspace: WatchedWorkspace) -> None:
        """Settle what an earlier watch was cut short in. Raises ReshelveError where it is another's to settle."""
        session = workspace.session
        state = session.setting.state
        unsettled = state.unsettled()
        if not unsettled:
            return
        session.runs.refuse_under_way()
        unsettled = [run for run in state.unsettled() if run in unsettled]  # one that ended meanwhile needs nothing
        if any(state.plan_of(run).command not in ("watch", "file") for run in unsettled):
            refuse_cut_short(session.setting)
            raise stop(
                "unsettled-run", "A run never settled.", "Nothing is filed before it is settled.", path=unsettled[0], hint=ways()
            )
        session.runs.recover(cancel=self._ending.asked, tell=lambda report: self._teller.recovered(workspace, [report]))

    def _kept(self, workspace: WatchedWorkspace, look: Look, problems: Sequence[Problem]) -> None:
        """Note what kept a look from being taken. It is told once, and the look is tried again."""
        workspace.retry(look, TRY_AGAIN)
        workspace.waits = problems[0].summary if problems else ""
        new = [problem for problem in problems if problem not in workspace.said]
        workspace.said.update(problems)
        if new:
            self._teller.problems(workspace, new)
        workspace.tell()

    def _new_problems(self, workspace: WatchedWorkspace, filed: Filed, *, whole: bool) -> None:
        from reshelve.views.plans import blocked_problems

        found = list(filed.problems)
        if filed.plan is not None:
            found += [problem for problem in filed.plan.problems if problem.severity != "note"]
            found += blocked_problems(filed.plan)
        if filed.report is not None:
            # What was broken off because the watch ends is no fault: it is done when it goes on.
            found += [problem for problem in filed.report.failures if not filed.report.interrupted or problem.code != "cancelled"]
        new = [problem for problem in dict.fromkeys(found) if problem not in workspace.said]
        workspace.said = set(found) if whole else workspace.said | set(found)
        if new:
            self._teller.problems(workspace, new)

    def _mind_documents(self, workspace: WatchedWorkspace) -> None:
        """Take in changes of a workspace's documents, and stores that came back, every now and then."""
        now = time.monotonic()
        if workspace.next() > now and now - self._checked.get(workspace.name, 0.0) < BEAT:
            return
        self._checked[workspace.name] = now
        try:
            if workspace.reopened() or workspace.returned():
                workspace.attach()
                workspace.look_at_all()
        except ReshelveError as error:
            workspace.waits = error.problems[0].summary
            new = [problem for problem in error.problems if problem not in workspace.said]
            workspace.said.update(error.problems)
            if new:
                self._teller.problems(workspace, new)
            workspace.put_off(TRY_AGAIN)

    def _wait(self) -> None:
        """Wait until something happened, or is due."""
        poll = select.poll()
        poll.register(self._ending.fd, select.POLLIN)
        for folders in self._folders:
            poll.register(folders.fd, select.POLLIN)
        if self.mounts is not None:
            poll.register(self.mounts, select.POLLPRI)  # type: ignore[arg-type]
        due = min(workspace.next() for workspace in self.workspaces) - time.monotonic()
        if any(workspace.amiss() for workspace in self.workspaces):
            # It was told while something else was done.
            due = 0.0
        wait = max(0.0, min(due, BEAT, self._manager.every or BEAT))
        told = poll.poll(wait * 1000 + 1)
        mounts = self.mounts.fileno() if self.mounts is not None else -1  # type: ignore[attr-defined]
        if any(fd == mounts for fd, _ in told):
            for workspace in self.workspaces:
                if workspace.remounted():
                    workspace.attach()
                    workspace.look_at_all()
        elif told and not self._ending.asked.is_set():
            # Much comes at once: it is read at once, too.
            time.sleep(PUMP)
        if self._manager.every:
            self._manager.alive()

    def _mind_clocks(self) -> None:
        """Look at everything where this process did not run for a while, or a clock was put."""
        now, clocks = time.monotonic(), _clocks()
        away = now - self._turned > BEAT + JUMP
        if away or any(abs(before - after) > JUMP for before, after in zip(self._clocks, clocks, strict=True)):
            for workspace in self.workspaces:
                workspace.look_at_all()
        self._turned, self._clocks = now, clocks

    @contextmanager
    def _pumping(self) -> Iterator[None]:
        """Take in what happens in folders, and tell the service manager that this lives, for as long as something else is done."""
        ended = threading.Event()

        def pump() -> None:
            told = 0.0
            while not ended.wait(PUMP):
                for folders in self._folders:
                    folders.read()
                if self._manager.every and time.monotonic() - told >= self._manager.every:
                    told = time.monotonic()
                    self._manager.alive()

        thread = threading.Thread(target=pump, name="folder events", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            self._turned, self._clocks = time.monotonic(), _clocks()


def _clocks() -> tuple[float, float]:
    """Return by how much the wall's clock, and the one that counts sleep, are ahead of the one that does not."""
    monotonic = time.monotonic()
    asleep = time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else monotonic
    return time.time() - monotonic, asleep - monotonic


def _give_back_memory() -> None:
    """Give the memory of a large look back to the system: a watch is mostly idle."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
