"""Syncs for people and programs: what differs between the two sides of a project, conflicts, and who synced last."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from reshelve.planner.observing.identity import time_text
from reshelve.planner.sync.decisions import (
    CleanedUp,
    Conflict,
    Decision,
    Download,
    Gone,
    Remove,
    RemovedHere,
    RenamedHere,
    RenamedThere,
    Same,
    Upload,
)
from reshelve.schemas.locations import printable
from reshelve.schemas.quantities import human_size
from reshelve.session.sync_look import removed_by, said
from reshelve.session.sync_sides import Looked
from reshelve.views.colour import Paint, count


def status_text(looked: Looked, clock_ns: int, colour: bool = False, *, brief: bool = False) -> Iterator[str]:
    """Yield what both sides of a project hold and what differs; `brief`: one line. Ages are told by the bucket's clock."""
    paint = Paint(colour)
    differing: list[Decision] = [each for each in looked.decisions if not isinstance(each, Same | Gone)]
    here, there = looked.project.here_items, looked.project.there_items
    tail = f"{_state(looked, differing)}; {_last(looked, clock_ns)}"
    if brief:
        sizes = f"{count(len(here), 'file')} here, {count(len(there), 'file')} in the bucket"
        yield f"{printable(looked.name)}  {sizes}  {tail}"
        return
    yield paint("bold", f"{printable(looked.name)}: {tail}")
    for label, items in (("here", here), ("in the bucket", there)):
        total = sum(item.size for item in items.values())
        yield f"  {label}: {count(len(items), 'file')}, {human_size(total)}"
    for decision in differing:
        yield f"    {difference(looked, decision)}"
    for each in looked.decisions:
        if isinstance(each, Same):
            yield f"    = {printable(each.name)}  {human_size(there[each.name].size)}  {said(looked, each.name)}".rstrip()


def difference(looked: Looked, decision: Decision) -> str:
    """Say in a line how one name differs, and what sync makes of it."""
    name = printable(decision.name)
    match decision:
        case Upload():
            return f"^ {name}  {'changed here' if decision.over else 'only here'}: goes up"
        case Download():
            what = "changed in the bucket" if decision.over else "only in the bucket"
            return f"v {name}  {what} ({said(looked, decision.name)}): comes down"
        case Conflict():
            theirs, copy = said(looked, decision.name), printable(decision.copy)
            return f"! {name}  both changed: theirs ({theirs}) keeps the name, yours becomes {copy}"
        case CleanedUp():
            return f"  {name}  removed from the bucket by {removed_by(looked, decision)}: stays here, and goes up no more (--again)"
        case RemovedHere():
            return f"  {name}  removed here: stays in the bucket (--delete removes it, --again brings it back)"
        case Remove():
            return f"- {name}  removed here: goes from the bucket too"
        case RenamedHere():
            return f"~ {name}  renamed here, from {printable(decision.was)}"
        case RenamedThere():
            return f"~ {name}  renamed in the bucket, from {printable(decision.was)}"
        case _:
            return f"= {name}"


def conflicts_text(looked: Looked) -> Iterator[str]:
    """Yield a line a conflict: who else changed it and when, and where both are to be found."""
    for decision in looked.decisions:
        if isinstance(decision, Conflict):
            name, theirs = printable(f"{looked.name}/{decision.name}"), said(looked, decision.name)
            yield f"Both changed {name}: the one {theirs}, keeps the name; yours is {printable(decision.copy)}."


def cleaned_text(looked: Looked, user: str) -> Iterator[str]:
    """Yield a line for each person who removed shared files from the bucket that are still here; `user` is who this is."""
    by = Counter(removed_by(looked, each) for each in looked.decisions if isinstance(each, CleanedUp))
    for who, files in sorted(by.items()):
        name = f"{who} (you)" if who == user else who
        told = "it stays here, and goes up no more" if files == 1 else "they stay here, and go up no more"
        yield f"{printable(looked.name)}: {name} removed {count(files, 'file')} from the bucket; {told} (--again)."


def same_text(projects: Sequence[Looked]) -> Iterator[str]:
    """Yield how much of some projects is the same on both sides, so that no sync transfers it."""
    files, size = map(sum, zip((0, 0), *(_same(looked) for looked in projects), strict=True))
    if files:
        yield f"Already the same on both sides: {count(files, 'file')}, {human_size(size)}."


def _same(looked: Looked) -> tuple[int, int]:
    names = [each.name for each in looked.decisions if isinstance(each, Same)]
    return len(names), sum(looked.project.there_items[name].size for name in names)


def project_event(looked: Looked) -> dict[str, Any]:
    """Return one project as an event."""
    user, at = looked.last
    here, there = looked.project.here_items, looked.project.there_items
    same, same_bytes = _same(looked)
    open_ = any(_is_open(each) for each in looked.decisions)
    return {
        "type": "sync-project",
        "sync": looked.sync,
        "project": looked.name,
        "state": "refused" if looked.refused else "differs" if open_ else "in-sync",
        "here": {"files": len(here), "bytes": sum(item.size for item in here.values())},
        "there": {"files": len(there), "bytes": sum(item.size for item in there.values())},
        "same": {"files": same, "bytes": same_bytes},
        "differences": [_event(looked, each) for each in looked.decisions if not isinstance(each, Same | Gone)],
        "last_by": user,
        "last": time_text(at) if at else None,
    }


def _event(looked: Looked, decision: Decision) -> dict[str, Any]:
    found: dict[str, Any] = {"name": decision.name, "what": _WORDS[type(decision)]}
    if isinstance(decision, Conflict):
        found["copy"] = decision.copy
    if isinstance(decision, RenamedHere | RenamedThere):
        found["was"] = decision.was
    if isinstance(decision, CleanedUp):
        found["by"] = removed_by(looked, decision)
    item = looked.project.there_items.get(decision.name)
    if item is not None:
        found["uploaded_by"] = looked.told.uploader(decision.name, item)
    return found


_WORDS: dict[type, str] = {
    Upload: "upload", Download: "download", Conflict: "conflict", CleanedUp: "cleaned-up", RemovedHere: "removed-here",
    Remove: "remove", RenamedHere: "renamed-here", RenamedThere: "renamed-there",
}  # fmt: skip


def _is_open(decision: Decision) -> bool:
    return not isinstance(decision, Same | Gone | CleanedUp | RemovedHere)


def _state(looked: Looked, differing: list[Decision]) -> str:
    if looked.refused:
        return "emptied here" if looked.refused == "here" else "emptied in the bucket"
    if not any(_is_open(each) for each in differing):
        return "in sync" if looked.project.here_items or looked.project.there_items else "nothing shared"
    conflicts = sum(isinstance(each, Conflict) for each in differing)
    up = sum(isinstance(each, Upload | RenamedHere | Remove) for each in differing)
    down = sum(isinstance(each, Download | RenamedThere) for each in differing)
    told = (
        f"{up} to go up" if up else "",
        f"{down} to come down" if down else "",
        count(conflicts, "conflict") if conflicts else "",
    )
    return ", ".join(part for part in told if part)


def _last(looked: Looked, clock_ns: int) -> str:
    user, at = looked.last
    if not at:
        return "never synced"
    return f"last sync {_ago(max(0, clock_ns - at)) if clock_ns else ''}by {printable(user)}"


def _ago(span_ns: int) -> str:
    seconds = span_ns // 10**9
    for unit, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= unit:
            return f"{seconds // unit} {name} ago "
    return "just now "
