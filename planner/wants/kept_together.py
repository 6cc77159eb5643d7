"""What belongs together by its home goes to one root of a group, if any root holds all of it; the plan says where none does."""

from collections.abc import Iterable, Iterator
from posixpath import commonpath

from reshelve.planner.ports.store_reader import Reader
from reshelve.planner.wants.free_space import Room
from reshelve.planner.wants.plan_problems import Findings
from reshelve.planner.wants.root_choice import (
    Group,
    HomeRoots,
    asked_of,
    at_home_first,
    fits,
    folder_of,
    holders,
    lack_on,
    locate,
    no_room_left,
    stays_on,
)
from reshelve.planner.wants.virtual_tree import Tree
from reshelve.planner.wants.want import Folder, Want
from reshelve.schemas.locations import join

Bundle = list[Want]
Claim = list[tuple[Reader, Folder, int, int]]
"""Room that is kept for what has a home: the root, a folder of it, bytes and new files."""


class Together:
    """The bundles of a group of roots in lots: a show, album, film or project each, or the folder of it that stands already."""

    def __init__(self, tree: Tree, room: Room, homes: HomeRoots, findings: Findings) -> None:
        self._tree = tree
        self._room = room
        self._homes = homes
        self._findings = findings

    def lots(self, group: Group, bundles: Iterable[Bundle]) -> Iterator[tuple[str, list[Bundle]]]:
        """Yield each lot with the folder that is its home, "" for a bundle by itself: first those whose home stands, then by order.

        What has a home goes there or is parted from it; newcomers can go anywhere, and take the room that is left. Raises OSError
        where a root stops answering.
        """
        found: dict[str | int, tuple[str, list[Bundle]]] = {}
        for bundle in bundles:
            home = self._homes.lot(group, bundle[0]) if len(group.usable) > 1 else ""
            found.setdefault(home or id(bundle), (home, []))[1].append(bundle)
        yield from sorted(found.values(), key=lambda lot: not self._homes.of(group, lot[1][0][0]))

    def claim(self, group: Group, lot: list[Bundle]) -> Claim:
        """Keep room for a lot on the root of its home, as far as there is any, and return what is kept. Raises OSError.

        So what overflows another home does not take it.
        """
        homes = self._homes.of(group, lot[0][0])
        reader = next((each for each in group.usable if each.root.key in homes and each.root.writable), None)
        claim: Claim = []
        if reader is None:
            return claim
        for bundle in lot:
            asked = asked_of(reader, bundle, self._tree, self._room)
            if stays_on(group, bundle) is None and self._room.fits(reader, *asked):
                self._room.promise(reader, *asked)
                claim.append((reader, *asked))
        return claim

    def release(self, claim: Claim) -> None:
        """Give back what was kept for a lot: its turn has come."""
        for reader, folder, size, files in claim:
            self._room.promise(reader, folder, -size, -files)

    def portions(self, group: Group, lot: list[Bundle]) -> Iterator[tuple[list[Bundle], Reader | None]]:
        """Yield the bundles of a lot in portions, with the root that has room for all of one, None where each finds its own.

        All of it where a root holds that, else a folder at a time. A portion is to be bound before the next is asked for.
        Raises OSError where a root stops answering.
        """
        whole = self._holder(group, lot) if len(lot) > 1 else None
        if whole is not None or len(lot) == 1:
            yield lot, whole
            return
        by_folder: dict[str, list[Bundle]] = {}
        for bundle in lot:
            by_folder.setdefault(folder_of(bundle[0]), []).append(bundle)
        for bundles in by_folder.values():
            yield bundles, self._holder(group, bundles) if 1 < len(bundles) < len(lot) else None

    def tell(self, group: Group, home: str, lot: list[Bundle], stood: frozenset[str]) -> None:
        """Have it said if the new things of a lot go to several roots, or to others than those that its home `stood` on."""
        news = [want for bundle in lot if stays_on(group, bundle) is None for want in bundle]
        self._findings.parted(join(group.store, home), news, stood)

    def _holder(self, group: Group, lot: list[Bundle]) -> Reader | None:
        """Return the first root that has room for all of a lot, but for what fits no root. Raises OSError."""
        homes = self._homes.of(group, lot[0][0])
        roots = at_home_first(group, homes)
        if roots[0].root.writable and self._fits(roots[0], lot):
            return roots[0]
        writable = [reader for reader in roots if reader.root.writable]
        going = [bundle for bundle in lot if stays_on(group, bundle) is None and not self._stands(group, bundle)]
        fitting = [bundle for bundle in going if any(self._fits(reader, [bundle]) for reader in writable)]
        for at, reader in enumerate(writable if fitting else ()):
            if self._fits(reader, fitting):
                wants = [want for bundle in fitting for want in bundle]
                for passed in writable[:at]:
                    key = passed.root.key
                    _, lack = lack_on(passed, wants, self._tree, self._room)
                    self._findings.fell_back(group.store, key, no_room_left(key), _name(wants), wants, lack)
                return reader
        return None

    def _fits(self, reader: Reader, bundles: Iterable[Bundle]) -> bool:
        return fits(reader, [want for bundle in bundles for want in bundle], self._tree, self._room)

    def _stands(self, group: Group, bundle: Bundle) -> bool:
        return any(holders(group, self._tree, locate(want.target)[1].rstrip("/")) for want in bundle)


def _name(wants: list[Want]) -> str:
    """Return what several wants that go together are called: the folder that all of them go to."""
    return commonpath([folder_of(want) for want in wants]) or locate(wants[0].target)[1]
