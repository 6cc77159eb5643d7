"""The state of a workspace: its runs, what an undo holds, and nothing whose loss would lose a file."""

import contextlib
import os
import re
import shlex
import shutil
from collections.abc import Collection
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from reshelve.executors.state import run_journal
from reshelve.executors.state.recorded_roots import recorded_roots
from reshelve.executors.state.run_reports import damaged_file, load_figures, load_report, replace_file, report_of_run
from reshelve.schemas.documents.plan_files import load_plan, save_plan
from reshelve.schemas.documents.source_lines import open_file, read_file
from reshelve.schemas.journal_records import Began, Folders, Left, MadeFiles, Record, Settled
from reshelve.schemas.plan import Plan, PlanCommand
from reshelve.schemas.problems import Kind, Problem, ReshelveError, errors, stop
from reshelve.schemas.run_record import FolderTouched, Made, OnError, Outcome, Run
from reshelve.schemas.run_report import Report

_NEW = ".new-"
_HEAD = 4096
_REPORT = re.compile(rb'\{\s*"')
_FOLDER = re.compile(r"(\d{6,})-([0-9a-f]{12})\Z")
HELD = "held.json"
"""Beside the plan of a run that was taken back: its entries that are not to be planned again."""


@dataclass(slots=True)
class RunSummary:
    """A run as a log shows it.

    `undone_by` is the run that took it back, "" while it stands; `held`: its entries are not planned again. `lost`: what it did is
    not known, for its plan was lost before it settled.
    """

    id: str
    command: PlanCommand
    of: str
    outcome: Outcome
    on_error: OnError
    started: str
    ended: str = ""
    who: str = ""
    host: str = ""
    operations: int = 0
    done: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    moved_bytes: int = 0
    copied_bytes: int = 0
    trashed_bytes: int = 0
    failures: int = 0
    whole: bool = True
    undone_by: str = ""
    held: bool = False
    lost: bool = False
    interrupted: bool = False


_FROM_REPORT = {each.name for each in fields(RunSummary)} & {each.name for each in fields(Report)} - {"failures"}
"""What a summary has as the run's report has it."""


class State:
    """A `.reshelve` folder: `runs/SEQ-ID/{plan.json,journal.ndjson,report.json,held.json}`, `catalog.db`.

    `home` is the folder in which commands find it: the one it lies in unless told otherwise.
    """

    def __init__(self, folder: Path, home: Path | None = None) -> None:
        self.folder = folder
        self.home = home or folder.parent

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
            runs.mkdir(parents=True, exist_ok=True)
            writable = all(os.access(folder, os.W_OK | os.X_OK) for folder in (self.folder, runs))
        except PermissionError:
            writable = False
        except OSError as trouble:
            raise _unreadable(trouble, self.folder) from trouble
        if not writable:
            detail = "A run keeps its journal there; without it nothing could be taken back."
            hint = "Give this user the right to write there."
            raise stop("state-not-writable", "The state of runs cannot be written.", detail, path=str(self.folder), hint=hint)
        ignore = self.folder / ".gitignore"
        if not ignore.is_symlink() and (not ignore.exists() or not ignore.stat().st_size):
            replace_file(ignore, b"*\n")

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
        # A folder gets its name only with a journal in it: where there is none by now, it was lost.
        return [(run, folder) for run, folder in found if any((folder / name).exists() for name in ("journal.ndjson", "plan.json"))]

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
        run_journal.sync_folder(folder)

    def begin(self, folder: Path) -> None:
        """Make a run of what was prepared, once there is a journal in it: the folder gets its name, durably."""
        folder.rename(_named(folder))
        run_journal.sync_folder(folder.parent)

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
        run_journal.sync_folder(folder.parent)
        shutil.rmtree(gone, ignore_errors=True)
        return True

    def runs(self, damaged: list[Problem] | None = None) -> list[RunSummary]:
        """Return every run, newest first; one whose report is damaged as its plan and journal tell it, or as `lost`.

        What is wrong is added to `damaged`. Without it, a state that is no folder raises ReshelveError.
        """
        oldest_first: list[RunSummary] = []
        try:
            for run, folder in self.run_folders():
                oldest_first.append(self._summary_or_lost(run, folder, [] if damaged is None else damaged))
        except ReshelveError as trouble:
            if damaged is None:
                raise
            damaged += trouble.problems
        by_id = {summary.id: summary for summary in oldest_first}
        for summary in oldest_first:
            if summary.of in by_id and summary.outcome == "done" and summary.whole:
                by_id[summary.of].undone_by = summary.id
        # Undoing an undo lets the first run stand again.
        for summary in reversed(oldest_first):
            target = by_id.get(summary.of)
            if target is not None and summary.undone_by and target.undone_by == summary.id:
                target.undone_by = ""
        return oldest_first[::-1]

    def run_summary(self, run: str) -> RunSummary:
        """Return a run as a log shows it, by its whole id. Raises KeyError."""
        return {summary.id: summary for summary in self.runs()}[run]

    def run(self, prefix: str) -> Run:
        """Return one run whole, by the beginning of its id or "last". Raises ReshelveError when none or several fit."""
        run, folder = self._find(prefix)
        found = _journal(run, folder)
        loaded = run_of(self._plan(run, folder), found.records)
        loaded.plan.roots = recorded_roots(loaded.plan.roots, self.folder)
        report = load_figures(folder) if loaded.outcome == "unsettled" and _has_settled(run, folder) else None
        if report is not None:
            _tell_by_report(loaded, report, found.damage, folder)
        loaded.undone_by = next((summary.undone_by for summary in self.runs() if summary.id == run), "")
        return loaded

    def damage_of(self, run: str) -> list[Problem]:
        """Return what is wrong with the plan of a run, by its whole id, and with its journal if it has settled. Raises KeyError."""
        folder = self.folder_of(run)
        found: list[Problem] = []
        try:
            self._plan(run, folder)
        except ReshelveError as trouble:
            found += trouble.problems
        try:
            left = _journal(run, folder)
            if not _has_settled(run, folder):
                return found
        except ReshelveError as trouble:
            return found + trouble.problems
        cut = not any(isinstance(record, Settled) for record in left.records[-1:])
        if damage := left.damage or ("it ends before the run did" if cut else ""):
            detail = f"{damage[:1].upper()}{damage[1:]}."
            hint = "Put it back from a backup, if there is one: without it, less of the run can be undone."
            summary = f"The journal of run {run} is damaged."
            found.append(Problem("journal-damaged", summary, detail, str(folder / "journal.ndjson"), hint))
        return found

    def plan_of(self, prefix: str) -> Plan:
        """Return the plan a run carried out. Raises ReshelveError where it is lost, of kind "unsettled" while the run is."""
        return self._plan(*self._find(prefix))

    def report_of(self, prefix: str, damaged: list[Problem] | None = None) -> Report | None:
        """Return the report of a run, or None while it is unsettled.

        Where the file is damaged, its plan and journal tell it, and `damaged` is told; where they cannot, it raises ReshelveError.
        """
        run, folder = self._find(prefix)
        try:
            return load_report(folder)
        except ReshelveError as trouble:
            told = self._told(run, folder)
            if told is None:
                raise
            if damaged is not None:
                damaged += trouble.problems
            return told

    def _told(self, run: str, folder: Path) -> Report | None:
        """Return the report of a settled run as its plan and journal tell it; None where they do not."""
        try:
            loaded = run_of(self._plan(run, folder), _journal(run, folder).records)
        except ReshelveError:
            return None
        return None if loaded.outcome == "unsettled" else report_of_run(loaded)

    def folder_of(self, run: str) -> Path:
        """Return the folder of a run by its whole id. Raises KeyError."""
        return dict(self.run_folders())[run]

    def base(self) -> str:
        """Return the id of the last settled run, "" before the first."""
        return next((run for run, folder in reversed(self.run_folders()) if _has_settled(run, folder)), "")

    def unsettled(self) -> list[str]:
        """Return the ids of runs that never settled, oldest first."""
        return [run for run, folder in self.run_folders() if not _has_settled(run, folder)]

    def used(self, plan_id: str) -> bool:
        """Say whether a plan has been run, however that ended."""
        return any(run == plan_id[:12] for run, _ in self.run_folders())

    # What an undo holds.

    def holding(self) -> list[str]:
        """Return the ids of the runs of which an undo holds something, oldest first."""
        return list(self._holding())

    def held_of(self, run: str) -> list[tuple[str, str]]:
        """Return the (target, source) locations that an undo of `run` holds. Raises KeyError, and ReshelveError if damaged."""
        return _load_held(self.folder_of(run) / HELD)

    def hold(self, run: str, pairs: Collection[tuple[str, str]]) -> None:
        """Hold just these (target, source) locations of `run`, which was taken back. Raises KeyError for an unknown run."""
        if pairs:
            replace_file(self.folder_of(run) / HELD, _held_adapter().dump_json(sorted(pairs), indent=1))

    def release(self, run: str | None = None) -> int:
        """Let what an undo of `run` holds (None: of any) be planned again, and return how many entries that is."""
        chosen = [path for key, path in self._holding().items() if run is None or key.startswith(run)]
        if run is not None and not chosen:
            raise stop(
                "nothing-held", "Nothing is held for that run.", f"No undo of {run} holds entries back.", hint="reshelve log"
            )
        count = 0
        for path in chosen:
            with contextlib.suppress(ReshelveError):  # a damaged one goes as well: what it held is let go of, whatever it was
                count += len(_load_held(path))
            _remove(path)
        return count

    def let_go(self, pairs: Collection[tuple[str, str]]) -> None:
        """Let these (target, source) locations be planned again, whichever undo holds them. A damaged file stays. May run twice."""
        for path in self._holding().values():
            try:
                held = _load_held(path)
            except ReshelveError:
                continue
            kept = [pair for pair in held if pair not in pairs]
            if not kept:
                _remove(path)
            elif len(kept) < len(held):
                replace_file(path, _held_adapter().dump_json(kept, indent=1))

    def _holding(self) -> dict[str, Path]:
        """Return where it is noted what the undo of each run holds, by run."""
        return {run: folder / HELD for run, folder in self.run_folders() if os.path.lexists(folder / HELD)}

    def _plan(self, run: str, folder: Path) -> Plan:
        try:
            plan = load_plan(folder / "plan.json")
        except ReshelveError as error:
            if isinstance(error.__cause__, PermissionError):
                raise
            raise self._plan_lost(run, folder, error.problems[0].detail) from error
        if plan.run != run:
            raise self._plan_lost(run, folder, f"It is the plan of run {plan.run}.")
        return plan

    def _plan_lost(self, run: str, folder: Path, why: str) -> ReshelveError:
        again = f"If you have this plan elsewhere (its id begins with {run}), put it back there"
        if (folder / "report.json").exists():
            hint = f"{again}. Otherwise the run can be neither shown nor undone.\n{out_of_history(folder)}"
            kind: Kind = "error"
        else:
            hint = f"{again}, then: reshelve recover\nElse record the run as it stands, with all left in place: "
            hint += "reshelve recover --accept"
            kind = "unsettled"
        path = str(folder / "plan.json")
        return stop("plan-lost", f"The plan of run {run} is damaged or gone.", why, path=path, hint=hint, kind=kind)

    def _find(self, prefix: str) -> tuple[str, Path]:
        folders = self.run_folders()
        found = folders[-1:] if prefix == "last" else [one for one in folders if one[0].startswith(prefix)]
        if len(found) != 1:
            detail = f"{len(found)} runs begin with {prefix}." if found else f"No run is called {prefix}."
            raise stop("no-such-run", "No such run." if not found else "That could be several runs.", detail, hint="reshelve log")
        return found[0]

    def _summary_or_lost(self, run: str, folder: Path, damaged: list[Problem]) -> RunSummary:
        """Return a run as a log shows it; one of which a file cannot be read at all stops no other from being listed."""
        try:
            return self._summary(run, folder, damaged)
        except ReshelveError as trouble:
            damaged += trouble.problems
            return RunSummary(run, "apply", "", "stopped", "rollback", "", lost=True)

    def _summary(self, run: str, folder: Path, damaged: list[Problem]) -> RunSummary:
        settled = _has_settled(run, folder)
        try:
            report = load_figures(folder) if settled else None
        except ReshelveError as trouble:
            damaged += trouble.problems
            report = self._told(run, folder)
            if report is None:
                return RunSummary(run, "apply", "", "stopped", "rollback", "", lost=True)
        if report is None:
            left = _journal(run, folder).records
            began = next((record for record in left if isinstance(record, Began)), None)
            if began is None:
                return RunSummary(run, "apply", "", "unsettled", "rollback", "")
            return RunSummary(run, began.command, began.of, "unsettled", began.on_error, began.at, who=began.who, host=began.host)
        told = {name: getattr(report, name) for name in _FROM_REPORT}
        return RunSummary(id=run, failures=len(errors(report.failures)), held=(folder / HELD).exists(), **told)


def _remove(path: Path) -> None:
    """Remove a state file durably, or whatever else has its name."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
    run_journal.sync_folder(path.parent)


def _named(folder: Path) -> Path:
    """Return the folder of a run by where it is prepared."""
    return folder.with_name(folder.name.removeprefix(_NEW))


def run_of(plan: Plan, records: list[Record]) -> Run:
    """Put a run together from its plan and its journal."""
    run = Run(plan.run, plan, "unsettled", "rollback", "")
    before: dict[str, int] = {}
    after: dict[str, int] = {}
    for record in records:
        match record:
            case Began():
                run.on_error, run.started, run.who, run.host = record.on_error, record.at, record.who, record.host
            case Folders():
                before.update(record.before)
            case MadeFiles():
                run.made.update(made_in(record))
            case Left():
                after.update(record.after)
            case Settled():
                run.outcome, run.ended = record.outcome, record.at
                run.done = {index for start, until in record.done for index in range(start, until)}
                run.unsure = set(record.unsure)
            case _:
                pass
    run.folders = [FolderTouched(place, mtime, after[place]) for place, mtime in before.items() if place in after]
    return run


def _tell_by_report(run: Run, report: Report, damage: str, folder: Path) -> None:
    """Put in what the report says of a settled run whose journal lacks its end. Raises ReshelveError where that is not enough."""
    operations = len(run.plan.operations)
    if report.done not in (0, operations):
        detail = f"{damage[:1].upper()}{damage[1:]}. " if damage else ""
        detail += f"It did {report.done:,} of {operations:,} operations; which ones cannot be told."
        summary = f"The journal of run {run.id} is damaged."
        raise stop("journal-damaged", summary, detail, path=str(folder / "journal.ndjson"), hint=out_of_history(folder))
    run.outcome, run.ended, run.started = report.outcome, report.ended, report.started
    run.on_error, run.who, run.host = report.on_error, report.who, report.host
    run.done = set(range(report.done))


def out_of_history(folder: Path) -> str:
    """Say how a run that cannot be read is kept from standing in the way of others."""
    away = folder.parent.parent / f"lost-{folder.name}"
    return f"Where it stands in the way of others, take it out of the history:\n    mv {folder} {away}"


def made_in(record: MadeFiles) -> dict[int, Made]:
    """Return what a record says was made, by operation."""
    versions = record.versions
    return {op: Made(op, ino, size, mtime, digest, versions.get(op, "")) for op, ino, size, mtime, digest in record.files}


@cache
def _held_adapter() -> TypeAdapter[list[tuple[str, str]]]:
    return TypeAdapter(list[tuple[str, str]])


def _load_held(path: Path) -> list[tuple[str, str]]:
    try:
        return _held_adapter().validate_json(read_file(path))
    except (ValueError, OSError) as trouble:
        if isinstance(trouble, FileNotFoundError) and not path.is_symlink():
            return []
        raise damaged_file(path, "Remove it: what undo held back will be planned again.") from None


def _has_settled(run: str, folder: Path) -> bool:
    """Say whether a run has settled: its own report says so, or where that is damaged or another's, the end of its journal."""
    try:
        with open_file(folder / "report.json") as file:
            head = file.read(_HEAD)
    except FileNotFoundError:
        return False
    except OSError:
        head = b""
    if _REPORT.match(head) and f'"run": "{run}"'.encode() in head:
        return True
    return any(isinstance(record, Settled) for record in _journal(run, folder).records[-1:])


def _journal(run: str, folder: Path) -> run_journal.Found:
    """Return what is left of the journal of a run. Raises ReshelveError where it cannot be read."""
    path = folder / "journal.ndjson"
    try:
        return run_journal.load(path, run)
    except OSError as trouble:
        hint = "Give this user the right to read it, or put it back from a backup."
        raise stop("state-damaged", "A state file cannot be read.", f"{trouble.strerror}.", path=str(path), hint=hint) from trouble


def _unreadable(trouble: OSError, folder: Path) -> ReshelveError:
    detail = f"{trouble.strerror or trouble}."
    hint = "Move away what stands there, or give this user the right to read it."
    return stop("state-unreadable", "The state folder of runs cannot be read as a folder.", detail, path=str(folder), hint=hint)
