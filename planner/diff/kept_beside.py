"""Kept beside: what an earlier plan brought to a target, or to a free name `stem_1.ext` beside it, known again."""

from collections.abc import Iterator

import xxhash

from reshelve.planner.observing.identity import is_entry, link_to, same_content, told_apart
from reshelve.planner.rules.free_names import split_name, with_number
from reshelve.planner.wants.root_choice import locate
from reshelve.planner.wants.want import Want
from reshelve.schemas.archived_classes import is_frozen
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import decode_path, encode_path, parent


def link_text(want: Want) -> str:
    """Return what a symbolic link to the source holds, in document form."""
    found = want.origin
    return encode_path(link_to(found.reader, found.item))


def holds_source(want: Want, there: Item) -> bool:
    """Say whether what stands in a want's destination holds what the want would put there. Raises OSError."""
    found, dst = want.origin, want.destination.reader
    if want.deed == "symlink" and there.kind == "link":
        return decode_path(link_text(want)) == dst.read_link(there.rel)
    return same_content(found.item, found.reader, there, dst)


def holds_text(want: Want, there: Item) -> bool:
    """Say whether what stands at a generated file's target is that text. Raises OSError."""
    text = (want.asked.content or "").encode()
    if there.kind != "file" or there.size != len(text):
        return False
    return is_frozen(there) or want.destination.reader.digest(there.rel) == f"xxh3:{xxhash.xxh3_128_hexdigest(text)}"


def around_number(want: Want) -> tuple[str, str] | None:
    """Return what stands before and behind the number that a want shares with its bundle's main file, whose stem its name bears.

    None where it does not: it may be called whatever it is, and is numbered only for its own sake.
    """
    stem = split_name(locate((want.group or [want])[0].target)[1].rpartition("/")[2])[0]
    name = want.destination.name
    return (stem, name[len(stem) :]) if name.startswith(stem) and not name[len(stem) : len(stem) + 1].isalnum() else None


def numbered_beside(want: Want) -> Iterator[tuple[str, Item]]:
    """Yield what stands at the numbered names of a want's target, as far as they run on. Raises OSError."""
    bound = want.destination
    halves = around_number(want) or split_name(bound.name)
    above = parent(locate(want.place)[1])
    number = 1
    while bound.folder.find(name := with_number(*halves, number)) is not None:
        there = bound.reader.stat(f"{above}/{name}" if above else name)
        if there is not None:
            yield name, there
        number += 1


def kept_beside(want: Want) -> bool:
    """Say whether an earlier plan brought the file to a free name beside its target. Raises OSError."""
    entry, bound = want.entry, want.bound
    if entry is None or entry.on_conflict != "keep-both" or bound is None or not told_apart(entry):
        return False
    return any(is_entry(entry, there, bound.reader) for _, there in numbered_beside(want))


def kept_with_bundle(want: Want) -> bool:
    """Say whether an earlier plan did so although its own target is free, for the sake of what it travels with. Raises OSError."""
    entry, gone = want.entry, want.found is None
    if entry is None or entry.on_conflict != "keep-both" or (want.takes and not gone):
        return False
    if all(not mate.occupied for mate in want.group or ()):
        return False
    return kept_beside(want) if gone else any(holds_source(want, there) for _, there in numbered_beside(want))
