"""Filed already: content that its target store has, or that another file brings to it, is not filed there a second time."""

import contextlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace

from reshelve.planner.bundles.bundle import Bundle
from reshelve.planner.layouts.proposal import Proposal, as_facts, companions
from reshelve.planner.layouts.scan_coverage import Sight
from reshelve.planner.observing.identity import same_file
from reshelve.planner.observing.saved_inventory import NotObserved
from reshelve.planner.ports.store_reader import Reader, Readers, roots_of
from reshelve.planner.recognise.disc_folders import disc_top
from reshelve.planner.rules.free_names import is_variant, without_number
from reshelve.planner.scanners.batch_twins import same_on_cards, twins_of, works_twice
from reshelve.planner.scanners.content_groups import Held, SameSize, is_of_a_kind
from reshelve.planner.scanners.plain_look import look_plainly
from reshelve.schemas.inventory import Item, Root
from reshelve.schemas.layout import SAME_CONTENT, Layout, Review, Suggestion
from reshelve.schemas.locations import join, printable, split
from reshelve.schemas.name_rules import fold
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.scan_settings import OnDuplicate, Scan

_COPIES = frozenset({"copy", "hardlink", "reflink"})
"""Transfers that are done where their target holds the content of the source."""


_SAME = " holds the same"
_AWAY = ", which is on a disk that is not there"


def copies_known(layout: Layout | None) -> dict[str, str]:
    """Return the files that a layout has as copies of others, for review or to be put away, with what of, by location."""
    found: dict[str, str] = {}
    for one in layout.review if layout is not None else ():
        if (one.because or "").startswith(SAME_CONTENT):
            found[one.source] = (one.because or "").removeprefix(SAME_CONTENT).partition(", which ")[0]
    for target, entry in layout.files.items() if layout is not None else ():
        if entry.source is not None and (entry.because or "").endswith(f"; {printable(target)}{_SAME}"):
            found[entry.source] = target
    return found


@dataclass(slots=True)
class Sifted:
    """What is still to be filed, and what stays, its content being filed already.

    `told` says for what is undecided where its content is. `as_desired` are the sources of proposals that have nothing left to do;
    `same_as` are copies that another one makes needless, with that, by location; `not_observed` the locations of files that could
    not be compared.
    """

    proposals: list[Proposal] = field(default_factory=list)
    review: list[Review] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)
    as_desired: set[str] = field(default_factory=set)
    not_observed: list[str] = field(default_factory=list)
    same_as: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class Open:
    """A file that no rule settled: in which store and where, and the stores that the rules for it name."""

    store: str
    source: str
    reader: Reader
    item: Item
    stores: tuple[str, ...]


class FiledAlready:
    """Knows by content what the folders of target stores hold.

    `seen` are the files of the roots that this scan has looked at, by root key; other roots are walked, once, and only where
    something new is to be filed. Only files of one size are read. What is in a bucket is not asked for. Where a person named the
    folder (`--set project=b63`) only what is in that counts: content may be wanted in two projects.

    `before` are the files that the last scan found to be copies, with what of. One of something that cannot be seen, its disk being
    away, stays one. `away` are roots that could not be compared with what is to be filed: it goes to others of their stores.
    """

    def __init__(
        self,
        readers: Readers,
        scans: Mapping[str, Scan],
        seen: Mapping[str, Sequence[Item]],
        sight: Sight,
        before: Mapping[str, str] | None = None,
    ) -> None:
        self.away: dict[str, Root] = {}
        self._before = before or {}
        self._readers = readers
        self._scans = scans
        self._seen = seen
        self._sight = sight
        self._by_size: dict[str, dict[int, SameSize]] = {}

    def sift(self, proposals: Sequence[Proposal], going: Collection[str], undecided: Sequence[Open] = ()) -> Sifted:
        """Return the proposals without those whose content their store has already, as `on_duplicate` says.

        A copy that is there under another name is as desired there: its proposal gets that name. `going` are the locations of
        files that are undecided or to be removed: they, and what is to move itself, are not filed. `undecided` are told where their
        content is, in any store that their rules name.
        """
        sifted = Sifted()
        sizes: dict[str, set[int]] = defaultdict(set)
        for one in proposals:
            if self._is_new(one):
                of = sizes[one.into]
                of.add(one.bundle.main.size)
                of.update([member.item.size for member in one.bundle.members])
        asking = [
            each for each in undecided if each.item.kind == "file" and each.item.size > 0 and self._does(each.store) != "file"
        ]
        for each in asking:
            for store in each.stores:
                sizes[store].add(each.item.size)
        if not sizes:
            sifted.proposals += proposals
            return sifted
        moving = {one.source for one in proposals if one.transfer == "move" and one.source != one.target}.union(going)
        self._by_size = {store: self._held(store, wanted, moving) for store, wanted in sizes.items()}
        coming: list[Proposal] = []
        for one in proposals:
            if not self._is_new(one):
                sifted.proposals.append(one)
                continue
            try:
                self._sort(one, sifted, coming)
            except NotObserved:
                if self._is_asked_about(one):
                    sifted.proposals.append(one)
                    continue
                locations = [one.source, *(one.location(member.item) for member in one.bundle.members)]
                self._sight.cannot_tell(locations)
                sifted.not_observed += locations
        moving_here = [one for one in coming if one.transfer == "move"]
        twins = twins_of(moving_here)
        twins |= works_twice([one for one in moving_here if one.source not in twins])
        sifted.same_as = same_on_cards([one for one in coming if one.transfer in _COPIES and not self._stands_filed(one)])
        for one in coming:
            if one.source in sifted.same_as:
                continue
            if one.source in twins:
                _leave(one, f"{SAME_CONTENT}{printable(twins[one.source])}", sifted)
            else:
                sifted.proposals.append(one)
        self._tell(asking, sifted)
        return sifted

    def _tell(self, undecided: Sequence[Open], sifted: Sifted) -> None:
        """Say of each undecided file where the store of one of its rules has its content already."""
        for each in undecided:
            with contextlib.suppress(NotObserved):
                held = (
                    (store, found)
                    for store in each.stores
                    for found in self._same(each.store, store, each.reader, each.item, links=True)
                )
                first = next(held, None)
                if first is not None:
                    sifted.told[each.source] = f"{SAME_CONTENT}{printable(join(first[0], first[1][1].rel))}"

    def _stands_filed(self, one: Proposal) -> bool:
        """Say whether the target store has what a proposal brings, or that cannot be told."""
        try:
            return bool(self._kept(one, one.bundle.main))
        except NotObserved:
            return True

    def _is_asked_about(self, one: Proposal) -> bool:
        """Say whether what cannot be told of a proposal is asked about with those of its name or number."""
        if one.open is not None:
            return True
        store, base = split(one.target)
        return any(_stands(reader, base) for reader in roots_of(self._readers, store))

    def _does(self, store: str) -> OnDuplicate:
        scan = self._scans.get(store)
        return scan.on_duplicate if scan is not None else "file"

    def _is_new(self, one: Proposal) -> bool:
        main = one.bundle.main
        return (
            not one.follows
            and one.source != one.target
            and main.kind == "file"
            and main.size > 0
            and self._does(one.store) != "file"
        )

    def _held(self, store: str, sizes: Collection[int], moving: Collection[str]) -> dict[int, SameSize]:
        """Return the files of these sizes that a store's folders hold, apart from what does not stay there."""
        found: dict[int, SameSize] = defaultdict(SameSize)
        roots = [reader for reader in roots_of(self._readers, store) if reader.root.kind != "bucket"]
        here = [reader for reader in roots if reader.root.available]
        if here:
            self.away |= {one.root.key: one.root for one in roots if not one.root.available and not one.root.optional}
        for reader in here:
            items: Iterable[Item] | None = self._seen.get(reader.root.key)
            if items is None:
                chosen = look_plainly(reader, self._readers).chosen
                items = [item for item in chosen.items if item.rel not in chosen.under_way]
            for item in items:
                if item.size in sizes and item.size and join(store, item.rel) not in moving:
                    found[item.size].add((reader, item))
        return found

    def _sort(self, one: Proposal, sifted: Sifted, coming: list[Proposal]) -> None:
        """Put a proposal to those that are `coming` or, under the name that its content has, filed; or leave it for review."""
        bundle, store = one.bundle, one.into
        kept = [item for _, item in self._kept(one, bundle.main)]
        names = [item.rel for item in kept]
        is_link = one.transfer == "move" and any(same_file(item, bundle.main) for item in kept)
        if not names and (twin := self._twin_away(one.source)):
            _leave(one, f"{SAME_CONTENT}{twin}{_AWAY}", sifted)
            return
        # In place, what stands there has its name: a link to it would be numbered.
        meets = any(self._will_be_met(one, rel) for rel in names) and not (is_link and one.store == store)
        if not names or meets:
            coming.append(one)
            return
        places = {item.rel: self._kept(one, item) for item in bundle.items()}
        lacking = [rel for rel, held in places.items() if not held]
        if lacking and disc_top(bundle.main.rel) is not None:
            # The index of one disc may be that of another: a disc is its films.
            coming.append(one)
            return
        twin = printable(join(store, names[0]))
        if (
            not lacking
            and not is_link
            and (one.transfer in _COPIES or (one.transfer == "move" and self._does(one.store) == "trash"))
        ):
            because = f"{one.because}; {twin}{_SAME}"
            for item in bundle.items():
                place, source = join(store, places[item.rel][0][1].rel), one.location(item)
                sifted.proposals.append(replace(one, bundle=Bundle(item), source=source, target=place, because=because, open=None))
                if one.transfer != "move":
                    sifted.as_desired.add(source)
            return
        because = f"{SAME_CONTENT}{twin}"
        if is_link:
            # Who made it wants both names: a torrent is seeded under one of them.
            because += ", which is the same file (a hard link)"
        elif lacking:
            because += f", which has no {printable(lacking[0].rpartition('/')[2])} beside it"
        _leave(one, because, sifted)

    def _twin_away(self, source: str) -> str:
        """Return what the last scan found a file to be a copy of, if that is out of sight now; "" where it is not."""
        twin = self._before.get(source, "")
        store, rel = split(twin) if twin else ("", "")
        roots = roots_of(self._readers, store)
        return twin if not all(each.root.available for each in roots) and not any(_stands(each, rel) for each in roots) else ""

    def _kept(self, one: Proposal, item: Item) -> list[Held]:
        """Return where the target store holds a file's content, in the folder that a person named."""
        return self._same(one.store, one.into, one.reader, item, one.within, links=one.transfer != "move")

    def _same(self, own: str, store: str, reader: Reader, item: Item, within: str = "", *, links: bool = False) -> list[Held]:
        """Return what a store holds of the content of a file in store `own`, sorted by path. Raises NotObserved."""
        sized = self._by_size[store].get(item.size) if item.kind == "file" else None
        if sized is None:
            return []
        # What is to move may be seen there under its only name, through another store; a hard link has two.
        linked = links and own != store
        above = f"{within}/" if within else ""
        same = [
            each
            for each in sized.same(item, reader)
            if each[1].rel.startswith(above)
            and is_of_a_kind(item.rel, each[1].rel)
            and (linked or item.nlink > 1 or not same_file(each[1], item))
        ]
        return sorted(same, key=lambda each: each[1].rel)

    def _will_be_met(self, one: Proposal, rel: str) -> bool:
        """Say whether a proposal comes to this very file by its name or number, which is settled with the others of that name."""
        if one.open is not None:
            before, ending = fold(one.open.before), fold(one.open.after)
            return fold(rel).startswith(before) and (not one.bundle.members or fold(rel).endswith(ending))
        store, base = split(one.target)
        there, wanted = fold(rel), fold(base)
        if not is_variant(there, wanted) and without_number(there) != without_number(wanted):
            return False
        return any(_stands(reader, base) for reader in roots_of(self._readers, store))


def _leave(one: Proposal, because: str, sifted: Sifted) -> None:
    """Leave a bundle for review, with where it would have gone."""
    suggestion = Suggestion(one.target, because=one.because) if one.target else None
    sifted.review += [Review(one.source, because, as_facts(one.facts) if one.facts else None, suggestion), *companions(one)]


def _stands(reader: Reader, rel: str) -> bool:
    try:
        return reader.root.available and reader.stat(rel) is not None
    except OSError:
        return False
