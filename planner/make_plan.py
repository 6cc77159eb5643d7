"""make_plan: the layout held against the stores, as ordered operations and all that must be said about them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from reshelve.planner.buckets.storage_classes import Classes
from reshelve.planner.buckets.thaws import Asked, Thawing
from reshelve.planner.buckets.transfer_routes import parted
from reshelve.planner.cost import cost_levels
from reshelve.planner.diff import left_as_told
from reshelve.planner.diff.emptied_folders import tidy
from reshelve.planner.diff.entry_decisions import Diff
from reshelve.planner.diff.lost_entries import Lost
from reshelve.planner.diff.operation_order import order
from reshelve.planner.diff.put_away import Entries, put_away, told
from reshelve.planner.diff.required_copies import Copies
from reshelve.planner.diff.room_for_bundles import without_room
from reshelve.planner.diff.source_files import Sources
from reshelve.planner.diff.target_conflicts import Conflicts
from reshelve.planner.diff.target_places import Targets
from reshelve.planner.layouts.undone_entries import held_of, removed_again
from reshelve.planner.observing.odd_keys import odd_keys
from reshelve.planner.observing.unanswering_stores import answering
from reshelve.planner.ports.earlier_runs import NO_RUNS, EarlierRuns
from reshelve.planner.ports.store_reader import Readers
from reshelve.planner.wants.free_space import Room
from reshelve.planner.wants.links_left_behind import left_behind
from reshelve.planner.wants.lost_attributes import losses
from reshelve.planner.wants.only_exclude import Selection, named_in
from reshelve.planner.wants.plan_problems import Findings
from reshelve.planner.wants.root_choice import Group, groups_of, locate
from reshelve.planner.wants.targets_away import note_targets_away
from reshelve.planner.wants.unseen_roots import unseen_problem, unseen_roots
from reshelve.planner.wants.virtual_tree import Tree
from reshelve.planner.wants.want import STAYING, Folder, Want
from reshelve.planner.wants.witnesses import rest_on_backups, unsupported
from reshelve.schemas.cost_block import PlanCost
from reshelve.schemas.known_roots import planned_root
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import split, store_of
from reshelve.schemas.operations import AnyOperation
from reshelve.schemas.plan import Plan, PlanCommand, PlanRoot
from reshelve.schemas.problems import Problem, errors
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.store_settings import Store
from reshelve.schemas.undone import Undone
from reshelve.schemas.verbs import Witness
from reshelve.schemas.workspace import Policy

if TYPE_CHECKING:
    from reshelve.schemas.price_list import Prices


@dataclass(slots=True, frozen=True)
class PlanRequest:
    """What a plan is for and about.

    `held` is what undos took back: what brings it again is not planned, but listed. `only` and `exclude` are globs on source or
    target locations; a bundle goes whole. `against` True: the readers show a saved inventory, and the plan is for reading only.
    `stores` are the workspace's, for what they say of classes and thaws; `asked` is which archived objects were asked for, by
    place.
    With `strict` what would lose its mode, owner or extended attributes is blocked.

    `notes` are what else the plan says: of what it rests on beside the layout and the stores.

    `empty` are folders, by their places, that go if nothing is in them, in stores whose `tidy` the layout declares.

    `later` are backups for which earlier ones go, by the locations of those.

    `earlier` tells what runs did before, of entries that are lost and of places that are taken.

    `entries` gives what the workspace's layout has, for a plan of another one: what that puts away is held afterwards.

    With `prices` the plan tells what it costs, and which of `cost_levels` it would reach; `now_ns` (ns since the epoch) then says
    how long an object has stayed.
    """

    command: PlanCommand = "apply"
    base: str = ""
    workspace: str = ""
    layout_digest: str = ""
    held: frozenset[Undone] = frozenset()
    notes: tuple[Problem, ...] = ()
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    against: bool = False
    empty: tuple[str, ...] = ()
    later: Mapping[str, Sequence[Witness]] = field(default_factory=dict)
    policies: tuple[Policy, ...] = ()
    max_delete: str = ""
    stores: Mapping[str, Store] = field(default_factory=dict)
    asked: Mapping[str, Asked] = field(default_factory=dict)
    prices: "Prices | None" = None
    max_cost: str = ""
    cost_levels: Sequence[str] = ()
    strict: bool = False
    now_ns: int = 0
    earlier: EarlierRuns = NO_RUNS
    entries: Entries = dict


def _room(conflicts: Conflicts, wants: list[Want], tree: Tree) -> Room:
    """Block what has no room where it is to go, and return the room, nothing of it promised yet."""
    room = Room()
    for want, why in without_room(wants, tree, room):
        conflicts.give_up(want, "no-room", why, "Free some room there, then plan again: the rest is planned without it.")
    return room


@answering()
def make_plan(layout: Layout, readers: Readers, request: PlanRequest) -> Plan:
    """Return the sealed plan that brings what is in the stores to what the layout says.

    Reads only: one `stat` a source, one listing a target folder, content only where a target of the same size is taken. The
    same layout and stores give the same plan, whatever the order of the layout. What cannot be done is in `blocked` and `problems`.
    Raises ReshelveError where a store stops answering.
    """
    from reshelve.schemas.documents.plan_files import seal

    findings = Findings()
    tree = Tree(readers)
    groups = groups_of(readers, [name for name, store in request.stores.items() if store.together is not None])
    held = held_of(layout, request.held)
    sources = Sources(groups, tree, findings, held)
    selection = Selection(request.only, request.exclude)
    wants = sources.bind(layout, selection)
    note_targets_away(wants, groups, findings)
    Targets(groups, tree, findings).bind(wants)
    left_as_told.leave(wants, layout.leave, findings)
    classes = Classes(request.stores, held)
    diff = Diff(findings, classes, Lost(findings, readers, request.earlier))
    diff.judge(wants)
    wants += classes.changes(wants)
    thawing = Thawing(request.stores, request.asked, findings)
    conflicts = Conflicts(findings, diff, tree, thawing, request.earlier.copied, strict=request.strict)
    conflicts.settle(wants)
    room = _room(conflicts, wants, tree)
    rest_on_backups(wants, request.later)
    _keep_last_copies(conflicts, wants, Copies(groups, wants).missing(sources.copies) if sources.copies else (), tree)
    wants += conflicts.trashings
    operations = order(wants, tree, room, classes)
    operations += thawing.operations()
    _tidy_up(operations, layout, wants, tree, readers, request)
    problems = [*findings.problems(), *_unseen(wants, readers, request, findings), *room.problems()]
    problems += [
        *selection.unmatched(named_in(layout) if request.only else ()),
        *_violations(layout, request),
        *_of_carrying(wants, operations, readers),
        *classes.problems(),
    ]
    problems += _configure(operations, readers, request, findings)
    operations, untold = _with_expiry(operations, readers, request)
    away = put_away(operations, layout, request.entries)
    cost = _cost(operations, readers, request)
    problems += [*untold, *odd_keys(readers), *told(away), *request.notes, *cost_levels.of_plan(request.cost_levels, cost)]
    return seal(
        Plan(
            command=request.command,
            base=request.base,
            workspace=request.workspace,
            layout=request.layout_digest,
            against=request.against,
            roots=_roots(operations, readers),
            operations=operations,
            blocked=findings.blocked(),
            held=sorted(findings.held),
            waiting=thawing.waiting(),
            problems=sorted(problems, key=Problem.order),
            space=room.needs(),
            settled=sum(want.state == "settled" for want in wants),
            observed=_observed(operations, groups) if request.max_delete else {},
            max_delete=request.max_delete,
            cost=cost,
            max_cost=request.max_cost,
            put_away=away,
        )
    )


def _of_carrying(wants: Sequence[Want], operations: Sequence[AnyOperation], readers: Readers) -> list[Problem]:
    """Return what is to be said of what files lose, or leave behind, where they are carried to."""
    several = parted(wants) if any(reader.root.kind == "bucket" for reader in readers.values()) else []
    return [*losses(wants, readers), *several, *left_behind(operations, readers)]


def _unseen(wants: Iterable[Want], readers: Readers, request: PlanRequest, findings: Findings) -> list[Problem]:
    """Return an error for each root that was never there: of every store in a plan for everything, else of those it is about."""
    everything = request.command == "apply" and not request.only and not request.exclude
    named = {store_of(locate(location)[0]) for want in wants for location in (want.target, want.source) if location}
    told = {problem.path for problem in errors(findings.problems())}
    roots = unseen_roots(readers, None if everything else named)
    return [unseen_problem(root, "error") for root in roots if root.key not in told]


def _keep_last_copies(conflicts: Conflicts, wants: Iterable[Want], missing: Iterable[tuple[Want, str, str]], tree: Tree) -> None:
    """Give up what would let go of content whose copies do not stand, or leave too."""
    for want, why, hint in missing:
        conflicts.give_up(want, "copy-missing", why, hint)
    for want, why in unsupported(wants, tree):
        conflicts.give_up(want, "copy-leaves", why, "It stays. Keep one of them: remove the other's entry, then plan again.")


def _tidy_up(
    operations: list[AnyOperation], layout: Layout, wants: list[Want], tree: Tree, readers: Readers, request: PlanRequest
) -> None:
    """Add the removal of folders that are emptied, and of those that were asked for and hold nothing."""
    moved = _moved_folders(wants, tree)
    if layout.tidy or moved:
        empty = [tree.folder(readers[key], rel) for key, rel in map(split, request.empty)]
        tidy(operations, layout.tidy, wants, moved, tree, empty, removed_again(request.held))


def _moved_folders(wants: Iterable[Want], tree: Tree) -> list[Folder]:
    """Return the source folders of entries that move whole folders."""
    found: list[Folder] = []
    for want in wants:
        stays = want.state in STAYING or want.deed not in ("move", "pack")
        if not want.contents.parts or stays or any(part.state in STAYING for part in want.contents.parts):
            continue
        folders = (part for part in want.contents.parts if part.found is not None and part.found.item.kind == "dir")
        found += [tree.folder(part.found.reader, part.found.item.rel) for part in folders if part.found is not None]
    return found


def _roots(operations: Iterable[AnyOperation], readers: Readers) -> dict[str, PlanRoot]:
    used: set[str] = set()
    for operation in operations:
        if operation.op == "move":
            used.add(operation.src.partition(":")[0])
            used.add(operation.dst.partition(":")[0])
            continue
        used.update(place.partition(":")[0] for place in (operation.reads, operation.frees, operation.makes) if place is not None)
    keys = sorted({key.removesuffix("%") for key in used})
    return {key: planned_root(readers[key].root) for key in keys}


def _configure(operations: list[AnyOperation], readers: Readers, request: PlanRequest, findings: Findings) -> list[Problem]:
    """Add what brings buckets to the lifecycle rules their stores declare, where the plan is about everything."""
    if request.only or request.exclude or all(store.lifecycle is None for store in request.stores.values()):
        return []
    from reshelve.planner.buckets.lifecycle_rules import configurations

    undone = removed_again(request.held)
    configured, unread = configurations(request.stores, readers, len(operations), undone, findings.held)
    operations += configured
    return unread


def _with_expiry(
    operations: list[AnyOperation], readers: Readers, request: PlanRequest
) -> tuple[list[AnyOperation], list[Problem]]:
    """Return the operations, those that put something into the trash of a bucket with the day until which it can come back."""
    if not any(operation.op == "trash" and operation.away for operation in operations):
        return operations, []
    from reshelve.planner.buckets.trash_expiry import with_expiry

    return with_expiry(operations, readers, request.now_ns)


def _cost(operations: Iterable[AnyOperation], readers: Readers, request: PlanRequest) -> PlanCost | None:
    if request.prices is None:
        return None
    from reshelve.planner.cost.plan_cost import cost_of

    return cost_of(operations, readers, request.prices, request.now_ns)


def _violations(layout: Layout, request: PlanRequest) -> list[Problem]:
    if not request.policies:
        return []
    from reshelve.planner.rules.policies import violations

    return [broken.problem for broken in violations(layout, request.policies)]


def _observed(operations: Iterable[AnyOperation], groups: dict[str, Group]) -> dict[str, int]:
    """Count the files in each store of which something goes to the trash: what a share of them is measured against."""
    stores = {store_of(split(operation.src)[0]) for operation in operations if operation.op == "trash"}
    return {
        store: sum(item.kind == "file" for reader in groups[store].usable for item in reader.walk().items)
        for store in sorted(stores)
    }
