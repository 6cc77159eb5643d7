"""The state of a workspace: its runs, what an undo holds, and nothing whose loss would lose a file."""

import contextlib
import os
import re
import shlex
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from reshelve.executors.state.held_lists import HELD, load_held, remove_held, save_held
from reshelve.executors.state.recorded_roots import recorded_roots
from reshelve.executors.state.run_damage import emptied, several
from reshelve.executors.state.run_records import damage_in, has_settled, journal_in, plan_in, report_told, run_of, tell_by_report
from reshelve.executors.state.run_reports import load_figures, load_report
from reshelve.executors.state.run_summaries import RunSummary, summary_in, tell_undone
from reshelve.executors.state.state_files import replace_state_file, sync_folder
from reshelve.schemas.documents.atomic_files import on_read_only
from reshelve.schemas.documents.plan_files import Extent, save_plan
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, ReshelveError, stop
from reshelve.schemas.run_record import Run
from reshelve.schemas.run_report import Report
from reshelve.schemas.undone import Undone

_NEW = ".new-"
_RECORDS = ("journal.ndjson", "plan.json", "report.json")
_FOLDER = re.compile(r"(\d{6,})-([0-9a-f]{12})\Z")


def holds_runs(folder: Path) -> bool:
    """Say whether a folder is the state of a workspace or the record of a run, whatever its name is; False if unreadable."""
    with contextlib.suppress(OSError):
        if _FOLDER.match(folder.name) and _has_records(folder):
            return True
        return any(_FOLDER.match(name) for name in os.listdir(folder / "runs"))
    return False


class State:
    """A `.reshelve` folder: `runs/SEQ-ID/{plan.json,journal.ndjson,report.json,held.json}`, `catalog.db`.

    `home` is the folder in which commands find it: the one it lies in unless told otherwise.
    """

    def __init__(self, folder: Path, home: Path | None = None) -> None:
        self.folder = folder
        self.home = home or folder.parent
        self._keeps: Extent | None = None
        self._kept: Plan | None = None

    def prepare(self) -> None:
        """Make the folder, kept out of git by its own `.gitignore`. May run any number of times.

        Raises ReshelveError where this process may not write, or a link leads elsewhere: before the first effect, not when a run is
        to be remembered.
        """
        if links := self.links():
            detail = "What reshelve keeps would be written where it leads. A folder from somebody else may hold such a link."
            link = shlex.quote(str(links[0]))
            hint = f"Look where it leads: ls -l {link}\nIf it is not yours: rm {link}"
            raise stop("state-link", "A folder of the state is a link.", detail, path=str(links[0]), hint=hint)
        runs = self.folder / "runs"
        try:
            # What the folder lies in is somebody's: where it is gone, as on a disk that is away, nothing is made in its place.
            self.folder.mkdir(exist_ok=True)
            runs.mkdir(exist_ok=True)
            writable = all(os.access(folder, os.W_OK | os.X_OK) for folder in (self.folder, runs))
        except PermissionError:
            writable = False
        except FileNotFoundError as trouble:
            detail, hint = (
                f"There is no folder {self.folder.parent}.",
                "Was it moved, or is its disk away? Nothing is made in its place.",
            )
            raise stop(
                "state-unreadable", "The folder of the state is gone.", detail, path=str(self.folder), hint=hint
            ) from trouble
        except OSError as trouble:
            raise _unreadable(trouble, self.folder) from trouble
        if not writable:
            detail = "A run keeps its journal there; without it nothing could be taken back."
            hint = "Give this user the right to write there."
            if on_read_only(self.folder):
                detail, hint = f"Its file system is mounted read-only. {detail}", "Mount it writable, then try again."
            raise stop("state-not-writable", "The state of runs cannot be written.", detail, path=str(self.folder), hint=hint)
        ignore = self.folder / ".gitignore"
        if not ignore.is_symlink() and (not ignore.exists() or not ignore.stat().st_size):
            # Another process that writes it at this moment may take our new file's name, or ours its: it says the same.
            with contextlib.suppress(FileExistsError, FileNotFoundError):
                replace_state_file(ignore, b"*\n")

    def links(self) -> list[Path]:
        """Return which of the folders of this state are links: nothing is written through one."""
        folders = [self.folder, self.folder / "runs", self.folder / "sync"]
        with contextlib.suppress(OSError), os.scandir(folders[1]) as inside:
            folders += sorted(folders[1] / each.name for each in inside if each.is_symlink())
        return [folder for folder in folders if folder.is_symlink()]

    # Runs.

    def run_folders(self) -> list[tuple[str, Path]]:
        """Return (run id, folder), oldest first. Raises ReshelveError where the state is no folder or cannot be read."""
        try:
            names = sorted(os.listdir(self.folder / "runs"), key=lambda name: (len(name), name))
        except FileNotFoundError:
            return []
        except OSError as trouble:
            raise _unreadable(trouble, self.folder) from trouble
        found = [(match.group(2), self.folder / "runs" / name) for name in names if (match := _FOLDER.match(name))]
        return [(run, folder) for run, folder in found if _has_records(folder)]

    def misplaced(self) -> list[Problem]:
        """Return a problem for each folder of a run that holds nothing of it by now, and for each run with several folders."""
        with contextlib.suppress(OSError):
            names = sorted(os.listdir(self.folder / "runs"))
            found = [(match.group(2), self.folder / "runs" / name) for name in names if (match := _FOLDER.match(name))]
            # A folder gets its name only with a plan and a journal in it: what is not there by now was lost.
            return [*map(emptied, (folder for _, folder in found if not _has_records(folder))), *several(found)]
        return []

    def has(self, prefix: str) -> bool:
        """Say whether there is a run whose id begins so."""
        return any(run.startswith(prefix) for run, _ in self.run_folders())

    def new_folder(self, plan: Plan) -> Path:
        """Return where a new run is prepared, under a name that is no run's. What killed processes prepared goes."""
        runs = self.folder / "runs"
        self.drop_prepared()
        names = os.listdir(runs)
        numbers = [int(match.group(1)) for name in names if (match := _FOLDER.match(name))]
        return runs / f"{_NEW}{max(numbers, default=0) + 1:06d}-{plan.run}"

    def drop_prepared(self) -> None:
        """Remove what killed processes prepared, and never began. For who holds the lock of the state. Raises OSError."""
        runs = self.folder / "runs"
        for name in os.listdir(runs):
            if name.startswith(_NEW):
                shutil.rmtree(runs / name, ignore_errors=True)

    def prepare_run(self, plan: Plan, folder: Path) -> None:
        """Put the plan of a new run into its folder, durably."""
        folder.mkdir()
        save_plan(plan, folder / "plan.json")
        sync_folder(folder)

    def begin(self, folder: Path) -> None:
        """Make a run of what was prepared, once there is a journal in it: the folder gets its name, durably."""
        folder.rename(_named(folder))
        sync_folder(folder.parent)

    def drop(self, folder: Path) -> None:
        """Remove what was prepared, a run by now or not, that touched nothing: it is to be none. Raises OSError."""
        if _named(folder).exists():
            _named(folder).rename(folder)
        shutil.rmtree(folder, ignore_errors=True)

    def forget(self, run: str) -> bool:
        """Remove the record of a run, by its whole id; say whether there was one. For who holds the state's lock. Raises OSError.

        A kill leaves it whole, or under a name that is no run's, which the next run removes.
        """
        folder = dict(self.run_folders()).get(run)
        if folder is None:
            return False
        gone = folder.with_name(f"{_NEW}{folder.name}")
        folder.rename(gone)
        sync_folder(folder.parent)
        shutil.rmtree(gone, ignore_errors=True)
        return True

    def runs(self, damaged: list[Problem] | None = None) -> list[RunSummary]:
        """Return every run, newest first; one whose report is damaged as its plan and journal tell it, or as `lost`.

        What is wrong is added to `damaged`. Without it, a state that is no folder raises ReshelveError.
        """
        oldest_first: list[RunSummary] = []
        try:
            for run, folder in self.run_folders():
                oldest_first.append(summary_in(run, folder, [] if damaged is None else damaged))
            if damaged is not None:
                damaged += self.misplaced()
        except ReshelveError as trouble:
            if damaged is None:
                raise
            damaged += trouble.problems
        tell_undone(oldest_first)
        return oldest_first[::-1]

    def run_summary(self, run: str) -> RunSummary:
        """Return a run as a log shows it, by its whole id. Raises KeyError."""
        return {summary.id: summary for summary in self.runs()}[run]

    def run(self, prefix: str, *, facts: bool = True) -> Run:
        """Return one run, by the beginning of its id or "last". Raises ReshelveError when none or several fit.

        Without `facts`, those of its operations may be left out.
        """
        run, folder = self._find(prefix)
        found = journal_in(run, folder)
        plan = self._plan_in(run, folder, "all" if facts else "no facts")
        loaded = run_of(replace(plan, roots=recorded_roots(plan.roots, self.folder)), found.records)
        report = load_figures(folder) if loaded.outcome == "unsettled" and has_settled(run, folder) else None
        if report is not None:
            tell_by_report(loaded, report, found.damage, folder)
        loaded.undone_by = next((summary.undone_by for summary in self.runs() if summary.id == run), "")
        return loaded

    def damage_of(self, run: str) -> list[Problem]:
        """Return what is wrong with the plan and the journal of a run, by its whole id. Raises KeyError."""
        return damage_in(run, self.folder_of(run))

    def plan_of(self, prefix: str) -> Plan:
        """Return the plan a run carried out. Raises ReshelveError where it is lost, of kind "unsettled" while the run is."""
        return self._plan_in(*self._find(prefix), "all")

    def put_away_by(self, run: str) -> list[tuple[str, str]]:
        """Return the entries (target, source) whose files the plan of a run puts away. Raises as `plan_of`, and KeyError."""
        return plan_in(run, self.folder_of(run), "no operations").put_away

    @contextmanager
    def keeping(self, extent: Extent) -> Iterator[None]:
        """In here, keep the plan that is read first to this extent: of a run to take back, or to settle, it is asked for again."""
        self._keeps = extent
        try:
            yield
        finally:
            self._keeps, self._kept = None, None

    def _plan_in(self, run: str, folder: Path, extent: Extent) -> Plan:
        if extent == self._keeps and self._kept is not None and self._kept.run == run:
            return self._kept
        plan = plan_in(run, folder, extent)
        if extent == self._keeps and self._kept is None:
            self._kept = plan
        return plan

    def report_of(self, prefix: str, damaged: list[Problem] | None = None) -> Report | None:
        """Return the report of a run, or None while it is unsettled.

        Where the file is damaged, its plan and journal tell it, and `damaged` is told; where they cannot, it raises ReshelveError.
        """
        run, folder = self._find(prefix)
        try:
            return load_report(folder)
        except ReshelveError as trouble:
            told = report_told(run, folder)
            if told is None:
                raise
            if damaged is not None:
                damaged += trouble.problems
            return told

    def folder_of(self, run: str) -> Path:
        """Return the folder of a run by its whole id. Raises KeyError."""
        return dict(self.run_folders())[run]

    def base(self) -> str:
        """Return the id of the last settled run, "" before the first."""
        return next((run for run, folder in reversed(self.run_folders()) if has_settled(run, folder)), "")

    def unsettled(self) -> list[str]:
        """Return the ids of runs that never settled, oldest first."""
        return [run for run, folder in self.run_folders() if not has_settled(run, folder)]

    def used(self, plan_id: str) -> bool:
        """Say whether a plan has been run, however that ended."""
        return any(run == plan_id[:12] for run, _ in self.run_folders())

    # What an undo holds.

    def holding(self) -> list[str]:
        """Return the ids of the runs of which an undo holds something, oldest first."""
        return list(self._holding())

    def held_of(self, run: str) -> list[Undone]:
        """Return what an undo of `run` holds. Raises KeyError, and ReshelveError if damaged."""
        return load_held(self.folder_of(run) / HELD)

    def hold(self, run: str, entries: Collection[Undone]) -> None:
        """Hold just these entries of `run`, which was taken back. Raises KeyError for an unknown run."""
        if entries:
            save_held(self.folder_of(run) / HELD, entries)

    def release(self, run: str | None = None) -> None:
        """Let what an undo of `run` holds (None: of any) be planned again, also where the list of it is damaged."""
        lists = self._holding()
        for key in self.holding_of(run):
            remove_held(lists[key])

    def holding_of(self, run: str | None) -> list[str]:
        """Return the ids of the runs that begin so (None: any) of which an undo holds something. Raises ReshelveError for none."""
        chosen = [key for key in self._holding() if run is None or key.startswith(run)]
        if run is not None and not chosen:
            raise stop(
                "nothing-held",
                "Nothing is held for that run.",
                f"Neither {run} nor an undo of it holds entries back.",
                hint="reshelve log",
            )
        return chosen

    def let_go(self, entries: Collection[Undone]) -> None:
        """Let these be planned again, and what else comes from their sources, whichever undo holds it.

        A damaged file stays. May run twice.
        """
        named = {(each.target, each.source) for each in entries}
        sources = {each.source for each in entries if each.target and each.source}
        for path in self._holding().values():
            try:
                held = load_held(path)
            except ReshelveError:
                continue
            kept = [one for one in held if (one.target, one.source) not in named and not (one.target and one.source in sources)]
            if not kept:
                remove_held(path)
            elif len(kept) < len(held):
                save_held(path, kept)

    def _holding(self) -> dict[str, Path]:
        """Return where it is noted what the undo of each run holds, by run."""
        return {run: folder / HELD for run, folder in self.run_folders() if os.path.lexists(folder / HELD)}

    def _find(self, prefix: str) -> tuple[str, Path]:
        folders = self.run_folders()
        found = folders[-1:] if prefix == "last" else [one for one in folders if one[0].startswith(prefix)]
        if len(found) != 1:
            none = "There are no runs yet." if prefix == "last" else f"No run is called {prefix}."
            detail = f"{len(found)} runs begin with {prefix}." if found else none
            if found and len({run for run, _ in found}) == 1:
                detail = f"Run {found[0][0]} has several folders: {', '.join(str(folder) for _, folder in found)}."
            raise stop("no-such-run", "No such run." if not found else "That could be several runs.", detail, hint="reshelve log")
        return found[0]


def _has_records(folder: Path) -> bool:
    return any((folder / name).exists() for name in _RECORDS)


def _named(folder: Path) -> Path:
    """Return the folder of a run by where it is prepared."""
    return folder.with_name(folder.name.removeprefix(_NEW))


def _unreadable(trouble: OSError, folder: Path) -> ReshelveError:
    detail = f"{trouble.strerror or trouble}."
    hint = "Move away what is there, or give this user the right to read it."
    return stop("state-unreadable", "The state folder of runs cannot be read as a folder.", detail, path=str(folder), hint=hint)
