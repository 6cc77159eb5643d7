"""File outcomes: what became of each file that a scan saw. Each is counted once, so that the figures add up to all of them."""

from collections.abc import Collection, Container, Iterable

from reshelve.planner.scanners.left_out import Selected
from reshelve.planner.scanners.scan_findings import LeftFile
from reshelve.schemas.layout import ALREADY_AT, SAME_CONTENT, Layout
from reshelve.schemas.locations import join
from reshelve.schemas.quick_dataclasses import dataclass

JUNK = "junk: "
"""How the reason begins by which what a release brought goes to the trash."""
HELD = "held"
"""What is counted of files that an undo brought back."""
_ALWAYS = ("files", "filed", "in_place", "duplicates", "to_review", "to_expire")
"""Figures that are told even where they are 0."""


@dataclass(slots=True, frozen=True)
class Settled:
    """Sources for which there is nothing left to do: their targets hold the same (`standing`), or other files do (`duplicates`)."""

    standing: Collection[str]
    duplicates: Collection[str]


class Outcomes:
    """Says what a layout makes of the files that a scan saw.

    `left` are the files left where they are, among those put to the rules. What a person settled in the layout (`theirs`: sources
    of their entries and of what they want removed) is as they say, whatever became of the file that it travels with. `held` are the
    (target, source) that undos hold: a plan leaves these.
    """

    def __init__(
        self,
        layout: Layout,
        left: Iterable[LeftFile],
        theirs: Container[str],
        settled: Settled,
        held: Container[tuple[str, str]] = (),
    ) -> None:
        self._review = {item.source for item in layout.review}
        self._going = {thing.path: thing.because or "" for thing in layout.absent}
        self._held = {thing.path for thing in layout.absent if ("", thing.path) in held}
        self._sources: set[str] = set()
        open_: set[str] = set()
        for target, entry in layout.files.items():
            if entry.source is not None:
                self._sources.add(entry.source)
                (self._held if (target, entry.source) in held else open_).add(entry.source)
        self._held -= open_
        self._told = frozenset(layout.leave)
        self._why = {file.location: file.why for file in left}
        self._theirs = theirs
        self._settled = settled

    def count(
        self, selected: Iterable[tuple[str, Selected]], among: Container[str] | None = None
    ) -> tuple[dict[str, int], list[LeftFile]]:
        """Return how many files came to what, `files` being their sum, and those that stay where they are.

        `selected` is what was seen of each root, with the store that it is of. Of files put to the rules, only those `among`.
        """
        counts = dict.fromkeys(_ALWAYS, 0)
        stays: list[LeftFile] = []
        for store, chosen in selected:
            for item in chosen.items:
                location = join(store, item.rel)
                if among is None or location in among or location in self._why:
                    self._note(location, self._why.get(location), counts, stays)
            for rel, why in chosen.out:
                self._note(join(store, rel), why, counts, stays)
        return counts, stays

    def _note(self, location: str, why: str | None, counts: dict[str, int], stays: list[LeftFile]) -> None:
        outcome = self._decided(location) if why is None or self._is_overruled(location) else None
        if outcome is None and why is not None:
            outcome = why
            stays.append(LeftFile(location, why))
        outcome = outcome or "in_place"
        counts[outcome] = counts.get(outcome, 0) + 1
        counts["files"] += 1

    def _is_overruled(self, location: str) -> bool:
        """Say whether a person decided about a file that would stay where it is otherwise."""
        return location in self._review or (location in self._theirs and location not in self._told)

    def _decided(self, location: str) -> str | None:
        """Return what the layout has for a file, None where it has nothing for it."""
        if location in self._review:
            return "to_review"
        if location in self._settled.duplicates:
            return "duplicates"
        if location in self._sources and location in self._settled.standing:
            return "filed_already"
        if location in self._held:
            return HELD
        if location in self._sources:
            return "filed"
        if location in self._going:
            because = self._going[location]
            if because.startswith((ALREADY_AT, SAME_CONTENT)):
                return "duplicates_to_trash"
            return "junk_to_trash" if because.startswith(JUNK) else "to_expire"
        return None
