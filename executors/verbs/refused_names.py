"""What a failed step tells of a name: that the file system does not take it, or takes it and another for one."""

import errno
from collections.abc import Iterable
from contextlib import suppress

from reshelve.executors.contracts.changed_since_plan import DriftedError
from reshelve.executors.contracts.folder_store import Store
from reshelve.executors.contracts.object_store import folder_store
from reshelve.executors.verbs.file_verbs import Stores
from reshelve.schemas.locations import parent, printable, split
from reshelve.schemas.name_rules import fold, refused
from reshelve.schemas.verbs import HardLink, MakeDir, Publish, Rename, SymLink, Verb

_HINT = "Give it another name in the layout, then make a new plan."
Refusal = tuple[str, str, str]
"""A code, what the file system does not take, and what to do."""


def refusal(stores: Stores, verb: Verb, error: OSError, made: Iterable[str]) -> Refusal | None:
    """Return what is to be said of the name that `verb` did not make, where `error` is about it; looks, and changes nothing.

    `made` are the places that the plan makes. Some file systems say of such a name that there is no such file (ENOENT, exFAT by
    FUSE), or that it exists (EEXIST). So this is told only where everything else that the step needs stands.
    """
    place = _made(verb)
    if place is None or isinstance(error, DriftedError):
        return None
    with suppress(OSError):
        root, rel = split(place)
        if stores[root].root.kind == "bucket":
            return None
        store = folder_store(stores[root])
        above, _, name = rel.rpartition("/")
        names = store.names(above)
        if names is None:
            return None
        if error.errno == errno.EEXIST:
            beside = {there.rpartition("/")[2] for key, there in map(split, made) if (key, parent(there)) == (root, above)}
            return _folded(store, rel, names, beside)
        if name in names:
            return None
        if error.errno == errno.EILSEQ or (error.errno in (errno.EINVAL, errno.ENOENT) and _stands(stores, verb)):
            return _not_taken(name, error)
    return None


def _folded(store: Store, rel: str, names: set[str], beside: set[str]) -> Refusal | None:
    """Tell of the other name that is the same one there, listed as it is, or in small letters (NTFS): one entry, found by both."""
    above, slash, name = rel.rpartition("/")
    alike = {each for each in names if fold(each) == fold(name)}
    other = min((each for each in alike | beside if fold(each) == fold(name) and each != name), default=None)
    if other is None or len(alike) != 1 or store.stat(rel) is None or store.stat(f"{above}{slash}{other}") is None:
        return None
    detail = f"{printable(name)} and {printable(other)} are the same name on that file system"
    return "names-fold", detail, _HINT


def _not_taken(name: str, error: OSError) -> Refusal | None:
    why = refused(name, "windows")
    if not why and error.errno != errno.EILSEQ and name.isascii():
        return None  # nothing about it is unusual
    said = f": it takes no name {why}" if why else ""
    return "name-refused", f"that file system does not take the name {printable(name)}{said}", _HINT


def _stands(stores: Stores, verb: Verb) -> bool:
    """Say whether what a step takes to its name is there."""
    match verb:
        case Rename() | HardLink():
            at = verb.src
        case Publish():
            at = verb.tmp
        case _:
            return True
    root, rel = split(at)
    return folder_store(stores[root]).stat(rel) is not None


def _made(verb: Verb) -> str | None:
    """Return the place that a step makes under a name which a person chose, or None."""
    match verb:
        case Rename() | Publish() | HardLink() | SymLink():
            return verb.dst
        case MakeDir():
            return verb.place
        case _:
            return None
