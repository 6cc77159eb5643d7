"""Examining a session's surroundings: what `status` shows and what `doctor` finds."""

import os
import platform
import shlex
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from reshelve.examining.environment_findings import environment
from reshelve.examining.findings import Finding
from reshelve.executors.hooks.own_program import not_runnable, put_right
from reshelve.executors.state.cache_db import CATALOG, foreign
from reshelve.executors.state.held_entries import held
from reshelve.executors.state.job_marks import is_busy, load_mark, stamp
from reshelve.executors.state.known_disks import Disk
from reshelve.executors.state.root_locks import holder_of, lock_folder
from reshelve.executors.state.watch_record import watch_of
from reshelve.executors.state.workspace_state import State
from reshelve.opening import disk_memory, guest_folders
from reshelve.opening.download_clients import ask_all
from reshelve.opening.suggesters import loose_secrets
from reshelve.opening.wiring import opened
from reshelve.planner.ports.store_reader import Reader
from reshelve.planner.schedule.due_times import LATE, due
from reshelve.schemas import consent_needs
from reshelve.schemas.inventory import Root, Space
from reshelve.schemas.locations import split
from reshelve.schemas.problems import Problem, ReshelveError, stop
from reshelve.schemas.quantities import human_size
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.schedule_settings import times_of
from reshelve.session import run_history
from reshelve.session.session import Session
from reshelve.views.colour import count
from reshelve.views.status import JobStanding, Status, StoreStatus, Thawed

Told = TypeVar("Told")


@dataclass(slots=True, frozen=True)
class LayoutFigures:
    """How many entries a layout has and how many files wait to be decided, None where it cannot be read; and how many problems."""

    entries: int | None = None
    review: int | None = None
    unsound: int = 0


def layout_figures(path: Path) -> LayoutFigures:
    """Count what a layout holds. Raises OSError."""
    from reshelve.api import load_layout

    try:
        layout = load_layout(path)
    except ReshelveError as error:
        return LayoutFigures(unsound=len(error.problems))
    return LayoutFigures(layout.asks, len(layout.review))


def status(session: Session, count_layout: Callable[[Path], LayoutFigures] = layout_figures) -> Status:
    """Return stores, runs and what waits for a decision, as they are now. Waits for no lock. Raises ReshelveError.

    What cannot be told of the state is left out, and why is in `problems`. `count_layout` counts what the layout holds.
    """
    session = lenient(session)
    setting = session.setting
    state = setting.state
    damaged: list[Problem] = []
    # In this order: no living run looks cut short.
    work = session.runs.at_work()
    unsettled_runs = _told(damaged, state.unsettled) or []
    runs = state.runs(damaged)
    seen = [*unsettled_runs, *(run.id for run in runs if run.outcome == "unsettled")]
    found = Status(
        workspace=str(setting.file or f"organize {setting.folder}"),
        last=runs[0] if runs else None,
        unsettled=unsettled_runs,
        held=_told(damaged, lambda: len(held(state, damaged))) or 0,
        under_way=next((run for run in seen if work.on(run)), ""),
        lock=_locked(session.stores.roots()),
        watch=watch_of(state.folder),
        jobs=job_standings(session),
        notices=len(session.notices.waiting()) if session.workspace.notify or session.workspace.after else 0,
    )
    with opened(setting) as stores:
        found.stores = [StoreStatus(replace(reader.root, homes=()), _space(reader)) for reader in stores.readers.values()]
        found.thawed = _told(damaged, lambda: _thawed(session, stores.readers)) or []
    trashed = _told(damaged, lambda: session.trash.find(quick=True).items) or []
    unsettled = _told(damaged, session.runs.unsettled) or []
    found.cut_short = _told(damaged, session.runs.cut_short) or []
    lost = guest_folders.damage(setting)
    found.problems = [*dict.fromkeys(damaged), *unsettled, *([lost] if lost is not None else [])]
    catalog = state.folder / CATALOG
    if why := foreign(catalog):
        summary = "The record of files is not reshelve's own, and is not used."
        told = Problem("catalog-foreign", summary, f"{_done_without(why)}.", str(catalog), _remove(catalog), severity="warning")
        found.problems.append(told)
    found.trash_files, found.trash_bytes = len(trashed), sum(item.size for item in trashed)
    if setting.layout is not None and setting.layout.exists():
        layout = count_layout(setting.layout)
        found.entries, found.review, found.unsound = layout.entries, layout.review, layout.unsound
    return found


def job_standings(session: Session) -> list[JobStanding]:
    """Return how the scheduled jobs of a session stand, in the order of the workspace."""
    state, found, now = session.setting.state.folder, [], session.now()
    busy = is_busy(state)
    for name, job in session.workspace.jobs.items():
        mark = load_mark(state, name)
        if mark is None:
            found.append(JobStanding(name, unseen=True))
            continue
        seen = datetime.fromisoformat(mark.dealt_with)
        late = due(times_of(job.when), job.zone_in(session.workspace.zone), "run once", seen, now)
        overdue = stamp(late.at) if late is not None and now - late.at > LATE and not busy else ""
        unended = bool(mark.started) and not mark.ended
        found.append(JobStanding(name, mark.started, mark.exit, unended and not busy, overdue, running=unended and busy))
    return found


def lenient(session: Session) -> Session:
    """Return a session that only looks: a bucket nobody consented to is away, and the rest is seen."""
    return Session(replace(session.setting, lenient=True), session.now)


def _consents(session: Session) -> Iterator[Finding]:
    """Yield everything that needs consent here, and whether and since when it has that."""
    trust = session.setting.trust
    wanted = consent_needs.later(session.setting.declared)
    lacking = trust.lacking(wanted)
    for reach in lacking:
        yield Finding(f"consent to {reach.key}", f"none; it would {reach.does}", False, "reshelve trust")
    for consent in trust.given():
        yield Finding(f"consent to {consent.key}", f"{consent.does}, since {consent.since}")


def _told(damaged: list[Problem], ask: Callable[[], Told]) -> Told | None:
    """Return what `ask` says, or None where it raises ReshelveError, whose problems are added to `damaged`."""
    try:
        return ask()
    except ReshelveError as trouble:
        damaged += trouble.problems
        return None


def _thawed(session: Session, readers: Mapping[str, Reader]) -> list[Thawed]:
    """Return what runs asked for, as it stands now; what has frozen again, or is gone, is left out."""
    from reshelve.planner.buckets.thaws import ready_about

    found = []
    for place, asked in sorted(run_history.asked_for(session.setting.state).items()):
        key, rel = split(place)
        reader = readers.get(key)
        try:
            item = reader.stat(rel) if reader is not None else None
        except OSError:
            continue
        if item is not None and item.restored == "ongoing":
            found.append(Thawed(place, ready=ready_about(item.storage_class, asked)))
        elif item is not None and item.restored:
            found.append(Thawed(place, until=item.restored))
    return found


def examine(session: Session) -> Iterator[Finding]:
    """Yield what could keep reshelve from working in this session. Nothing is written."""
    session = lenient(session)
    yield from machine()
    yield from environment(session.workspace, session.setting.environ)
    yield from _consents(session)
    state = session.setting.state
    yield _state_folder(state)
    if why := foreign(state.folder / CATALOG):
        yield Finding("catalog", _done_without(why), False, _remove(state.folder / CATALOG))
    damage = disk_memory.damage(state.folder)
    if damage is not None:
        what = f"{damage[1]}, so an unmounted disk would not be noticed"
        yield Finding(
            str(damage[0]),
            what,
            False,
            f"connect all disks, then rm -r {shlex.quote(str(damage[0]))}: the next run writes it again",
        )
    if (lost := guest_folders.damage(session.setting)) is not None:
        yield Finding(lost.path, f"{lost.summary} {lost.detail}", False, lost.hint)
    disks = disk_memory.known(state.folder)
    with opened(session.setting) as stores:
        for reader in stores.readers.values():
            yield from _store(reader, disks.get(reader.root.key))
    for loose in loose_secrets(session.setting.folder, session.setting.environ):
        yield Finding("secret", f"{loose.path} can be read by others", False, loose.hint)
    yield from _clients(session)
    yield from _programs(session)
    yield from _runs(session)
    try:
        if session.setting.layout is not None and session.setting.layout.exists():
            from reshelve.api import load_layout

            load_layout(session.setting.layout)
            yield Finding("layout", "sound")
    except ReshelveError as error:
        yield Finding("layout", count(len(error.problems), "problem"), False, "reshelve validate")


def _programs(session: Session) -> Iterator[Finding]:
    """Yield each program of `after:` that will never be run as it is."""
    for name, told in session.workspace.after.items():
        folder = str(session.setting.folder)
        if told.program and (why := not_runnable(told.program[0], folder)):
            advice = f"{put_right(told.program[0], folder)}; then test it: reshelve notify test after.{name}"
            yield Finding(f"after.{name}", f"{told.program[0]}: {why}", False, advice)


def _clients(session: Session) -> Iterator[Finding]:
    """Yield what each download client says; one none of whose downloads is here names folders otherwise."""
    environ, clients = session.setting.environ, session.workspace.clients
    for seen in ask_all(session.setting) if clients else ():
        key = f"clients.{seen.name}"
        if seen.why:
            password = clients[seen.name].password_env
            if password is None or environ.get(password):  # that it is not set was said
                yield Finding(key, seen.why, False, f"start it, or correct the address or password in `{key}`")
            continue
        under_way = sum(not download.complete for _, download in seen.places)
        told = f"{count(seen.told, 'download')}, {len(seen.places):,} in stores, {under_way:,} of them not complete"
        well = seen.there or not seen.told
        told = told if well else f"{told}; none is on this machine"
        yield Finding(key, told, well, f"if it is in a container, say what it calls the folders: `map:` in `{key}`")


def accept_disks(sessions: Sequence[Session], keys: Collection[str]) -> None:
    """Take what stands at these roots for what belongs there, in whichever session has them. Raises ReshelveError."""
    known = {key for session in sessions for key in disk_memory.known(session.setting.state.folder)}
    unknown = sorted(set(keys) - known - {root.key for session in sessions for root in session.setting.roots()})
    if unknown:
        detail = f"Folders of stores: {', '.join(sorted(known)) or 'none'}."
        raise stop(
            "no-such-root", "No store has a folder of that name.", detail, path=unknown[0], hint="reshelve status", kind="usage"
        )
    for session in sessions:
        try:
            disk_memory.forget(session.setting.state.folder, keys)
        except OSError as trouble:
            path = str(session.setting.state.folder)
            hint = "Give this user the right to write there."
            raise stop("not-kept", "That cannot be kept.", f"{trouble.strerror}.", path=path, hint=hint) from trouble


def machine() -> Iterator[Finding]:
    """Yield what holds of this machine, whatever the session."""
    version = platform.python_version()
    yield Finding("python", version, sys.version_info >= (3, 11), "reshelve needs Python 3.11 or newer")
    supported = platform.system() in ("Linux", "Darwin")
    advice = "Linux and macOS are supported; others as far as they go"
    yield Finding("system", f"{platform.system()} {platform.release()}", supported, advice)
    encoding = sys.getfilesystemencoding()
    yield Finding("file names", encoding, encoding == "utf-8", "set a UTF-8 locale, such as LC_ALL=C.UTF-8")


def as_problem(finding: Finding) -> Problem:
    """Return a finding that is not well as a problem."""
    return Problem("doctor", finding.what, finding.how, hint=finding.advice)


def _store(reader: Reader, disk: Disk | None) -> Iterator[Finding]:
    root = reader.root
    if not root.available:
        why = f"not available, and optional: {root.why}" if root.optional else root.why
        advice = root.way_back("run `reshelve doctor` again.")
        yield Finding(root.key, why, root.optional and not root.remedy, advice)
        return
    if root.kind == "folder" and disk_memory.emptied(reader, disk):
        how = (
            f"{root.path} is empty, and another folder than the last run saw there: `plan` takes all that was filed in it for lost"
        )
        advice = f"if a disk belongs there, mount it; if this folder is right: reshelve doctor --accept {root.key}"
        yield Finding(root.key, how, False, advice)
    else:
        yield Finding(root.key, f"{root.path} on {root.fs}")
    if root.kind == "bucket":
        versions = "kept" if root.versioned else "not kept: what is removed is copied to the trash first"
        yield Finding(f"{root.key}: versions", versions)
    if not root.writable:
        yield Finding(f"{root.key}: writing", "not allowed", False, f"give this user the right to write to {root.path}")
    space = _space(reader)
    if space is not None:
        short = space.free < root.reserve
        room = f"{human_size(space.free)} free of {human_size(space.total)}"
        room += f", less than the reserve of {human_size(root.reserve)}" if short else ""
        yield Finding(f"{root.key}: room", room, not short, "make room, or lower `reserve:`")
    folding = reader.folds("")
    told = "names that differ only by case are the same" if folding else "names may differ only by case"
    yield Finding(f"{root.key}: names", told)
    holder = holder_of(lock_folder(root.path, root.fs))
    if holder is not None:
        yield Finding(f"{root.key}: lock", f"held by {holder.told}", False, "wait for it, or check whether it is still running")


def _runs(session: Session) -> Iterator[Finding]:
    state = session.setting.state
    damaged: list[Problem] = []
    _told(damaged, lambda: held(state, damaged))
    glanced: list[Problem] = []
    for summary in state.runs(glanced):
        damaged += state.damage_of(summary.id)
    # What was read tells more of a file than a glance at it.
    read = {problem.path for problem in damaged}
    damaged += [problem for problem in glanced if problem.path not in read]
    for problem in dict.fromkeys(damaged):
        yield Finding(problem.path, f"{problem.summary} {problem.detail}", False, problem.hint)
    unsettled = _told([], session.runs.unsettled) or []
    for problem in unsettled:
        mine = problem.code == "unsettled-run"
        told = problem.detail.removeprefix(f"Run {problem.path} ").rstrip(".") if mine else problem.detail
        what, how = f"run {problem.path}" if mine else problem.path, told
        yield Finding(what, how, False, problem.hint)
    if not unsettled and not damaged:
        yield Finding("runs", "all settled")


def _done_without(why: str) -> str:
    return f"{why}: nothing is read from it, written to it or remembered"


def _remove(catalog: Path) -> str:
    return f"move away what is there: {catalog}"


def _state_folder(state: State) -> Finding:
    folder = state.folder
    if links := state.links():
        return Finding("state", f"{links[0]} is a link", False, "look where it leads, and remove it if it is not yours")
    if os.path.lexists(folder) and not folder.is_dir():
        return Finding("state", f"{folder} is not a folder", False, "move away what is there")
    nearest = next(one for one in (folder, *folder.parents) if one.exists())
    well = os.access(nearest, os.W_OK | os.X_OK)
    return Finding("state", str(folder), well, f"give this user the right to write to {nearest}")


def _locked(roots: list[Root]) -> str:
    for root in roots:
        holder = holder_of(lock_folder(root.path, root.fs)) if root.available else None
        if holder is not None:
            return f"{root.key} by {holder.told}"
    return ""


def _space(reader: Reader) -> Space | None:
    try:
        return reader.space("") if reader.root.available and reader.root.kind == "folder" else None
    except OSError:
        return None
