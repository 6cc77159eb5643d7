"""The scanner of tiers: every project that is due for another tier, as ordinary entries of the layout.

What it wrote in an earlier scan it decides anew each time, so that what has been done leaves the layout by itself. Where a store is
away nothing is concluded: what was written about it stays.
"""

import shlex
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field

from reshelve.planner.layouts.rescan_merge import Previous
from reshelve.planner.layouts.scan_coverage import Sight
from reshelve.planner.observing.observe import seen
from reshelve.planner.ports.project_configs import ConfigReader
from reshelve.planner.ports.store_reader import Readers, roots_of
from reshelve.planner.tiers.due_projects import due
from reshelve.planner.tiers.project_copies import Copies
from reshelve.planner.tiers.rest_age_setting import Wishes
from reshelve.planner.tiers.tier_contents import Standing, Standings, stores_of
from reshelve.planner.tiers.tier_entries import Conflict, Mover, Wanted
from reshelve.planner.tiers.tier_places import Finder, place_of
from reshelve.schemas.inventory import Listing
from reshelve.schemas.layout import OF_TIERS, Absent, Entry
from reshelve.schemas.locations import printable, split, store_of
from reshelve.schemas.problems import Problem
from reshelve.schemas.project_config_parsing import CONFIG
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.tier_settings import Tiers
from reshelve.schemas.workspace import Workspace


@dataclass(slots=True)
class Shelved:
    """What the tiers ask for: entries by target, what may go, the stores to tidy, and what was wrong.

    `resting` are the homes whose projects are in another tier, or may be, or go there now: no template lays them out again.
    """

    files: dict[str, Entry] = field(default_factory=dict)
    absent: list[Absent] = field(default_factory=list)
    tidy: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    resting: set[str] = field(default_factory=set)


def shelve(
    workspace: Workspace,
    readers: Readers,
    previous: Previous,
    sight: Sight,
    now_ns: int,
    configs: ConfigReader | None,
    *,
    look: bool,
    restored: Mapping[str, int] | None = None,
    homes: Collection[str] = (),
) -> Shelved:
    """Return what the tiers of a workspace ask for now, and take out of `previous` what was asked before.

    `now_ns` is the clock, ns since the epoch; `configs` reads what projects say of themselves. Not `look`: nothing is decided, what
    was asked before is asked again. `restored` is when projects were restored by name, ns since the epoch by location: their age
    counts from then. `homes` are the folders that templates lay projects out in.
    """
    shelved = Shelved()
    began = _begun(previous)
    files, absent = _take_back(previous)
    if not look:
        shelved.files, shelved.absent = files, absent
        shelved.resting = {home for home in homes if any(_project_at(Finder(each), home) for each in workspace.tiers.values())}
        shelved.resting -= _holding(homes, began)
        return shelved
    listings = {store: _listings(readers, store, sight) for store in stores_of(workspace.tiers.values())}
    away = {store for store, (_, whole) in listings.items() if not whole}
    shelved.files = {target: entry for target, entry in files.items() if _touches(away, (target, entry.source, entry.unpack))}
    kept = [thing for thing in absent if _touches(away, (thing.path, *thing.copies))]
    told = _Told(previous)
    wanted, copies = Wanted(), Copies(readers)
    wishes = Wishes(configs)
    for name, tiers in workspace.tiers.items():
        shelved.problems += _misfits(name, tiers, readers)
        standings = Standings(tiers, {store: seen for store, (seen, _) in listings.items()})
        standings.count_anew(restored or {})
        mover = Mover(name, standings, wanted, told.may_go, copies)
        for move in tiers.moves:
            lost = sorted({place_of(tiers.order[each]).store for each in (move.from_, *move.to)} & away)
            if lost:
                shelved.problems.append(_waits(name, f"{move.from_} to {' and '.join(move.to)}", lost))
                continue
            for one in due(move, standings, now_ns, wishes.after):
                mover.carry_out(move, one)
        going = [*wanted.absent, *(entry.source or "" for entry in wanted.files.values() if entry.transfer == "move")]
        rest, problems = _resting(tiers, standings, sorted(set(homes) - shelved.resting), going, away, readers)
        shelved.resting |= rest
        shelved.problems += problems
    for target, entry in wanted.files.items():
        shelved.files.setdefault(target, entry)
    shelved.absent = list({thing.path: thing for thing in [*wanted.absent.values(), *kept]}.values())
    shelved.tidy = wanted.tidy
    shelved.problems += wishes.problems
    shelved.problems += [_short(location, because) for location, because in wanted.short]
    shelved.problems += [_differs(each) for each in wanted.conflicts]
    return shelved


def _resting(
    tiers: Tiers, standings: Standings, homes: Sequence[str], going: Iterable[str], away: AbstractSet[str], readers: Readers
) -> tuple[set[str], list[Problem]]:
    """Return the homes whose projects stand in another tier or are about to, and what may: nothing is laid out there again."""
    found: set[str] = set()
    problems: list[Problem] = []
    finder, leaving = Finder(tiers), _holding(homes, going)
    own_away = sorted(away & {place_of(tier).store for tier in tiers.order.values()})
    for home in homes:
        project = _project_at(finder, home)
        if project is None or split(home)[0] in away:
            continue
        standing = list(standings.by_project.get(project, {}).values())
        at_home = any(each.location == home for each in standing) and home not in leaving
        if home in leaving or any(each.location != home for each in standing):
            found |= set() if at_home else {home}
        elif own_away and not at_home and not _is_there(readers, home):
            found.add(home)
            problems.append(_may_rest(project, home, own_away))
    return found, problems


def _project_at(finder: Finder, home: str) -> str | None:
    """Return the project of a line whose folder is exactly `home`, or None."""
    store, rel = split(home)
    for place in finder.places:
        found = finder.find(place, f"{rel}/{CONFIG}") if place.store == store and not place.suffix else None
        if found is not None and found[1] == rel:
            return found[0]
    return None


def _begun(previous: Previous) -> list[str]:
    """Return what the layout that is there says of projects that templates lay out."""
    return [*previous.dirs, *(target for target, entry in previous.ours.items() if entry.content is not None)]


def _holding(homes: Collection[str], places: Iterable[str]) -> set[str]:
    """Return those homes that any of these places is, or lies in."""
    wanted, found = set(homes), set[str]()
    for place in places if wanted else ():
        at = place
        while at:
            if at in wanted:
                found.add(at)
            at = at.rpartition("/")[0]
    return found


def _is_there(readers: Readers, home: str) -> bool:
    store, rel = split(home)
    try:
        return any(reader.root.available and reader.stat(rel) is not None for reader in roots_of(readers, store))
    except OSError:
        return True


def _take_back(previous: Previous) -> tuple[dict[str, Entry], list[Absent]]:
    """Remove from `previous` what this scanner wrote and nobody edited, and return it."""
    files = {target: entry for target, entry in previous.ours.items() if (entry.because or "").startswith(OF_TIERS)}
    absent = [thing for thing in previous.our_absent if (thing.because or "").startswith(OF_TIERS)]
    for target in files:
        del previous.ours[target]
    previous.our_absent = [thing for thing in previous.our_absent if not (thing.because or "").startswith(OF_TIERS)]
    return files, absent


def _listings(readers: Readers, store: str, sight: Sight) -> tuple[list[Listing], bool]:
    """Return what was seen of a store, and whether all of it was."""
    roots = roots_of(readers, store)
    listings = [seen(reader) for reader in roots if reader.root.available]
    whole = bool(roots) and len(listings) == len(roots) and not any("" in listing.unreadable for listing in listings)
    sight.look(store, listings, whole=whole)
    return listings, whole


def _touches(away: set[str], locations: Iterable[str | None]) -> bool:
    return bool(away) and any(location is not None and store_of(split(location)[0]) in away for location in locations)


class _Told:
    """What a person said of places: a project they left, or ask for by an entry of their own, stays where it is."""

    def __init__(self, previous: Previous) -> None:
        left = {location.rstrip("/") for location in previous.leave}
        self._left = left
        self._above = {above for location in [*left, *_targets(previous.theirs)] for above in _upward(location)}

    def may_go(self, standing: Standing) -> bool:
        """Say whether a project may leave its place."""
        return standing.location not in self._above and not any(above in self._left for above in _upward(standing.location))


def _targets(theirs: Mapping[str, Entry]) -> Iterable[str]:
    return (target.rstrip("/") for target, entry in theirs.items() if entry.source is not None or entry.unpack is not None)


def _upward(location: str) -> Iterable[str]:
    """Yield a location and every folder above it in its store."""
    store, _, rel = location.partition(":")
    while rel:
        yield f"{store}:{rel}"
        rel = rel.rpartition("/")[0]


def _misfits(name: str, tiers: Tiers, readers: Readers) -> list[Problem]:
    found = []
    for tier_name, tier in tiers.order.items():
        roots = roots_of(readers, place_of(tier).store)
        if tier.storage_class is not None and any(reader.root.kind != "bucket" for reader in roots):
            detail = f"tiers {name}: tier {tier_name} has class {tier.storage_class}, and {tier.at} is in a folder."
            found.append(Problem("tier-class", "Only a bucket has storage classes.", detail, tier.at, "remove `class`"))
    return found


def _waits(name: str, move: str, away: list[str]) -> Problem:
    detail = f"tiers {name}: {move} waits for {', '.join(away)}. Its entries stay in the layout."
    hint = "connect it, then scan again"
    return Problem("tier-away", "A store of a tier is not available, or not all of it.", detail, away[0], hint, severity="note")


def _may_rest(project: str, home: str, away: list[str]) -> Problem:
    detail = f"{printable(project)} is not there, and may be in {', '.join(away)}: it is not created again."
    hint = "connect it, then scan again; a project that is new is begun by `reshelve new`"
    return Problem("tier-away", "A store of a tier is not there, or not all of it.", detail, home, hint, severity="note")


def _differs(conflict: Conflict) -> Problem:
    there, here = printable(conflict.there), printable(conflict.location)
    detail = f"{conflict.because}: {here} stays, for {conflict.tier} has another version of it at {there}."
    hint = f"compare and bring it there: reshelve archive {shlex.quote(conflict.project)} --to {conflict.tier}"
    return Problem("tier-differs", "A project cannot leave its place yet.", detail, conflict.location, hint, severity="warning")


def _short(location: str, because: str) -> Problem:
    detail = f"{because}: {printable(location)} stays, because there are too few whole copies of it elsewhere."
    hint = "bring it to another tier first, or lower `copies`"
    return Problem("tier-short", "A project cannot leave its place yet.", detail, location, hint, severity="warning")
