"""Composing: from what the rules propose to layout entries, every conflict over a place settled by `on_conflict`.

What is proposed is settled in the order of the sources, those first that had a name before, so that neither the order of
reading nor a newcomer changes a name already given. A bundle gets one number for all that is named after its main.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace

from reshelve.planner.bundles.bundle import Member, with_tail
from reshelve.planner.layouts.absent_entries import absent_of
from reshelve.planner.layouts.proposal import Proposal, as_facts, companions
from reshelve.planner.layouts.scan_marks import mark_of
from reshelve.planner.layouts.works_apart import WorksApart, is_film, told_apart
from reshelve.planner.observing.identity import same_content, same_file
from reshelve.planner.ports.copied_before import Copied, CopiedBefore, nothing_copied
from reshelve.planner.ports.store_reader import Reader, Readers, roots_of
from reshelve.planner.recognise.disc_folders import disc_top
from reshelve.planner.rules.free_names import Shelf, Untold, is_labelled, is_variant, note_untold, numbered, version
from reshelve.planner.rules.portable_names import truncate_part
from reshelve.planner.rules.sequence_numbers import Sequences
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import ALREADY_AT, SAME_CONTENT, Absent, Entry, OnConflict, Review, Suggestion
from reshelve.schemas.locations import join, printable, split
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.secret_texts import without_secrets

_Pieces = list[tuple[Item, Member | None]]
"""Files that get one name together: the first, and what is named after it."""


@dataclass(slots=True)
class Composed:
    """What became of the proposals: entries by target, and what is left for a person.

    `duplicates` are the sources that stay, each with the location of another that brings the same content to the same place, and
    `standing` those whose target holds the same already: nothing is left to do about either. `absent` are those that go, since
    the same comes to their place. `changed` are copies that runs made and that are not the same any more, by their places.
    """

    files: dict[str, Entry] = field(default_factory=dict)
    review: list[Review] = field(default_factory=list)
    absent: list[Absent] = field(default_factory=list)
    duplicates: dict[str, str] = field(default_factory=dict)
    standing: set[str] = field(default_factory=set)
    changed: dict[str, Copied] = field(default_factory=dict)


class Composer:
    """Settles proposals into one layout.

    `kept` are entries that stay as they are, and have their places; `before` are the targets of the last scan, by source.
    With `prune`, what stands at its target already gets no entry. `filed` are the last layout's entries: they tell what stands.
    `copied` tells what runs copied to a place.
    """

    def __init__(
        self,
        readers: Readers,
        kept: Mapping[str, Entry] | None = None,
        before: Mapping[str, str] | None = None,
        *,
        prune: bool = False,
        filed: Mapping[str, Entry] | None = None,
        copied: CopiedBefore = nothing_copied,
    ) -> None:
        self._copied = copied
        self._readers = readers
        self._before = before or {}
        self._prune = prune
        self._shelves: dict[str, Shelf] = {}
        self._claims: dict[str, dict[str, str]] = {}
        self._spelled: dict[tuple[str, str], str] = {}
        self._next: dict[tuple[str, str], int] = {}
        self._given: dict[tuple[str, str, int], list[str]] = {}
        self._leaving: set[str] = set()
        self._made = Composed()
        self._filed = filed or {}
        self._works = WorksApart(self._filed, lambda store, rel: self._shelf(store).key(rel))
        self._untold: Untold = {}
        self._sequences = Sequences(self._shelf, kept or (), self._before, self._untold)
        for target, entry in (kept or {}).items():
            store, rel = split(target)
            self._claim(store, rel, entry.source or target)
            if entry.source and entry.transfer == "move" and entry.source != target:
                self._leaving.add(entry.source)

    def compose(self, proposals: Iterable[Proposal]) -> Composed:
        """Return the entries of all proposals. The order they come in does not matter."""
        waiting = list(proposals)
        for proposal in waiting:
            if proposal.bundle.tail and not proposal.follows:
                _keep_tail(proposal, proposal.bundle.tail)
        self._sequences.give(waiting)
        waiting = self._of_one_work(waiting)
        waiting.sort(key=self._rank, reverse=True)
        self._whole_first(waiting)
        for proposal in reversed(waiting):
            self._note_leaving(proposal)
        while waiting:
            # What is settled is let go of: there may be a million of them, and each becomes an entry.
            self._settle(waiting.pop())
        for shelf in self._shelves.values():
            self._made.changed |= shelf.changed
        return self._made

    def _of_one_work(self, waiting: list[Proposal]) -> list[Proposal]:
        """Return the proposals without those of several shows or films for one place: a number would call them copies of one."""
        apart: set[int] = set()
        for proposal, because in self._works.clashes(waiting):
            if id(proposal) not in apart:
                apart.add(id(proposal))
                self._leave(proposal, told_apart(proposal), because, proposal.bundle.main, alone=False)
        return [proposal for proposal in waiting if id(proposal) not in apart]

    def _whole_first(self, waiting: list[Proposal]) -> None:
        """Let what brings more files come before another for its place whose main may be the same: that is a copy then."""
        first: dict[tuple[str, int], int] = {}
        alike: dict[tuple[str, int], list[int]] = {}
        for at, proposal in enumerate(waiting):
            key = (proposal.target, proposal.bundle.main.size)
            if first.setdefault(key, at) != at:
                alike.setdefault(key, [first[key]]).append(at)
        for places in alike.values():
            # What is settled first stands last.
            some = sorted((waiting[at] for at in places), key=lambda one: (not self._rank(one)[0], len(one.bundle.members)))
            for at, proposal in zip(places, some, strict=True):
                waiting[at] = proposal

    def _rank(self, proposal: Proposal) -> tuple[bool, str]:
        before = self._before.get(proposal.source)
        return before is None or not _was_given(before, proposal.target), proposal.source

    def _shelf(self, store: str) -> Shelf:
        shelf = self._shelves.get(store)
        if shelf is None:
            shelf = self._shelves[store] = Shelf(roots_of(self._readers, store), self._untold, self._copied)
            self._claims.setdefault(store, {})
        return shelf

    def _claim(self, store: str, rel: str, source: str) -> None:
        key = self._shelf(store).key(rel)
        if self._claims[store].setdefault(key, source) is source and key != rel:
            self._spelled[store, key] = rel

    def _note_leaving(self, proposal: Proposal) -> None:
        """Note whose places become free, and give what stands in its own place that place before anything else may have it."""
        store, rel = split(proposal.target)
        if proposal.source == proposal.target:
            self._claim(store, rel, proposal.source)
        elif proposal.transfer == "move" and not proposal.follows:
            self._leaving.add(proposal.source)
        for member in proposal.bundle.members:
            source = proposal.location(member.item)
            if source == join(store, _beside(member, rel)):
                self._claim(store, split(source)[1], source)
            elif proposal.transfer == "move":
                self._leaving.add(source)

    def _settle(self, proposal: Proposal) -> None:
        store, base = split(proposal.target)
        in_place = proposal.source == proposal.target
        main = proposal.bundle.main
        members = proposal.bundle.members
        is_disc = bool(members) and disc_top(main.rel) is not None
        together = members if is_disc else [member for member in members if not member.name]
        rel = base
        if not in_place and not proposal.follows:
            placed = self._place(proposal, store, base, main, together, may_number=not is_disc)
            if placed is None:
                return
            rel = placed
            self._add(proposal, store, rel, main)
        anchored = in_place or proposal.follows
        beside = None if in_place else join(store, rel)
        for member in members:
            own = _beside(member, rel)
            if anchored or (member.name and not is_disc):
                placed = self._place(proposal, store, own, member.item, (), alone=True)
                if placed is None:
                    continue
                own = placed
            self._add(proposal, store, own, member.item, beside)

    def _place(
        self,
        proposal: Proposal,
        store: str,
        base: str,
        item: Item,
        together: Iterable[Member],
        *,
        may_number: bool = True,
        alone: bool = False,
    ) -> str | None:
        """Return the path that `item`, and what is named after it, can have; None when it was left for review."""
        pieces: _Pieces = [(item, None), *((member.item, member) for member in together)]
        if self._is_untold(proposal, pieces):
            return self._undecided(proposal, store, base, pieces, alone=alone)
        may_number = may_number and proposal.on_conflict == "keep-both"
        if may_number and (old := self._as_before(proposal, store, base, pieces)):
            return old
        stands = self._obstacle(proposal, store, base, pieces)
        if stands is None:
            return base
        why, wanted = stands
        twin = self._brought(proposal, store, base, pieces) if wanted else None
        if twin is not None:
            self._let_go(proposal, twin, pieces)
            return None
        if may_number:
            doubt = "" if alone else self._works.doubt(proposal, store, base)
            if doubt:
                self._leave(proposal, told_apart(proposal), doubt, item, alone=alone)
                return None
            free = self._free(proposal, store, base, pieces, film=not alone and is_film(proposal))
            return self._undecided(proposal, store, base, pieces, alone=alone) if self._is_untold(proposal, pieces) else free
        if not wanted and proposal.on_conflict in ("fail", "replace"):
            return base
        if self._is_untold(proposal, pieces):
            return self._undecided(proposal, store, base, pieces, alone=alone)
        is_disc = proposal.on_conflict == "keep-both"
        because = f"{why}, and files of a disc keep their names" if is_disc else f"{why} (on_conflict: {proposal.on_conflict})"
        self._leave(proposal, join(store, base), because, item, alone=alone)
        return None

    def _as_before(self, proposal: Proposal, store: str, base: str, pieces: _Pieces) -> str:
        """Return the number of `base` that the last scan gave, "" where it gave none or that is taken."""
        item = pieces[0][0]
        before_store, before = split(self._before.get(proposal.location(item), join(store, base)))
        if before_store != store or before == base or not _was_given(before, base):
            return ""
        if self._obstacle(proposal, store, before, pieces) is not None:
            return ""
        self._note_given(store, base, before, item)
        return before

    def _is_untold(self, proposal: Proposal, pieces: _Pieces) -> bool:
        """Say whether any of these files had to be compared with another, and could not be."""
        return bool(self._untold) and any((proposal.reader.root.key, piece.rel) in self._untold for piece, _ in pieces)

    def _undecided(self, proposal: Proposal, store: str, base: str, pieces: _Pieces, *, alone: bool) -> str | None:
        """Return the place that the last scan gave to what cannot be compared now; without one it is left for review, and None."""
        item = pieces[0][0]
        source = proposal.location(item)
        before_store, before = split(self._before.get(source, join(store, "")))
        standing = bool(before) and before_store == store and _was_given(before, base)
        if standing and self._claims[store].get(self._shelf(store).key(before), source) == source:
            return before
        key = proposal.reader.root.key
        why = next(why for piece, _ in pieces if (why := self._untold.get((key, piece.rel), "")))
        because = f"{printable(join(store, base))} may hold the same already, {why}"
        self._leave(proposal, join(store, base), because, item, alone=alone)
        return None

    def _free(self, proposal: Proposal, store: str, base: str, pieces: _Pieces, *, film: bool) -> str:
        """Return a numbered path: the one that already holds the same, else the first that is free for every piece.

        A film's is named as another version of it, by what tells it apart where that is known.
        """
        shelf = self._shelf(store)
        twin = shelf.twin(base, pieces[0][0], proposal.reader, linked=proposal.transfer == "symlink")
        if twin is not None and self._obstacle(proposal, store, twin, pieces) is None:
            self._note_given(store, base, twin, pieces[0][0])
            return twin
        for named in self._works.version_names(proposal, base) if film else ():
            if self._obstacle(proposal, store, named, pieces) is None:
                self._note_given(store, base, named, pieces[0][0])
                return named
        name = version if film else numbered
        at = (store, shelf.key(base))
        number = self._next.get(at, 1)
        while self._obstacle(proposal, store, name(base, number), pieces) is not None:
            number += 1
        self._next[at] = number + 1
        self._note_given(store, base, name(base, number), pieces[0][0])
        return name(base, number)

    def _note_given(self, store: str, base: str, rel: str, item: Item) -> None:
        """Remember which number of `base` an item of this batch has, for others that may hold the same."""
        self._given.setdefault((store, self._shelf(store).key(base), item.size), []).append(rel)

    def _brought(self, proposal: Proposal, store: str, base: str, pieces: _Pieces) -> str | None:
        """Return the path to which others of this batch bring exactly these pieces: `base`, or a number given for it; or None."""
        given = self._given.get((store, self._shelf(store).key(base), pieces[0][0].size), ())
        return next((rel for rel in (base, *given) if self._is_brought(proposal, store, rel, pieces)), None)

    def _is_brought(self, proposal: Proposal, store: str, rel: str, pieces: _Pieces) -> bool:
        claims, shelf = self._claims[store], self._shelf(store)
        for item, member in pieces:
            claimed = claims.get(shelf.key(rel if member is None else _beside(member, rel)))
            if claimed is None or claimed == proposal.location(item):
                return False
            if not self._holds(claimed, item, proposal.reader):
                return False
        return True

    def _holds(self, location: str, item: Item, reader: Reader) -> bool:
        """Say whether another file, at a location, holds what `item` of `reader` holds."""
        store, rel = split(location)
        try:
            for there in roots_of(self._readers, store):
                found = there.stat(rel) if there.root.available else None
                if found is not None:
                    return not same_file(found, item) and same_content(found, there, item, reader)
        except OSError as trouble:
            note_untold(self._untold, reader, item, trouble)
        return False

    def _in_bucket(self, location: str) -> bool:
        return any(reader.root.kind == "bucket" for reader in roots_of(self._readers, split(location)[0]))

    def _let_go(self, proposal: Proposal, twin: str, pieces: _Pieces) -> None:
        """Let go of what another file brings to its place already: a copy needs nothing more, what was to move is not needed."""
        store = split(proposal.target)[0]
        for piece, member in pieces:
            key = self._shelf(store).key(twin if member is None else _beside(member, twin))
            place, source = join(store, self._spelled.get((store, key), key)), proposal.location(piece)
            first = self._claims[store][key]
            if proposal.transfer != "move":
                self._made.duplicates[source] = first
                continue
            if first == place or self._holds(place, piece, proposal.reader):
                self._made.absent.append(absent_of(source, piece, f"{ALREADY_AT}{printable(place)}", [place]))
                continue
            because = f"{SAME_CONTENT}{printable(first)}, which goes to {printable(place)}"
            if self._in_bucket(source) or self._in_bucket(first):
                # No plan lets go of an object for one that it brings itself.
                then = "once it is there, the next scan lets this one go to the trash"
                self._made.review.append(Review(source, f"{because}; {then}"))
            else:
                self._made.absent.append(absent_of(source, piece, because, [place]))

    def _obstacle(self, proposal: Proposal, store: str, rel: str, pieces: _Pieces) -> tuple[str, bool] | None:
        """Return why a bundle cannot have `rel`, and whether another source has it; None when it can.

        What stands there is the reason before what is to come: it does not depend on who came first.
        """
        shelf = self._shelf(store)
        claims = self._claims[store]
        wanted = taken = ""
        for item, member in pieces:
            own = rel if member is None else _beside(member, rel)
            claimed = claims.get(shelf.key(own))
            if claimed is not None and claimed != proposal.location(item):
                wanted = wanted or f"{printable(join(store, own))} is also the target of {printable(claimed)}"
            held = shelf.find(own)
            if held is None or taken or join(store, held[1]) in self._leaving:
                continue
            if not shelf.same(held, item, proposal.reader, linked=proposal.transfer == "symlink"):
                taken = f"{printable(join(store, own))} is taken"
        return (taken or wanted, bool(wanted)) if taken or wanted else None

    def _add(self, proposal: Proposal, store: str, rel: str, item: Item, beside: str | None = None) -> None:
        is_main = item is proposal.bundle.main
        source, target = proposal.source if is_main else proposal.location(item), join(store, rel)
        if is_main and target == proposal.target:
            target = proposal.target
        if source == target:
            return
        self._claim(store, rel, source)
        if is_main:
            self._works.note(store, rel, proposal)
        if self._satisfied(proposal, store, rel, item):
            if self._prune:
                return
            self._made.standing.add(source)
        on_conflict: OnConflict = "replace" if proposal.on_conflict == "replace" else "fail"
        entry = Entry(source, transfer=proposal.transfer, on_conflict=on_conflict, size=item.size, beside=beside)
        if is_main:
            entry.facts = without_secrets(as_facts(proposal.facts)) if proposal.facts else None
            entry.because = without_secrets(proposal.because)
        entry.mark = mark_of(target, entry)
        # Of a million entries that are as they were, each stands in memory once.
        before = self._filed.get(target)
        self._made.files[target] = before if before == entry else entry

    def _satisfied(self, proposal: Proposal, store: str, rel: str, item: Item) -> bool:
        """Say whether the target holds the same already, and there is nothing left to do about the source."""
        shelf = self._shelf(store)
        held = shelf.find(rel)
        if held is None or join(store, held[1]) in self._leaving:
            return False
        if shelf.is_file(held, item):
            return True
        linked = proposal.transfer == "symlink"
        same = proposal.transfer != "move" and shelf.same(held, item, proposal.reader, linked=linked)
        # What was edited is replaced where that is wanted: a plan sees to it.
        place = join(held[0].root.key, held[1])
        replaced = proposal.on_conflict == "replace" and shelf.changed.pop(place, None) is not None
        return same and not replaced

    def _leave(self, proposal: Proposal, target: str, because: str, item: Item, *, alone: bool) -> None:
        """Leave an item for review, and with a main whatever travels with it."""
        suggestion = Suggestion(target, because=without_secrets(proposal.because)) if target else None
        facts = without_secrets(as_facts(proposal.facts)) if proposal.facts and item is proposal.bundle.main else None
        self._made.review.append(Review(proposal.location(item), without_secrets(because), facts, suggestion))
        if not alone:
            self._made.review += companions(proposal)


def _was_given(rel: str, base: str) -> bool:
    """Say whether a scan may have given the name `rel` to what would have `base`."""
    return is_variant(rel, base) or is_labelled(rel, base)


def _keep_tail(proposal: Proposal, tail: str) -> None:
    """Let a main that leads the segments of a recording keep what marks it as the first of them, whatever its place names it."""
    if proposal.open is not None:
        end, dot, ext = proposal.open.after.rpartition(".")
        if not end.casefold().endswith(tail.casefold()):
            proposal.open = replace(proposal.open, after=f"{end}{tail}{dot}{ext}")
    elif proposal.source != proposal.target:
        proposal.target = with_tail(proposal.target, tail)


def _beside(member: Member, main: str) -> str:
    rel = member.beside(main)
    above, slash, name = rel.rpartition("/")
    return rel if len(name) * 4 <= 255 else f"{above}{slash}{truncate_part(name)}"
