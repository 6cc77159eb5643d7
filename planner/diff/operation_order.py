"""Order: wants become operations, each after all that it needs.

Folders first, from the top down. Then whatever waits for nothing, by destination, so that one folder's files stay together.
Then the rest as what they wait for is done: first vacate, then occupy. Circles are broken by one step aside.
"""

from collections import deque
from collections.abc import Iterable

from reshelve.planner.buckets.storage_classes import Classes
from reshelve.planner.diff.packing import leavers
from reshelve.planner.diff.room_for_bundles import further_name
from reshelve.planner.diff.target_conflicts import obstacle_of
from reshelve.planner.diff.want_operations import Emitter
from reshelve.planner.wants.free_space import Room
from reshelve.planner.wants.reads_before_leaving import leaver_of_source, reads
from reshelve.planner.wants.root_choice import locate
from reshelve.planner.wants.virtual_tree import Tree
from reshelve.planner.wants.want import TO_MAKE, Bound, Decided, Folder, Step, Want
from reshelve.schemas.locations import join
from reshelve.schemas.operations import AnyOperation


def order(wants: Iterable[Want], tree: Tree, room: Room, classes: Classes) -> list[AnyOperation]:
    """Return the operations of all pending wants, in an order in which each can be done; wants learn their numbers.

    `room` is asked for what they need, `classes` for those of new objects. Changes of class come last: going back from one may have
    to wait for a thaw. Raises OSError where a file system stopped answering.
    """
    return _Ordering(tree, Emitter(room, classes)).run([want for want in wants if want.state == "pending"])


class _Ordering:
    def __init__(self, tree: Tree, emitter: Emitter) -> None:
        self._tree = tree
        self._emitter = emitter
        self._made: list[Folder] = []
        self._modes: dict[int, Want] = {}
        self._knots: dict[int, Want] = {}

    def run(self, wants: list[Want]) -> list[AnyOperation]:
        for want in wants:
            want.step = Step([rest.by for rest in want.rests if rest.by is not None] if want.rests else ())
        for want in wants:
            self._plan_folders(want)
            self._note_readers(want)
        self._link_names(wants)
        emitter = self._emitter
        for folder in sorted(self._made, key=lambda each: (each.reader.root.path, each.rel, each.reader.root.key)):
            emitter.make_dir(folder, self._modes.get(id(folder)))
        waiting: list[Want] = list(self._knots.values())
        ready: list[Want] = []
        last: list[Want] = []
        for want in wants:
            if want.deed == "transition":
                last.append(want)
            elif want.deed != "mkdir":
                (waiting if want.decided.after is not None or want.scheduled.ahead else ready).append(want)
        ready.sort(key=_by_place)
        for want in ready:
            emitter.emit(want)
        if waiting:
            waiting.sort(key=_by_place)
            self._knotted(waiting)
        for want in sorted(last, key=_by_place):
            emitter.emit(want)
        return emitter.operations

    def _plan_folders(self, want: Want) -> None:
        """Note which folders a want needs made: at once, or after something leaves their place."""
        if want.bound is None or want.deed in ("trash", "transition"):
            return
        folder = want.bound.folder
        if want.deed == "mkdir":
            folder = self._tree.folder(want.bound.reader, locate(want.place)[1], look=True)
            self._modes[id(folder)] = want
        if folder.standing() == "there":
            return
        obstacle = obstacle_of(folder)
        if isinstance(obstacle, Want):
            knot = self._knot(folder)
            if want.deed != "mkdir":
                want.scheduled.wait_for(knot)
            return
        at: Folder | None = folder
        while at is not None and at.made != TO_MAKE and at.standing() != "there":
            at.made = TO_MAKE
            self._made.append(at)
            at = at.above

    def _knot(self, folder: Folder) -> Want:
        """Return the want that makes a folder whose place, or a place above it, must be vacated first."""
        way: list[Folder] = []
        at: Folder | None = folder
        while at is not None and id(at) not in self._knots and isinstance(at.obstacle, Want):
            way.append(at)
            at = at.above
        above = self._knots.get(id(at)) if at is not None else None
        for each in reversed(way):
            place = join(each.reader.root.key, each.rel)
            knot = Want("mkdir", place, "", None, "")
            knot.bound = Bound(each.reader, each, each.name, place)
            if each.standing() == "taken" and isinstance(each.obstacle, Want):
                knot.decided = Decided(after=each.obstacle)
            knot.step = Step((above,) if above is not None else ())
            above = self._knots[id(each)] = knot
        return self._knots[id(folder)]

    def _note_readers(self, want: Want) -> None:
        """What copies or links from a file goes before the file leaves."""
        leaver = leaver_of_source(want)
        for each in (leaver,) if leaver is not None else leavers(want, self._tree):
            each.scheduled.wait_for(want)

    def _link_names(self, wants: list[Want]) -> None:
        """Further names of one file that move to another file system together are linked there, after the first."""
        first: dict[tuple[str, int, str], Want] = {}
        several = (each for each in wants if each.deed == "move" and each.found is not None and each.found.item.nlink > 1)
        for want in sorted(several, key=_by_place):
            name = further_name(want)
            if name is None:
                continue
            leader = first.setdefault(name, want)
            if leader is not want:
                want.scheduled.linked = leader
                want.scheduled.wait_for(leader)

    def _knotted(self, waiting: list[Want]) -> None:
        """Emit wants that wait for others. Each want and each wait is looked at a fixed number of times."""
        emitter = self._emitter
        missing: dict[int, int] = {}
        for_place: dict[int, list[Want]] = {}
        for_deed: dict[int, list[Want]] = {}
        queue: deque[Want] = deque()
        for want in waiting:
            count = 0
            if want.decided.after is not None and want.decided.after.index < 0:
                count += 1
                for_place.setdefault(id(want.decided.after), []).append(want)
            for need in want.scheduled.ahead:
                if need.index < 0:
                    count += 1
                    for_deed.setdefault(id(need), []).append(want)
            missing[id(want)] = count
            if not count:
                queue.append(want)
        vacated: set[int] = set()

        def release(followers: list[Want]) -> None:
            for follower in followers:
                missing[id(follower)] -= 1
                if not missing[id(follower)]:
                    queue.append(follower)

        start = 0
        while True:
            while queue:
                want = queue.popleft()
                emitter.emit(want)
                release(for_place.pop(id(want), []))
                release(for_deed.pop(id(want), []))
            while start < len(waiting) and waiting[start].index >= 0:
                start += 1
            if start == len(waiting):
                return
            aside = _on_circle(waiting[start], vacated)
            emitter.step_aside(aside)
            vacated.add(id(aside))
            release(for_place.pop(id(aside), []))


def _needs(want: Want) -> Iterable[Want]:
    """Yield what a want waits for; those that read its source first, for until they have it cannot step aside."""
    yield from sorted(want.scheduled.ahead, key=lambda each: not reads(each))
    if want.decided.after is not None:
        yield want.decided.after


def _on_circle(start: Want, vacated: set[int]) -> Want:
    """Return the want to step aside: one on a circle of waits, for whose place another on it waits; the first by destination.

    There is one: no circle is of readers alone (reshelve.planner.wants.reads_before_leaving).
    """
    seen: dict[int, int] = {}
    way: list[Want] = []
    at = start
    while id(at) not in seen:
        seen[id(at)] = len(way)
        way.append(at)
        at = next(need for need in _needs(at) if need.index < 0 and not (need is at.decided.after and id(need) in vacated))
    circle = way[seen[id(at)] :]
    leavers_of = (want.decided.after for want in circle)
    able = [each for each in leavers_of if each is not None and each.deed == "move" and id(each) not in vacated]
    return min((want for want in able if want.index < 0 and not _is_read(want)), key=_by_place)


def _is_read(want: Want) -> bool:
    return any(each.index < 0 and reads(each) for each in want.scheduled.ahead)


def _by_place(want: Want) -> str:
    return want.place
