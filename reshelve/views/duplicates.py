"""Duplicates, for people and for programs."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from reshelve.planner.duplicates.duplicate_words import differs
from reshelve.schemas.locations import printable
from reshelve.schemas.quantities import human_size
from reshelve.session.session_duplicates import Decided
from reshelve.views.colour import count

if TYPE_CHECKING:
    from reshelve.planner.duplicates.alike_pictures import Alike
    from reshelve.planner.duplicates.duplicate_layout import Going

_SHOWN = 20
"""Sets shown unless all are asked for: the largest."""
_NAMES = 5


def duplicates_text(decided: Decided, *, full: bool = False) -> Iterator[str]:
    """Yield the sets, largest gain first, each with the file that stays and why; then how many there are, and what they take."""
    sets = decided.sets
    for one in sets if full else sets[:_SHOWN]:
        stays = f"{printable(one.stays.location)}  (stays: {one.because})"
        yield f"{human_size(one.set.size):>9}  {stays}"
        for name in one.goes if full else one.goes[:_NAMES]:
            yield f"           {printable(name.location)}"
        if not full and len(one.goes) > _NAMES:
            yield f"           … and {len(one.goes) - _NAMES:,} more"
    if not full and len(sets) > _SHOWN:
        yield f"… and {count(len(sets) - _SHOWN, 'set')} more; --full lists all."
    looked = count(decided.found.files, "file")
    if not sets:
        yield f"No duplicates in {looked}."
        return
    more = sum(len(one.set.copies) - 1 for one in sets)
    gain = sum(one.gain for one in sets)
    yield f"{count(len(sets), 'set')} of duplicates in {looked}: {count(more, 'file')} more than needed, {human_size(gain)}."


def layout_text(made: "Going", path: str, *, full: bool = False) -> Iterator[str]:
    """Yield what the layout written at `path` would let go of, what stays after all and why, and what comes next."""
    staying = made.staying
    for location, why in staying if full else staying[:_NAMES]:
        yield f"Stays as well: {printable(location)}: {why}."
    if not full and len(staying) > _NAMES:
        yield f"… and {len(staying) - _NAMES:,} more that stay."
    going = made.layout.absent
    yield f"Wrote {path}: {count(len(going), 'file')} to go, {human_size(made.gain)}. Nothing is removed yet."
    if going:
        yield f"Next: reshelve plan {path}, then reshelve apply {path}. The files go to the trash, each while its copy is verified."


def duplicate_events(decided: Decided) -> Iterator[dict[str, Any]]:
    """Yield an event for each set."""
    for one in decided.sets:
        yield {
            "type": "duplicates",
            "hash": one.set.digest,
            "size": one.set.size,
            "stays": one.stays.location,
            "because": one.because,
            "goes": [name.location for name in one.goes],
            "links": [[name.location for name in copy.names] for copy in one.set.copies if len(copy.names) > 1],
        }


def kept_text(staying: Sequence[tuple[str, str]], *, full: bool = False) -> Iterator[str]:
    """Yield the files of a source that stay in it as it is emptied, each with the reason."""
    if staying:
        yield f"{count(len(staying), 'file')} {'stays' if len(staying) == 1 else 'stay'}:"
    for location, why in staying if full else staying[:_SHOWN]:
        yield f"  {printable(location)}: {why}"
    if not full and len(staying) > _SHOWN:
        yield f"  … and {len(staying) - _SHOWN:,} more; --full lists all."


def staying_events(staying: Sequence[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Yield an event for each file that stays although another has its content."""
    for location, why in staying:
        yield {"type": "stays", "location": location, "because": why}


def alike_text(alike: "Alike", *, full: bool = False) -> Iterator[str]:
    """Yield the groups of pictures that look alike, the one of most pixels first; then how many there are."""
    for group in alike.groups if full else alike.groups[:_SHOWN]:
        for at, picture in enumerate(group if full else group[: _NAMES + 1]):
            size = f"{picture.width}×{picture.height}"
            far = f"  ({differs(picture.differs)})" if at else ""
            yield f"{'  ' if at else ''}{size:>11}  {printable(picture.location)}{far}"
        if not full and len(group) > _NAMES + 1:
            yield f"               … and {len(group) - _NAMES - 1:,} more"
    if not full and len(alike.groups) > _SHOWN:
        yield f"… and {count(len(alike.groups) - _SHOWN, 'group')} more; --full lists all."
    for location in alike.unseen if full else ():
        yield f"Not looked at: {printable(location)}"
    looked = count(alike.pictures, "picture")
    groups = f"{count(len(alike.groups), 'group')} of pictures" if alike.groups else "No pictures"
    yield f"{groups} that look alike in {looked}."
    if alike.unseen:
        yield f"{count(len(alike.unseen), 'picture')} could not be looked at{'' if full else '; --full lists them'}."


def alike_events(alike: "Alike") -> Iterator[dict[str, Any]]:
    """Yield an event for each group, and for each picture that could not be looked at."""
    for group in alike.groups:
        pictures = [
            {
                "location": one.location,
                "width": one.width,
                "height": one.height,
                "size": one.name.item.size,
                "differs": one.differs,
            }
            for one in group
        ]
        yield {"type": "alike", "pictures": pictures}
    for location in alike.unseen:
        yield {"type": "not-looked-at", "location": location}
