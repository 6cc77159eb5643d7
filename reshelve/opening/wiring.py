"""Wiring: from what a session works on to stores that act, readers that look, and the state that remembers."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reshelve.executors.contracts.folder_store import Store
from reshelve.executors.contracts.object_store import AnyStore, folder_store
from reshelve.executors.state.workspace_state import State
from reshelve.executors.stores.followed_files import Following
from reshelve.opening import bucket_stores, disk_memory, store_folders, workspace_search
from reshelve.opening.consent import Trust, UntrustedError, trust_of
from reshelve.opening.remembered_facts import RememberedFacts
from reshelve.opening.workspace_search import OrganizeState
from reshelve.planner.observing.saved_inventory import InventoryReader, not_observed, readers_from
from reshelve.planner.ports.store_reader import Reader
from reshelve.planner.recognise.extension_tables import adding
from reshelve.schemas import consent_needs
from reshelve.schemas.consent_needs import LOCAL, Declared, Reach
from reshelve.schemas.inventory import Inventory, Listing, Root
from reshelve.schemas.locations import STATE, encode_path, store_of
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.workspace import Workspace

if TYPE_CHECKING:
    from reshelve.planner.metadata import MetadataReader
    from reshelve.planner.ports.project_configs import ConfigReader
    from reshelve.planner.recognise.name_reading import Recogniser


@dataclass(slots=True, frozen=True)
class Setting:
    """What a session works on. `name` binds plans to it; `roots` resolves the stores as they are at that moment.

    `fresh`: what an undo took back is planned again when asked for, as `organize` does. `made_for` is set outside a workspace.
    `environ` may hold keys, and is never shown. `trust` is what this user consented to, `overlaid` which parts of the workspace
    this machine's own overlay says. `lenient`: a bucket without consent is taken for away, where else everything is refused.
    `forgetful`: nothing is remembered, so that looking leaves no trace. `making` are stores whose folders a run may make, where
    these are to lie in the workspace's own folder. `seen` is told of files as folders are looked through.
    """

    name: str
    workspace: Workspace
    folder: Path
    state: State
    roots: Callable[[], list[Root]] = field(repr=False)
    cite: Callable[[tuple[str | int, ...]], str]
    trust: Trust
    file: Path | None = None
    layout: Path | None = None
    fresh: bool = False
    made_for: OrganizeState | None = None
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    overlaid: frozenset[str] = frozenset()
    lenient: bool = False
    forgetful: bool = False
    making: frozenset[str] = frozenset()
    seen: Callable[[int], object] | None = field(default=None, repr=False, compare=False)

    @property
    def declared(self) -> Declared:
        """The workspace as what it wants of this machine is told from."""
        return Declared(self.workspace, self.folder, self.environ, self.overlaid)


@dataclass(slots=True, frozen=True)
class Open:
    """Stores and readers by root key, open for one action. Only readers are there for roots that are not available.

    `following` is told of what the stores rename. `seen` are the readers of a saved inventory that stands in for the disks.
    """

    stores: dict[str, AnyStore]
    readers: dict[str, Reader]
    following: Following = field(default_factory=Following)
    seen: Mapping[str, InventoryReader] = field(default_factory=dict)


@contextmanager
def recognising(setting: Setting) -> Iterator["Recogniser"]:
    """Give a recogniser of names, with what earlier scans of this setting read where its state folder can hold that."""
    from reshelve.executors.state.name_readings_cache import ReadingCache
    from reshelve.planner.recognise.names_cache import CachedRecogniser, readers_version
    from reshelve.planner.recognise.own_extensions import OwnExtensions

    with side_by_side() as recogniser:
        if not keeps_state(setting):
            yield OwnExtensions(recogniser)
            return
        memory = ReadingCache(setting.state.folder / "catalog.db", readers_version())
        try:
            yield OwnExtensions(CachedRecogniser(recogniser, memory))
        finally:
            memory.close()


@contextmanager
def side_by_side() -> Iterator["Recogniser"]:
    """Give a recogniser that reads many names on every core; its workers are started only when there is enough to do."""
    from reshelve.executors.platforms.worker_processes import Workers
    from reshelve.planner.recognise.parallel_names import SERVE, PooledRecogniser

    workers = Workers(SERVE, os.cpu_count() or 1)
    try:
        yield PooledRecogniser(workers)
    finally:
        workers.close()


@contextmanager
def looking_inside(setting: Setting, stores: Open) -> Iterator["MetadataReader"]:
    """Give what reads facts inside files, and remembers them. It loads and opens nothing before it is asked for a file."""
    from reshelve.executors.metadata.metadata_cache import MetadataCache
    from reshelve.executors.metadata.metadata_reader import FileMetadata

    cache = MetadataCache(setting.state.folder / "catalog.db") if keeps_state(setting) else None
    reader = FileMetadata({**_folders(stores), **stores.seen}, cache, jobs=min(4, os.cpu_count() or 1))
    try:
        yield RememberedFacts(reader, stores.seen) if stores.seen else reader
    finally:
        reader.close()
        if cache is not None:
            cache.close()


def project_configs(stores: Open) -> "ConfigReader":
    """Give what reads the project_config.json of projects."""
    from reshelve.executors.metadata.project_config_files import ProjectConfigs

    return ProjectConfigs({**_folders(stores), **stores.seen})


def _folders(stores: Open) -> dict[str, Store]:
    """Return the stores that files are looked into in: nothing is brought out of a bucket only for that."""
    return {key: folder_store(store) for key, store in stores.stores.items() if store.root.kind == "folder"}


def keeps_state(setting: Setting) -> bool:
    """Say whether what was worked out can be remembered in the state folder of a setting."""
    folder = setting.state.folder
    return not setting.forgetful and folder.is_dir() and os.access(folder, os.W_OK) and not folder.is_symlink()


@contextmanager
def remembering(setting: Setting) -> Iterator[None]:
    """Have a state folder, made where it is not there, so that what is worked out is remembered; where none can be, nothing is."""
    if not setting.forgetful and not _lacking(setting):
        with suppress(OSError, ReshelveError):
            if setting.made_for is not None:
                setting.state.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            setting.state.prepare()
    yield


def _lacking(setting: Setting) -> dict[str, Reach]:
    """Return the buckets of a setting that nobody consented to, by their keys."""
    return {reach.key: reach for reach in setting.trust.lacking(list(consent_needs.buckets(setting.declared)))}


def of_workspace(file: Path, environ: Mapping[str, str]) -> Setting:
    """Read a workspace. Raises ReshelveError with every problem of it, UntrustedError for what nobody consented to."""
    from reshelve.schemas.documents.workspace_files import load_workspace

    trust = trust_of(file, environ)
    folder = trust.folder
    loaded = load_workspace(file, environ, trust.demand)
    found = store_folders.resolve(loaded.workspace, folder, environ)
    wrong = [*store_folders.shared(found), *store_folders.log_in_store(loaded.workspace, found, folder)]
    if wrong:
        raise ReshelveError(wrong)

    def cite(path: tuple[str | int, ...]) -> str:
        line = loaded.line(path)
        return f"{file.name}:{line}" if line else file.name

    return Setting(
        name=encode_path(str(folder / file.name)),
        workspace=loaded.workspace,
        folder=folder,
        state=State(folder / STATE),
        roots=partial(store_folders.resolve, loaded.workspace, folder, environ),
        cite=cite,
        trust=trust,
        file=file,
        layout=workspace_search.layout_beside(file),
        environ=environ,
        overlaid=loaded.overlaid,
    )


@contextmanager
def opened(setting: Setting, *, ask: bool = True) -> Iterator[Open]:
    """Open every store of a setting for one action, and close them after it.

    Without `ask` buckets are asked nothing by that: each counts as available until it is listed, and is not to be planned upon.
    Raises UntrustedError, before any is opened, where a bucket has no consent that is not optional.
    """
    from reshelve.executors.stores.digest_cache import CachedDigests, DigestCache
    from reshelve.executors.stores.local_store import LocalStore
    from reshelve.executors.stores.read_only import ReadOnly

    lacking = _lacking(setting)
    refused = [reach for key, reach in lacking.items() if not setting.workspace.stores[key.removeprefix("stores.")].optional]
    if refused and not setting.lenient:
        raise UntrustedError(setting.trust, refused)
    with ExitStack() as closing:
        closing.enter_context(adding(setting.workspace.media.extensions))
        cache = None
        if keeps_state(setting):
            cache = DigestCache(setting.state.folder / "catalog.db")
            closing.callback(cache.close)
        stores: dict[str, AnyStore] = {}
        readers: dict[str, Reader] = {}
        following = Following()
        disks = _disks(setting)
        for root in setting.roots():
            if root.kind == "bucket":
                declared = setting.workspace.stores[store_of(root.key)]
                catalog = setting.state.folder / "catalog.db" if keeps_state(setting) else None
                try:
                    if f"stores.{root.key}" in lacking:
                        raise UntrustedError(setting.trust, [lacking[f"stores.{root.key}"]])
                    bucket = bucket_stores.open_bucket(declared, root, catalog, ask=ask)
                except ReshelveError as trouble:
                    readers[root.key] = InventoryReader(Listing(bucket_stores.away(root, trouble)))
                    continue
                closing.callback(bucket.close)
                stores[root.key] = bucket
                readers[root.key] = ReadOnly(bucket)
            elif root.available:
                store = LocalStore(root, following=following, seen=setting.seen)
                closing.callback(store.close)
                if absent := disks.absent(store):
                    readers[root.key] = InventoryReader(Listing(absent))
                    continue
                stores[root.key] = store
                readers[root.key] = ReadOnly(CachedDigests(store, cache) if cache else store)
            elif _to_be_made(setting, root):
                unmade = _unmade(root, LocalStore)
                absent = disks.absent(unmade)
                readers[root.key] = InventoryReader(Listing(absent)) if absent else unmade
            else:
                mount = setting.workspace.stores[store_of(root.key)].mount is not None
                readers[root.key] = InventoryReader(Listing(disks.away(root, mount=mount)))
        yield Open(stores, readers, following)


@contextmanager
def opened_from(setting: Setting, inventory: Inventory) -> Iterator[Open]:
    """Open a saved inventory in place of the stores, with what is remembered of the content of files. No disk is looked at.

    A root of the workspace that the inventory does not hold counts as away.
    """
    from reshelve.executors.stores.digest_cache import DigestCache

    with ExitStack() as closing:
        closing.enter_context(adding(setting.workspace.media.extensions))
        seen = readers_from(inventory)
        if keeps_state(setting):
            cache = DigestCache(setting.state.folder / "catalog.db")
            closing.callback(cache.close)
            seen = readers_from(inventory, cache.get)
        seen |= {root.key: not_observed(root) for root in setting.roots() if root.key not in seen}
        known = disk_memory.known(setting.state.folder)
        for key, reader in seen.items():
            if not reader.root.available:
                reader.root = disk_memory.remembered(reader.root, known.get(key))
        yield Open({}, {**seen}, seen=seen)


def declared_paths(setting: Setting) -> dict[str, str]:
    """Return the paths of the roots of a workspace as it declares them, by key; none of `organize`, which follows its folders."""
    return store_folders.declared(setting.workspace, setting.folder, setting.environ) if setting.file is not None else {}


def written_paths(setting: Setting) -> dict[str, str]:
    """Return where the path of each root of a workspace is written, as in "reshelve.yaml:4", by key; nothing of `organize`."""
    if setting.file is None:
        return {}
    return {
        key: LOCAL if f"stores.{store_of(key)}" in setting.overlaid else setting.cite(way)
        for key, way in store_folders.steps(setting.workspace).items()
    }


def missing_roots(setting: Setting) -> list[Root]:
    """Return the folders of stores that cannot be used, each with why and what to do about it. No store is opened."""
    disks, stores = _disks(setting), setting.workspace.stores
    missing = [root for root in setting.roots() if root.kind == "folder" and not root.available and store_of(root.key) in stores]
    return [disks.away(root, mount=stores[store_of(root.key)].mount is not None) for root in missing]


def _disks(setting: Setting) -> disk_memory.Disks:
    return disk_memory.Disks(setting.state.folder, declared_paths(setting), written_paths(setting))


def mounted_inside(readers: Mapping[str, Reader]) -> dict[str, list[str]]:
    """Return, by root key, the folders inside each root where another file system is mounted, as far as the system tells."""
    from reshelve.executors.platforms.mounts import mounts

    points = sorted({mount.point for mount in mounts()})
    tops = {key: reader.root.path.rstrip("/") + "/" for key, reader in readers.items() if reader.root.kind == "folder"}
    return {key: [point[len(top) :] for point in points if point.startswith(top) and point != top] for key, top in tops.items()}


def make_destination(setting: Setting) -> Setting:
    """Make the destination an organize is for, where it does not exist, and remember which folders that made; stores too.

    May run twice: folders that stand are left, and remembered only when this made them.
    """
    for root in to_be_made(setting):
        os.makedirs(root.path, exist_ok=True)
    state = setting.made_for
    if state is None:
        return setting
    missing = [folder for folder in (state.dest, *state.dest.parents) if not folder.exists()][::-1]
    known = replace(state, made=tuple(str(folder) for folder in missing) or state.made)
    workspace_search.save_organize_state(known)
    for folder in missing:
        folder.mkdir(exist_ok=True)
    if missing:
        # Again, for by now the folders are known by themselves.
        workspace_search.save_organize_state(known)
    return replace(setting, made_for=known)


def unmake_destination(setting: Setting) -> None:
    """Remove the folders that `make_destination` made, as far as they are empty."""
    for folder in reversed(setting.made_for.made if setting.made_for else ()):
        try:
            os.rmdir(folder)
        except OSError:
            return


def to_be_made(setting: Setting) -> list[Root]:
    """Return the stores that a run of this setting would make first: folders that are not there yet.

    Only below the workspace's own folder: elsewhere a folder that is missing may lie on a disk that is away.
    """
    if not setting.making:
        return []
    above = os.path.realpath(setting.folder) + os.sep
    return [
        root
        for root in setting.roots()
        if store_of(root.key) in setting.making
        and root.kind == "folder"
        and root.path.startswith(above)
        and setting.workspace.stores[store_of(root.key)].mount != "required"
        and not os.path.lexists(root.path)
    ]


def _to_be_made(setting: Setting, root: Root) -> bool:
    if any(root.key == each.key for each in to_be_made(setting)):
        return True
    return setting.made_for is not None and root.path == str(setting.made_for.dest) and not os.path.lexists(root.path)


def _unmade(root: Root, local: Callable[[Root], Reader]) -> Reader:
    from reshelve.opening.unmade_roots import Unmade

    above = next(folder for folder in Path(root.path).parents if folder.is_dir())
    reader = local(Root(root.key, str(above)))
    return Unmade(replace(root, fs=reader.root.fs, available=True, why="", writable=os.access(above, os.W_OK)), reader)
