"""What is held back from being planned again: what an undo took back until a redo, and what a run put away until it is back."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import replace

from reshelve.executors.state.workspace_state import State
from reshelve.schemas.locations import location_of
from reshelve.schemas.operations import (
    AnyOperation,
    Configure,
    Copy,
    Download,
    Link,
    MakeDir,
    Move,
    Pack,
    Transition,
    Trash,
    Unpack,
    Upload,
    Write,
)
from reshelve.schemas.operations.base import trashed
from reshelve.schemas.operations.make_dir import DECLARED
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, ReshelveError
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.run_record import Run, renamed
from reshelve.schemas.run_report import Report
from reshelve.schemas.undone import Undone

_BRINGING_BACK = frozenset(("restore", "trash restore"))
"""Commands whose runs fill again what earlier runs put away."""


def remember(state: State, report: Report, plan: Plan, done: Iterable[AnyOperation]) -> None:
    """Hold back what an undo took back, and what any other run put away; let go of what a redo, or a restore, brings back.

    `plan` is the plan of the run, `done` what it did of that. May run twice. What somebody asked for by name, with `new`, `archive`
    or `restore`, is not held any more. Nothing is held where the run that an undo acted on is not remembered.
    """
    done = list(done)
    if report.command in ("new", "archive", "restore") and report.done:
        state.let_go({entry for op in done if (entry := _entry_of(op)) is not None})
    if report.command in _BRINGING_BACK and report.done:
        _let_go_of_what_is_back(state, done)
    if report.command == "trash restore" and report.done:
        _hold_what_left_the_trash(state, done)
    if plan.put_away:
        state.hold(report.run, _put_away(plan.put_away, done))
    if report.of not in {run for run, _ in state.run_folders()}:
        return
    if report.command == "undo" and report.done:
        _hold_what_is_back(state, plan, done)
        _put_away_again(state, report.of, done)
    elif report.command == "redo" and report.outcome == "done":
        runs = {summary.id: summary for summary in state.runs()}
        undone = runs[report.of].of
        if undone in runs and runs[undone].held:
            state.release(undone)
        if undone in runs:
            state.hold(report.run, _put_away(state.put_away_by(undone), done))
        if undone in runs and runs[undone].command in _BRINGING_BACK:
            _let_go_of_what_is_back(state, done)


def _hold_what_is_back(state: State, undo: Plan, done: Collection[AnyOperation]) -> None:
    """Hold what an undo took back of its run, and no more what that had put away, as far as it is back.

    What an earlier undo of a part of it took back stays held, and what it put away, as far as that is away still.
    """
    taken_back = state.run(undo.of, facts=False)
    before = _held_of(state, undo.of, []) if undo.of in state.holding() else []
    # Its stores are named as they are today: as the plan of the undo knew them.
    held = [*before, *held_by(renamed(taken_back, undo.known_as), done)]
    if put_away := taken_back.plan.put_away:
        back = {location_of(op.makes) for op in done if op.makes is not None}
        away = {Undone(*pair) for pair in put_away if pair[0] in back}
        held = [one for one in held if one not in away]
    if held:
        state.hold(undo.of, set(held) if before else held)
    elif before:
        state.release(undo.of)


def _put_away(put_away: Iterable[tuple[str, str]], done: Iterable[AnyOperation]) -> list[Undone]:
    """Return the entries that a plan puts away, of which what is `done` took the file."""
    entries = [Undone(*pair) for pair in put_away]
    gone = {location_of(op.frees) for op in done if op.frees is not None} if entries else ()
    return [one for one in entries if one.target in gone]


def _put_away_again(state: State, taken_back: str, done: Collection[AnyOperation]) -> None:
    """Hold what earlier runs put away, a restore brought back, and the undo of that took away again."""
    newest_first = state.runs()
    number = next((index for index, one in enumerate(newest_first) if one.id == taken_back), None)
    if number is None or newest_first[number].command not in _BRINGING_BACK:
        return
    gone = {location_of(op.frees) for op in done if op.frees is not None}
    for summary in newest_first[number + 1 :]:
        if summary.undone_by or not summary.counts.get("trash"):
            continue
        with suppress(ReshelveError):
            away = {Undone(*pair) for pair in state.put_away_by(summary.id) if _lies_in(pair[0], gone)}
            if away:
                state.hold(summary.id, {*_held_of(state, summary.id, []), *away})


def _lies_in(location: str, places: Collection[str]) -> bool:
    """Say whether a location is one of these places, or lies in one of them."""
    store, _, rel = location.partition(":")
    parts = rel.split("/")
    return any(f"{store}:{'/'.join(parts[:depth])}" in places for depth in range(len(parts) + 1))


def _let_go_of_what_is_back(state: State, done: Iterable[AnyOperation]) -> None:
    """Let go of held entries whose targets were filled again, by themselves or with a folder that was unpacked."""
    made = {location_of(op.makes) for op in done if op.makes is not None and not isinstance(op, MakeDir)}

    if made and state.holding():
        state.let_go({each for each in held(state, []) if each.target and _lies_in(each.target, made)})


def _hold_what_left_the_trash(state: State, done: Iterable[AnyOperation]) -> None:
    """Hold the entries by which a layout put away what is back out of a trash: the next plan would put it away again."""
    left = {op.frees for op in done} | {op.dst for op in done if op.op == "reveal"}
    for summary in state.runs():
        if summary.command not in ("apply", "cleanup", "watch") or not summary.counts.get("trash"):
            continue
        run = state.run(summary.id)
        trashings = [op for op in map(run.plan.operations.__getitem__, sorted(run.done)) if isinstance(op, Trash)]
        back = [op for op in trashings if trashed(op.src, op.top, run.id) in left or op.src in left]
        if found := [entry for op in back if (entry := _entry_of(op)) is not None]:
            state.hold(run.id, {*_held_of(state, run.id, []), *found})


def held(state: State, damaged: list[Problem] | None = None) -> frozenset[Undone]:
    """Return what is held back from being planned again; what is damaged is told to `damaged`.

    Where the list of a run is damaged, its plan and what its undos did tell what it holds; some of it may have been let go of.
    Raises ReshelveError where that cannot be told either: nothing that was taken back is done again unasked.
    """
    return frozenset(one for run in state.holding() for one in _held_of(state, run, damaged if damaged is not None else []))


def held_and_told(state: State) -> tuple[frozenset[Undone], tuple[Problem, ...]]:
    """Return what undos hold, and a warning for each list of it that is damaged. Raises ReshelveError as `held`."""
    damaged: list[Problem] = []
    found = held(state, damaged)
    return found, tuple(replace(problem, severity="warning") for problem in damaged)


@dataclass(slots=True, frozen=True)
class Releasable:
    """What can be let go of: how many entries are known, and a warning for each list that is damaged.

    `unknown`: of a damaged list neither it nor what its undo did tells what it holds.
    """

    entries: int
    damaged: tuple[Problem, ...]
    unknown: bool


def releasable(state: State, run: str | None = None) -> Releasable:
    """Return what undos of `run` (None: of any) hold, to be let go of. Raises ReshelveError where they hold nothing."""
    known, damaged, unknown = 0, list[Problem](), False
    for key in state.holding_of(run):
        try:
            known += len(_held_of(state, key, damaged))
        except ReshelveError as trouble:
            damaged += trouble.problems
            unknown = True
    # Once it is let go of, there is nothing left to do about it.
    return Releasable(known, tuple(replace(problem, severity="warning", hint="") for problem in damaged), unknown)


def _held_of(state: State, run: str, damaged: list[Problem]) -> list[Undone]:
    try:
        return state.held_of(run)
    except ReshelveError as trouble:
        try:
            taken_back = state.run(run)
            undos = [state.run(one.id) for one in state.runs() if one.of == run and one.command == "undo"]
        except ReshelveError:
            raise trouble from None
        away = [] if taken_back.undone_by else taken_back.plan.put_away
        if not undos and not away:
            raise
        damaged += trouble.problems
        return [Undone(*pair) for pair in away] + [
            one
            for undo in undos
            for one in held_by(
                renamed(taken_back, undo.plan.known_as), [undo.plan.operations[index] for index in sorted(undo.done)]
            )
        ]


def held_by(run: Run, done: Collection[AnyOperation]) -> list[Undone]:
    """Return the entries of `run` that an undo took back, having `done` that."""
    taken_back = {op.frees for op in done}
    others = [op for op in done if op.frees is None]
    revealed = {op.dst for op in others if op.op == "reveal"}
    changed = {op.src for op in others if op.op == "transition"}
    configured = {op.root for op in others if op.op == "configure"}
    found: list[Undone] = []
    for index in sorted(run.done):
        op = run.plan.operations[index]
        match op:
            case Move(dst=dst):
                if dst in taken_back:
                    found.append(Undone(location_of(dst), location_of(op.src), op.size))
                continue
            case Trash():
                back = trashed(op.src, op.top, run.id) in taken_back or op.src in revealed
            case Transition():
                back = op.src in changed
            case Configure():
                back = op.root in configured
            case MakeDir():
                back = op.dst in taken_back and op.because == DECLARED
            case _:
                back = op.makes in taken_back
        entry = _entry_of(op) if back else None
        if entry is not None:
            found.append(entry)
    return found


def _entry_of(op: AnyOperation) -> Undone | None:
    """Return the entry that an operation carries out, None where it carries out none."""
    match op:
        case Move() | Copy() | Link() | Upload() | Download():
            return Undone(location_of(op.dst), location_of(op.src), op.size)
        case Pack():
            return Undone(location_of(op.dst), location_of(op.src) + "/")
        case Unpack():
            return Undone(location_of(op.dst) + "/", location_of(op.src), op.size)
        case Write() | MakeDir():
            return Undone(location_of(op.dst), "")
        case Trash():
            return Undone(location_of(op.target) if op.target else "", location_of(op.src), op.size)
        case Configure():
            return Undone("", location_of(f"{op.root}:"))
        case Transition():
            return Undone(location_of(op.src), "")
        case _:
            return None
