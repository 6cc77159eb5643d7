"""Clearing what a killed run left beside its steps: second names, placeholders, and its own unfinished files."""

import os
from collections.abc import Iterable, Sequence

import xxhash

from reshelve.executors.platforms.exclusive_renames import way_of
from reshelve.executors.verbs.file_verbs import Hands, same
from reshelve.executors.verbs.how_far import Leftover
from reshelve.schemas.locations import join, name, parent, split
from reshelve.schemas.operations.base import temporary
from reshelve.schemas.verbs import Confirm, CopyTo, HardLink, PackTo, Publish, Remove, Rename, SymLink, UnpackTo, Verb, WriteTo


def clear(hands: Hands, leftovers: Iterable[Leftover], run: str, index: int) -> None:
    """Remove each of these names of an operation while what was told of stands there still. May run twice. Raises OSError.

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
            hands.withdrawing.leftover(each.place, _by_way_of(each.place, run, index), each.item)


def put_back(hands: Hands, verbs: Sequence[Verb], run: str, index: int) -> None:
    """Return what a kill left between its place and its removal. May run twice. Raises OSError."""
    for verb in verbs:
        places: tuple[str, ...] = ()
        match verb:
            case Remove() if not hands.in_bucket(verb.place):
                hands.withdrawing.put_back(verb.place, verb.tmp)
            case Publish():
                places = verb.tmp, verb.dst
                hands.withdrawing.put_back(verb.dst, verb.tmp)
            case HardLink() | SymLink():
                hands.withdrawing.put_back(verb.dst, verb.tmp)
                if isinstance(verb, SymLink):
                    hands.clear_link(verb)
            case Rename():
                places = verb.src, verb.dst
            case _:
                pass
        for place in places:
            hands.withdrawing.put_back(place, _by_way_of(place, run, index))
            root, rel = split(place)
            hands.withdrawing.put_back(place, join(root, way_of(rel).removesuffix(".back")))


def _by_way_of(place: str, run: str, index: int) -> str:
    """Return the run's own name by way of which a leftover goes: another for each of the names in one folder."""
    return f"{temporary(place, run, index)}.{xxhash.xxh32_hexdigest(os.fsencode(name(split(place)[1])))}"


def clear_unfinished(hands: Hands, verbs: Sequence[Verb]) -> None:
    """Remove the unfinished temporary file or folder of an operation not performed. Its name is this run's own. Raises OSError."""
    first = verbs[0]
    if isinstance(first, CopyTo | WriteTo | PackTo | UnpackTo | Confirm):
        hands.take_back(first, None)
