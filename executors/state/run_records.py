"""What the folder of one run says: its plan, its journal, whether it has settled; where one is damaged, what the rest tells."""

import re
import shlex
from pathlib import Path

from reshelve.executors.state import run_journal
from reshelve.executors.state.run_reports import report_of_run
from reshelve.schemas.cut_short import SETTLE
from reshelve.schemas.documents.plan_files import Extent, load_plan
from reshelve.schemas.documents.source_lines import open_file
from reshelve.schemas.journal_records import Began, Folders, Left, MadeFiles, Record, Settled
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Kind, Problem, ReshelveError, stop
from reshelve.schemas.run_record import FolderTouched, Made, Run
from reshelve.schemas.run_report import Report

_HEAD = 4096
_WITHOUT_IT = f"Without it, `{SETTLE}` goes by the files themselves, and says what they do not tell."
_REPORT = re.compile(rb'\{\s*"')


def plan_in(run: str, folder: Path, extent: Extent = "all") -> Plan:
    """Return the plan of a run, or that much of it. Raises ReshelveError where it is damaged, gone, or another run's."""
    try:
        plan = load_plan(folder / "plan.json", extent)
    except ReshelveError as error:
        if isinstance(error.__cause__, PermissionError):
            raise
        raise _plan_lost(run, folder, error.problems[0].detail) from error
    if plan.run != run:
        raise _plan_lost(run, folder, f"It is the plan of run {plan.run}.")
    return plan


def _plan_lost(run: str, folder: Path, why: str) -> ReshelveError:
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


def planned_operations(folder: Path) -> int:
    """Return how many operations the plan of a run has, by the lines of its file; 0 where it is gone."""
    try:
        with open_file(folder / "plan.json") as lines:
            return sum(line.startswith(b'{"op":"') for line in lines)
    except OSError:
        return 0


def report_told(run: str, folder: Path) -> Report | None:
    """Return the report of a settled run as its plan and journal tell it; None where they do not."""
    try:
        loaded = run_of(plan_in(run, folder), journal_in(run, folder).records)
    except ReshelveError:
        return None
    return None if loaded.outcome == "unsettled" else report_of_run(loaded)


def has_settled(run: str, folder: Path) -> bool:
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
    return any(isinstance(record, Settled) for record in journal_in(run, folder).records[-1:])


def journal_in(run: str, folder: Path) -> run_journal.Found:
    """Return what is left of the journal of a run. Raises ReshelveError where it cannot be read."""
    path = folder / "journal.ndjson"
    try:
        return run_journal.load(path, run)
    except OSError as trouble:
        hint = "Give this user the right to read it, or put it back from a backup."
        raise stop("state-damaged", "A state file cannot be read.", f"{trouble.strerror}.", path=str(path), hint=hint) from trouble


def damage_in(run: str, folder: Path) -> list[Problem]:
    """Return what is wrong with the plan of a run, and with its journal."""
    found: list[Problem] = []
    try:
        plan_in(run, folder)
    except ReshelveError as trouble:
        found += trouble.problems
    try:
        found += journal_damage(run, folder, journal_in(run, folder), settled=has_settled(run, folder))
    except ReshelveError as trouble:
        found += trouble.problems
    return found


def journal_damage(run: str, folder: Path, left: run_journal.Found, *, settled: bool) -> list[Problem]:
    """Return what is wrong with the journal of a run, as it was found: of one that has not settled, nothing tells where it ends."""
    cut = settled and not any(isinstance(record, Settled) for record in left.records[-1:])
    damage = left.damage or ("it ends before the run did" if cut else "")
    if not damage:
        return []
    hint = "Put it back from a backup, if there is one"
    hint += ": without it, less of the run can be undone." if settled else f". {_WITHOUT_IT}"
    detail = f"{damage[:1].upper()}{damage[1:]}."
    return [Problem("journal-damaged", f"The journal of run {run} is damaged.", detail, str(folder / "journal.ndjson"), hint)]


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


def tell_by_report(run: Run, report: Report, damage: str, folder: Path) -> None:
    """Put in what the report says of a settled run whose journal lacks its end. Raises ReshelveError where that is not enough."""
    operations = len(run.plan.operations)
    if report.done not in (0, operations):
        detail = f"{damage[:1].upper()}{damage[1:]}. " if damage else ""
        detail += f"It did {report.done:,} of {operations:,} operations; it is not known which ones."
        summary = f"The journal of run {run.id} is damaged."
        raise stop("journal-damaged", summary, detail, path=str(folder / "journal.ndjson"), hint=out_of_history(folder))
    run.outcome, run.ended, run.started = report.outcome, report.ended, report.started
    run.on_error, run.who, run.host = report.on_error, report.who, report.host
    run.done = set(range(report.done))


def out_of_history(folder: Path) -> str:
    """Say how a run that cannot be read is kept from standing in the way of others."""
    away = folder.parent.parent / f"lost-{folder.name}"
    return f"If it is in the way of others, take it out of the history:\n    mv {shlex.quote(str(folder))} {shlex.quote(str(away))}"


def made_in(record: MadeFiles) -> dict[int, Made]:
    """Return what a record says was made, by operation."""
    versions = record.versions
    return {op: Made(op, ino, size, mtime, digest, versions.get(op, "")) for op, ino, size, mtime, digest in record.files}
