"""Taking a run back: the inverse of each operation it did, last first, as an ordinary plan, or why that cannot be."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from reshelve.planner.buckets.trash_expiry import with_expiry
from reshelve.planner.observing.unanswering_stores import answering
from reshelve.planner.ports.store_reader import Readers
from reshelve.planner.undo.by_content import ByContent, looked_at
from reshelve.planner.undo.inverse_operations import UndoSteps
from reshelve.planner.undo.kept_originals_back import original_note
from reshelve.planner.undo.later_runs import Since, later_touching, places_of, since
from reshelve.planner.undo.moved_roots import later_now, today, told_now
from reshelve.planner.undo.obstacles import back_command, content_command, left_out_of, refusal
from reshelve.planner.undo.swap_detours import steps_aside, with_partners
from reshelve.planner.undo.undo_context import in_trash
from reshelve.planner.undo.undo_thaws import Terms, Thaws, thaws
from reshelve.planner.wants.links_left_behind import left_behind
from reshelve.planner.wants.only_exclude import Selection
from reshelve.schemas.cost_block import PlanCost
from reshelve.schemas.cut_short import ways
from reshelve.schemas.garbage_collector import collector_off
from reshelve.schemas.known_roots import KnownRoots, why_unknown
from reshelve.schemas.locations import TRASH, join, parent, printable, split, store_of
from reshelve.schemas.operations import AnyOperation, Move, Reveal, Thaw
from reshelve.schemas.plan import Blocked, FolderTime, Plan, PlanCommand, PlanRoot
from reshelve.schemas.problems import Problem, ReshelveError, stop
from reshelve.schemas.run_record import Run

__all__ = ["later_touching", "make_undo"]


@answering()
@collector_off()
def make_undo(
    run: Run,
    later: Sequence[Run],
    readers: Readers,
    *,
    command: PlanCommand = "undo",
    base: str,
    workspace: str,
    only: tuple[str, ...] = (),
    partial: bool = False,
    terms: Terms | None = None,
    by_content: ByContent | None = None,
    notes: Sequence[Problem] = (),
) -> Plan:
    """Return the sealed plan that takes `run` back, whatever ran since; `later` are the runs after it, newest last.

    `only`: globs on the source or target of what to take back. Raises ReshelveError naming everything that stands in the way and
    the later run that put it there; with `partial` that is left out instead, with what depends on it, and listed as blocked.
    `by_content`: files, and stores, that a backup brought back elsewhere or under other inodes are known by what they hold.
    `notes` are what is to be said of the `later` runs: one that cannot be read is not among them.
    Where archived objects have to be read, the plan asks for them and does nothing else, or with `partial` the rest.
    """
    from reshelve.schemas.documents.plan_files import seal

    _refuse_unsettled(run)
    restored = by_content is not None
    recorded, known = run.plan.roots, told_now(run, readers, restored=restored)
    run, later = known.run, [later_now(one, readers, restored=restored) for one in later]
    plan = Plan(
        command=command,
        of=run.id,
        base=base,
        workspace=workspace,
        roots=dict(run.plan.roots),
        problems=[*notes, *known.notes, *_unmatched(run, only)],
        known_as={key: now for key, now in known.found.now.items() if key != now},
    )
    history = since(run, later)
    asides = steps_aside(run)
    chosen, others = _chosen(run, only, asides)
    away = _roots(run, chosen, readers, partial, known.found, recorded)
    if by_content is not None:
        by_content.announce(looked_at(run, chosen, history), readers)
    steps = _tried(
        run, chosen, lambda: UndoSteps(run, history, readers, asides, narrow=bool(others), away=away, by_content=by_content)
    )
    terms = terms or Terms()
    frozen = thaws(steps.obstacles, readers, terms, steps.because)
    if (frozen.left or partial) and steps.obstacles and not (partial and steps.settle()):
        raise ReshelveError(refusal(run, later, frozen.left or steps.obstacles, rest=bool(steps.operations) and not partial))
    if frozen.waiting and not partial:
        return seal(_asking(plan, run, frozen, readers, terms))
    if not steps.operations:
        _refuse_undone(run)
    left_out = [*others, *(obstacle.index for obstacle in steps.obstacles)]
    times = [*_folder_times(run, history, left_out, steps.folders.unlike_before()), *steps.folders.times]
    problems = [*plan.problems, *_ending(run, chosen)]
    plan = replace(plan, blocked=_blocked(run, later, steps, frozen), folder_times=times, whole=not left_out, problems=problems)
    return seal(_taking_back(plan, run, steps, frozen, readers, terms))


def _ending(run: Run, chosen: Iterable[int]) -> list[Problem]:
    """Return a note of the thaws among these operations of a run: nothing takes them back."""
    thawed = sum(isinstance(run.plan.operations[index], Thaw) for index in chosen)
    if not thawed:
        return []
    objects = "1 object" if thawed == 1 else f"{thawed:,} objects"
    detail = f"It asked for {objects} to be readable for some days. That is billed, and ends by itself."
    return [Problem("thaw-stays", "A thaw cannot be taken back.", detail, run.id, severity="note")]


def _tried(run: Run, chosen: Sequence[int], begin: Callable[[], UndoSteps]) -> UndoSteps:
    """Return the steps that take these operations back; what would be replaced stays where its replacement cannot come."""
    replaced = _replaced(run, chosen)
    kept: set[int] = set()
    while True:
        steps = begin()
        steps.take_back_all(chosen[::-1], kept)
        blocked = {obstacle.index for obstacle in steps.obstacles}
        more = {index for index, by in replaced.items() if by in blocked and index not in blocked}
        if not more:
            return steps
        kept |= more


def _replaced(run: Run, chosen: Sequence[int]) -> dict[int, int]:
    """Return of each operation that a redo takes back by hiding something, the one whose taking back puts another in its place."""
    operations = run.plan.operations
    hiding = [index for index in chosen if _hides(operations[index])]
    frees = {operations[index].frees: index for index in chosen} if hiding else {}
    return {index: by for index in hiding if (by := frees.get(operations[index].makes)) is not None and by != index}


def _hides(operation: AnyOperation) -> bool:
    """Say whether an operation of an undo brought something out of sight back, so that a redo hides it again."""
    return (TRASH in operation.src and in_trash(operation.src)) if isinstance(operation, Move) else isinstance(operation, Reveal)


def _blocked(run: Run, later: Sequence[Run], steps: UndoSteps, frozen: Thaws) -> list[Blocked]:
    """Return what is left out because something stands in its way; what waits for a thaw is told as that."""
    asked = {place.source for place in frozen.waiting}
    return left_out_of(run, later, [one for one in steps.obstacles if one.place not in asked])


def _refuse_unsettled(run: Run) -> None:
    """Raise where a run has no end yet."""
    if run.outcome == "unsettled":
        raise stop("unsettled", "This run has not settled.", path=run.id, hint=ways(run.on_error), kind="unsettled")


def _refuse_undone(run: Run) -> None:
    """Raise where a later run took this one back."""
    if run.undone_by:
        by = f"Run {run.undone_by} took it back."
        undo = run.plan.command == "undo"
        summary = "This undo is taken back already." if undo else "This run is undone already."
        hint = f"reshelve {'undo' if undo else 'redo'} {run.undone_by}"
        raise stop("already-undone", summary, by, path=run.id, hint=hint)


def _taking_back(plan: Plan, run: Run, steps: UndoSteps, frozen: Thaws, readers: Readers, terms: Terms) -> Plan:
    """Return the plan with the steps that take the run back, and with what these need and must be said of them."""
    problems = [*plan.problems, *_problems(run, steps, frozen)]
    operations, untold = with_expiry([*steps.operations, *frozen.operations], readers, terms.now_ns)
    return replace(
        plan,
        operations=operations,
        waiting=frozen.waiting,
        problems=sorted([*problems, *untold, *left_behind(operations, readers)], key=Problem.order),
        space=steps.room.needs(),
        cost=_cost(operations, readers, terms),
        rested=steps.rested,
    )


def _problems(run: Run, steps: UndoSteps, frozen: Thaws) -> list[Problem]:
    untold = [_untold(run, index, original_note(steps, index)) for index in sorted(run.unsure - run.done)]
    waits = [frozen.note(back_command(run), alone=False)] if frozen.waiting else []
    told = steps.by_content.notes() if steps.by_content is not None else []
    return [*told, *steps.folders.notes, *untold, *waits, *steps.room.problems()]


def _asking(plan: Plan, run: Run, frozen: Thaws, readers: Readers, terms: Terms) -> Plan:
    """Return the plan that only asks for what the undo needs: a run is taken back whole, once that can be."""
    return replace(
        plan,
        operations=list(frozen.operations),
        waiting=frozen.waiting,
        problems=[*plan.problems, frozen.note(back_command(run), alone=True)],
        whole=False,
        cost=_cost(frozen.operations, readers, terms),
    )


def _cost(operations: Sequence[AnyOperation], readers: Readers, terms: Terms) -> PlanCost | None:
    if terms.prices is None:
        return None
    from reshelve.planner.cost.plan_cost import cost_of

    return cost_of(operations, readers, terms.prices, terms.now_ns)


def _chosen(run: Run, only: tuple[str, ...], asides: dict[int, int]) -> tuple[list[int], list[int]]:
    """Part what the run did into what to take back, and what not; folders always go with their files."""
    done = sorted(run.done)
    if not only:
        return done, []
    selection = Selection(only, ())
    wanted = {index for index in done if _is_wanted(run.plan.operations[index], run.id, selection)}
    wanted = with_partners(wanted, asides)
    return sorted(wanted), [index for index in done if index not in wanted]


def _unmatched(run: Run, only: tuple[str, ...]) -> list[Problem]:
    """Return a warning for each pattern that names nothing that the run did."""
    operations = run.plan.operations
    return Selection(only, ()).unmatched({name for index in run.done for name in _named(operations[index], run.id)}) if only else []


def _is_wanted(operation: AnyOperation, run: str, selection: Selection) -> bool:
    return operation.op in ("mkdir", "rmdir") or selection.takes(*_named(operation, run))


def _named(operation: AnyOperation, run: str) -> list[str]:
    places = list(places_of(operation, run))
    return places + [join(store_of(root), rel) for root, rel in map(split, places) if "/" in root]


def _roots(
    run: Run,
    chosen: Sequence[int],
    readers: Readers,
    partial: bool,
    found: KnownRoots,
    recorded: Mapping[str, PlanRoot],
) -> Mapping[str, str]:
    """Return why the roots that are away are; raise when a root is not known to be the one the run acted on."""
    used = _used(run.plan.operations[index] for index in chosen)
    unknown = {key for key in found.others(recorded) if key in used or f"?{key}" in used}
    away: dict[str, str] = {}
    wrong: list[Problem] = []
    for key in sorted(used):
        reader = readers.get(key)
        if reader is None:
            away[key] = "the workspace no longer has this store"
        elif not reader.root.available:
            away[key] = reader.root.why or "it is not available"
    now = today(readers)
    for key in sorted(unknown):
        if key in found.several or (key in now and key not in away):
            why = why_unknown(key, recorded[key], now, found.several.get(key, ()), "try again")
            if key not in found.several:
                why = replace(why, hint=f"{why.hint} If it was restored from a backup: {content_command(run)}")
            wrong.append(why)
            away.pop(key, None)
            away.pop(f"?{key}", None)
    if not partial:
        again = f"{back_command(run)}\nOr take back the rest: {back_command(run)} --partial"
        summary = "A store is not available."
        hints = {key: reader.root.way_back(f"run: {again}") for key, reader in readers.items()}
        wrong += [
            Problem("store-unavailable", summary, f"{key}: {why}.", key, hints.get(key, f"Declare it again, then run: {again}"))
            for key, why in away.items()
        ]
    if wrong:
        raise ReshelveError(wrong)
    return away


def _used(operations: Iterable[AnyOperation]) -> set[str]:
    """Return the keys of the roots that operations change; of one that changes nothing, that of what it reads."""
    texts: set[str] = set()
    for operation in operations:
        made, freed = operation.makes, operation.frees
        if made is not None:
            texts.add(made.partition(":")[0])
        if freed is not None:
            texts.add(freed.partition(":")[0])
        elif made is None and operation.reads is not None:
            texts.add(operation.reads.partition(":")[0])
    return {text.removesuffix("%") for text in texts}


def _untold(run: Run, index: int, note: str) -> Problem:
    operation = run.plan.operations[index]
    place = operation.makes or operation.frees or ""
    detail = f"Whether the run did this could not be told, so it is left as it is: {printable(operation.describe())}{note}."
    return Problem("unsure", "An operation is left as it is.", detail, place, severity="note")


def _folder_times(run: Run, history: Since, left_out: Sequence[int], unlike: Collection[str]) -> list[FolderTime]:
    """Return the times to put back: of the folders that stood before the run, where all it did in them is taken back."""
    spoilt = {_folder(place) for place in unlike}
    for index in left_out:
        spoilt.update(_folder(place) for place in places_of(run.plan.operations[index], run.id))
    times = {folder.place: FolderTime(folder.place, folder.after_ns, folder.before_ns) for folder in run.folders}
    for put_back in run.plan.folder_times:
        # An undo sets times of folders it does not otherwise touch.
        if put_back.place not in times and put_back.expect_ns >= 0:
            times[put_back.place] = FolderTime(put_back.place, put_back.mtime_ns, put_back.expect_ns)
    return [
        replace(time, expect_ns=history.after_ns.get(place, time.expect_ns)) for place, time in times.items() if place not in spoilt
    ]


def _folder(place: str) -> str:
    root, rel = split(place)
    return join(root, parent(rel))
