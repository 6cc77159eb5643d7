"""Syncs opened: the stores they are between, both sides of each, and what is remembered of them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from reshelve.executors.contracts.object_store import ObjectStore, object_store
from reshelve.executors.state import held_entries, sync_state
from reshelve.executors.state.sync_state import SeenProject
from reshelve.opening.wiring import Open, opened
from reshelve.planner.ports.store_reader import Reader
from reshelve.planner.sync.sync_left_out import sharing
from reshelve.planner.sync.sync_places import SharedPlace, place_of
from reshelve.schemas.locations import split, store_of
from reshelve.schemas.problems import ReshelveError, stop
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.sync_settings import Sync, user_fault, user_of
from reshelve.schemas.undone import Undone
from reshelve.session import sync_sides
from reshelve.session.session_context import Context
from reshelve.session.sync_sides import Bucket

if TYPE_CHECKING:
    pass


T = TypeVar("T")

_PUT_RIGHT = "Put that right, then sync again: nothing was concluded, and nothing was done."
_FEW = 3
"""For so many projects each is listed by itself; for more, all of them at once."""


@dataclass(slots=True, frozen=True)
class Side:
    """One sync, opened: its settings, who this is, both places, what reads here, and the bucket."""

    name: str
    sync: Sync
    user: str
    here: SharedPlace
    there: SharedPlace
    reader: Reader
    store: ObjectStore

    @property
    def between(self) -> tuple[str, str]:
        """The two addresses that what is remembered is bound to."""
        return f"{self.reader.root.path}:{self.sync.here}", f"{self.store.root.address}:{self.sync.there}"

    @property
    def repo(self) -> str:
        """What metadata.json calls the repository: the folder that holds the projects in the bucket, else the sync's name."""
        return self.there.top.rpartition("/")[2] or self.name


class OpenSyncs:
    """The syncs of a session, to be opened. Nothing is kept open between calls."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @contextmanager
    def stores(self, *, ask: bool) -> Iterator[Open]:
        """Open the stores that syncs are between, and no other; `ask` buckets for all that a plan has to know of them."""
        setting = self._context.setting
        names = {place_of(at).store for sync in setting.workspace.sync.values() for at in (sync.here, sync.there)}
        stores = {name: store for name, store in setting.workspace.stores.items() if name in names}
        workspace = setting.workspace.model_copy(update={"stores": stores})
        roots = setting.roots
        narrow = replace(setting, workspace=workspace, roots=lambda: [root for root in roots() if store_of(root.key) in names])
        with opened(narrow, ask=ask) as stores_open:
            yield stores_open

    @contextmanager
    def sides(self) -> Iterator[list[Side]]:
        """Open both sides of each sync. No bucket is asked anything by that: its first listing tells whether it is there."""
        workspace = self._context.workspace
        if not workspace.sync:
            hint = "see `reshelve help sharing`; `reshelve init --from-env .video-tools.env` makes one"
            raise stop(
                "no-sync", "This workspace shares nothing.", "`sync:` says what is shared by way of which bucket.", hint=hint
            )
        with self.stores(ask=False) as stores:
            sides = []
            for name, sync in workspace.sync.items():
                here, there = place_of(sync.here), place_of(sync.there)
                for key in (here.store, there.store):
                    root = stores.readers[key].root
                    if not root.available:
                        way = root.way_back("sync again: nothing was concluded, and nothing was done.")
                        raise _away(key, root.why, way)
                bucket = object_store(stores.stores[there.store])
                sides.append(Side(name, sync, self.user(name), here, there, stores.readers[here.store], bucket))
            yield sides

    def user(self, name: str) -> str:
        """Return who this is to the others of a sync. Raises ReshelveError where nobody says so."""
        found = user_of(self._context.workspace.sync[name], self._context.setting.environ)
        hint = f"reshelve.local.yaml: sync: {{{name}: {{user: YOUR-NAME}}}}"
        if not found:
            raise stop(
                "no-user", "Your user name is not set.", "Others have to see who shared what.", path=f"sync.{name}", hint=hint
            )
        if fault := user_fault(found):
            raise stop("no-user", "That cannot be a person's name.", f"{found!r}: {fault}.", path=f"sync.{name}", hint=hint)
        return found

    def _base_file(self, side: Side) -> Path:
        return self._context.setting.state.folder / "sync" / f"{side.name}.json"

    def remembered(self, side: Side) -> dict[str, SeenProject]:
        """Return what is remembered of each project of a side."""
        return sync_state.load(self._base_file(side), side.between)

    def remember(self, side: Side, projects: dict[str, SeenProject]) -> None:
        """Remember what is known of each project of a side."""
        self._context.setting.state.prepare()
        sync_state.save(self._base_file(side), side.between, projects)

    def undone(self) -> set[str]:
        """Return the runs that were taken back."""
        return {
            summary.id for summary in self._context.setting.state.runs() if summary.undone_by or summary.outcome == "rolled-back"
        }

    def held(self) -> frozenset[Undone]:
        """Return what undos hold back."""
        return held_entries.held(self._context.setting.state)


def projects_here(side: Side) -> dict[str, bool]:
    """Return the projects here, and whether each shares anything."""
    return reading(side, lambda: sync_sides.projects_here(side.reader, side.here))


def listed(side: Side, projects: Sequence[str]) -> Bucket:
    """List some projects in the bucket; where they are none or many, all of them at once. What cannot be listed is away."""
    folders = [side.there.folder(each) for each in projects] if 0 < len(projects) <= _FEW else [side.there.top]
    try:
        return sync_sides.listed(side.store, side.there, folders, sharing(side.sync.exclude))
    except OSError as trouble:
        raise _away(side.there.store, f"{side.store.root.path}: {trouble.strerror or trouble}", _PUT_RIGHT) from None


def _away(key: str, why: str, way_back: str) -> ReshelveError:
    """Return the refusal of a side that is not available."""
    return stop("store-unavailable", "A side of the sync is not available.", f"{why.rstrip('.')}.", path=key, hint=way_back)


def name_in(side: Side, project: str, place: str) -> str | None:
    """Return the name of what lies at a place on either side of a project, None where it is no part of that."""
    root, rel = split(place)
    for one in (side.here, side.there):
        if store_of(root) == one.store and rel.startswith(f"{one.folder(project)}/"):
            return rel[len(one.folder(project)) + 1 :]
    return None


def project_around(side: Side, inside: Path) -> str:
    """Return the project whose folder here a path is, or lies in, "" for none."""
    import os

    root = os.path.realpath(side.reader.root.path)
    path = os.path.realpath(inside)
    if path == root or not path.startswith(root.rstrip("/") + "/"):
        return ""
    rel = path[len(root.rstrip("/")) + 1 :]
    return side.here.project_at(rel)


def reading(side: Side, act: Callable[[], T]) -> T:
    """Do what reads a side. Raises ReshelveError of what could not be read: it is never taken for empty."""
    try:
        return act()
    except OSError as trouble:
        what = trouble.filename if isinstance(trouble.filename, str) else f"sync.{side.name}"
        detail = f"{trouble.strerror or trouble}."
        raise stop("side-unread", "A side of the sync cannot be read.", detail, path=what, hint=_PUT_RIGHT) from None
