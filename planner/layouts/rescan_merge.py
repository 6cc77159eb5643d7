"""Merging: what scan proposes now, laid over the layout that is there, in which a person's own entries stay as they are.

Three ways meet: what scan wrote last (an entry whose mark is its digest), what a person made of it (any other), and what scan
would write now. Scan replaces and drops only what is its own. Entries are matched by their source, then by their target.
"""

from collections.abc import Container, Mapping
from dataclasses import field, replace

from reshelve.planner.layouts.gone_entries import Gone
from reshelve.planner.layouts.scan_coverage import Sight
from reshelve.planner.layouts.scan_marks import absent_mark, is_scans, mark_of
from reshelve.planner.layouts.unpruned_entries import unpruned_told, unseen, why_unpruned
from reshelve.planner.observing.identity import is_entry
from reshelve.planner.ports.filed_before import FiledBefore, nothing_known
from reshelve.planner.ports.store_reader import Readers, roots_of, standing_at
from reshelve.schemas.layout import ANSWERED, Absent, Entry, Layout, Review
from reshelve.schemas.locations import location_of, printable, split
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True)
class Previous:
    """The layout that is there, sorted by whose each part is. `placed` and `their_absent` are sources a person has settled."""

    theirs: dict[str, Entry] = field(default_factory=dict)
    ours: dict[str, Entry] = field(default_factory=dict)
    placed: dict[str, str] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    their_absent: dict[str, Absent] = field(default_factory=dict)
    our_absent: list[Absent] = field(default_factory=list)
    dirs: list[str] = field(default_factory=list)
    review: list[Review] = field(default_factory=list)
    leave: list[str] = field(default_factory=list)
    tidy: dict[str, list[str]] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)

    def standing(self, sight: Sight) -> dict[str, Entry]:
        """Return the entries that keep their places whatever is proposed: a person's, and scan's whose source cannot be seen."""
        unseen = {
            target: entry
            for target, entry in self.ours.items()
            if entry.source is not None and entry.source not in self.placed and sight.standing(entry.source) == "unknown"
        }
        return {**unseen, **self.theirs}


@dataclass(slots=True)
class Proposed:
    """What a scan proposes: everything a layout holds but what only a person decides."""

    files: dict[str, Entry]
    review: list[Review]
    absent: list[Absent]
    dirs: list[str]
    tidy: dict[str, list[str]]
    values: dict[str, str] = field(default_factory=dict)


def sort_out(layout: Layout | None) -> Previous:
    """Return whose each part of a layout is."""
    previous = Previous()
    if layout is None:
        return previous
    for target, entry in layout.files.items():
        if is_scans(target, entry):
            previous.ours[target] = entry
            if entry.source is not None:
                previous.before[entry.source] = target
        else:
            previous.theirs[target] = entry
            if entry.source is not None:
                previous.placed[entry.source] = target
    for thing in layout.absent:
        if thing.mark is not None and thing.mark == absent_mark(thing):
            previous.our_absent.append(thing)
        else:
            previous.their_absent[thing.path] = thing
    previous.dirs = layout.dirs
    previous.review = layout.review
    previous.leave = layout.leave
    previous.tidy = layout.tidy
    previous.values = layout.values
    return previous


@dataclass(slots=True)
class Merged:
    """The merged layout; what was kept, a sentence each; and why entries left, by target or path, where the merge knows it.

    `done`: the targets of those that left though what they filed stands there, as their sources go elsewhere now, or nowhere.
    """

    layout: Layout
    kept: list[str]
    why_left: dict[str, str]
    done: frozenset[str] = frozenset()


def merge(
    previous: Previous,
    proposed: Proposed,
    sight: Sight,
    readers: Readers,
    *,
    prune: bool = False,
    filed_before: FiledBefore = nothing_known,
    held: Container[str] = frozenset(),
) -> Merged:
    """Return the merged layout. Merging its own result changes nothing.

    `filed_before` tells what was filed at a target at which nothing is, `held` are the targets of entries that are held.
    Scan's entries go whose source is gone and at whose target nothing is, unless their file was filed: that is drift, and what to
    do about it is for a person to say. With `prune` those go too, and those whose file stands at its target.
    """
    kept = [kept_edit(target, _whose(entry)) for target, entry in sorted(previous.theirs.items())]
    files = dict(previous.theirs)
    for target, entry in proposed.files.items():
        files.setdefault(target, entry)
    let_go, why_left, gone, unpruned = _keep_pending(files, previous, sight, readers, prune=prune)
    done = frozenset(let_go - files.keys())
    for target, why in _replaced(files, previous, sight, readers, filed_before).items():
        let_go.add(target)
        if target in files:
            note = f" (your note: {printable(note)})" if (note := previous.ours[target].note) else ""
            kept.append(f"let go of: {printable(target)}: {why}{note}")
        else:
            why_left[target] = why
    lost = Gone(readers, filed_before, files, held)
    for target, entry in gone.items():
        known = lost.look(target, entry)
        if prune or not known.stays:
            why_left[target] = known.why
        else:
            files[target] = entry
            kept += [f"kept as lost: {printable(target)}: {known.why}"] if known.why else []
    kept.extend(unpruned_told(unpruned if prune else ()))
    _mend_companions(files, previous.theirs, kept)
    notes = _carry_notes(files, previous, let_go)
    absent = _absent(previous, proposed, sight, why_left, prune=prune)
    layout = Layout(
        dirs=sorted({*previous.dirs, *proposed.dirs}),
        files=dict(sorted(files.items())),
        absent=absent,
        review=_review(files, previous, proposed, sight, notes),
        leave=sorted(set(previous.leave)),
        tidy=proposed.tidy,
        values=previous.values | proposed.values,
    )
    return Merged(layout, kept, why_left, done)


def kept_edit(target: str, whose: str = "edit") -> str:
    """Return how it is told that an entry stays as a person made it."""
    return f"kept your {whose}: {printable(target)}"


def _whose(entry: Entry) -> str:
    return "answer" if (entry.because or "").startswith(ANSWERED) else "edit"


def _keep_pending(
    files: dict[str, Entry], previous: Previous, sight: Sight, readers: Readers, *, prune: bool
) -> tuple[set[str], dict[str, str], dict[str, Entry], list[tuple[str, str]]]:
    """Keep scan's own entries that may still mean something; return the targets let go of, why some left, and what is gone.

    Last come those that stay although they were to be pruned, each with the reason.

    One seen and not proposed is out of date. One whose source is gone, and at whose target nothing is, can never be done. One that
    was carried out is let go of where its source goes elsewhere now, as a new file of that name does (a source has one entry), or
    nowhere.
    """
    let_go: set[str] = set()
    why: dict[str, str] = {}
    gone: dict[str, Entry] = {}
    unpruned: list[tuple[str, str]] = []
    placed = _placed(files, previous)
    for target, entry in previous.ours.items():
        source = entry.source
        if target in files or source is None:
            continue
        standing = "there" if source in placed else sight.standing(source)
        if standing == "there":
            if stands(target, entry, readers):
                let_go.add(target)
                goes = f"now goes to {printable(placed[source])}" if source in placed else "goes nowhere now"
                why[target] = f"{printable(source)} {goes}; what stands at the target stays"
        elif standing == "gone" and is_free(target, readers):
            gone[target] = entry
        elif standing == "unknown" or not (prune and stands(target, entry, readers)):
            files[target] = entry
            if prune:
                unpruned.append((target, why_unpruned(target, source, standing, readers)))
        else:
            why[target] = "its file is in place"
    return let_go, why, gone, unpruned


def _replaced(
    files: Mapping[str, Entry], previous: Previous, sight: Sight, readers: Readers, filed_before: FiledBefore
) -> dict[str, str]:
    """Return what became of each entry that was carried out, whose file is no longer at its target, and whose source another has.

    That is told by its size, as the same file may have come back, and only of what is known to have been filed.
    """
    placed = _placed(files, previous)
    told: dict[str, str] = {}
    for target, entry in previous.ours.items():
        source = entry.source
        if source is None or entry.size is None or (source not in placed and sight.standing(source) != "there"):
            continue
        if placed.get(source) == target and files[target].size == entry.size:
            continue
        if _size_of(source, readers) in (None, entry.size) or not is_free(target, readers):
            continue
        known = filed_before(target)
        # What an undo took back to its source was edited there.
        if known is not None and source not in map(location_of, known.places):
            now = known.standing(readers, entry.size)
            became = f"is at {printable(now)} now" if now else "is gone (`reshelve health` looks for it)"
            goes = f"goes to {printable(placed[source])}" if source in placed else "goes nowhere now"
            told[target] = f"it was filed, and {became}; {printable(source)} is another file, which {goes}"
    return told


def _placed(files: Mapping[str, Entry], previous: Previous) -> dict[str, str]:
    """Return the targets that the sources of scan's own entries from before have now."""
    sources = {entry.source for entry in previous.ours.values() if entry.source is not None}
    return {entry.source: target for target, entry in files.items() if entry.source in sources} if sources else {}


def _size_of(location: str, readers: Readers) -> int | None:
    """Return the size of the file at a location in bytes, None where none can be seen."""
    item = standing_at(location, readers)
    return item.size if item is not None and item.kind == "file" else None


def is_free(target: str, readers: Readers) -> bool:
    """Say whether nothing is at a target on any root of its store, each of which could be looked at.

    A root in which there is nothing at all may be a mount point whose disk is away: nothing is concluded from it.
    """
    store, rel = split(target)
    roots = roots_of(readers, store)
    try:
        return bool(roots) and not unseen(roots) and all(reader.stat(rel.rstrip("/")) is None for reader in roots)
    except OSError:
        return False


def stands(target: str, entry: Entry, readers: Readers) -> bool:
    """Say whether what an entry describes stands at its target."""
    store, rel = split(target)
    for reader in roots_of(readers, store):
        try:
            item = reader.stat(rel) if reader.root.available else None
            if item is not None and is_entry(entry, item, reader):
                return True
        except OSError:
            continue
    return False


def _mend_companions(files: dict[str, Entry], theirs: Mapping[str, Entry], kept: list[str]) -> None:
    """Let go of mains that are no longer in the layout: an entry travels with none that is not there."""
    for target, entry in files.items():
        if entry.beside is not None and entry.beside not in files:
            lone = replace(entry, beside=None)
            if target in theirs:
                kept.append(f"{printable(target)} no longer travels with {printable(entry.beside)}, which is not in the layout")
            else:
                lone.mark = mark_of(target, lone)
            files[target] = lone


def _carry_notes(files: dict[str, Entry], previous: Previous, let_go: Container[str]) -> dict[str, str]:
    """Put a person's notes on the entries that now stand for the same source; return those on undecided items, by source.

    What was said of a file that was carried out, and `let_go` of, is not said of another that came to its source.
    """
    notes = {item.source: item.note for item in previous.review if item.note is not None}
    kept = dict(notes)
    for target, entry in previous.ours.items():
        if entry.note is not None and target not in let_go:
            kept[entry.source or target] = entry.note
    if kept:
        for target, entry in files.items():
            note = kept.get(entry.source or target)
            if note is not None and entry.note is None and target not in previous.theirs:
                files[target] = replace(entry, note=note)
    return notes


def _absent(previous: Previous, proposed: Proposed, sight: Sight, why_left: dict[str, str], *, prune: bool) -> list[Absent]:
    """Return what should be gone; `why_left` gets what left because it is."""
    things = dict(previous.their_absent)
    settled = previous.placed.keys() | set(previous.leave)
    for thing in proposed.absent:
        if thing.path not in settled:
            things.setdefault(thing.path, thing)
    for thing in previous.our_absent:
        standing = sight.standing(thing.path)
        if standing == "unknown" or (standing == "gone" and not prune):
            things.setdefault(thing.path, thing)
        elif standing == "gone" and thing.path not in things:
            why_left[thing.path] = "it is gone"
    notes = {thing.path: thing.note for thing in previous.our_absent if thing.note is not None}
    noted = [replace(thing, note=notes[path]) if thing.note is None and path in notes else thing for path, thing in things.items()]
    return sorted(noted, key=lambda thing: thing.path)


def _review(files: dict[str, Entry], previous: Previous, proposed: Proposed, sight: Sight, notes: dict[str, str]) -> list[Review]:
    """Return what is undecided now, with a person's notes; what was undecided and cannot be seen now stays so."""
    asked = {item.source for item in (*proposed.review, *previous.review)}
    decided = (
        {entry.source for entry in files.values() if entry.source in asked} | previous.their_absent.keys() | set(previous.leave)
    )
    items = {item.source: item for item in proposed.review if item.source not in decided}
    for item in previous.review:
        waits = item.note is not None or sight.standing(item.source) == "unknown"
        if waits and item.source not in decided:
            items.setdefault(item.source, item)
    noted = [replace(item, note=notes[source]) if source in notes else item for source, item in items.items()]
    return sorted(noted, key=lambda item: item.source)
