"""A plain look: what is in each root as a scan sees it, where no rule has its way with what is left alone."""

from collections.abc import Callable, Iterator, Sequence

from reshelve.planner.left_alone.known_names import Kind
from reshelve.planner.observing.observe import seen
from reshelve.planner.ports.store_reader import Reader, Readers
from reshelve.planner.scanners.left_out import Globs, NotEntered, Selected, roots_inside, select
from reshelve.schemas.inventory import Listing
from reshelve.schemas.locations import join, printable, store_of
from reshelve.schemas.problems import Problem, sentence
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Looked:
    """One root: all that is in it, and what of that is no other's."""

    reader: Reader
    listing: Listing
    chosen: Selected


def look_plainly(reader: Reader, others: Readers | None = None, exclude: Sequence[str] = ()) -> Looked:
    """Return what one root holds; roots of `others` that lie in it, and what `exclude` matches, are left out."""
    door = NotEntered(_named_by_nobody)
    listing = seen(reader, door)
    inside = roots_inside(reader.root, [each.root for each in (others or {}).values()])
    chosen = select(listing.items, exclude=Globs(exclude), inside=inside)
    # In a bucket folders are no things of their own: only the walk has met them.
    chosen.folders |= door.folders
    return Looked(reader, listing, chosen)


def look_at_each(
    readers: Readers, wanted: Callable[[str, str], bool], exclude: Sequence[str], problems: list[Problem]
) -> Iterator[Looked]:
    """Yield a look at each root that is there; those that are away, and folders that cannot be read, are told to `problems`."""
    for key, reader in readers.items():
        store = store_of(key)
        if not reader.root.available:
            if wanted(store, ""):
                why = f"{sentence(reader.root.why) or 'It is not available'}. Its files are not looked at."
                summary, hint = "A store is not available.", reader.root.remedy
                problems.append(Problem("store-unavailable", summary, why, printable(key), hint, severity="warning"))
            continue
        looked = look_plainly(reader, readers, exclude)
        for folder, why in sorted(looked.listing.unreadable.items()):
            if wanted(store, folder):
                detail, hint = f"{why}. Its files stay as they are.", "Let this user read it, then try again."
                place = printable(join(key, folder))
                problems.append(Problem("unreadable", "Something cannot be read.", detail, place, hint, severity="warning"))
        yield looked


def _named_by_nobody(_name: str, _kind: Kind) -> frozenset[int]:
    return frozenset()
