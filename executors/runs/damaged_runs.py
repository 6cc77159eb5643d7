"""What can still be told of a run whose journal is damaged or lost: by names of its own, and by content."""

from collections.abc import Mapping, Sequence

import xxhash

from reshelve.executors.runs.run_execution import Execution
from reshelve.executors.verbs.file_verbs import Hands, same
from reshelve.executors.verbs.how_far import Trail, may_be_of
from reshelve.schemas.differences import standing as words_for
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import printable
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.run_record import Made
from reshelve.schemas.verbs import Confirm, CopyTo, Publish, Rename, Verb, WriteTo


@dataclass(slots=True, frozen=True)
class Doubt:
    """Why a journal is not believed: it is `damaged`, or else operations from `intended` on may have begun that it lacks."""

    damaged: bool
    intended: int


def know_by_content(execution: Execution, begun: int, passing: Mapping[int, Trail]) -> dict[int, bool | OSError]:
    """Find out what the operations before `begun` made that no record tells of, by content, and remember it.

    Returns of each whether that can be told, or why it cannot be looked at. Nothing having been brought to its place is told too.
    """
    plan, hands = execution.plan, execution.hands
    compiled = [plan.operations[index].verbs(plan.run, index) for index in range(begun)]
    went = {verb.src: verb.dst for verbs in compiled for verb in verbs if isinstance(verb, Rename)}
    found: dict[int, bool | OSError] = {}
    for index, verbs in enumerate(compiled):
        known = execution.made.get(index)
        try:
            found[index], made = _made(hands, index, verbs, known, passing.get(index), went)
        except OSError as error:
            found[index] = error
            continue
        if made is not None and made != known:
            execution.made.pop(index, None)
            execution.remember(index, made)
    return found


def _made(
    hands: Hands, index: int, verbs: Sequence[Verb], made: Made | None, trail: Trail | None, went: Mapping[str, str]
) -> tuple[bool, Made | None]:
    """Say whether it can be told what an operation made, and what that is: as recorded (`made`), else by content."""
    final = next((verb for verb in verbs if isinstance(verb, Publish)), None)
    if final is None:
        return True, made
    there = hands.seen(final.dst)
    if there is None or (made is not None and same(there, made.size, made.mtime_ns, made.ino)):
        return True, made
    if any(may_be_of(operation, there) for operation in (trail.taken if trail else ())):
        return True, made
    digest = _content_of(hands, verbs, final.dst, there, went)
    if digest is None:
        return made is not None, made
    return True, Made(index, there.ino, there.size, there.mtime_ns, digest)


def _content_of(hands: Hands, verbs: Sequence[Verb], place: str, there: Item, went: Mapping[str, str]) -> str | None:
    """Return the content hash of what stands at `place` if it is what the operation would have brought there, else None.

    `went` says where renames of the plan bring what stood at a place: what was copied from may be there by now.
    """
    if there.kind != "file":
        return None
    store, rel = hands.at(place)
    first = verbs[0]
    if isinstance(first, WriteTo):
        content = first.content.encode()
        digest = f"xxh3:{xxhash.xxh3_128_hexdigest(content)}"
        return digest if there.size == len(content) and store.digest(rel) == digest else None
    if not isinstance(first, CopyTo) or there.size != first.size:
        return None
    source: str | None = first.src
    passed: set[str] = set()
    while source is not None and source not in passed:
        if same(hands.seen(source), first.size, first.mtime_ns, first.ino):
            digest = _digest(hands, source)
            return digest if store.digest(rel) == digest else None
        passed.add(source)
        source = went.get(source)
    return None


def _digest(hands: Hands, place: str) -> str:
    if hands.in_bucket(place):
        bucket, key = hands.objects.at(place)
        return bucket.digest(key)
    store, rel = hands.at(place)
    return store.digest(rel)


def not_begun(hands: Hands, verbs: Sequence[Verb]) -> bool:
    """Say whether a thing to be renamed still has its place, though changed, and nothing has the new one."""
    first = next(verb for verb in verbs if not isinstance(verb, Confirm))
    return isinstance(first, Rename) and hands.seen(first.src) is not None and hands.seen(first.dst) is None


def what_stands(hands: Hands, verbs: Sequence[Verb]) -> str:
    """Say what stands at each place that an operation touches, its own names only where something does. Never raises."""
    told: list[str] = []
    for place, ours in _places(verbs).items():
        try:
            item = hands.seen(place)
        except OSError as error:
            told.append(f"{printable(place)} cannot be looked at ({error.strerror})")
            continue
        if item is not None or not ours:
            told.append(f"{printable(place)} is now {words_for(item)}")
    return "; ".join(told)


def _places(verbs: Sequence[Verb]) -> dict[str, bool]:
    """Return the places verbs touch, in order, and whether each has a name of this run's own."""
    found: dict[str, bool] = {}
    for verb in verbs:
        for field in ("src", "tmp", "place", "dst"):
            place = getattr(verb, field, "")
            if place:
                ours = field == "tmp" or (isinstance(verb, Rename) and field == "dst" and verb is not verbs[0])
                found.setdefault(place, ours)
    return found
