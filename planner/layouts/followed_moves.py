"""Followed moves: entries whose files were moved by hand after they were filed get the targets that these have now."""

from collections.abc import Container, Mapping
from dataclasses import replace

from reshelve.planner.layouts.rescan_merge import Previous, is_free
from reshelve.planner.layouts.scan_marks import mark_of
from reshelve.planner.ports.filed_before import FiledBefore
from reshelve.planner.ports.store_reader import Readers, standing_at
from reshelve.schemas.layout import Entry
from reshelve.schemas.locations import location_of, split

_MOVED = "; moved by hand since"


def follow(
    previous: Previous, readers: Readers, filed_before: FiledBefore, moved: Mapping[str, str], scanned: Container[str]
) -> dict[str, str]:
    """Give entries of `previous` the targets that their files have now, and return these by the targets they had.

    `moved` are the locations of files that were moved by hand, by those they had; `filed_before` tells what the catalog knows. Such
    an entry is its author's from then on: a scan leaves it as it is. A file that is in a store that is `scanned` is the rules' to
    decide about, and so is one that another entry has.
    """
    entries = {**previous.ours, **previous.theirs}
    sources = {entry.source for entry in entries.values()}
    new: dict[str, str] = {}
    for target, entry in sorted(entries.items()):
        if entry.source is None or entry.pack is not None or target.endswith("/") or not is_free(target, readers):
            continue
        now = moved.get(target) or _now(target, entry, readers, filed_before)
        taken = now in entries or now in sources or now in new.values() or split(now)[0] in scanned if now else True
        if not taken and _stands(now, entry, readers):
            new[target] = now
    for target, now in new.items():
        entry = entries[target]
        previous.ours.pop(target, None)
        previous.theirs.pop(target, None)
        previous.theirs[now] = replace(entry, mark=None, because=_since(entry.because))
        if entry.source is not None:
            previous.before.pop(entry.source, None)
            previous.placed[entry.source] = now
    _with_their_mains(previous, new)
    return new


def _since(because: str | None) -> str | None:
    """Return the reason of an entry, and that its file was moved; what travels with another has none of its own."""
    return f"{because.removesuffix(_MOVED)}{_MOVED}" if because else None


def _now(target: str, entry: Entry, readers: Readers, filed_before: FiledBefore) -> str:
    known = filed_before(target)
    place = known.standing(readers, entry.size) if known is not None else ""
    return location_of(place) if place else ""


def _stands(location: str, entry: Entry, readers: Readers) -> bool:
    """Say whether a file of the size that an entry says is at a location."""
    item = standing_at(location, readers)
    return item is not None and item.kind == "file" and entry.size in (None, item.size)


def _with_their_mains(previous: Previous, new: Mapping[str, str]) -> None:
    """Let entries travel with the targets that their mains have now."""
    for entries in (previous.ours, previous.theirs):
        for target, entry in entries.items():
            if entry.beside is not None and entry.beside in new:
                entries[target] = replace(entry, beside=new[entry.beside])
                if entries is previous.ours:
                    entries[target].mark = mark_of(target, entries[target])
