"""Acting on a plan: what is refused beforehand, the run itself, and what is remembered after it."""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Literal

from reshelve.executors.runs.run_events import Emit, ignore
from reshelve.opening import brought_files, disk_memory, known_workspaces, wiring
from reshelve.opening.guest_folders import with_guests
from reshelve.opening.wiring import Setting, opened
from reshelve.planner.ports.store_reader import Reader
from reshelve.schemas.locations import store_of
from reshelve.schemas.plan import Plan, PlanCommand
from reshelve.schemas.problems import Problem, ReshelveError, sentence
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.run_record import OnError
from reshelve.schemas.run_report import Report
from reshelve.session import guards, queued_notices, verified_hashes
from reshelve.session.cut_short_runs import looking

How = Literal["rollback", "finish", "stop", "accept"]
Clock = Callable[[], datetime]

_NOTHING_KNOWN: Mapping[tuple[int, int, int], str] = {}

_WAYS_BACK: frozenset[PlanCommand] = frozenset(("undo", "redo", "trash restore", "trash empty"))
_COUNTED: frozenset[PlanCommand] = frozenset(("apply", "cleanup", "organize", "watch", "file", "new"))
"""The commands of whose plans the files are counted that go to the trash."""

BUCKET_JOBS = 24
"""How much is done at one time, unless told, where a plan reaches into a bucket: the network's wait, not the disk's."""


@dataclass(slots=True, frozen=True)
class Told:
    """How a run was told to go. `max_delete` "": as the plan or the workspace says."""

    on_error: OnError = "rollback"
    jobs: int | None = None
    max_delete: str = ""
    emit: Emit = ignore
    cancel: threading.Event | None = None


def ready(setting: Setting, plan: Plan, max_delete: str = "") -> None:
    """Raise ReshelveError with what `apply` would refuse this plan for now; nothing is touched."""
    from reshelve.executors.runs import may_run

    may_run.refuse_unfit(plan, setting.state, setting.name)
    may_run.refuse_errors(plan)
    may_run.refuse_unsettled(setting.state, looking(setting))
    may_run.refuse_unsettled_elsewhere(plan, setting.state)
    with opened(with_guests(setting, plan.roots)) as stores:
        _refuse_away(plan, stores.readers)
        if plan.roots.keys() <= stores.stores.keys():
            may_run.check(plan, stores.stores)
    refused = beyond_guards(setting, plan, max_delete)
    if refused:
        raise ReshelveError(refused, "declined")


def refuse(setting: Setting, plan: Plan, max_delete: str = "") -> None:
    """Raise what `apply` would refuse this plan for whatever the stores hold now."""
    from reshelve.executors.runs.may_run import refuse_errors, refuse_unfit, refuse_unsettled

    refuse_unfit(plan, setting.state, setting.name)
    refuse_errors(plan)
    if plan.can_apply():
        refuse_unsettled(setting.state, looking(setting))
    if beyond_guards(setting, plan, max_delete):
        ready(setting, plan, max_delete)


def apply(setting: Setting, plan: Plan, now: Clock, told: Told) -> tuple[Setting, Report]:
    """Carry out a plan, once; return the setting as it is then (a destination may have been made) and the report.

    Raises ReshelveError before the first effect. What a crash leaves, `recover` settles.
    """
    from reshelve.executors.runs.apply import apply as carry_out
    from reshelve.session import catalog_keeping

    guards.refuse_dry(setting.environ)
    refuse(setting, plan, told.max_delete)
    setting = wiring.make_destination(setting)
    setting.state.prepare()
    brought_files.note(plan, setting.environ)
    if setting.file is not None:
        known_workspaces.note(setting.folder, plan, setting.environ)
    try:
        catalog = setting.state.folder / "catalog.db"
        with opened(with_guests(setting, plan.roots)) as stores:
            _refuse_away(plan, stores.readers)
            stores.following.watch(catalog, verified_hashes.renamed(plan))
            report = carry_out(
                plan,
                stores.stores,
                setting.state,
                on_error=told.on_error,
                jobs=told.jobs or (BUCKET_JOBS if any(root.path.startswith("s3://") for root in plan.roots.values()) else 1),
                emit=_logged(setting, plan.command, told.emit, of=plan.of),
                now=now,
                cancel=told.cancel,
                workspace=setting.name,
            )
            # The run has settled: what only saves reading files again may fail without a word.
            _remember_disks(setting, stores.readers, plan)
            contents: dict[tuple[int, int, int], str] = {}
            with suppress(OSError, ReshelveError):
                stores.following.keep_up(catalog)
                if report.operations <= catalog_keeping.AT_ONCE:
                    contents = stores.following.contents(catalog)
                if report.counts.keys() & {"copy", "upload", "download"}:
                    verified_hashes.remember_hashes(setting.state.run(report.run), stores.readers, catalog, stores.following)
    except ReshelveError:
        wiring.unmake_destination(setting)
        raise
    _settled(setting, report, plan, contents)
    return setting, report


def recover(
    setting: Setting,
    now: Clock,
    how: How | None = None,
    emit: Emit = ignore,
    cancel: threading.Event | None = None,
    tell: Callable[[Report], object] | None = None,
) -> list[Report]:
    """Settle every run that was cut short, and `tell` how each ended as it does; return all reports. May run twice.

    What a start left that was killed before its run began goes too: lock files, and the folder of that run.
    """
    from reshelve.executors.runs.recover import recover as settle

    if not setting.state.unsettled():
        _clear_killed_starts(setting)
        return []
    guards.refuse_dry(setting.environ)
    with opened(with_guests(setting)) as stores:

        def ended(report: Report) -> None:
            with suppress(ReshelveError):
                _remember_disks(setting, stores.readers, setting.state.plan_of(report.run))
            _settled(setting, report)
            if tell is not None:
                tell(report)

        away = {key: reader.root for key, reader in stores.readers.items() if not reader.root.available}
        told = _logged(setting, "recover", emit)
        reports = settle(setting.state, stores.stores, how=how, emit=told, now=now, cancel=cancel, away=away, tell=ended)
    if not setting.state.unsettled():
        _clear_killed_starts(setting)
    return reports


def _logged(setting: Setting, command: str, emit: Emit, of: str = "") -> Emit:
    """Return an `emit` that also writes to the workspace's log, where it has one."""
    if setting.workspace.log is None:
        return emit
    from reshelve.opening.workspace_log import log_of
    from reshelve.session.logged_runs import logged

    return logged(log_of(setting), command, emit, of=of)


def _remember_disks(setting: Setting, readers: Mapping[str, Reader], plan: Plan) -> None:
    """Keep which disks a run that has settled saw; a failure costs that comparison, and not the run."""
    with suppress(OSError, ReshelveError):
        own = {key: reader for key, reader in readers.items() if store_of(key) in setting.workspace.stores}
        inside, declared = wiring.mounted_inside(own), wiring.declared_paths(setting)
        disk_memory.remember(setting.state.folder, setting.workspace, own, inside, plan, declared)


def _clear_killed_starts(setting: Setting) -> None:
    from reshelve.executors.state.root_locks import clear_abandoned, lock_folder, locked

    state = setting.state
    if not state.folder.is_dir():
        return
    with suppress(OSError, ReshelveError), locked([str(state.folder)], "recover", state):
        clear_abandoned([lock_folder(root.path, root.fs) for root in with_guests(setting).roots() if root.available], state)
        state.drop_prepared()


def _refuse_away(plan: Plan, readers: Mapping[str, Reader]) -> None:
    """Raise, of kind "stale", when a root that a plan acts on is away by now, or another disk stands there."""
    away = [reader.root for key, reader in readers.items() if key in plan.roots and not reader.root.available]
    if away:
        summary, then = "A store is not available.", "apply again."
        found = [Problem("store-unavailable", summary, f"{sentence(root.why)}.", root.key, root.way_back(then)) for root in away]
        raise ReshelveError(found, "stale")


def beyond_guards(setting: Setting, plan: Plan, max_delete: str = "") -> list[Problem]:
    """Return a problem for everything that passes a guard: files taken from a store, cost. A way back is never guarded.

    What is put away by name is meant, however many files that are; what a month of the buckets then costs is guarded all the same.
    """
    if plan.command in _WAYS_BACK:
        return []
    too_dear = guards.too_dear(plan, plan.max_cost or setting.workspace.guards.max_cost or "")
    if plan.command not in _COUNTED:
        return too_dear
    limit = max_delete or plan.max_delete or setting.workspace.guards.max_delete or ""
    return guards.beyond(plan, limit, plan.observed, lambda store: _count_files(setting, store)) + too_dear


def _count_files(setting: Setting, store: str) -> int:
    with opened(setting) as stores:
        mine = [reader for key, reader in stores.readers.items() if store_of(key) == store and reader.root.available]
        return sum(item.kind != "dir" for reader in mine for item in reader.walk().items)


def _settled(
    setting: Setting, report: Report, plan: Plan | None = None, contents: Mapping[tuple[int, int, int], str] = _NOTHING_KNOWN
) -> None:
    """Write the run into the catalog, and take away folders made for nothing."""
    from reshelve.session import catalog_keeping

    catalog_keeping.note_run(setting, plan, report, contents)
    queued_notices.queue_run(setting, report)
    if report.command == "undo" or report.outcome == "rolled-back":
        wiring.unmake_destination(setting)
