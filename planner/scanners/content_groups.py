"""Content groups: files told apart by size, then by their end, and only then by all that they hold."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from reshelve.planner.observing.saved_inventory import NotObserved
from reshelve.planner.ports.store_reader import Reader
from reshelve.planner.recognise.extension_tables import media_type
from reshelve.planner.rules.free_names import split_name
from reshelve.schemas.inventory import TAIL, Item

Held = tuple[Reader, Item]
"""A file, and what reads it."""
_MEDIA = frozenset({"video", "audio", "image"})


class SameSize:
    """Files of one size, by content. None is read before a newcomer has that size, and none whole that ends otherwise."""

    def __init__(self) -> None:
        self._held: list[Held] = []
        self._by_end: dict[str, list[Held]] | None = None
        self._by_content: dict[str, dict[str, list[Held]]] = {}

    def add(self, held: Held) -> None:
        """Note a file."""
        self._held.append(held)

    def same(self, item: Item, reader: Reader) -> Sequence[Held]:
        """Return the files that hold what `item` of `reader` holds. Raises NotObserved where that cannot be told."""
        try:
            if self._by_end is None:
                self._by_end = _grouped(self._held, _end)
            end = _end((reader, item))
            alike = self._by_end.get(end)
            if alike is None:
                return ()
            if end not in self._by_content:
                self._by_content[end] = _grouped(alike, _content)
            return self._by_content[end].get(_content((reader, item)), ())
        except NotObserved:
            raise
        except OSError:
            # What cannot be read is filed, or fails, as it would by itself.
            return ()


def is_of_a_kind(one: str, other: str) -> bool:
    """Say whether two names have one ending, or endings of one medium: "jpg" and "jpeg" are alike, "mp4" and "wav" are not."""
    ours, theirs = (split_name(rel.rpartition("/")[2])[1][1:].lower() for rel in (one, other))
    return ours == theirs or (media_type(ours) == media_type(theirs) and media_type(ours) in _MEDIA)


def _grouped(files: Iterable[Held], told: Callable[[Held], str]) -> dict[str, list[Held]]:
    """Group files by what is told of them. What cannot be read is in no group. Raises NotObserved."""
    found: dict[str, list[Held]] = defaultdict(list)
    for held in files:
        try:
            found[told(held)].append(held)
        except NotObserved:
            raise
        except OSError:
            continue
    return found


def _end(held: Held) -> str:
    """Return what tells the end of a file, "" of one that is read whole at once, or of which the end is not kept."""
    reader, item = held
    try:
        return reader.tail(item.rel) if item.size > TAIL else ""
    except NotObserved:
        return ""


def _content(held: Held) -> str:
    reader, item = held
    return reader.digest(item.rel)
