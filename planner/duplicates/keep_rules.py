"""Keep rules: which file of a duplicate set stays."""

from collections.abc import Callable, Container, Sequence

from reshelve.planner.duplicates.duplicate_sets import Copy, DuplicateSet, Name
from reshelve.schemas.patterns import globs
from reshelve.schemas.quick_dataclasses import dataclass

WORDS = {
    "layout": "where the layout wants it",
    "oldest": "the oldest",
    "newest": "the newest",
    "shortest": "the one with the shortest path",
    "store": "in the first store",
}
"""The rules that are words, and what each prefers. Any other rule is a glob on locations, such as `library:**`."""

DEFAULT = ("layout", "store", "oldest", "shortest")
"""What decides where nothing else is asked for, and after what was asked for."""


@dataclass(slots=True, frozen=True)
class Kept:
    """A duplicate set with its decision: the name that stays, why, and the names that may go."""

    set: DuplicateSet
    stays: Name
    because: str
    goes: tuple[Name, ...]

    @property
    def gain(self) -> int:
        """The bytes that become free once the others are out of the trash too. A file is free when its last name goes."""
        return self.set.size * (len(self.set.copies) - 1)


def decide(one: DuplicateSet, rules: Sequence[str], targets: Container[str]) -> Kept:
    """Return which file of a set stays: each rule in its turn leaves those it prefers, until one is left; then the first.

    `targets` are the places that the layout names. All other names of the file that stays, its hard links, stay too.
    """
    left = list(one.copies)
    because = "the first by name"
    for rule in (*rules, *DEFAULT):
        preferred = _preferred(rule, left, targets)
        if 0 < len(preferred) < len(left):
            left, because = preferred, WORDS.get(rule, f"as in {rule}")
        if len(left) == 1:
            break
    kept = left[0]
    stays = next((name for rule in rules if rule not in WORDS for name in kept.names if _glob(rule)(name.location)), kept.first)
    goes = tuple(name for copy in one.copies if copy is not kept for name in copy.names)
    return Kept(one, stays, because, goes)


def _preferred(rule: str, copies: Sequence[Copy], targets: Container[str]) -> list[Copy]:
    """Return the copies that a rule prefers, all where it makes no difference."""
    if rule == "layout":
        return [copy for copy in copies if any(name.location in targets for name in copy.names)]
    measures: dict[str, Callable[[Copy], int]] = {
        "oldest": lambda copy: copy.first.item.mtime_ns,
        "newest": lambda copy: -copy.first.item.mtime_ns,
        "shortest": lambda copy: min(len(name.location) for name in copy.names),
        "store": lambda copy: copy.first.rank,
    }
    measure = measures.get(rule)
    if measure is None:
        matches = _glob(rule)
        return [copy for copy in copies if any(matches(name.location) for name in copy.names)]
    least = min(measure(copy) for copy in copies)
    return [copy for copy in copies if measure(copy) == least]


def _glob(rule: str) -> Callable[[str], bool]:
    pattern = globs([rule])
    return lambda location: pattern.match(location) is not None
