"""Telling how far an operation got, by the identity of what stands where (design §4); never by mere existence. It only looks."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from reshelve.executors.verbs.file_verbs import Hands, same
from reshelve.schemas.inventory import Item, lasting_inodes, same_folder
from reshelve.schemas.locations import decode_path, parent
from reshelve.schemas.operations import AnyOperation, Download, Move, Purge, Trash, Upload
from reshelve.schemas.operations.base import token
from reshelve.schemas.plan import Plan
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.run_record import Made
from reshelve.schemas.verbs import (
    Confirm,
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

    `marked` are the later places with the tokens that what is brought there is known by, where that is an object. `taken` are the
    operations of the plan that take something from the place this one brings its thing to.
    """

    earlier: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    marked: tuple[tuple[str, str], ...] = ()
    taken: tuple[AnyOperation, ...] = ()


def trails(plan: Plan) -> dict[int, Trail]:
    """Return the trail of every operation whose thing, or whose target, another operation of the plan takes too, as in a swap."""
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
    taken: dict[str, list[AnyOperation]] = {}
    for operation in plan.operations:
        if operation.frees is not None:
            taken.setdefault(operation.frees, []).append(operation)
    for index, operation in enumerate(plan.operations):
        if operation.makes in taken:
            found[index] = replace(found.get(index, Trail()), taken=tuple(taken[operation.makes]))
    return found


def _end(plan: Plan, index: int) -> str:
    """Return where an operation leaves the very file it takes: across file systems that is where the original is set aside."""
    operation = plan.operations[index]
    return operation.set_aside(plan.run, index) or operation.makes or ""


@dataclass(slots=True, frozen=True)
class Leftover:
    """A name that a rename cut short left beside the thing itself, and what stands there.

    It is a second name of that file; or, as a `placeholder`, an empty thing that reserved the name, if its file system needs such.
    """

    place: str
    item: Item
    placeholder: bool = False


@dataclass(slots=True, frozen=True)
class HowFar:
    """Which verbs of an operation stand performed, None when that cannot be told; and what was left over on the way."""

    performed: Sequence[Verb] | None
    leftovers: tuple[Leftover, ...] = ()


def how_far(hands: Hands, verbs: Sequence[Verb], made: Made | None, trail: Trail | None = None) -> HowFar:
    """Tell how far an operation got. Nothing is changed: `leftovers.clear` takes away what was left over.

    After a kill the verbs performed are the first so many; after a power cut any of those not yet synced may be missing. What only
    confirms is told with the rest: an operation stands whole when what it let go of stands elsewhere still.
    Raises OSError when something cannot be looked at.
    """
    effects = [verb for verb in verbs if not isinstance(verb, Confirm)]
    told = [_told(hands, verb, made, verbs, trail or Trail()) for verb in effects]
    leftovers = tuple(leftover for _, leftover in told if leftover is not None)
    stands = [stand for stand, _ in told]
    if None in stands:
        return HowFar(None, leftovers)
    performed = [verb for verb, stand in zip(effects, stands, strict=True) if stand]
    if len(performed) < len(effects) or not all(hands.witnesses.stands(verb) for verb in _resting(verbs)):
        return HowFar(performed, leftovers)
    return HowFar(verbs, leftovers)


def _resting(verbs: Sequence[Verb]) -> Iterator[Confirm]:
    """Yield what confirms other things than what the operation made: whether that stands, or went on, its own verbs tell."""
    made = {verb.dst for verb in verbs if isinstance(verb, Publish)}
    for verb in verbs:
        if isinstance(verb, Confirm) and made.isdisjoint(witness.place for witness in verb.witnesses):
            yield verb


def _told(hands: Hands, verb: Verb, made: Made | None, verbs: Sequence[Verb], trail: Trail) -> tuple[bool | None, Leftover | None]:
    match verb:
        case Rename():
            return _renamed(hands, verb, trail)
        case Publish():
            return _published(hands, verb, made, trail)
        case _:
            return _after(hands, verb, made, verbs, trail), None


def _after(hands: Hands, verb: Verb, made: Made | None, verbs: Sequence[Verb], trail: Trail) -> bool | None:
    match verb:
        case MakeDir():
            item = hands.seen(verb.place)
            # Anything but a folder there is what an earlier operation of the plan has yet to take away.
            return item is not None and item.kind == "dir"
        case RemoveDir():
            item = hands.seen(verb.place)
            return item is None or item.kind != "dir"
        case CopyTo() | WriteTo() | PackTo() | UnpackTo():
            # The temporary of a copy never journaled as made is rubbish of this run: the copy has not been performed.
            if made is None:
                return False
            final = next(v.dst for v in verbs if isinstance(v, Publish))
            return any(same(hands.seen(place), made.size, made.mtime_ns, made.ino) for place in (verb.tmp, final))
        case HardLink():
            item, source = hands.seen(verb.dst), hands.seen(verb.src)
            if item is None:
                return False
            ino = source.ino if source is not None and (not verb.ino or not lasting_inodes(item.fs)) else verb.ino
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


def _published(hands: Hands, verb: Publish, made: Made | None, trail: Trail) -> tuple[bool | None, Leftover | None]:
    if made is None:
        return False, None
    there = hands.seen(verb.dst)
    if same(there, made.size, made.mtime_ns, made.ino):
        left = hands.seen(verb.tmp)
        # Killed between link and unlink, or on its way back.
        if left is not None and _one_file(left, there):
            return True, Leftover(verb.tmp, left)
        return True, _placeholder(hands, left, verb.tmp, trail)
    if there is None:
        return False, None
    if there.ino == made.ino and lasting_inodes(there.fs):
        # Ours, changed.
        return None, None
    reserving = _placeholder(hands, there, verb.dst, trail)
    # Another file there is one the plan has yet to take away, or has put back.
    return (False if reserving is not None or there.ino != made.ino else None), reserving


def _renamed(hands: Hands, verb: Rename, trail: Trail) -> tuple[bool | None, Leftover | None]:
    alike = _alike((*trail.earlier, verb.src, verb.dst, *trail.later))

    def stands_at(place: str) -> bool:
        item = hands.seen(place)
        seen = same(item, verb.size, verb.mtime_ns, verb.ino) or same_folder(item, verb.ino)
        return seen and (place not in alike or _called_so(hands, place))

    at_src, at_dst = stands_at(verb.src), stands_at(verb.dst)
    if at_src and at_dst:
        second = hands.seen(verb.dst)
        if second is None or not _one_file(hands.seen(verb.src), second):
            return None, None
        # Killed between link and unlink, where a file system has no rename that refuses to replace.
        return False, Leftover(verb.dst, second)
    if at_dst:
        # Killed on its way back.
        return True, _placeholder(hands, hands.seen(verb.src), verb.src, trail) if verb.src not in alike else None
    if at_src:
        return False, _placeholder(hands, hands.seen(verb.dst), verb.dst, trail)
    if any(map(stands_at, trail.earlier)):
        return False, None
    return (True if any(map(stands_at, trail.later)) else None), None


def _one_file(one: Item | None, other: Item | None) -> bool:
    """Say whether two items seen just now are names of one file."""
    return one is not None and other is not None and one.ino == other.ino


def _alike(places: Sequence[str]) -> frozenset[str]:
    """Return those of these places whose names differ only by case or normal form, so that one file may be found by several."""
    if len(places) == 2 and len(places[0]) != len(places[1]) and places[0].isascii() and places[1].isascii():
        return frozenset()
    folded = [unicodedata.normalize("NFC", place).casefold() for place in places]
    count = Counter(folded)
    return frozenset(place for place, one in zip(places, folded, strict=True) if count[one] > 1)


def _called_so(hands: Hands, place: str) -> bool:
    """Say whether the folder itself calls the thing at `place` so: a file system blind to case finds it by other names too."""
    store, rel = hands.at(place)
    names = store.names(parent(rel)) or set()
    name = rel.rpartition("/")[2]
    return name in names or unicodedata.normalize("NFC", name) in {unicodedata.normalize("NFC", one) for one in names}


def _placeholder(hands: Hands, item: Item | None, place: str, trail: Trail) -> Leftover | None:
    """Return what stands at `place` if it may be the empty file or folder that reserved the name of a thing on its way there.

    The name was free when the run began, or held what the plan takes from there; the thing itself still stands where it was.
    """
    if item is None or any(may_be_of(operation, item) for operation in trail.taken):
        return None
    store, rel = hands.at(place)
    if store.names(rel) if item.kind == "dir" else item.kind != "file" or item.size:
        return None
    return Leftover(place, item, placeholder=True)


def may_be_of(operation: AnyOperation, item: Item) -> bool:
    """Say whether an item may be what an operation takes away."""
    if isinstance(operation, Move | Trash | Purge | Upload | Download):
        return same(item, operation.size, operation.mtime_ns, operation.ino)
    return True
