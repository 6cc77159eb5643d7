"""Resolving stores: from what a workspace declares to folders on this machine, each available or saying why not."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from reshelve.schemas import quantities
from reshelve.schemas.inventory import Root
from reshelve.schemas.locations import holds_hidden
from reshelve.schemas.problems import Problem
from reshelve.schemas.store_settings import Store
from reshelve.schemas.workspace import Workspace


def resolve(workspace: Workspace, folder: Path, environ: Mapping[str, str]) -> list[Root]:
    """Return every root of every store in declared order; relative paths start at `folder`, the workspace's own.

    The file system's id is left for the store to tell. A folder that cannot be used is a root that is not available.
    """
    return [root for name, store in workspace.stores.items() for root in _roots_of(name, store, folder, environ)]


def declared(workspace: Workspace, folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the path of each root of folders as the workspace declares it, absolute, links in it not followed; by root key."""
    found: dict[str, str] = {}
    for name, store in workspace.stores.items():
        found |= {key: os.path.abspath(folder / _expanded(text, environ)) for key, text in _paths_of(name, store).items()}
    return found


def steps(workspace: Workspace) -> dict[str, tuple[str | int, ...]]:
    """Return the keys and numbers that lead to the path of each root of folders in the workspace's document, by root key."""
    found: dict[str, tuple[str | int, ...]] = {}
    for name, store in workspace.stores.items():
        keys: list[str | int] = [*store.paths] if isinstance(store.paths, dict) else [*range(len(store.paths or []))]
        ways = [(name, "path")] if store.path is not None else [(name, "paths", key) for key in keys]
        found |= {key: ("stores", *way) for key, way in zip(_paths_of(name, store), ways, strict=True)}
    return found


def shared(roots: list[Root]) -> list[Problem]:
    """Return a problem for every two roots that are one and the same folder."""
    seen: dict[str, str] = {}
    problems = []
    for root in roots:
        if not root.available:
            continue
        earlier = seen.setdefault(root.address, root.key)
        if earlier != root.key:
            detail = f"`{earlier}` and `{root.key}` are both {root.path}, so one file would have two names."
            hint = "give each store a folder of its own" if root.kind == "folder" else "give each store a prefix of its own"
            problems.append(Problem("same-folder", "Two stores are one folder.", detail, root.path, hint))
    return problems


def log_in_store(workspace: Workspace, roots: list[Root], folder: Path) -> list[Problem]:
    """Return a problem where the log would lie in a store as a file like any other: scans would file it."""
    if workspace.log is None:
        return []
    path = folder / workspace.log.file
    real = Path(os.path.realpath(path.parent)) / path.name
    found = []
    for root in roots:
        within = next((above for above in real.parents if _same(str(above), root.path)), None) if root.kind == "folder" else None
        if within is not None and not holds_hidden(str(real.relative_to(within))):
            detail = f"It would be in the store `{root.key}` ({root.path}), and be scanned as one of its files."
            hint = f"Name it .reshelve-{path.name}, which scans leave alone, or another folder. Without `file:` it is in .reshelve."
            found.append(Problem("log-in-store", "The log is in a store.", detail, str(real), hint))
    return found


def _same(folder: str, other: str) -> bool:
    """Say whether two paths are of one folder, whichever of its names they use; as written, where it is not there."""
    try:
        return folder == other or os.path.samefile(folder, other)
    except OSError:
        return False


def _bucket(name: str, store: Store) -> Root:
    """Return the root of a bucket. Whether it can be reached, and whether it keeps versions, is left for the store to tell."""
    prefix = store.prefix.strip("/")
    service = (store.endpoint_url or "amazonaws.com").rpartition("://")[2].rstrip("/")
    path = f"s3://{store.s3}/{prefix}" if prefix else f"s3://{store.s3}"
    return Root(name, path, f"s3:{service}/{store.s3}", optional=store.optional, kind="bucket")


def _paths_of(name: str, store: Store) -> dict[str, str]:
    """Return the paths of a store's folders as written, by root key; none of a bucket."""
    if store.path is not None:
        return {name: store.path}
    if isinstance(store.paths, dict):
        return {f"{name}/{root}": path for root, path in store.paths.items()}
    return {f"{name}/{count}": path for count, path in enumerate(store.paths or [], 1)}


def _roots_of(name: str, store: Store, folder: Path, environ: Mapping[str, str]) -> list[Root]:
    if store.s3 is not None:
        return [_bucket(name, store)]
    reserve = quantities.size(store.reserve)
    roots = []
    for order, (key, text) in enumerate(_paths_of(name, store).items()):
        path = os.path.realpath(folder / _expanded(text, environ))
        why = _unusable(path, mount=store.mount == "required")
        writable = not why and os.access(path, os.W_OK | os.X_OK)
        roots.append(
            Root(
                key,
                path,
                fs="",
                available=not why,
                why=why,
                writable=writable,
                optional=store.optional,
                reserve=reserve,
                order=order,
            )
        )
    return roots


def _expanded(text: str, environ: Mapping[str, str]) -> str:
    home = environ.get("HOME")
    if home and (text == "~" or text.startswith("~/")):
        return home + text[1:]
    return os.path.expanduser(text)


def _unusable(path: str, *, mount: bool) -> str:
    try:
        seen = os.stat(path)
    except FileNotFoundError:
        return f"there is no folder {path}"
    except OSError as trouble:
        return f"{path}: {trouble.strerror}"
    if not stat.S_ISDIR(seen.st_mode):
        return f"{path} is not a folder"
    if mount and not _mounted(path, seen.st_dev):
        return f"nothing is mounted at {path}"
    return ""


def _mounted(path: str, device: int) -> bool:
    """Say whether a folder is a mount point, or lies on another file system than the folder above it."""
    return os.path.ismount(path) or os.stat(os.path.dirname(path)).st_dev != device
