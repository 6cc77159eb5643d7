"""Reconciling: from what was last seen equal, what is here and what is in the bucket to what is to be done. Design §9.

Contents are compared, and nothing else: no clock, no size. Where the base is lost both sides count as new, so that what differs
is a conflict. Nothing here lets go of a content that nobody replaced or removed.
"""

from collections.abc import Iterable

from reshelve.planner.rules.free_names import split_name
from reshelve.planner.rules.portable_names import LIMIT, encoded, truncate_part
from reshelve.planner.sync.decisions import (
    USUAL,
    CleanedUp,
    Conflict,
    Contents,
    Decision,
    Download,
    Gone,
    Remove,
    RemovedHere,
    RenamedHere,
    RenamedThere,
    Same,
    Sides,
    Upload,
    Wish,
)
from reshelve.schemas.name_rules import fold


def reconcile(sides: Sides, user: str, wish: Wish = USUAL) -> list[Decision]:
    """Return what `user`'s sync comes to, a decision a name, sorted by name. The copy of a conflict is decided with it."""
    names = sorted({*sides.base, *sides.here, *sides.there})
    found: dict[str, Decision] = {}
    contended: list[str] = []
    for name in names:
        decision = _decide(sides, name, wish)
        if decision is None:
            contended.append(name)
        else:
            found[name] = decision
    names_taken = _Names(sides)
    for name in contended:
        mine = sides.here[name]
        copy = names_taken.copy_of(name, mine, user)
        found.pop(copy, None)
        kept, sent = sides.here.get(copy) == mine, sides.there.get(copy) == mine
        found[name] = Conflict(name, mine, sides.there[name], copy, sent, kept)
    return [found[name] for name in sorted(_with_renames(sides, found))]


def _decide(sides: Sides, name: str, wish: Wish) -> Decision | None:
    """Return what becomes of one name, None for a conflict."""
    base, here, there = sides.base.get(name), sides.here.get(name), sides.there.get(name)
    if here is None and there is None:
        return Gone(name)
    if here == there:
        assert here is not None
        return Same(name, here)
    if here in sides.cleaned.get(name, ()):
        base = here  # it was in the bucket under this name: whoever lost the base has seen as much
    if here is None:
        assert there is not None
        if base != there or wish.again:
            return Download(name, there)
        return Remove(name, there) if wish.delete else RemovedHere(name, there)
    if there is None:
        return CleanedUp(name, here) if here == base and not wish.again else Upload(name, here)
    if base == here:
        return Download(name, there, over=here)
    if base == there:
        return Upload(name, here, over=there)
    return None


def _with_renames(sides: Sides, found: dict[str, Decision]) -> dict[str, Decision]:
    """Turn a new name whose content is known under one that is gone into a rename, on whichever side it is still to be done."""
    removed: dict[str, list[str]] = {}
    cleaned: dict[str, list[str]] = {}
    for name, decision in sorted(found.items(), reverse=True):
        if isinstance(decision, RemovedHere | Remove):
            removed.setdefault(decision.content, []).append(name)
        elif isinstance(decision, CleanedUp) and decision.content not in sides.cleaned.get(name, ()):
            cleaned.setdefault(decision.content, []).append(name)
    for name, decision in sorted(found.items()):
        if name in sides.base:
            continue
        if isinstance(decision, Upload) and not decision.over and (was := removed.get(decision.content)):
            old = was.pop()
            found[name] = RenamedHere(name, old, decision.content)
            del found[old]
        elif isinstance(decision, Download) and not decision.over and (was := cleaned.get(decision.content)):
            old = was.pop()
            found[name] = RenamedThere(name, old, decision.content)
            del found[old]
    return found


class _Names:
    """The names of both sides, and those given to the copies of conflicts meanwhile. Names that fold together count as one."""

    def __init__(self, sides: Sides) -> None:
        self._sides = sides
        self._standing: dict[str, set[str]] = {}
        for name in (*sides.here, *sides.there):
            self._standing.setdefault(fold(name), set()).add(name)
        self._given: set[str] = set()

    def copy_of(self, name: str, mine: str, user: str) -> str:
        """Return `stem-USER.ext`, numbered where that is another's; a name that holds this content already is taken up again."""
        folder, slash, last = name.rpartition("/")
        stem, ext = split_name(last)
        number = 1
        while True:
            tail = f"-{user}{f'-{number}' if number > 1 else ''}{ext}"
            candidate = f"{folder}{slash}{truncate_part(stem, LIMIT - len(encoded(tail)))}{tail}"
            if self._is_free(candidate, mine):
                self._given.add(fold(candidate))
                return candidate
            number += 1

    def _is_free(self, candidate: str, mine: str) -> bool:
        if fold(candidate) in self._given or self._standing.get(fold(candidate), {candidate}) != {candidate}:
            return False
        return all(side.get(candidate, mine) == mine for side in (self._sides.here, self._sides.there))


def emptied(sides: Sides) -> str:
    """Return the side, "here" or "there", that holds none of several things that were on both when last seen, "" for neither.

    A side emptied at once is more likely a disk that is away, another folder or the wrong bucket than somebody's work. What records
    say was cleaned up is no such thing, nor what both sides let go of, nor what stands there under other names.
    """
    if _missing(sides.base, sides.here, sides.there):
        return "here"
    known = {name: content for name, content in sides.base.items() if content not in sides.cleaned.get(name, ())}
    return "there" if _missing(known, sides.there, sides.here) else ""


def _missing(base: Contents, side: Contents, other: Contents) -> bool:
    if any(name in side for name in base) or not set(base.values()).isdisjoint(side.values()):
        return False
    return sum(name in other for name in base) >= _SEVERAL


_SEVERAL = 2


def remembered(sides: Sides, carried: Iterable[tuple[str, str]] = ()) -> dict[str, str]:
    """Return the base after a sync: what stands equal on both sides now, and what a settled run carried over (name, content).

    Of anything else the base stays as it was; what is gone from both sides is forgotten. May be called at any time: it concludes
    nothing from what a run was only asked to do.
    """
    base = {name: content for name, content in sides.base.items() if name in sides.here or name in sides.there}
    base.update(carried)
    base.update((name, content) for name, content in sides.here.items() if sides.there.get(name) == content)
    return base
