"""Clearing what a killed run left beside its steps: second names, placeholders, and its own unfinished files."""

from collections.abc import Iterable, Sequence

from reshelve.executors.verbs.file_verbs import Hands, same
from reshelve.executors.verbs.how_far import Leftover
from reshelve.schemas.locations import parent
from reshelve.schemas.verbs import Confirm, CopyTo, HardLink, PackTo, Publish, SymLink, UnpackTo, Verb, WriteTo


def clear(hands: Hands, leftovers: Iterable[Leftover]) -> None:
    """Remove each of these names while what was told of stands there still. May run twice. Raises OSError.

    An empty thing is a placeholder only on a file system that can do no better: nothing else gets placeholders at all.
    """
    for each in leftovers:
        store, rel = hands.at(each.place)
        if each.placeholder and not store.reserves(parent(rel), each.item.kind):
            continue
        if not same(store.stat(rel), each.item.size, each.item.mtime_ns, each.item.ino):
            continue
        if each.item.kind == "dir":
            store.remove_dir(rel)
        else:
            store.remove(rel)


def put_back(hands: Hands, verbs: Sequence[Verb]) -> None:
    """Return what a kill left between its place and its removal. May run twice. Raises OSError."""
    for verb in verbs:
        if isinstance(verb, Publish | HardLink | SymLink):
            hands.withdrawing.put_back(verb)


def clear_unfinished(hands: Hands, verbs: Sequence[Verb]) -> None:
    """Remove the unfinished temporary file or folder of an operation not performed. Its name is this run's own. Raises OSError."""
    first = verbs[0]
    if isinstance(first, CopyTo | WriteTo | PackTo | UnpackTo | Confirm):
        hands.take_back(first, None)
