"""What differs between two layouts, for people and for programs."""

from collections.abc import Iterable, Iterator
from typing import Any

from reshelve.planner.layouts.layout_diff import Edit, Edited, LayoutDiff
from reshelve.schemas.locations import printable


def diff_text(diff: LayoutDiff) -> Iterator[str]:
    """Yield a line a difference: `+` added, `-` removed, `>` moved, `~` edited with each field below it."""
    for target in diff.added:
        yield f"+ {printable(target)}"
    for target in diff.removed:
        yield f"- {printable(target)}"
    for moved in diff.moved:
        yield f"> {printable(moved.before)} to {printable(moved.after)}"
        yield from _edits(moved.edits)
    yield from _edited(diff.edited)
    for section, other in diff.others.items():
        yield from (f"+ {section}: {printable(key)}" for key in other.added)
        yield from (f"- {section}: {printable(key)}" for key in other.removed)
        yield from _edited(other.edited, f"{section}: ")
    if diff:
        counts = (("added", diff.added), ("removed", diff.removed), ("moved", diff.moved), ("edited", diff.edited))
        yield "Diff: " + ", ".join(f"{len(found):,} {what}" for what, found in counts) + "."
    else:
        yield "Diff: the same."


def diff_events(diff: LayoutDiff) -> Iterator[dict[str, Any]]:
    """Yield an event a difference."""
    for target in diff.added:
        yield {"type": "added", "target": target}
    for target in diff.removed:
        yield {"type": "removed", "target": target}
    for moved in diff.moved:
        yield {"type": "moved", "from": moved.source, "before": moved.before, "after": moved.after, "edits": _plain(moved.edits)}
    for one in diff.edited:
        yield {"type": "edited", "target": one.key, "edits": _plain(one.edits)}
    for section, other in diff.others.items():
        yield from ({"type": "added", "section": section, "key": key} for key in other.added)
        yield from ({"type": "removed", "section": section, "key": key} for key in other.removed)
        yield from ({"type": "edited", "section": section, "key": one.key, "edits": _plain(one.edits)} for one in other.edited)


def _edited(entries: Iterable[Edited], section: str = "") -> Iterator[str]:
    for one in entries:
        yield f"~ {section}{printable(one.key)}"
        yield from _edits(one.edits)


def _edits(edits: Iterable[Edit]) -> Iterator[str]:
    for edit in edits:
        yield f"    {printable(edit.path)}: {_value(edit.before)} -> {_value(edit.after)}"


def _value(value: Any) -> str:
    return "none" if value is None else printable(str(value))


def _plain(edits: Iterable[Edit]) -> list[dict[str, Any]]:
    return [{"path": edit.path, "before": edit.before, "after": edit.after} for edit in edits]
