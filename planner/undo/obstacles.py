"""What stands in the way of an undo, and how that is told: the file, what changed, and the later run that did it."""

from collections.abc import Mapping, Sequence

from reshelve.planner.undo.later_runs import blame
from reshelve.schemas.locations import split, store_of
from reshelve.schemas.plan import Blocked
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.run_record import Run


@dataclass(slots=True, frozen=True)
class Obstacle:
    """Why operation `index` of the run cannot be taken back: what was to go from `here` to `back`, and the `place` at fault.

    `restored`: what stands there may be the very thing, restored from a backup.
    """

    index: int
    here: str
    back: str
    code: str
    place: str
    detail: str
    restored: bool = False


def refusal(run: Run, later: Sequence[Run], obstacles: Sequence[Obstacle], *, rest: bool) -> list[Problem]:
    """Word everything in the way, each cause once; what only follows from another obstacle goes without saying.

    `rest`: something is left of the run that could be taken back without what is in the way.
    """
    causes = [obstacle for obstacle in obstacles if obstacle.code != "depends"] or list(obstacles)
    by = _blame(run, later, causes)
    summary = f"This cannot be {_verb(run)}ne."
    alike: dict[tuple[str, str, str, str], int] = {}
    for one in causes:
        told = one.code, one.detail + _done_by(one, by), one.place, _hint(run, one, by, rest=rest)
        alike[told] = alike.get(told, 0) + 1
    return [
        Problem(code, summary, f"{detail} {number:,} operations need that." if number > 1 else detail, place, hint)
        for (code, detail, place, hint), number in alike.items()
    ]


def left_out_of(run: Run, later: Sequence[Run], obstacles: Sequence[Obstacle]) -> list[Blocked]:
    """Return the same as entries a plan leaves alone."""
    by = _blame(run, later, obstacles)
    return [Blocked(one.back, one.here, one.code, one.detail + _done_by(one, by), _rest(run, one, by)) for one in obstacles]


def back_command(run: Run) -> str:
    """Return the command that takes a run back: that of an undo is `redo`."""
    return f"reshelve {_verb(run)} {run.id}"


def content_command(run: Run) -> str:
    """Return the command that takes a run back by content."""
    return f"{back_command(run)} --by-content"


def _verb(run: Run) -> str:
    return "redo" if run.plan.command == "undo" else "undo"


def _blame(run: Run, later: Sequence[Run], obstacles: Sequence[Obstacle]) -> Mapping[str, Run]:
    return blame(run, later, {one.place for one in obstacles}) if obstacles else {}


def _done_by(obstacle: Obstacle, by: Mapping[str, Run]) -> str:
    one = by.get(obstacle.place)
    return f" Run {one.id} ({one.plan.command}, {one.started}) changed it." if one else ""


def _rest(run: Run, obstacle: Obstacle, by: Mapping[str, Run]) -> str:
    """Say what to do about what an undo of the rest leaves."""
    if obstacle.code != "no-such-tier" and not obstacle.restored and (obstacle.code == "gone-for-good" or obstacle.place not in by):
        return _left(obstacle, _verb(run))
    return _hint(run, obstacle, by, rest=True)


def _left(obstacle: Obstacle, verb: str) -> str:
    """Say of what is left out what becomes of it, and what a person can do."""
    match obstacle.code:
        case "gone-for-good":
            return f"No {verb} can bring it back. The rest does not need it."
        case "gone" if not obstacle.back:
            return "There is nothing left of it to take back."
        case "gone":
            return f"There is nothing to take back. If it was moved, move it back and {verb} again."
        case "changed" if obstacle.back:
            return "It stays where it is, as it is now. If it should go back all the same, move it by hand."
        case "changed":
            return "It stays as it is now. If it should go all the same, remove it by hand."
        case "in-the-way":
            return f"Both stay. Move away what is in the way and {verb} again, or leave it so."
        case _:
            return f"It stays as it is: put that right and {verb} again, or leave it so."


def _hint(run: Run, obstacle: Obstacle, by: Mapping[str, Run], *, rest: bool) -> str:
    """Return what to do about an obstacle, and what takes back the rest where there is one."""
    one, way = by.get(obstacle.place), f"{back_command(run)} --partial" if rest else ""
    if obstacle.restored and one is None:
        restored = f"if it was restored from a backup: {content_command(run)}"
        return f"{way}; or, {restored}" if way else f"I{restored[1:]}"
    if obstacle.code == "no-such-tier":
        store = store_of(split(obstacle.place)[0])
        return _either(f"Set `thaw: {{tier: Standard}}` for `{store}` in the workspace", way)
    if obstacle.code == "gone-for-good" or one is None:
        return way or _nothing_left(run)
    if run.plan.command == "undo":
        return _either(f"{back_command(one)}, then {back_command(run)}", way)
    return f"{back_command(one)}, or {back_command(run)} --through"


def _either(*ways: str) -> str:
    return "; or ".join(filter(None, ways))


def _nothing_left(run: Run) -> str:
    if run.plan.command == "undo":
        return f"Nothing else of it is left to redo. To have its entries planned anew: reshelve release {run.plan.of}"
    return "Nothing else of it is left to take back."
