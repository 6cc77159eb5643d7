"""Scans for people and programs: what became of the files, what is undecided, and what was left alone."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reshelve.schemas.layout import OF_TIERS, SAME_CONTENT, Layout
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import errors
from reshelve.views.colour import count
from reshelve.views.lookups import looked_up_figures, looked_up_text
from reshelve.views.plans import NO_REASON, facts_text, held_text
from reshelve.views.printed_paths import shown
from reshelve.views.review_groups import UNDECIDED, group_lines, reasons
from reshelve.views.suggestions import suggested_text

if TYPE_CHECKING:
    from reshelve.planner.layouts.departures import Departure, Done
    from reshelve.planner.scan import ScanResult
    from reshelve.planner.scanners.scan_findings import LeftFolder

_SHOWN = 10
"""Undecided items shown one by one; of more, so many folders."""
_REASONS = 5
"""Reasons that are told with their number before the rest is counted."""
_CAME_TO = (
    "filed",
    "filed_already",
    "in_place",
    "duplicates",
    "to_review",
    "to_expire",
    "duplicates_to_trash",
    "junk_to_trash",
    "held",
)
_TO_TIERS = "to_tiers"
_DONE = ("filed_already", "in_place", "duplicates", "to_review", "held")
"""What a plan has nothing to do about."""
LEFT = {
    "links": ("link",),
    "with_links": ("file that goes with a link", "files that go with links"),
    "special_files": ("special file",),
    "unfinished_downloads": ("unfinished download",),
    "system_files": ("hidden or system file",),
    "in_folders_left_alone": ("file in a folder that is left alone", "files in folders that are left alone"),
    "not_observed": ("file that could not be looked into", "files that could not be looked into"),
    "on_two_roots": ("file that is in two folders of one store", "files that are in two folders of one store"),
    "being_downloaded": ("file that is being downloaded", "files that are being downloaded"),
    "other_downloads": ("file of another download", "files of other downloads"),
    "in_a_download": ("file that its download needs", "files that their downloads need"),
    "client_silent": ("file whose download client does not answer", "files whose download client does not answer"),
    "being_written": ("file that is being written", "files that are being written"),
}
"""What is left alone, as it is counted: in words, one and many."""
_YOURS = {"kept your edit": "edit", "kept your answer": "answer"}
"""How the scan tells of an entry that it left as a person made it, which it does each time: what that is in short."""
_LOST = "kept as lost"
"""How the scan tells of an entry whose file was filed and is gone from its target."""
_FOLDERS = 5
"""Folders left alone that are named; of several with one name only the first is."""


def scan_text(result: "ScanResult", path: Path | None, *, full: bool = False, previous: Layout | None = None) -> Iterator[str]:
    """Yield what a scan came to: what it kept of yours, what is undecided, and where the layout lies.

    What the `previous` layout leaves undecided already is only counted.
    """
    layout = result.layout
    yield from _kept_text(result.kept, full=full)
    yield from _lost_text(result)
    yield from _followed_text(result.followed, full=full)
    yield from _left_text(result.left, full=full)
    yield from review_text(layout, full=full, before=unchanged(layout, previous))
    yield from looked_up_text(result.looked_up)
    yield from suggested_text(result.suggested)
    yield from counts_text(result, full=full)
    yield from _to_the_trash(layout, previous, full=full)
    if path is not None:
        entries = count(layout.asks, "entry", "entries")
        yield f"Wrote {shown(path)}: {entries}, {len(layout.review):,} to review."


def remembered_text(values: Mapping[str, str], given: Container[str]) -> Iterator[str]:
    """Yield which values a scan went on with that an earlier one was given, and how one is forgotten."""
    held = {name: value for name, value in values.items() if name not in given}
    if held:
        told = ", ".join(printable(f"{name}={value}") for name, value in held.items())
        yield f"Remembered from an earlier --set: {told}. Forget one with: reshelve scan --set {next(iter(held))}="


def _kept_text(kept: "Sequence[str]", *, full: bool) -> Iterator[str]:
    """Yield what was kept for a person's sake: how many answers and edits, and all else one by one; with `full` these too."""
    yours = Counter(head for each in kept if (head := each.partition(":")[0]) in _YOURS)
    if yours and not full:
        told = ", ".join(count(yours[head], _YOURS[head]) for head in _YOURS if yours[head])
        them = "it" if yours.total() == 1 else "them"
        yield f"Kept as you made {them}: {told} (--full names {them})."
    lines = [each for each in kept if full or each.partition(":")[0] not in _YOURS]
    shown = len(lines) if full else _SHOWN
    yield from (printable(line) for line in lines[:shown])
    if len(lines) > shown:
        yield f"… and {len(lines) - shown:,} more (--full names them)."


def _lost_text(result: "ScanResult") -> Iterator[str]:
    """Yield what to do about entries that are lost: once, however many there are."""
    if not any(line.startswith(_LOST) for line in result.kept):
        return
    if result.sought:
        yield "What is lost was not found: make the place where it is now the target of its entry; if it is gone, remove the entry."
    else:
        yield "What is lost: if somebody moved it, reshelve scan --follow; else reshelve check says what to do."


def _followed_text(followed: Mapping[str, str], *, full: bool) -> Iterator[str]:
    """Yield which entries got the targets that their files were moved to; without `full` the first of many."""
    if followed:
        who = "1 entry follows a file that was" if len(followed) == 1 else f"{len(followed):,} entries follow files that were"
        yield f"{who} moved by hand:"
        shown = len(followed) if full else _SHOWN
        yield from (f"  {printable(before)} -> {printable(now)}" for before, now in list(followed.items())[:shown])
        if len(followed) > shown:
            yield f"  … and {len(followed) - shown:,} more (--full names them)."


_LEFT = "{:,} entries that were carried out left the layout"
_ELSEWHERE = f"""{_LEFT}: what has the names of their sources now goes elsewhere, or nowhere.
What they filed stays where it is (--full names them)."""
_TOGETHER: "tuple[tuple[Done, str], ...]" = (("filed", _ELSEWHERE), ("as asked", f"{_LEFT} (--full names them)."))
"""What is said of many entries at once, by how they were carried out."""


def _left_text(left: "Sequence[Departure]", *, full: bool) -> Iterator[str]:
    """Yield what was taken out of the layout, each with its reason; without `full` the first of many, and one word of the done."""
    for how, words in _TOGETHER:
        done = [one for one in left if one.done == how and not one.note]
        if len(done) > 1 and not full:
            yield from words.format(len(done)).splitlines()
            left = [one for one in left if one.done != how or one.note]
    told = [f"{_departed(one)}, because {one.because}{f' (your note: {one.note})' if one.note else ''}" for one in left]
    if len(told) == 1:
        yield printable(f"1 entry left the layout: {told[0]}.")
    elif told:
        yield f"{len(told):,} entries left the layout:"
        shown = len(told) if full else _SHOWN
        yield from (printable(f"  {each}") for each in told[:shown])
        if len(told) > shown:
            yield f"  … and {len(told) - shown:,} more (--full names them)."


def _departed(one: "Departure") -> str:
    return one.what if one.section == "files" else f"{one.what} (of `{one.section}:`)"


def next_text(result: "ScanResult") -> Iterator[str]:
    """Yield the commands that come next after a scan without errors."""
    steps = [step for step, there in (("review", result.layout.review), ("plan", _to_plan(result))) if there]
    if steps and not errors(result.problems):
        yield "Next: " + ", then ".join(f"reshelve {step}" for step in steps)


def decided_text(layout: Layout) -> Iterator[str]:
    """Yield every entry with its source, reason and facts, then what is known of what is undecided."""
    for target, entry in layout.files.items():
        yield f"{printable(target)}  from {printable(entry.source or 'its content')}"
        yield from (f"    {text}" for text in (printable(entry.because or ""), facts_text(entry.facts)) if text)
    for item in layout.review:
        if known := facts_text(item.facts):
            yield from (f"{printable(item.source)}  undecided", f"    {printable(item.because or UNDECIDED)}", f"    {known}")


def filed_text(layout: Layout, *, full: bool) -> Iterator[str]:
    """Yield what a layout files, and where: a few of it, or all with `full`. What has no reason of its own goes with another."""
    alone = [(target, entry) for target, entry in layout.files.items() if entry.source and (full or entry.because)]
    if not full:
        seen: Counter[str] = Counter()
        nth = {}
        for target, entry in alone:
            kind = str((entry.facts or {}).get("kind"))
            nth[target] = seen[kind]
            seen[kind] += 1
        # Some of each kind.
        alone = sorted(alone, key=lambda one: nth[one[0]])[:_SHOWN]
    if alone:
        yield "To file:"
    yield from (f"  {printable(entry.source or '')} -> {printable(target)}" for target, entry in alone)
    if more := sum(entry.source is not None for entry in layout.files.values()) - len(alone):
        yield f"  … and {count(more, 'more file')}, with what goes with these (--full names all)"


def _to_plan(result: "ScanResult") -> bool:
    """Say whether a plan may find something to do: what is in place already needs none."""
    found = sum(result.counts.get(key, 0) for key in (*_CAME_TO, _TO_TIERS) if key not in _DONE)
    return bool(found or ((result.kept or result.layout.dirs) and result.to_plan))


def counts_text(result: "ScanResult", *, full: bool = False) -> Iterator[str]:
    """Yield what became of the files that were scanned, then what was left alone and why: with `full` each of it by name."""
    counts = result.counts
    left = {key: number for key, number in counts.items() if number and key not in ("files", *_CAME_TO, _TO_TIERS)}
    came_to = [_came_to(key, counts[key], result.layout) for key in _CAME_TO if counts.get(key)]
    if left:
        came_to.append(f"{sum(left.values()):,} left alone")
    yield f"Scanned {count(counts.get('files', 0), 'file')}" + (f": {', '.join(came_to)}." if came_to else ".")
    yield from duplicates_text(result.duplicates, full=full)
    if counts.get(_TO_TIERS):
        yield f"For the tiers: {count(counts[_TO_TIERS], 'entry', 'entries')}."
    if result.held:
        yield held_text(result.held)
    if left:
        why = [count(number, *LEFT[key]) if key in LEFT else f"{number:,} {_why_left(key)}" for key, number in left.items()]
        yield f"Left alone: {', '.join(why)}{':' if full and result.left_files else '.'}"
    if full:
        files = sorted(result.left_files, key=lambda file: file.location)
        yield from (f"  {printable(file.location)} ({_why_left(file.why)})" for file in files)
    if result.left_alone:
        yield from _folders_text(result.left_alone, full=full)


def _to_the_trash(layout: Layout, previous: Layout | None, *, full: bool) -> Iterator[str]:
    """Yield which files are to go to the trash, and why: a few of those that are new in the layout, or all with `full`."""
    before = {(thing.path, thing.because) for thing in previous.absent} if previous is not None and not full else set()
    # What goes to another tier is told as that.
    things = [thing for thing in layout.absent if not (thing.because or "").startswith(OF_TIERS)]
    things = [thing for thing in things if (thing.path, thing.because) not in before]
    shown = len(things) if full else _FOLDERS
    if things:
        yield "To the trash:"
    yield from (f"  {printable(thing.path)}: {printable(thing.because or NO_REASON)}" for thing in things[:shown])
    if len(things) > shown:
        yield f"  … and {len(things) - shown:,} more (--full names all)"


def duplicates_text(duplicates: Mapping[str, str], *, full: bool) -> Iterator[str]:
    """Yield which files are not copied as another one brings their content, and where that is: a few, or all with `full`."""
    shown = len(duplicates) if full else _FOLDERS
    for source, target in list(duplicates.items())[:shown]:
        yield f"  {printable(source)}: the same content as {printable(target)}; one copy suffices"
    if len(duplicates) > shown:
        yield f"  … and {count(len(duplicates) - shown, 'more duplicate')} (--full names all)"


def _why_left(why: str) -> str:
    return LEFT[why][0] if why in LEFT else why.replace("_", " ")


def _folders_text(folders: "Sequence[LeftFolder]", *, full: bool) -> Iterator[str]:
    """Yield the folders that were left alone: some of them in one line, or each on its own."""
    if full:
        yield f"{count(len(folders), 'folder')} left alone:"
        yield from (f"  {printable(folder.location)} ({folder.what})" for folder in folders)
        return
    alike: dict[tuple[str, str], list[LeftFolder]] = {}
    for folder in folders:
        alike.setdefault((folder.location.rpartition("/")[2].rpartition(":")[2], folder.what), []).append(folder)
    named = [
        f"{printable(same[0].location)}{f' and {len(same) - 1:,} more of that name' if len(same) > 1 else ''} ({what})"
        for (_, what), same in alike.items()
    ]
    more = sum(len(same) for same in list(alike.values())[_FOLDERS:])
    rest = f" and {more:,} more (--full names all)" if more else ""
    yield f"{count(len(folders), 'folder')} left alone: {', '.join(named[:_FOLDERS])}{rest}."


def review_text(layout: Layout, *, full: bool = False, before: Container[str] = ()) -> Iterator[str]:
    """Yield what a layout leaves undecided: a few one by one, more by folder, or with `full` each; then how many for which reason.

    `before` are the sources that were told before, for the same reason: without `full` they are only counted.
    """
    if not layout.review:
        return
    new = layout.review if full else [item for item in layout.review if item.source not in before]
    if not new:
        yield f"Left for review ({len(layout.review):,}), as said before (--full names all)."
        return
    said = len(layout.review) - len(new)
    known = f", {said:,} of them as said before (--full names all)" if said else ""
    yield f"Left for review ({len(layout.review):,}){known}:"
    if not full and len(new) > _SHOWN:
        yield from group_lines(new, _SHOWN)
    else:
        yield from (f"  {printable(item.source)}: {printable(item.because or UNDECIDED)}" for item in new)
    whys = Counter(reasons(new))
    if len(new) <= _SHOWN or len(whys) < 2:
        return
    for why, number in whys.most_common(_REASONS):
        yield f"  {number:>7,} {printable(why)}"
    if len(whys) > _REASONS:
        rest = sum(number for _, number in whys.most_common()[_REASONS:])
        yield f"  {rest:>7,} for {count(len(whys) - _REASONS, 'other reason')}"


def unchanged(layout: Layout, previous: Layout | None) -> frozenset[str]:
    """Return the sources that a layout leaves undecided for the reason that the one before it gave."""
    said = {(item.source, item.because) for item in previous.review} if previous is not None else set()
    return frozenset(item.source for item in layout.review if (item.source, item.because) in said)


def by_reason(layout: Layout) -> Counter[str]:
    """Return how many items a layout leaves undecided for which reason."""
    return Counter(item.because or UNDECIDED for item in layout.review)


def scan_events(result: "ScanResult") -> Iterator[dict[str, Any]]:
    """Yield an event for every entry, every undecided item, everything kept, and every folder and file left alone."""
    from reshelve.views import ndjson

    for target, entry in result.layout.files.items():
        yield {"type": "entry", "target": target, "from": entry.source, "because": entry.because, "facts": entry.facts}
    yield from map(ndjson.review_event, result.layout.review)
    for kept in result.kept:
        yield {"type": "kept", "what": kept}
    for before, now in result.followed.items():
        yield {"type": "followed", "target": before, "now": now}
    for one in result.left:
        yield {"type": "left-layout", **asdict(one), "done": bool(one.done)}
    for folder in result.left_alone:
        yield {"type": "left-alone", "folder": folder.location, "what": folder.what}
    for file in result.left_files:
        yield {"type": "left-alone", "file": file.location, "why": file.why}


def scan_figures(result: "ScanResult") -> dict[str, Any]:
    """Return the figures of a scan for its summary event."""
    layout = result.layout
    figures = {"entries": layout.asks, "review": len(layout.review), "reasons": by_reason(layout), "counts": result.counts}
    figures["kinds"] = {kind: asdict(of) for kind, of in sorted(result.kinds.items())}
    figures |= {"looked_up": looked_up_figures(result.looked_up)} if result.looked_up.asked else {}
    return {**figures, "suggested": asdict(result.suggested)} if result.suggested.model else figures


def _came_to(key: str, number: int, layout: Layout) -> str:
    if key == "duplicates":
        return count(number, "duplicate")
    if key == "duplicates_to_trash":
        return f"{count(number, 'duplicate')} to the trash"
    told = f"{number:,} {'to file' if key == 'filed' else key.replace('_', ' ')}"
    same = sum((item.because or "").startswith(SAME_CONTENT) for item in layout.review) if key == "to_review" else 0
    return f"{told} ({count(same, 'duplicate')})" if same else told
