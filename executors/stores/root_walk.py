"""Walking a root: every item below a folder, links never entered, folders that cannot be read named."""

import os
import stat
from collections.abc import Callable

from reshelve.executors.platforms import system_calls
from reshelve.executors.platforms.path_lookup import Looking, as_item
from reshelve.schemas.inventory import Item, Listing, Root, SymbolicLink
from reshelve.schemas.locations import LEVELS, STATE, is_hidden


def walk(
    root: Root,
    rel: str,
    looking: Looking,
    *,
    whole: bool,
    enter: Callable[[str], bool] | None = None,
    seen: Callable[[int], object] | None = None,
) -> Listing:
    """Return everything below `rel`, sorted by path; mounted file systems are entered. `whole`: reshelve's own names too.

    Folders that `enter` refuses are listed, and not opened; `seen` is told how many items but folders each one holds. A folder is
    opened only as the very folder that was listed, so a link swapped in meanwhile is not entered. What disappears while walking is
    left out. A root that is not there is unreadable, not empty.
    """
    listing = Listing(root)
    try:
        if looking.folder(rel) is None:
            return listing
        start = os.lstat(looking.path(rel))
    except OSError as trouble:
        listing.unreadable[rel] = trouble.strerror or str(trouble)
        return listing
    identities: dict[int, str] = {}
    found = listing.items
    waiting = [(rel, start)]
    # In the trash a path begins with two folders more.
    deepest = LEVELS + 2 if whole else LEVELS
    while waiting:
        at, folder = waiting.pop()
        if at.count("/") >= deepest:
            listing.unreadable[at] = f"it is {deepest} folders deep, and what is in it is not looked at"
            continue
        before = len(found)
        try:
            fresh = _list(looking.path(at), at, folder, found, identities, looking, whole=whole)
        except (FileNotFoundError, NotADirectoryError) as trouble:
            if not at:
                listing.unreadable[at] = trouble.strerror or str(trouble)
        except OSError as trouble:
            listing.unreadable[at] = trouble.strerror or str(trouble)
        else:
            if seen is not None:
                seen(len(found) - before - len(fresh))
            waiting += fresh if enter is None else [each for each in fresh if enter(each[0])]
    found.sort(key=_rel)
    return listing


def links(top: str, enter: Callable[[str], bool]) -> list[SymbolicLink]:
    """Return the symbolic links below a folder that lead to something, sorted by path; what cannot be read has none.

    Nothing but the links themselves is looked at, so that this costs a listing of each folder.
    """
    found: list[SymbolicLink] = []
    base, waiting = f"{top.rstrip('/')}/", [""]
    while waiting:
        at = waiting.pop()
        prefix = f"{at}/" if at else ""
        try:
            with os.scandir(base + at) as entries:
                for entry in entries:
                    if entry.is_symlink():
                        link = _link(base, prefix + entry.name)
                        found += [link] if link is not None else []
                    elif entry.is_dir(follow_symlinks=False) and at.count("/") < LEVELS and enter(prefix + entry.name):
                        waiting.append(prefix + entry.name)
        except OSError:
            continue
    return sorted(found, key=lambda link: link.rel)


def _link(base: str, rel: str) -> SymbolicLink | None:
    try:
        text = os.readlink(base + rel)
        folder, name = os.path.split(os.path.join(os.path.dirname(base + rel), text.rstrip("/") or "/"))
        # The last part is not followed: that may be a link which this plan is about, too.
        leads = (
            os.path.realpath(os.path.join(folder, name))
            if name in ("", ".", "..")
            else f"{os.path.realpath(folder).rstrip('/')}/{name}"
        )
        os.lstat(leads)
    except (OSError, ValueError):
        return None
    return SymbolicLink(rel, text, leads)


def _rel(item: Item) -> str:
    return item.rel


def _list(
    path: str, rel: str, expected: os.stat_result, found: list[Item], identities: dict[int, str], looking: Looking, *, whole: bool
) -> list[tuple[str, os.stat_result]]:
    """Add the items of one folder to `found` and return the folders among them. On OSError `found` is as it was."""
    before = len(found)
    prefix = f"{rel}/" if rel else ""
    folders = []
    fd = _opened(path, expected)
    try:
        with os.scandir(path if fd is None else fd) as entries:
            for entry in entries:
                name = entry.name
                if name.startswith(STATE) and not whole and is_hidden(name, folder=entry.is_dir(follow_symlinks=False)):
                    continue
                try:
                    seen = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                below = prefix + name
                fs = identities.get(seen.st_dev)
                if fs is None:
                    fs = identities[seen.st_dev] = looking.identity_of(seen.st_dev, below)
                found.append(as_item(below, seen, fs))
                if stat.S_ISDIR(seen.st_mode):
                    folders.append((below, seen))
    except OSError:
        del found[before:]
        raise
    finally:
        if fd is not None:
            os.close(fd)
    return folders


def _opened(path: str, expected: os.stat_result) -> int | None:
    """Open the folder that was listed, and no other; None where folders have no descriptors. FileNotFoundError if it went away."""
    if not system_calls.DIR_FDS:
        return None
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | system_calls.O_NOFOLLOW)
    if not os.path.samestat(os.fstat(fd), expected):
        os.close(fd)
        raise FileNotFoundError(2, "was replaced while it was being read", path)
    return fd
