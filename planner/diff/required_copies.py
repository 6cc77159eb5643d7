"""Copies: a thing that should be gone goes only while each copy that must be kept of it is verified, or made in the same plan."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reshelve.planner.diff.packing import member_of, unfit
from reshelve.planner.observing.identity import same_content, same_file
from reshelve.planner.wants.root_choice import Group, TwoRoots, find_item, locate
from reshelve.planner.wants.want import Rest, Want
from reshelve.planner.wants.witnesses import rest_on
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import printable
from reshelve.schemas.name_rules import fold

_BRINGS = frozenset({"move", "copy", "reflink"})
"""Deeds that bring a file's content to another place."""


class Copies:
    """Judges things that should be gone against their `copies`. Reads what stands at those; content only of the same size."""

    def __init__(self, groups: Mapping[str, Group], wants: Iterable[Want]) -> None:
        self._groups = groups
        self._archives: dict[int, str] = {}
        coming = [want for want in wants if want.deed != "trash" and want.state != "dropped"]
        # What only gets another class holds what it held: beside it, the want of its entry says what that is.
        self._coming = {want.target: want for want in sorted(coming, key=lambda each: each.deed != "transition")}

    def missing(self, demands: Iterable[tuple[Want, Sequence[str]]]) -> Iterator[tuple[Want, str, str]]:
        """Yield each thing that may not go, with what is wrong with one of its copies, and what to do about that.

        Others wait for those still to be made.
        """
        for want, copies in demands:
            for place in copies if want.state == "pending" else ():
                wrong = self._wrong(want, place)
                if wrong:
                    yield want, f"its copy at {printable(place)} {wrong}", self._way_on(place, wrong)
                    break

    def _way_on(self, place: str, wrong: str) -> str:
        group = self._groups.get(locate(place)[0])
        if group is not None and group.away and printable(group.away[0].why) in wrong:
            return f"{group.away[0].way_back('try again.')} Until then it stays."
        return "It stays until every copy exists; plan again then."

    def _wrong(self, want: Want, place: str) -> str:
        coming = self._coming.get(place)
        if coming is not None and coming.state == "pending":
            if _carries(coming, want):
                rest_on(want, Rest(by=coming, member=_member(coming, want)))
                return ""
            if coming.deed in _BRINGS and coming.source != want.source:
                return self._brought(coming, want)
        if coming is not None and coming.state == "waiting":
            return "waits for a thaw"
        archived = coming is not None and coming.state == "settled" and coming.deed == "pack" and _carries(coming, want)
        group = self._groups.get(locate(place)[0])
        if group is None:
            return "is in a store that the workspace does not have"
        try:
            found = find_item(group, locate(place)[1])
            if found is None:
                seen = "made" if coming is not None else "seen"
                return "is not there" if not group.away else f"cannot be {seen}: {printable(group.away[0].why)}"
            reader, item = found
            src, own = want.origin.reader, want.origin.item
            if (reader is src and _one_place(want, item)) or (same_file(own, item) and item.nlink < 2):
                return "is the file itself"
            if archived:
                assert coming is not None
                if id(coming) not in self._archives:
                    self._archives[id(coming)] = unfit(coming)
                if self._archives[id(coming)]:
                    return self._archives[id(coming)]
                rest_on(want, Rest(reader, item, member=_member(coming, want)))
                return ""
            if not same_content(own, src, item, reader):
                return "holds something else"
            rest_on(want, Rest(reader, item))
            return ""
        except TwoRoots as two:
            return f"is on {' and '.join(two.keys)}"
        except OSError as trouble:
            return f"cannot be verified: {trouble.strerror or trouble}"

    def _brought(self, coming: Want, want: Want) -> str:
        """Return what is wrong with what another file brings to a copy's place; the thing waits for it where nothing is."""
        src, own, reader, item = want.origin.reader, want.origin.item, coming.origin.reader, coming.origin.item
        try:
            if same_file(own, item) and item.nlink < 2:
                return "is the file itself"
            if "bucket" in (src.root.kind, reader.root.kind):
                return "is brought there by this plan: it counts in the next one"
            if not same_content(own, src, item, reader):
                return f"will hold something else, which {printable(coming.source)} brings"
        except OSError as trouble:
            return f"cannot be verified: {trouble.strerror or trouble}"
        rest_on(want, Rest(by=coming))
        return ""


def _member(coming: Want, want: Want) -> str:
    return member_of(coming, want.origin.item) if coming.deed == "pack" else ""


def _carries(coming: Want, want: Want) -> bool:
    """Say whether what comes to a place holds the thing: it is brought from there, or packed with the folder it lies in."""
    if coming.deed == "pack":
        return want.source.startswith(f"{coming.source.rstrip('/')}/")
    return coming.source == want.source and not coming.takes and coming.deed in ("copy", "reflink")


def _one_place(want: Want, item: Item) -> bool:
    """Say whether an item of the same root is at the thing's own place, in whatever letters. Raises OSError."""
    rel = want.origin.item.rel
    return item.rel == rel or (want.origin_folder.folds and fold(item.rel) == fold(rel))
