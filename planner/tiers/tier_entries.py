"""From a due project to layout entries: copies, archives, changes of class, and what may then go, each with its reason."""

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import cast

from reshelve.planner.layouts.absent_entries import absent_of
from reshelve.planner.layouts.scan_marks import mark_of
from reshelve.planner.tiers.due_projects import Due
from reshelve.planner.tiers.project_copies import Copies
from reshelve.planner.tiers.tier_contents import Standing, Standings
from reshelve.planner.tiers.tier_places import place_of
from reshelve.schemas.archived_classes import is_frozen
from reshelve.schemas.facts import Facts
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import OF_TIERS, Absent, Entry, OnConflict
from reshelve.schemas.locations import join, printable, split, store_of
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.tier_settings import Move, Tier
from reshelve.schemas.verbs import ArchiveFormat


@dataclass(slots=True, frozen=True)
class Conflict:
    """A project that stays where it is, whole, because a tier it would go to holds it otherwise.

    `names` is what `there` (a location, in tier `tier`) holds and the project lacks, or has only in a version that may be older;
    None where that cannot be read.
    """

    project: str
    location: str
    tier: str
    there: str
    names: tuple[str, ...] | None
    because: str


@dataclass(slots=True)
class Wanted:
    """What the moves of all lines ask for: entries by target, what may go, and the stores to tidy once it has gone.

    `short` are projects (location, reason) of which too few copies would be left; `conflicts` those that stay for another reason.
    """

    files: dict[str, Entry] = field(default_factory=dict)
    absent: dict[str, Absent] = field(default_factory=dict)
    tidy: set[str] = field(default_factory=set)
    short: list[tuple[str, str]] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)


@dataclass(slots=True)
class Mover:
    """Turns what is due in one line of projects into entries. `may_drop` says whether a person lets a project leave its place.

    `replaces`: what a tier holds of an earlier version goes to the trash for the new one, if nothing is in it that the project
    lacks; without it, such a project stays. `anyway`: even then. `fills`: what a folder has already is left as it is.
    """

    line: str
    standings: Standings
    wanted: Wanted
    may_drop: Callable[[Standing], bool]
    copies: Copies
    replaces: bool = False
    anyway: bool = False
    fills: bool = False
    _dropped: set[str] = field(default_factory=set)

    def carry_out(self, move: Move, one: Due) -> None:
        """Ask for what brings one project where a move wants it.

        A project leaves one place a scan at most: what else is due of it waits until that has been done. Nothing is dropped where
        too few whole copies stand, or will by this layout, in other tiers; that is noted in `short`.
        """
        standing = one.standing
        drops = move.from_ not in move.to
        if drops and (standing.project in self._dropped or not self.may_drop(standing)):
            return
        because = self._because(move, one)
        to = [(name, self.standings.tiers.order[name]) for name in move.to if name != move.from_]
        if drops and self._changes_class(standing, to, because):
            self._dropped.add(standing.project)
            return
        whole = [tier for _, tier in to if tier.form != "light"]
        elsewhere = self._whole_copies(standing, whole)
        if drops and len(elsewhere) + len(whole) < self.standings.tiers.copies:
            self.wanted.short.append((standing.location, because))
            return
        if (drops or self.replaces) and (conflict := self._conflict(standing, to, because)) is not None:
            self.wanted.conflicts.append(conflict)
            return
        light = [tier for _, tier in to if tier.form == "light"]
        for tier in whole:
            self._bring_whole(standing, tier, because)
        if drops:
            self._dropped.add(standing.project)
            if not self._drop(standing, whole, elsewhere, light, because):
                return
        for tier in light:
            self._bring_light(standing, tier, because, drops=drops)

    def _conflict(self, standing: Standing, to: list[tuple[str, Tier]], because: str) -> Conflict | None:
        """Return what keeps a project from going to these tiers as a whole: it goes as one or not at all."""
        for name, tier in () if standing.place.suffix or self.anyway else to:
            there = self.standings.by_location.get(self._target(standing, tier))
            if there is None or there is standing:
                continue
            names = self._between(standing, there, tier, alone=all(each.form != "light" for _, each in to))
            if names is None or names:
                told = None if names is None else tuple(names)
                return Conflict(standing.project, standing.location, name, there.location, told, because)
        return None

    def _between(self, standing: Standing, there: Standing, tier: Tier, *, alone: bool) -> list[str] | None:
        """Return what stands between a project and its copy in a tier; None where that cannot be read.

        `alone`: no part of it goes to a light tier, so that a plan that cannot rest on the archive leaves the whole project.
        """
        if tier.is_archive:
            if self.replaces:
                return self.copies.lacks(standing, there)
            same = self.copies.same(standing, there)
            return [] if same or (same is None and alone) else None
        if self.replaces:
            found = self.copies.newer(standing, there)
        elif self.standings.is_bucket(there):
            mine = dict(standing.files)
            found = [inner for inner, item in there.files if inner in mine and mine[inner].size != item.size]
        else:
            ours, theirs = self.copies.newer(standing, there), self.copies.newer(there, standing)
            found = None if ours is None or theirs is None else sorted({*ours, *theirs})
        if found is None or tier.form != "light":
            return found
        return [inner for inner in found if not self.standings.kinds.is_heavy(inner.rpartition("/")[2])]

    def _because(self, move: Move, one: Due) -> str:
        to = " and ".join(name for name in move.to if name != move.from_)
        name = f"{OF_TIERS}{self.line}" + (f", {move.name}" if move.name else "")
        return f"{name}: {printable(one.standing.project)} from {move.from_} to {to}" + (f", {one.why}" if one.why else "")

    def _changes_class(self, standing: Standing, to: list[tuple[str, Tier]], because: str) -> bool:
        """Ask for another class where that is all there is to do; say whether it was.

        What is archived already is left to the service's own rules: to change it here it would have to be thawed first.
        """
        if len(to) != 1 or place_of(to[0][1]) != standing.place or to[0][1].storage_class is None:
            return False
        for _, item in standing.files:
            if item.storage_class != to[0][1].storage_class and not is_frozen(item):
                self._want(join(standing.place.store, item.rel), Entry(storage_class=to[0][1].storage_class, because=because))
        return True

    def _whole_copies(self, standing: Standing, asked: list[Tier]) -> list[Standing]:
        """Return the other whole standings of a project, at places that the move itself does not bring it to."""
        places = {place_of(tier) for tier in asked}
        others = self.standings.by_project[standing.project].values()
        forms = {name: tier.form for name, tier in self.standings.tiers.order.items()}
        return [
            each
            for each in others
            if each is not standing and each.place not in places and each.place != standing.place and forms[each.tier] != "light"
        ]

    def _target(self, standing: Standing, tier: Tier) -> str:
        """Return where a project stands, or would stand, in a tier: it stays in the range folder it is in."""
        place = place_of(tier)
        there = [each for each in self.standings.by_project[standing.project].values() if each.place == place]
        return there[0].location if there else place.location(standing.project, self.standings.tiers.ranges)

    def _at(self, location: str) -> dict[str, Item]:
        """Return what a project already has at one of its places, by path below it."""
        standing = self.standings.by_location.get(location)
        return dict(standing.files) if standing is not None else {}

    def _bring_whole(self, standing: Standing, tier: Tier, because: str) -> None:
        target = self._target(standing, tier)
        if standing.place.suffix:
            self._out_of_archive(standing, tier, target, because)
        elif tier.is_archive:
            self._pack(standing, tier, target, because)
        else:
            there = self._at(target)
            for inner, item in standing.files:
                self._copy(standing, item, _below(target, inner), tier, because, there.get(inner))
            if tier.storage_class is None:
                self._bring_empty(standing, target, because)

    def _bring_empty(self, standing: Standing, target: str, because: str) -> None:
        """Ask for the folders that hold nothing, so that what is brought back one day is as it was; a bucket has none."""
        there = self.standings.by_location.get(target)
        known = set(there.folders) if there is not None else set()
        for inner in standing.empty_folders():
            if inner not in known:
                source = join(standing.place.store, f"{standing.rel}/{inner}/")
                self._want(f"{_below(target, inner)}/", Entry(source, transfer="copy", because=because))

    def _pack(self, standing: Standing, tier: Tier, target: str, because: str) -> None:
        """Ask for the archive of a folder. One that may be the same is only held against it.

        It gets the class that is asked for, but never a warmer one than it has.
        """
        form: ArchiveFormat = "zip" if tier.form == "zip" else "tar.gz"
        there = self.standings.by_location.get(target)
        anew = there is None or self.copies.same(standing, there) is False
        storage_class = tier.storage_class if anew or self._is_warmer(there, tier) else None
        source = f"{standing.location}/"
        entry = Entry(source, transfer="copy", pack=form, storage_class=storage_class, because=because)
        if there is not None:
            entry.on_conflict = self._over()
        self._want(target, entry, standing.project)

    def _is_warmer(self, there: Standing | None, tier: Tier) -> bool:
        """Say whether what is at a tier's place is in a tier before it, and can be given its class without a thaw."""
        if there is None or any(is_frozen(item) for _, item in there.files):
            return False
        order = self.standings.tiers.order
        names = list(order)
        return names.index(there.tier) < next(at for at, name in enumerate(names) if order[name] is tier)

    def _over(self) -> OnConflict:
        """Return what becomes of an earlier version at a target."""
        return "replace" if self.replaces else "fail"

    def _out_of_archive(self, standing: Standing, tier: Tier, target: str, because: str) -> None:
        if self._at(target):
            return
        if tier.is_archive:
            entry = Entry(standing.location, transfer="copy", size=standing.size, storage_class=tier.storage_class, because=because)
            self._want(target, entry, standing.project)
        else:
            self._want(f"{target}/", Entry(unpack=standing.location, because=because))

    def _bring_light(self, standing: Standing, tier: Tier, because: str, *, drops: bool) -> None:
        """Ask for what a light tier has of a project: what is not heavy leaves with it, and light files alone are brought back."""
        target = self._target(standing, tier)
        if target == standing.location:
            return
        if not drops and self._is_whole_in(standing.project, place_of(tier).store):
            return
        there = self._at(target)
        for inner, item in standing.files:
            name = inner.rpartition("/")[2]
            if drops and not self.standings.kinds.is_heavy(name):
                self._move(standing, item, _below(target, inner), tier, because, there.get(inner))
            elif not drops and self.standings.kinds.is_light(name):
                self._copy(standing, item, _below(target, inner), tier, because, there.get(inner))
        keeps_some = any(not self.standings.kinds.is_heavy(inner.rpartition("/")[2]) for inner, _ in standing.files)
        if drops and keeps_some and tier.storage_class is None:
            self._bring_empty(standing, target, because)

    def _is_whole_in(self, project: str, store: str) -> bool:
        forms = self.standings.tiers.order
        return any(
            each.place.store == store and forms[each.tier].form == "folder" for each in self.standings.by_project[project].values()
        )

    def _copy(self, standing: Standing, item: Item, target: str, tier: Tier, because: str, there: Item | None) -> None:
        if there is not None and (self.fills or (there.size == item.size and not self._is_older(there, item))):
            return
        source = join(standing.place.store, item.rel)
        entry = Entry(source, transfer="copy", size=item.size, storage_class=tier.storage_class, because=because)
        if there is not None:
            entry.on_conflict = self._over()
        self._want(target, entry, standing.project if tier.storage_class else "")

    def _is_older(self, there: Item, item: Item) -> bool:
        """Say whether what a tier has may be an earlier version of the same size: if it is to be replaced, that is looked into."""
        return self.replaces and there.mtime_ns != item.mtime_ns

    def _move(self, standing: Standing, item: Item, target: str, tier: Tier, because: str, there: Item | None) -> None:
        source = join(standing.place.store, item.rel)
        entry = Entry(source, size=item.size, storage_class=tier.storage_class, because=because)
        if there is not None:
            entry.on_conflict = self._over()
        self._want(target, entry)

    def _drop(self, standing: Standing, whole: list[Tier], elsewhere: list[Standing], light: list[Tier], because: str) -> bool:
        """Ask for what stands whole elsewhere to go, and say whether it may; what a light tier keeps or takes along is none of it.

        Every tier the move brings it to must hold it, and as many others as are still needed. If one file lacks a copy, all stay.
        """
        going: dict[str, Absent] = {}
        seen = {other.location: dict(other.files) for other in elsewhere}
        for inner, item in standing.files:
            if item.kind != "file" or (light and not self.standings.kinds.is_heavy(inner.rpartition("/")[2])):
                continue
            copies = [self._copy_in(standing, tier, inner) for tier in whole]
            for other in elsewhere:
                if len(copies) >= self.standings.tiers.copies:
                    break
                found = _copy_at(other, seen[other.location], inner, item)
                copies += found
                if found and other.place.suffix and not standing.place.suffix:
                    self._pack(standing, self.standings.tiers.order[other.tier], other.location, because)
            if len(copies) < self.standings.tiers.copies:
                self.wanted.short.append((standing.location, because))
                return False
            path = join(standing.place.store, item.rel)
            going[path] = absent_of(path, item, because, sorted(copies))
        for path, thing in going.items():
            self.wanted.absent.setdefault(path, thing)
        self.wanted.tidy.add(store_of(standing.place.store))
        return True

    def _copy_in(self, standing: Standing, tier: Tier, inner: str) -> str:
        """Return where a tier has, or will have, one file of a project: its archive, or its folder."""
        target = self._target(standing, tier)
        return target if tier.is_archive or standing.place.suffix else _below(target, inner)

    def _want(self, target: str, entry: Entry, project: str = "") -> None:
        """Ask for something; what goes into a bucket is told its project."""
        if project:
            entry.facts = cast(Facts, {"project": project})
        entry.mark = mark_of(target, entry)
        self.wanted.files.setdefault(target, entry)


def _copy_at(other: Standing, files: Mapping[str, Item], inner: str, item: Item) -> list[str]:
    """Return where another standing, which has these files, has one of the project, as far as names and sizes tell."""
    if other.place.suffix:
        return [other.location]
    there = files.get(inner)
    return [_below(other.location, inner)] if there is not None and there.size == item.size else []


def _below(folder: str, inner: str) -> str:
    store, rel = split(folder)
    return join(store, f"{rel}/{inner}")
