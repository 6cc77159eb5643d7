"""A run whose plan is lost: it is recorded as it stands, and what its journal still tells is said."""

from collections.abc import Mapping

from reshelve.executors.contracts.object_store import AnyStore
from reshelve.executors.runs.run_end import Clock, timestamp
from reshelve.executors.runs.run_events import Emit, RunSettled
from reshelve.executors.state import run_journal as journals
from reshelve.executors.state.run_journal import Found, Journal
from reshelve.executors.state.run_records import made_in
from reshelve.executors.state.run_reports import save_report
from reshelve.executors.state.workspace_state import State
from reshelve.schemas.differences import standing
from reshelve.schemas.inventory import same
from reshelve.schemas.journal_records import Began, Done, Folders, Left, MadeFiles, Settled
from reshelve.schemas.locations import TRASH, join, printable, split
from reshelve.schemas.operations.base import temporary
from reshelve.schemas.problems import Problem
from reshelve.schemas.quantities import human_size
from reshelve.schemas.run_record import Made
from reshelve.schemas.run_report import Report


def accept_untold(
    run: str, trouble: Problem, began: Began, found: Found, state: State, stores: Mapping[str, AnyStore], emit: Emit, now: Clock
) -> Report:
    """Settle a run whose plan cannot be read as "stopped": nothing is touched, and what it touched is named. May run twice.

    `trouble` says what is wrong with the plan; `found` is what is left of its journal. Raises OSError.
    """
    since = now()
    folder = state.folder_of(run)
    path = folder / "journal.ndjson"
    problems = [Problem(trouble.code, trouble.summary, trouble.detail, trouble.path, severity="warning")]
    if found.damage:
        journals.mend(path, began, found)
        detail = f"{found.damage[0].upper()}{found.damage[1:]}."
        problems.append(Problem("journal-damaged", "The journal of this run is damaged.", detail, str(path), severity="warning"))
    problems += _touched(run, found, stores)
    with Journal(path) as journal:
        if not found.records and not found.damage:
            journal.write(began)
        journal.write(Settled("stopped", timestamp(now()), []))
    ended = now()
    report = Report(
        run=run,
        plan=began.plan,
        command=began.command,
        outcome="stopped",
        on_error=began.on_error,
        started=began.at,
        ended=timestamp(ended),
        seconds=round((ended - since).total_seconds(), 3),
        of=began.of,
        who=began.who,
        host=began.host,
        failures=problems,
        whole=False,
        lost=True,
    )
    save_report(folder, report)
    emit(RunSettled(report))
    return report


def _touched(run: str, found: Found, stores: Mapping[str, AnyStore]) -> list[Problem]:
    """Name the folders the run touched, the files it is known to have made, and what it put out of sight; all are left there."""
    places: dict[str, None] = {}
    made: dict[int, Made] = {}
    for record in found.records:
        match record:
            case Folders():
                places.update(dict.fromkeys(place for place, _ in record.before))
            case Left():
                places.update(dict.fromkeys(place for place, _ in record.after))
            case MadeFiles():
                made.update(made_in(record))
            case _:
                pass
    own = _own_names(run, found)
    told: list[Problem] = []
    for place in places:
        told += _in_folder(place, own, made, stores)
    for one in made.values():
        what = f"A file of {human_size(one.size)} (inode {one.ino}) that it made is in no folder it is known to have touched."
        told.append(Problem("left-as-is", "Part of this run was left as it is.", what, severity="warning"))
    for key, store in stores.items():
        trash = f"{TRASH}/{run}"
        if store.root.available and store.root.kind == "folder" and store.stat(trash) is not None:
            what = f"{printable(join(key, trash))}: what it moved to the trash is there."
            told.append(_left(join(key, trash), what, "reshelve trash list"))
    return told


def _own_names(run: str, found: Found) -> set[str]:
    """Return the names of the run's own that its journal leaves room for: listings of folders leave those out."""
    done = max((record.until for record in found.records if isinstance(record, Done)), default=0)
    names = {split(temporary(":", run, index))[1] for index in range(done, found.begun)}
    return names | {f"{each}.back" for each in names}


def _in_folder(place: str, own: set[str], made: dict[int, Made], stores: Mapping[str, AnyStore]) -> list[Problem]:
    """Name a touched folder and what the run made in it, also under its `own` names; that is taken out of `made`."""
    key, rel = split(place)
    store = stores.get(key)
    if store is None or not store.root.available:
        return [_left(place, f"{_folder(place)}: it was touched, and cannot be looked at: the store is not available.")]
    told = [_left(place, f"{_folder(place)}: what came or went here is not known.", "Look there.")]
    names = store.names(rel) or set()
    for each in sorted(names | own):
        below = f"{rel}/{each}" if rel else each
        item = store.stat(below)
        if item is None:
            continue
        its = next((one for one in made.values() if same(item, one.size, one.mtime_ns, one.ino)), None)
        if its is not None:
            del made[its.op]
        if its is not None or each in own:
            at = join(key, below)
            what = "a copy of this run that never got its name" if each in own else "made by this run"
            told.append(_left(at, f"{printable(at)}: {what}, {standing(item)}.", "Keep it or remove it."))
    return told


def _folder(place: str) -> str:
    """Return a folder's place as it is shown before a colon: a store's own folder is the store's name."""
    return printable(place).removesuffix(":")


def _left(place: str, detail: str, hint: str = "") -> Problem:
    return Problem("left-as-is", "Part of this run was left as it is.", detail, place, hint, severity="warning")
