"""Projects by name: archived or restored now, whatever their age, by the entries that the moves of their tiers would make."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from reshelve.planner.observing.observe import seen
from reshelve.planner.ports.store_reader import Readers, roots_of
from reshelve.planner.rules.project_names import chosen
from reshelve.planner.tiers.already_there import There, said_of, there_of
from reshelve.planner.tiers.due_projects import Due
from reshelve.planner.tiers.project_copies import Copies
from reshelve.planner.tiers.tier_contents import Standing, Standings, stores_of
from reshelve.planner.tiers.tier_entries import Conflict, Mover, Wanted
from reshelve.planner.tiers.tier_places import place_of
from reshelve.schemas.inventory import Listing
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import printable
from reshelve.schemas.plan import Blocked, Plan
from reshelve.schemas.problems import Problem, ReshelveError, sentence, stop
from reshelve.schemas.quantities import human_size
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.tier_settings import Move, Tiers


@dataclass(slots=True)
class Named:
    """What naming projects comes to: the layout, and what has to be said of projects that stay as they are.

    `owners` says whose each location of the layout is (targets of entries, paths of what goes, no closing slash): a project goes
    whole or not at all. `already` is what stands where each project is asked to go.
    """

    layout: Layout = field(default_factory=Layout)
    problems: list[Problem] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    already: dict[str, list[There]] = field(default_factory=dict)

    def told(self, plan: Plan) -> list[Problem]:
        """Return everything that has to be said: also of projects of which the plan of this layout does nothing."""
        return [*self.problems, *said_of(self.already, plan, self._owner)]

    def blocked(self, plan: Plan) -> dict[str, Blocked]:
        """Return the projects of which a plan leaves something, each with the first thing that it leaves."""
        found: dict[str, Blocked] = {}
        for each in plan.blocked:
            project = self._owner(each.target) or self._owner(each.source)
            if project is not None:
                found.setdefault(project, each)
        return found

    def _owner(self, location: str) -> str | None:
        return self.owners.get(location.rstrip("/"))

    def without(self, blocked: Mapping[str, Blocked]) -> "Named":
        """Return the same without some projects, of each of which it is said what keeps it."""
        layout = replace(
            self.layout,
            files={target: entry for target, entry in self.layout.files.items() if self._owner(target) not in blocked},
            absent=[thing for thing in self.layout.absent if self._owner(thing.path) not in blocked],
        )
        kept = [_kept(project, each.detail, each.hint) for project, each in blocked.items()]
        already = {project: places for project, places in self.already.items() if project not in blocked}
        return Named(layout, [*self.problems, *kept], self.owners, already)


@dataclass(slots=True, frozen=True)
class _Line:
    name: str
    tiers: Tiers
    standings: Standings


def archive(
    lines: Mapping[str, Tiers], readers: Readers, names: Sequence[str], to: str = "", *, anyway: bool = False, keep: bool = False
) -> Named:
    """Return what brings projects from where they are worked on to tier `to`, else to where the next move of that tier would.

    One that is nowhere as a folder goes on from its last whole copy, only if `to` is given: to go on by itself may cost money.

    What a tier has of an earlier version is brought anew, and an archive is packed anew: not if it holds what the folder lacks, or
    has only in an older version, unless `anyway`. With `keep` it stays where it is worked on, too. Raises ReshelveError of names,
    tiers, and stores that are away.
    """
    named, wanted, copies = Named(), Wanted(), Copies(readers)
    for line, project in _projects(lines, readers, names):
        standing = _worked_on(line, project) or (_last(line, project) if to else None)
        if standing is None:
            where = ", ".join(line.standings.by_project[project])
            named.problems.append(_stays(project, f"it is in {where} already, and nowhere as a whole folder: add --to TIER"))
            continue
        moves = [move for move in line.tiers.moves if move.from_ == standing.tier and move.from_ not in move.to]
        later = [tier for tier in list(line.tiers.order)[list(line.tiers.order).index(standing.tier) + 1 :] if _whole(line, tier)]
        tiers = [_tier(line, to)] if to else list(moves[0].to) if moves else later[:1]
        if not tiers or standing.tier in tiers:
            where = f"it is in {standing.tier} already" if tiers else f"no tier comes after {standing.tier}: add --to TIER"
            named.problems.append(_stays(project, where))
            continue
        mover = Mover(line.name, line.standings, wanted, lambda _: True, copies, replaces=True, anyway=anyway)
        # An object that only gets another class is no copy: there is nothing to keep.
        stays = keep and any(place_of(line.tiers.order[tier]) != standing.place for tier in tiers)
        asked_for = Move.model_validate({"from": standing.tier, "to": [*tiers, standing.tier] if stays else tiers})
        stopped = len(wanted.conflicts) + len(wanted.short)
        mover.carry_out(asked_for, Due(standing, "asked for by name"))
        _own(named, wanted, project)
        if len(wanted.conflicts) + len(wanted.short) == stopped:
            named.already[project] = there_of(line.standings, project, tiers)
    named.problems += [_not_replaced(each) for each in wanted.conflicts]
    return _named(named, wanted)


def restore(lines: Mapping[str, Tiers], readers: Readers, names: Sequence[str], to: str = "", source: str = "") -> Named:
    """Return what brings whole projects back to tier `to`, else to the first that holds folders; nothing goes.

    They come from tier `source`, else from where the newest and most complete copy is; where no copy is that, a project stays.
    """
    named, wanted, copies = Named(), Wanted(), Copies(readers)
    for line, project in _projects(lines, readers, names):
        target = _tier(line, to) if to else next((name for name, tier in line.tiers.order.items() if tier.form == "folder"), "")
        standing_in = line.standings.by_project[project]
        if not target:
            named.problems.append(_stays(project, "no tier holds folders: add --to TIER"))
            continue
        there = place_of(line.tiers.order[target])
        found = [standing_in[name] for name in line.tiers.order if name in standing_in and _whole(line, name)]
        found = [each for each in found if each.place != there]
        if source and (asked := _tier(line, source)):
            found = [each for each in found if each.tier == asked]
        if not found:
            named.problems.append(_stays(project, _nowhere(standing_in, target, source)))
            continue
        chosen_copy = _best(copies, found)
        if chosen_copy is None:
            named.problems.append(_which(copies, project, found))
            continue
        standing = standing_in[target] if target in standing_in and line.tiers.order[target].form != "light" else None
        if standing is not None and (told := _in_the_way(copies, standing, chosen_copy)) is not None:
            named.problems.append(told)
            continue
        why = "asked for by name" + _others(copies, chosen_copy, found)
        mover = Mover(line.name, line.standings, wanted, lambda _: True, copies, fills=True)
        asked_for = Move.model_validate({"from": chosen_copy.tier, "to": [target, chosen_copy.tier]})
        mover.carry_out(asked_for, Due(chosen_copy, why))
        _own(named, wanted, project)
        named.already[project] = there_of(line.standings, project, [target])
    return _named(named, wanted)


def _nowhere(standing_in: Mapping[str, Standing], target: str, source: str) -> str:
    if source:
        return f"no whole copy of it is in {source}"
    return f"it is in {target} already" if target in standing_in else "no whole copy of it is anywhere else"


def _best(copies: Copies, found: Sequence[Standing]) -> Standing | None:
    """Return the first copy that holds whatever the others do, in no older version; None where none is known to."""
    return next((one for one in found if all(one is each or copies.lacks(one, each) == [] for each in found)), None)


def _others(copies: Copies, one: Standing, found: Sequence[Standing]) -> str:
    """Say of the other copies what they are, as the end of a reason."""
    said = [
        f"; {each.tier} has {'the same' if copies.lacks(each, one) == [] else 'less of it, or an older version'}"
        for each in found
        if each is not one
    ]
    return "".join(said)


def _in_the_way(copies: Copies, standing: Standing, chosen_copy: Standing) -> Problem | None:
    """Return what is to be said instead of restoring a project to where some or all of it stands; None: what it lacks can come."""
    lacks, newer = copies.lacks(standing, chosen_copy), copies.newer(standing, chosen_copy)
    if lacks == []:
        return _stays(standing.project, f"it is in {standing.tier} already")
    where = f"{printable(standing.location)} is there already"
    hint = f"Rename {printable(standing.location)}, restore again, and put into the project what is new in it."
    if lacks is None or newer is None:
        return _kept(standing.project, f"{where}, and what {chosen_copy.tier} holds cannot be read to compare them.", hint)
    if newer or chosen_copy.place.suffix:
        told = f"{chosen_copy.tier} ({printable(chosen_copy.location)}) holds {_told(lacks)}"
        return _kept(standing.project, f"{where}. {told}.", hint)
    return None


def _which(copies: Copies, project: str, found: Sequence[Standing]) -> Problem:
    """Say that copies differ so that a person has to choose."""
    copy = [f"{each.tier} ({printable(each.location)}, {human_size(each.size)})" for each in found]
    told = "; ".join(f"{name} {_compared(copies, each, found)}" for name, each in zip(copy, found, strict=True))
    hint = f"Choose one: reshelve restore {shlex.quote(project)} --from {' | '.join(each.tier for each in found)}"
    return Problem(
        "copies-differ", "The copies of a project differ, and none holds all of it.", f"{told}.", printable(project), hint
    )


def _compared(copies: Copies, one: Standing, found: Sequence[Standing]) -> str:
    lacks = [copies.lacks(one, each) for each in found if each is not one]
    names = sorted({name for each in lacks for name in each or ()})
    if names:
        return f"lacks {_told(names)}"
    return "cannot be compared with the others" if None in lacks else "holds all of the others"


def _told(names: Sequence[str]) -> str:
    """Name a few files that a copy lacks, or has only in an older version."""
    files = "1 file" if len(names) == 1 else f"{len(names):,} files"
    few = ", ".join(map(printable, names[:3])) + (", …" if len(names) > 3 else "")
    return f"{files}, or a newer version of it: {few}" if len(names) == 1 else f"{files}, or newer versions of them: {few}"


def _own(named: Named, wanted: Wanted, project: str) -> None:
    for location in (*wanted.files, *wanted.absent):
        named.owners.setdefault(location.rstrip("/"), project)


def _not_replaced(conflict: Conflict) -> Problem:
    there, here = printable(conflict.there), printable(conflict.location)
    anyway = f"Or put the other one into the trash: reshelve archive {shlex.quote(conflict.project)} --replace"
    if conflict.names is None:
        detail = f"{conflict.tier} has {there}, and what it holds cannot be read to compare it with {here}."
    else:
        detail = f"{conflict.tier} has {there}, and {here} lacks what it holds: {_told(conflict.names)}."
    back = f"reshelve restore {shlex.quote(conflict.project)}"
    hint = f"Rename {here}, bring the project back with `{back}`, and put into it what is new.\n{anyway}"
    return _kept(conflict.project, detail, hint)


def _kept(project: str, detail: str, hint: str) -> Problem:
    summary = "A project stays as it is, whole."
    return Problem("project-kept", summary, detail, printable(project), hint)


def _named(named: Named, wanted: Wanted) -> Named:
    named.layout.files = dict(wanted.files)
    named.layout.absent = list(wanted.absent.values())
    named.layout.tidy = {store: [] for store in sorted(wanted.tidy)}
    few = "too few whole copies of it would be elsewhere"
    named.problems += [_stays(location, f"{because}: {few}") for location, because in wanted.short]
    return named


def _projects(lines: Mapping[str, Tiers], readers: Readers, names: Sequence[str]) -> list[tuple[_Line, str]]:
    if not lines:
        raise stop(
            "no-tiers", "This workspace has no tiers.", "`tiers:` says where projects are kept.", hint="see `reshelve help tiers`"
        )
    looked = {store: _listings(readers, store) for store in stores_of(lines.values())}
    opened = [_Line(name, tiers, Standings(tiers, looked)) for name, tiers in lines.items()]
    known = sorted({project for line in opened for project in line.standings.by_project})
    found, problems = chosen(names, known)
    if problems:
        raise ReshelveError(problems, "usage")
    return [(line, project) for project in found for line in opened if project in line.standings.by_project]


def _listings(readers: Readers, store: str) -> list[Listing]:
    """Return what is seen of a store. Raises ReshelveError where it is away, unless it may be: nothing is concluded then."""
    roots = roots_of(readers, store)
    for reader in roots:
        if not reader.root.available and not reader.root.optional:
            root = reader.root
            hint = root.way_back("try again.")
            raise stop(
                "store-unavailable", "A store of a tier is not available.", f"{sentence(root.why)}.", path=root.key, hint=hint
            )
    listings = [seen(reader) for reader in roots if reader.root.available]
    for listing in listings:
        if "" in listing.unreadable:
            detail = f"{listing.unreadable['']}."
            raise stop("store-unread", "A store of a tier cannot be read.", detail, path=listing.root.key)
    return listings


def _worked_on(line: _Line, project: str) -> Standing | None:
    """Return the first whole folder of a project, in the order of the tiers."""
    mine = line.standings.by_project[project]
    return next((mine[name] for name, tier in line.tiers.order.items() if name in mine and tier.form == "folder"), None)


def _last(line: _Line, project: str) -> Standing | None:
    """Return the last whole copy of a project, in the order of the tiers."""
    mine = line.standings.by_project[project]
    return next((mine[name] for name in reversed(line.tiers.order) if name in mine and _whole(line, name)), None)


def _whole(line: _Line, tier: str) -> bool:
    return line.tiers.order[tier].form != "light"


def _tier(line: _Line, name: str) -> str:
    if name not in line.tiers.order:
        detail = f"`tiers: {line.name}` has {', '.join(line.tiers.order)}."
        raise stop("no-such-tier", "There is no such tier.", detail, path=f"--to {name}", kind="usage")
    return name


def _stays(project: str, why: str) -> Problem:
    detail = f"{why[0].upper()}{why[1:]}."
    return Problem("project-stays", "A project stays as it is.", detail, printable(project), severity="warning")
