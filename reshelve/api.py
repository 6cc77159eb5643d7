"""The Python API: values in, values out. Opens a session; the command line uses nothing else.

    from reshelve import api

    session = api.open_workspace("~/media")
    layout = session.layouts.scan().layout
    plan = session.plans.make(layout)
    report = session.runs.apply(plan)
    session.runs.apply(session.history.plan_undo(report.run))

Everything raises `reshelve.schemas.problems.ReshelveError`, which carries every problem found; nothing is printed or asked.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from reshelve.executors.state.workspace_state import State
from reshelve.opening import git_tracked, known_workspaces, organize_setting, wiring, workspace_search
from reshelve.opening.consent import UntrustedError, trust_of
from reshelve.opening.suggesters import Asking
from reshelve.schemas.inventory import Inventory, Listing, Root
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import STATE, printable
from reshelve.schemas.problems import Problem, ReshelveError, Where, stop
from reshelve.session.session import Session

if TYPE_CHECKING:
    from reshelve.planner.layouts.layout_diff import LayoutDiff
    from reshelve.planner.recognise.name_reading import Reading
    from reshelve.planner.recognise.recogniser import NameRecogniser
    from reshelve.schemas.consent_needs import Reach
    from reshelve.schemas.documents.layout_checks import Stores

__all__ = [
    "Asking",
    "Session",
    "compare",
    "consent",
    "entry_places",
    "find_session",
    "layout_doubts",
    "layout_problems",
    "layout_versions",
    "layout_with_digest",
    "load_inventory",
    "load_layout",
    "near_sessions",
    "observe_folder",
    "open_folder",
    "open_organize",
    "open_workspace",
    "parse",
    "parse_all",
    "policy_places",
    "save_layout",
    "store_places",
    "store_problems",
    "validate",
    "wants",
]


def utc_now() -> datetime:
    """Return the time now in UTC: the clock every session uses unless given another."""
    return datetime.now(UTC)


def open_workspace(
    where: str | Path = ".", *, environ: Mapping[str, str] | None = None, now: Callable[[], datetime] = utc_now
) -> Session:
    """Open the workspace at `where`: its `reshelve.yaml`, or a folder in or below its own.

    Raises ReshelveError with everything that is wrong with its document, rules included.
    """
    env = os.environ if environ is None else environ
    file = _workspace_file(where)
    try:
        return Session(wiring.of_workspace(file, env), now)
    except UntrustedError:
        raise
    except ReshelveError as error:
        from reshelve.documents.rule_problems import rule_errors_beside

        found = [*error.problems, *rule_errors_beside(error.problems, file)]
        raise ReshelveError(sorted(found, key=Problem.order), error.kind) from error


def _workspace_file(where: str | Path) -> Path:
    path = Path(os.path.abspath(os.path.expanduser(where)))
    return path if path.is_file() else workspace_search.need_workspace(path)


def open_organize(
    source: str | Path,
    into: str | Path | None = None,
    preset: str = "plex",
    *,
    environ: Mapping[str, str] | None = None,
    now: Callable[[], datetime] = utc_now,
) -> Session:
    """Open a session that files `source` into `into` by a shipped preset, outside any workspace. Raises ReshelveError.

    Without `into`, what is in `source` is filed within it.
    """
    env = os.environ if environ is None else environ
    folder = Path(os.path.expanduser(source))
    dest = folder if into is None else Path(os.path.expanduser(into))
    return Session(organize_setting.of_organize(folder, dest, preset, env), now)


def open_folder(
    folder: str | Path,
    preset: str = "plex",
    *,
    environ: Mapping[str, str] | None = None,
    now: Callable[[], datetime] = utc_now,
) -> Session:
    """Open a session that looks at one folder, by the rules of a shipped preset, and leaves no trace. Raises ReshelveError."""
    session = open_organize(folder, None, preset, environ=environ, now=now)
    return Session(replace(session.setting, forgetful=True), now)


def find_session(
    where: str | Path = ".",
    *,
    run: str = "",
    to: Literal["", "undo", "redo"] = "",
    environ: Mapping[str, str] | None = None,
    now: Callable[[], datetime] = utc_now,
) -> Session:
    """Open the workspace around `where`; outside any, whatever had the newest run in a folder around it or in it.

    That is an organize, or a workspace that lies elsewhere. `to` says what for: then the one whose newest run to undo, or undo to
    redo, is the newest of all.

    With `run`, the beginning of a run's id, that workspace if it has such a run, else whichever organize or workspace of this user
    has it. Raises ReshelveError when there is neither, and when several have such a run.
    """
    env = os.environ if environ is None else environ
    sessions = near_sessions(where, environ=env, now=now)
    around = workspace_search.find_workspace(Path(os.path.realpath(where)))
    if run and not (around and sessions[0].history.knows(run)):
        having = _having(run, Path(os.path.realpath(where)), env, now)
        if len(having) > 1:
            names = ", ".join(printable(f"{one.setting.folder}") for one in having)
            detail = f"Runs that begin with {run} are of {names}."
            raise stop("no-such-run", "That could be several runs.", detail, hint="Give more of its id.")
        sessions = having or sessions
    if to and not run and around is None:
        sessions.sort(key=lambda session: session.history.newest_to(to), reverse=True)
    if not sessions and run:
        detail = f"No run is called {run}, here or of any organize or workspace of yours on this machine."
        raise stop("no-such-run", "No such run.", detail, hint="reshelve log")
    if not sessions:
        raise stop(
            "no-workspace",
            "There is no workspace here, and no run acted here.",
            f"No {workspace_search.WORKSPACE_FILE} in this folder or any above it, and no run of yours from or into it.",
            path=os.path.realpath(where),
            hint="reshelve init --preset plex",
        )
    return sessions[0]


def _having(run: str, here: Path, environ: Mapping[str, str], now: Callable[[], datetime]) -> list[Session]:
    """Open every organize and every workspace of this user that has a run whose id begins so, wherever it was run."""
    known = [state for state in workspace_search.organize_states(environ) if State(state.folder).has(run)]
    found = [workspace_search.found_again(here, state) for state in known]
    organized = [Session(organize_setting.of_organize_state(state, environ), now) for state in found]
    files = [file for file in known_workspaces.every(here, environ) if State(file.parent / STATE).has(run)]
    return [*organized, *(open_workspace(file, environ=environ, now=now) for file in files)]


def near_sessions(
    where: str | Path = ".",
    *,
    every: bool = False,
    trouble: list[Problem] | None = None,
    environ: Mapping[str, str] | None = None,
    now: Callable[[], datetime] = utc_now,
) -> list[Session]:
    """Open the workspace around `where`, if any, then whatever had runs in a folder around it or in it, newest run first.

    That is every organize, and outside any workspace, or with `every`, each workspace that lies elsewhere. `trouble` is told of
    those that cannot be opened. Raises ReshelveError for the workspace around `where`, and for another if `trouble` is None and
    there is nothing else.
    """
    env = os.environ if environ is None else environ
    here = Path(os.path.realpath(where))
    file = workspace_search.find_workspace(here)
    own = [open_workspace(file, environ=env, now=now)] if file else []
    found = [
        Session(organize_setting.of_organize_state(state, env), now)
        for state in workspace_search.near(here, workspace_search.organize_states(env))
    ]
    wrong: list[Problem] = []
    for other in known_workspaces.acting_in(here, env) if every or not own else ():
        if not own or other.parent != own[0].setting.folder:
            try:
                found.append(Session(wiring.of_workspace(other, env), now))
            except ReshelveError as error:
                wrong += error.problems
    if trouble is not None:
        trouble += wrong
    elif wrong and not own and not found:
        raise ReshelveError(wrong)
    found.sort(key=lambda session: session.history.newest_start(), reverse=True)
    return [*own, *found]


def wants(where: str | Path = ".", *, environ: Mapping[str, str] | None = None) -> "list[Reach]":
    """Return what the workspace at `where` wants of this machine that needs its user's consent, given or not.

    While what it wants first (variables in stores, templates elsewhere) has none, that is all: the rest cannot be told yet.
    Raises ReshelveError.
    """
    from reshelve.schemas import consent_needs

    try:
        return consent_needs.later(open_workspace(where, environ=environ).setting.declared)
    except UntrustedError as refused:
        return list(refused.reaches)


def consent(
    where: str | Path,
    to: "Iterable[Reach]",
    *,
    environ: Mapping[str, str] | None = None,
    now: Callable[[], datetime] = utc_now,
) -> None:
    """Consent to these wants of the workspace at `where`, from now on, as its user. Raises OSError where that cannot be kept."""
    env = os.environ if environ is None else environ
    trust_of(_workspace_file(where), env).give(list(to), now())


def parse(name: str) -> "Reading":
    """Read the facts of one file name or relative path; no file is looked at."""
    return _recogniser().read(name)


def parse_all(batches: Iterable[list[str]]) -> "Iterator[tuple[str, Reading]]":
    """Yield each name of each batch with its facts, in order; the names of a batch are read side by side. No file is looked at."""
    with wiring.side_by_side() as recogniser:
        for batch in batches:
            yield from zip(batch, recogniser.read_all(batch), strict=True)


@cache
def _recogniser() -> "NameRecogniser":
    from reshelve.planner.recognise.recogniser import NameRecogniser

    return NameRecogniser()


def observe_folder(folder: str | Path) -> Listing:
    """Return everything below one folder, sorted by path. Raises OSError."""
    from reshelve.executors.stores.local_store import LocalStore

    return LocalStore(Root("folder", os.path.realpath(folder))).walk()


def load_layout(path: str | Path) -> Layout:
    """Load a layout from a file or a folder of files. Raises ReshelveError with every problem in it."""
    from reshelve.schemas.documents.layout_files import load_layout as load

    found = Path(path)
    if not found.exists():
        raise stop("no-layout", "There is no layout.", "The file does not exist.", path=str(path), hint="reshelve scan")
    return load(found)


def layout_with_digest(path: Path, *, facts: bool) -> tuple[Layout, str]:
    """Load a layout to plan by, and say what its bytes hash to. Raises ReshelveError with every problem in it.

    Marks are for scan, and are let go of; so are facts, unless asked for, but for those that say what a file is: they are half of
    what a large layout takes.
    """
    from reshelve.schemas.facts import identifying
    from reshelve.session.workspace_entries import digest_of

    layout = load_layout(path)
    for entry in layout.files.values():
        entry.mark = None
        if not facts:
            entry.facts = identifying(entry.facts)
    return layout, digest_of(path)


def layout_versions(path: str | Path) -> dict[Path, str]:
    """Return the versions of a layout's files, to be asked for before it is read: `save_layout` writes only over those."""
    from reshelve.schemas.documents.layout_files import versions

    return versions(Path(path))


def save_layout(layout: Layout, path: str | Path, read: Mapping[Path, str] | None = None) -> dict[Path, str]:
    """Write a layout in its canonical form, replacing the file whole, its comments kept; return its versions.

    With `read`, the versions as they were read. Raises ReshelveError when it cannot be written, or says something else by now.
    """
    from reshelve.schemas.documents.layout_files import save_layout as save

    try:
        return save(layout, Path(path), read)
    except OSError as trouble:
        hint = "Give write access to its folder, or name another file with -o."
        raise stop("not-written", "The layout could not be written.", f"{trouble.strerror}.", path=str(path), hint=hint) from None


def layout_problems(text: bytes, file: str = "layout.yaml") -> list[Problem]:
    """Return everything wrong with a layout given as text; none when it is sound. For layouts that others propose."""
    from reshelve.schemas.documents.layout_files import parse_layout

    try:
        parse_layout(text, file)
    except ReshelveError as error:
        return error.problems
    return []


def load_inventory(path: str | Path) -> Inventory:
    """Load a saved inventory. Raises ReshelveError."""
    from reshelve.schemas.documents.inventory_files import load_inventory as load

    return load(Path(path))


def validate(paths: Iterable[str | Path], environ: Mapping[str, str] | None = None) -> Iterator[Problem]:
    """Yield everything wrong with documents of any kind, each known by its name and content.

    A layout below a workspace names none but its stores. The rules of a workspace are checked too.
    """
    from reshelve.schemas.documents.validation import kind_of, validate_document
    from reshelve.schemas.documents.workspace_files import load_workspace

    env = os.environ if environ is None else environ
    for path in map(Path, paths):
        permit = trust_of(path, env).demand
        found = validate_document(path, env, _stores_around(path), permit)
        if not found and kind_of(path) == "local":
            found = git_tracked.tracked_overlay(path)
        if kind_of(path) == "workspace":
            from reshelve.documents.rule_problems import rule_errors_beside, rule_problems

            if found:
                found = sorted([*found, *rule_errors_beside(found, path)], key=Problem.order)
            else:
                found = rule_problems(load_workspace(path, env, permit).workspace, path)
        yield from found


def store_problems(path: str | Path, layout: Layout | None = None, workspace: Path | None = None) -> list[Problem]:
    """Return a problem for each place where a layout (read from `path`) names no store of its workspace, or of the one given."""
    from reshelve.schemas.documents.layout_files import store_problems as found
    from reshelve.schemas.documents.workspace_files import store_names

    stores = store_names(workspace) if workspace is not None else _stores_around(Path(path))
    return found(Path(path), stores, layout)


def layout_doubts(path: str | Path, layout: Layout, workspace: Path | None, *, offline: bool = False) -> list[Problem]:
    """Return what a layout (read from `path`) says against itself; `offline`, what no plan can do for any other reason, too."""
    from reshelve.schemas.documents.layout_files import doubts, problems_beyond
    from reshelve.schemas.documents.workspace_files import store_names

    stores = store_names(workspace) if workspace is not None else None
    return problems_beyond(Path(path), layout, stores) if offline else doubts(Path(path), layout)


def entry_places(path: str | Path, layout: Layout, targets: Iterable[str]) -> dict[str, Where]:
    """Return the line of the layout (read from `path`) that asks for each target; those it does not ask for are left out."""
    from reshelve.schemas.documents.layout_places import entry_places as found

    return found(Path(path), layout, targets)


def store_places(workspace: str | Path, roots: Iterable[str]) -> dict[str, Where]:
    """Return the line that declares each root of a store, in the workspace or in `reshelve.local.yaml` beside it."""
    from reshelve.schemas.documents.workspace_places import store_places as found

    return found(Path(workspace), roots)


def policy_places(workspace: str | Path, policies: Sequence[str]) -> dict[str, Where]:
    """Return the line that declares each policy of a workspace: `policies` are the names of all of them, in their order."""
    from reshelve.schemas.documents.workspace_places import policy_places as found

    return found(Path(workspace), policies)


def _stores_around(path: Path) -> "Stores | None":
    from reshelve.schemas.documents.workspace_files import store_names

    file = workspace_search.find_workspace(Path(os.path.abspath(path)))
    return store_names(file) if file is not None else None


def compare(before: Layout, after: Layout) -> "LayoutDiff":
    """Return what differs between two layouts: entries added, removed, moved and edited."""
    from reshelve.planner.layouts.layout_diff import compare as compared

    return compared(before, after)
