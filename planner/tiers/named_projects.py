"""Projects by name: archived or restored now, whatever their age, by the entries that the moves of their tiers would make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reshelve.planner.observing.observe import seen
from reshelve.planner.ports.store_reader import Readers, roots_of
from reshelve.planner.rules.project_names import chosen
from reshelve.planner.tiers.due_projects import Due
from reshelve.planner.tiers.tier_contents import Standing, Standings, stores_of
from reshelve.planner.tiers.tier_entries import Mover, Wanted
from reshelve.planner.tiers.tier_places import place_of
from reshelve.schemas.inventory import Listing
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import Problem, ReshelveError, stop
from reshelve.schemas.tier_settings import Move, Tiers


@dataclass(slots=True)
class Named:
    """What naming projects comes to: the layout, and what has to be said of projects that stay as they are."""

    layout: Layout = field(default_factory=Layout)
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True, frozen=True)
class _Line:
    name: str
    tiers: Tiers
    standings: Standings


def archive(lines: Mapping[str, Tiers], readers: Readers, names: Sequence[str], to: str = "") -> Named:
    """Return what brings projects from where they are worked on to tier `to`, else to where the next move of that tier would.

    An archive that is older than its folder is packed anew. Raises ReshelveError of names, tiers, and stores that are away.
    """
    named, wanted = Named(), Wanted()
    for line, project in _projects(lines, readers, names):
        standing = _worked_on(line, project)
        if standing is None:
            named.problems.append(_stays(project, "it is nowhere as a whole folder"))
            continue
        moves = [move for move in line.tiers.moves if move.from_ == standing.tier and move.from_ not in move.to]
        later = [tier for tier in list(line.tiers.order)[list(line.tiers.order).index(standing.tier) + 1 :] if _whole(line, tier)]
        tiers = [_tier(line, to)] if to else list(moves[0].to) if moves else later[:1]
        if not tiers or standing.tier in tiers:
            where = f"it is in {standing.tier} already" if tiers else f"no tier comes after {standing.tier}: add --to TIER"
            named.problems.append(_stays(project, where))
            continue
        mover = Mover(line.name, line.standings, wanted, lambda _: True, replaces=True)
        mover.carry_out(Move.model_validate({"from": standing.tier, "to": tiers}), Due(standing, "asked for by name"))
    return _named(named, wanted)


def restore(lines: Mapping[str, Tiers], readers: Readers, names: Sequence[str], to: str = "") -> Named:
    """Return what brings whole projects back to tier `to`, else to the first that holds folders; nothing goes."""
    named, wanted = Named(), Wanted()
    for line, project in _projects(lines, readers, names):
        target = _tier(line, to) if to else next((name for name, tier in line.tiers.order.items() if tier.form == "folder"), "")
        standing_in = line.standings.by_project[project]
        if not target:
            named.problems.append(_stays(project, "no tier holds folders: add --to TIER"))
            continue
        there = place_of(line.tiers.order[target])
        sources = [standing_in[name] for name in line.tiers.order if name in standing_in and _whole(line, name)]
        sources = [each for each in sources if each.place != there]
        if target in standing_in and line.tiers.order[target].form != "light":
            held = len(standing_in[target].files)
            if not sources or sources[0].place.suffix or held >= len(sources[0].files):
                named.problems.append(_stays(project, f"it is in {target} already"))
                continue
        if not sources:
            named.problems.append(_stays(project, "there is no whole copy of it anywhere else"))
            continue
        mover = Mover(line.name, line.standings, wanted, lambda _: True)
        asked = Move.model_validate({"from": sources[0].tier, "to": [target, sources[0].tier]})
        mover.carry_out(asked, Due(sources[0], "asked for by name"))
    return _named(named, wanted)


def _named(named: Named, wanted: Wanted) -> Named:
    named.layout.files = dict(wanted.files)
    named.layout.absent = list(wanted.absent.values())
    named.layout.tidy = {store: [] for store in sorted(wanted.tidy)}
    few = "too few whole copies of it would be elsewhere"
    named.problems += [_stays(location, f"{because}: {few}") for location, because in wanted.short]
    return named


def _projects(lines: Mapping[str, Tiers], readers: Readers, names: Sequence[str]) -> list[tuple[_Line, str]]:
    if not lines:
        raise stop("no-tiers", "This workspace has no tiers.", "`tiers:` says where projects are kept.", hint="see docs/tiers.md")
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
            hint = root.remedy or "mount or connect it, then try again"
            raise stop("store-unavailable", "A store of a tier is not available.", f"{root.why}.", path=root.key, hint=hint)
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
