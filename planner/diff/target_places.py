"""Targets: every want bound to the folder and name it goes to, and entered in the virtual tree."""

from collections.abc import Iterator
from contextlib import contextmanager

from reshelve.planner.ports.store_reader import Reader
from reshelve.planner.wants.free_space import Room
from reshelve.planner.wants.kept_together import Together
from reshelve.planner.wants.plan_problems import Findings, folder_place
from reshelve.planner.wants.root_choice import Group, HomeRoots, choose_root, holders, locate, needed_beside
from reshelve.planner.wants.storable_names import StorableNames
from reshelve.planner.wants.virtual_tree import Tree
from reshelve.planner.wants.want import Bound, Folder, Want
from reshelve.schemas.locations import join, printable


class Targets:
    """Binds wants to their destinations. One listing a target folder; what is not listed is not asked for."""

    def __init__(self, groups: dict[str, Group], tree: Tree, findings: Findings) -> None:
        self._groups = groups
        self._tree = tree
        self._findings = findings
        self._room = Room()
        self._homes = HomeRoots(tree)
        self._together = Together(tree, self._room, self._homes, findings)
        self._storable = StorableNames()
        self._several = any(group.usable and group.single is None for group in groups.values())

    def bind(self, wants: list[Want]) -> None:
        """Give every pending want its destination. Stores of one root first, so that groups know what is promised already."""
        last_store, last_above = "", ""
        last: Folder | None = None
        reader: Reader | None = None
        later: list[Want] = []
        for want in wants:
            if want.state != "pending" or want.deed == "trash":
                continue
            target = want.target
            store, rel = locate(target)
            above, _, name = rel.rpartition("/")
            if last is None or above != last_above or store != last_store:
                group = self._groups.get(store)
                if group is None:
                    self._findings.no_store(want, store, sorted(self._groups))
                    continue
                if group.single is None:
                    later.append(want)
                    continue
                reader = group.single
                try:
                    last = self._tree.folder(reader, above, look=True)
                except OSError as trouble:
                    self._findings.unreadable(want, folder_place(store, rel), trouble)
                    last = None
                    continue
                last_store, last_above = store, above
            assert reader is not None
            # A store that is one folder names its places as the layout does.
            place = target if store == reader.root.key and "%:" not in target else join(reader.root.key, rel)
            self._enter(want, reader, last, name, place)
        self._bind_groups(later)

    def _bind_groups(self, wants: list[Want]) -> None:
        done: set[int] = set()
        bundles: dict[str, list[list[Want]]] = {}
        for want in wants:
            if id(want) in done:
                continue
            store = locate(want.target)[0]
            bundle = [each for each in want.group or (want,) if _goes_to(each, store)]
            done.update(map(id, bundle))
            bundles.setdefault(store, []).append(bundle)
        for store, going in bundles.items():
            group = self._groups[store]
            if not group.usable:
                for each in (each for bundle in going for each in bundle):
                    for root in group.away:
                        self._findings.away(each, root)
                continue
            with self._answering(going):
                lots = list(self._together.lots(group, going))
                claims = [self._together.claim(group, lot) for _, lot in lots] if len(lots) > 1 else [[]]
                for (home, lot), claim in zip(lots, claims, strict=True):
                    self._together.release(claim)
                    with self._answering(lot):
                        self._bind_lot(group, home, lot)

    @contextmanager
    def _answering(self, bundles: list[list[Want]]) -> Iterator[None]:
        """Mark what is still pending as unreadable where a root stops answering."""
        try:
            yield
        except OSError as trouble:
            for want in (each for bundle in bundles for each in bundle):
                if want.state == "pending" and want.bound is None:
                    self._findings.unreadable(want, folder_place(*locate(want.target)), trouble)

    def _bind_lot(self, group: Group, home: str, lot: list[list[Want]]) -> None:
        stood = frozenset(self._homes.standing(group, home)) if home else frozenset()
        for bundles, whole in self._together.portions(group, lot):
            for bundle in bundles:
                with self._answering([bundle]):
                    self._bind_bundle(group, bundle, whole)
        if home:
            self._together.tell(group, home, lot, stood)

    def _bind_bundle(self, group: Group, bundle: list[Want], whole: Reader | None) -> None:
        present: dict[int, Reader] = {}
        home: Reader | None = None
        for want in bundle:
            taken = holders(group, self._tree, locate(want.target)[1].rstrip("/"))
            if len(taken) > 1:
                if want.deed != "mkdir":
                    keys = " and ".join(reader.root.key for reader, _ in taken)
                    hint = "Keep one of them, then plan again."
                    self._findings.block(want, "two-roots", f"{printable(want.target)} is on {keys}", hint)
                    continue
                taken = taken[:1]
            if taken:
                present[id(want)] = taken[0][0]
                home = home or taken[0][0]
        going = [want for want in bundle if want.state == "pending"]
        if home is None and going:
            unseen = [want for want in going if want.found is None and want.deed not in ("write", "mkdir")]
            if len(unseen) < len(going):
                seen = [want for want in going if want not in unseen]
                awaited = self._homes.awaited(group, bundle[0])
                if awaited is not None:
                    for want in going:
                        self._findings.wait_for(want, *awaited)
                    return
                homes = frozenset([whole.root.key]) if whole is not None else self._homes.of(group, bundle[0])
                home = choose_root(group, seen, self._tree, self._room, self._findings, homes)
                if home is None:
                    return
                if (twice := self._homes.several(group, bundle[0])) is not None:
                    self._findings.stands_twice(group.store, *twice, home.root.key)
            else:
                home = group.usable[0]
        if home is not None:
            self._homes.choose(group, bundle[0], home)
        for want in going:
            reader = present.get(id(want)) or home
            assert reader is not None
            if want.found is None and want.deed not in ("write", "mkdir") and id(want) not in present and group.away:
                # Neither here nor there, and a root is away: nothing may be concluded.
                for root in group.away:
                    self._findings.away(want, root, spared=True)
                continue
            rel = locate(want.target)[1]
            above, _, name = rel.rpartition("/")
            self._enter(want, reader, self._tree.folder(reader, above, look=True), name, join(reader.root.key, rel))

    def _enter(self, want: Want, reader: Reader, folder: Folder, name: str, place: str) -> None:
        bound = want.bound = Bound(reader, folder, name, place)
        try:
            if folder.folds or folder.reader is not reader:
                reader = bound.reader = folder.reader
                bound.place = join(reader.root.key, f"{folder.rel}/{name}" if folder.rel else name)
            bound.occupied = folder.find(name)
            made = want.found is not None or want.deed in ("write", "mkdir")
            if made and not want.occupied and (fault := self._storable.fault(folder, name)):
                self._findings.block(want, *fault)
                return
            if want.deed == "mkdir":
                self._enter_folder(want, reader)
                return
            if (want.found is None and not want.occupied and want.deed != "write") or want.deed == "transition":
                return
            arriving = folder.arriving
            if arriving is None:
                arriving = folder.arriving = {}
            other = arriving.setdefault(folder.key(name), want)
            if self._several and want.found is not None:
                self._room.promise(reader, folder, *needed_beside(want, folder, self._room))
        except OSError as trouble:
            self._findings.unreadable(want, folder_place(reader.root.key, locate(place)[1]), trouble)
            return
        if other is not want:
            self._clash(want, other)

    def _enter_folder(self, want: Want, reader: Reader) -> None:
        child = self._tree.folder(reader, locate(want.place)[1], look=True)
        if want.found is None:
            child.kept = True
        if child.standing() == "there":
            want.state = "settled"

    def _clash(self, want: Want, other: Want) -> None:
        name, others = want.destination.name, other.destination.name
        if name == others:
            detail = f"{printable(other.source or other.target)} also goes to {printable(want.place)}"
            self._findings.block(want, "two-sources", detail, "Give one of them another target.")
        else:
            detail = f"{printable(name)} and {printable(others)} are the same name on that file system"
            self._findings.block(want, "names-fold", detail, "Give one of them another name.")


def _goes_to(want: Want, store: str) -> bool:
    return want.state == "pending" and want.deed != "trash" and locate(want.target)[0] == store
