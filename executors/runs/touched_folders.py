"""The folders a run touches: their times at first touch, what was done in them made to last, their times at its end (design §5)."""

import errno
from collections.abc import Collection, Container, Iterable, Iterator, Sequence

from reshelve.executors.contracts.object_store import folder_store
from reshelve.executors.runs.failing_roots import FailingRoots, roots_of
from reshelve.executors.state.run_journal import Journal
from reshelve.executors.verbs.file_verbs import Folder, Stores, folders_of
from reshelve.schemas.cut_short import ways
from reshelve.schemas.journal_records import Folders
from reshelve.schemas.locations import around_trash, in_trash, join, parent, printable, split
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, ReshelveError, stop
from reshelve.schemas.verbs import Verb

_NOT_OURS = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EPERM})


def _lying_in(folder: Folder) -> Folder:
    """Return the folder whose time a change shows in: for what is in a trash folder, the one that the trash lies in."""
    root, rel = folder
    return (root, around_trash(rel)) if in_trash(rel) else folder


class TouchedFolders:
    """The folders a run has touched so far. What is in a bucket is in none."""

    def __init__(self, plan: Plan, stores: Stores, journal: Journal, failing: FailingRoots) -> None:
        self._plan = plan
        self._stores = stores
        self._journal = journal
        self._failing = failing
        self._buckets = {key for key, store in stores.items() if store.root.kind == "bucket"}
        self._before: dict[Folder, int | None] = {}
        self._trash: set[Folder] = set()

    def of(self, compiled: Iterable[tuple[int, Sequence[Verb]]]) -> set[Folder]:
        """Return the folders that the verbs of some operations touch."""
        found = {folder for _, verbs in compiled for verb in verbs for folder in folders_of(verb)}
        return {folder for folder in found if folder[0] not in self._buckets} if self._buckets else found

    def look_anew(self) -> None:
        """Make the stores forget what they remember of folders: somebody else may have moved them.

        What was listed of a bucket stays: each object is asked for as it was seen, and refused by the service when it is another.
        """
        for key, store in self._stores.items():
            if key not in self._buckets:
                store.forget()

    def note(self, touched: set[Folder]) -> None:
        """Journal the times of folders about to be touched for the first time; of a trash folder that of the one it lies in too."""
        self.note_trash(touched)
        fresh: list[tuple[str, int]] = []
        for folder in sorted({*touched, *map(_lying_in, touched)} - self._before.keys()):
            root, rel = folder
            item = self._stores[root].stat(rel)
            self._before[folder] = item.mtime_ns if item is not None else None
            if item is not None:
                fresh.append((join(root, rel), item.mtime_ns))
        if fresh:
            self._journal.write(Folders(fresh))

    def note_journaled(self, before: Iterable[tuple[str, int]]) -> None:
        """Know the times that a run journaled before it was cut short."""
        for place, mtime_ns in before:
            self._before.setdefault(split(place), mtime_ns)

    def note_trash(self, folders: Iterable[Folder]) -> None:
        """Know trash folders that the run may have made: those it leaves empty go when it settles."""
        self._trash.update(folder for folder in folders if in_trash(folder[1]))

    def sync(self, touched: Iterable[Folder]) -> None:
        """Make what was done in folders last. Raises OSError."""
        by_root: dict[str, list[str]] = {}
        for root, rel in touched:
            by_root.setdefault(root, []).append(rel)
        for root, folders in by_root.items():
            self._stores[root].sync(folders)

    def sync_batch(self, touched: set[Folder], done: Collection[int], *, goes_back: bool) -> None:
        """Make what a batch did last; `done`: its operations that stand done; `goes_back`: a failure takes the run back.

        Raises OSError; ReshelveError of kind "unsettled" where what is kept may not have lasted: only looking there tells.
        """
        gone = {root for root, _ in touched if self._failing.is_gone(root)}
        for index in done if gone else ():
            if lost := gone.intersection(roots_of(self._plan.operations[index])):
                raise self._not_lasting(min(lost), "it went away in the middle of the run")
        try:
            self.sync(folder for folder in touched if folder[0] not in gone)
        except OSError as error:
            if goes_back or not done:
                raise
            raise self._not_lasting(printable(str(error.filename or "")), error.strerror or f"{error}") from error

    def _not_lasting(self, place: str, why: str) -> ReshelveError:
        summary, detail = f"Run {self._plan.run} broke off.", f"{place}: {why}; what was done there last may not have lasted."
        hint = ways(first="Mount or connect it, or put it right")
        return stop("broken-off", summary, detail, path=place, hint=hint, kind="unsettled")

    # At the end of the run.

    def prune_trash(self) -> None:
        """Remove the trash folders this run left empty."""
        for root, rel in sorted(self._trash, key=lambda folder: (-folder[1].count("/"), folder)):
            while in_trash(rel):
                try:
                    folder_store(self._stores[root]).remove_dir(rel)
                except FileNotFoundError:
                    pass
                except OSError:
                    break
                rel = parent(rel)

    def restore_times(self, but: Container[Folder] = ()) -> Iterator[Problem]:
        """Give folders, `but` some, their times before the run; yield a problem for each that could not be set."""
        for folder, mtime_ns in self._before.items():
            if mtime_ns is not None and folder not in but:
                yield from self._set_time(folder, mtime_ns)
        # A folder brought back had a time of its own, older than this run's first touch may have seen.
        for operation in self._plan.operations:
            if operation.op == "rmdir" and (folder := split(operation.src)) not in self._before and folder not in but:
                yield from self._set_time(folder, operation.mtime_ns)

    def set_times_of_part(self, stands: Sequence[bool]) -> Iterator[Problem]:
        """Do both for a run that did a part of it; `stands`, by operation: did all that concerns a folder stay, or nothing?"""
        run, operations = self._plan.run, self._plan.operations
        changed: tuple[set[Folder], set[Folder]] = set(), set()
        for index, (operation, done) in enumerate(zip(operations, stands, strict=True)):
            touched = self.of([(index, operation.verbs(run, index))])
            changed[done].update(touched, map(_lying_in, touched))
        rest, kept = changed
        yield from self.restore_times(but=kept)
        yield from self.set_planned_times(but=rest)

    def set_planned_times(self, but: Container[Folder] = ()) -> Iterator[Problem]:
        """Give folders the times their plan names, where they still had the expected ones; yield a problem for each that failed."""
        for wanted in self._plan.folder_times:
            folder = split(wanted.place)
            if folder in but and wanted.expect_ns != wanted.mtime_ns:  # the time is kept where only a trash comes and goes
                continue
            if wanted.expect_ns >= 0:
                seen = self._before.get(folder)
                if seen is None and (item := folder_store(self._stores[folder[0]]).stat(folder[1])) is not None:
                    seen = item.mtime_ns
                if seen != wanted.expect_ns:
                    continue
            yield from self._set_time(folder, wanted.mtime_ns)

    def _set_time(self, folder: Folder, mtime_ns: int) -> Iterator[Problem]:
        try:
            folder_store(self._stores[folder[0]]).set_times(folder[1], mtime_ns)
        except OSError as error:
            # Gone by now, or another's (EPERM): its time is nobody's loss. What cannot be reached, or is broken, is told of.
            if error.errno not in _NOT_OURS:
                place = join(*folder)
                detail = f"{printable(place)}: {error.strerror}."
                yield Problem("folder-time-lost", "The time of a folder could not be set.", detail, place, severity="warning")

    def times_left(self) -> list[tuple[str, int]]:
        """Return the times that the touched folders outside the trash have now, by place."""
        left = []
        for root, rel in self._before:
            if in_trash(rel) or self._failing.is_gone(root):
                continue
            item = self._stores[root].stat(rel)
            if item is not None and item.kind == "dir":
                left.append((join(root, rel), item.mtime_ns))
        return left
