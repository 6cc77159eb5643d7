"""Telling how far an operation got, by the identity of what stands where (design §4); never by mere existence."""

from collections.abc import Sequence
from dataclasses import dataclass

from executors.perform import Hands, same
from schemas.locations import decode_path
from schemas.operations.base import staged, token
from schemas.plan import Plan
from schemas.records import Made
from schemas.verbs import (
    CopyTo,
    HardLink,
    MakeDir,
    PackTo,
    Publish,
    Remove,
    RemoveDir,
    Rename,
    SymLink,
    UnpackTo,
    Verb,
    WriteTo,
)


@dataclass(slots=True, frozen=True)
class Trail:
    """Where else in its plan a thing passes: before the operation asked about, and after it.

    `marked` are the later places with the tokens that what is brought there is known by, where that is an object.
    """

    earlier: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    marked: tuple[tuple[str, str], ...] = ()


def trails(plan: Plan) -> dict[int, Trail]:
    """Return the trail of every operation whose thing another operation of the plan moves too, as in a swap by a third name."""
    comes = {operation.makes: index for index, operation in enumerate(plan.operations) if operation.frees and operation.makes}
    follows = {
        index: comes[operation.frees]
        for index, operation in enumerate(plan.operations)
        if operation.frees in comes and comes[operation.frees] < index
    }
    found: dict[int, Trail] = {}
    for last in follows.keys() - set(follows.values()):
        chain = [last]
        while chain[-1] in follows:
            chain.append(follows[chain[-1]])
        chain.reverse()
        sources = [plan.operations[index].frees or "" for index in chain]
        ends = [_end(plan, index) for index in chain]
        for position, index in enumerate(chain):
            marked = tuple((plan.operations[each].makes or "", token(plan.run, each)) for each in chain[position + 1 :])
            found[index] = Trail(tuple(sources[:position]), tuple(ends[position + 1 :]), marked)
    return found


def _end(plan: Plan, index: int) -> str:
    """Return where an operation leaves the very file it takes: across file systems that is where the original is set aside."""
    operation = plan.operations[index]
    if (operation.op == "move" and operation.across and not operation.objects) or (operation.op == "upload" and operation.takes):
        return staged(operation.src, operation.top, plan.run, index)
    return operation.makes or ""


def standing(hands: Hands, verbs: Sequence[Verb], made: Made | None, trail: Trail | None = None) -> list[Verb] | None:
    """Return which of an operation's verbs stand performed; None when that cannot be told.

    After a kill they are the first so many; after a power cut any of those not yet synced may be missing.
    Raises OSError when something cannot be looked at.
    """
    stands = [_after(hands, verb, made, verbs, trail or Trail()) for verb in verbs]
    if None in stands:
        return None
    return [verb for verb, stand in zip(verbs, stands, strict=True) if stand]


def _after(hands: Hands, verb: Verb, made: Made | None, verbs: Sequence[Verb], trail: Trail) -> bool | None:
    match verb:
        case MakeDir():
            item = hands.seen(verb.place)
            # Anything but a folder there is what an earlier operation of the plan has yet to take away.
            return item is not None and item.kind == "dir"
        case RemoveDir():
            item = hands.seen(verb.place)
            return item is None or item.kind != "dir"
        case Rename():
            return _renamed(hands, verb, trail)
        case CopyTo() | WriteTo() | PackTo() | UnpackTo():
            # The temporary of a copy never journaled as made is rubbish of this run: the copy has not been performed.
            if made is None:
                return False
            final = next(v.dst for v in verbs if isinstance(v, Publish))
            return any(same(hands.seen(place), made.size, made.mtime_ns, made.ino) for place in (verb.tmp, final))
        case Publish():
            if made is None:
                return False
            if same(hands.seen(verb.dst), made.size, made.mtime_ns, made.ino):
                return True
            # Another file there is one the plan has yet to take away, or has put back; ours, changed, cannot be told.
            there = hands.seen(verb.dst)
            return False if there is None or there.ino != made.ino else None
        case HardLink():
            item, source = hands.seen(verb.dst), hands.seen(verb.src)
            if item is None:
                return False
            ino = verb.ino or (source.ino if source is not None else 0)
            return item.ino == ino
        case SymLink():
            item = hands.seen(verb.dst)
            if item is None:
                return False
            store, rel = hands.at(verb.dst)
            return item.kind == "link" and store.read_link(rel) == decode_path(verb.text)
        case Remove():
            item = hands.seen(verb.place)
            return True if item is None else False if same(item, verb.size, verb.mtime_ns, verb.ino) else None
        case _:
            return hands.objects.stands(verb, verbs, trail.marked)


def _renamed(hands: Hands, verb: Rename, trail: Trail) -> bool | None:
    at_src = same(hands.seen(verb.src), verb.size, verb.mtime_ns, verb.ino)
    at_dst = same(hands.seen(verb.dst), verb.size, verb.mtime_ns, verb.ino)
    if at_src and at_dst:
        # Killed between link and unlink, where a file system has no rename that refuses to replace: drop the second name.
        store, dst = hands.at(verb.dst)
        store.remove(dst)
        return False
    if at_dst:
        return True
    if at_src or any(same(hands.seen(place), verb.size, verb.mtime_ns, verb.ino) for place in trail.earlier):
        return False
    return True if any(same(hands.seen(place), verb.size, verb.mtime_ns, verb.ino) for place in trail.later) else None


def clear_rubbish(hands: Hands, verbs: Sequence[Verb]) -> None:
    """Remove the unfinished temporary file or folder of an operation not performed. Its name is this run's own."""
    first = verbs[0]
    if isinstance(first, CopyTo | WriteTo | PackTo | UnpackTo):
        hands.take_back(first, None)
