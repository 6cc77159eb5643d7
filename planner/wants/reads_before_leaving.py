"""Readers: what copies or links from a file that leaves, and must do so before it does.

Whoever waits for a place to be vacated waits for all who still read what stands there. A move on a circle of waits can step
aside; a circle of readers alone cannot be done in any order.
"""

from collections.abc import Iterable

from reshelve.planner.wants.want import Want


def reads(want: Want) -> bool:
    """Say whether a want needs its source where it is."""
    return not want.takes and want.found is not None and want.deed not in ("mkdir", "transition")


def leaver_of_source(want: Want) -> Want | None:
    """Return the other pending want that takes away what this one reads, if there is one."""
    if not reads(want) or want.found is None or want.found.folder is None:
        return None
    leaver = want.found.folder.leaver(want.src_name)
    return leaver if leaver is not None and leaver.state == "pending" and leaver is not want else None


def circle_of_readers(wants: Iterable[Want]) -> list[Want]:
    """Return pending wants of which each waits until the next has read its source; none where there is no such circle."""
    readers: dict[int, list[Want]] = {}
    for want in wants:
        leaver = leaver_of_source(want) if want.state == "pending" and reads(want) else None
        if leaver is not None:
            readers.setdefault(id(leaver), []).append(want)
    finished: set[int] = set()
    for start in [each for several in readers.values() for each in several]:
        way: list[Want] = []
        on_way: dict[int, int] = {}
        pending: list[tuple[Want, bool]] = [(start, False)]
        while pending:
            want, left = pending.pop()
            if left:
                finished.add(id(want))
                del on_way[id(way.pop())]
            elif id(want) in on_way:
                return way[on_way[id(want)] :]
            elif id(want) not in finished:
                on_way[id(want)] = len(way)
                way.append(want)
                pending.append((want, True))
                pending += [(reader, False) for awaited in _awaited(want) for reader in readers.get(id(awaited), ())]
    return []


def _awaited(want: Want) -> Iterable[Want]:
    """Yield what must leave before a want can be done: from its target's place, or from where its folder is to stand."""
    if want.decided.after is not None:
        yield want.decided.after
    if want.bound is not None and isinstance(want.bound.folder.obstacle, Want):
        yield want.bound.folder.obstacle
