"""Projects that are where they were asked for already: of each it is said, so that nothing is left undone without a reason."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from reshelve.planner.tiers.tier_contents import Standings
from reshelve.planner.tiers.tier_places import place_of
from reshelve.schemas.locations import join, printable, split, store_of
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class There:
    """What stands of a project at the place of a tier that it was asked to go to: its location, and the tier it is in.

    These are two tiers where they differ only in their class. `location` is "" where nothing stands there yet.
    """

    asked: str
    tier: str
    location: str


def there_of(standings: Standings, project: str, tiers: Iterable[str]) -> list[There]:
    """Return what stands of a project at the places of some tiers."""
    order, mine = standings.tiers.order, standings.by_project[project].values()
    found = []
    for name in tiers:
        here = next((each for each in mine if each.place == place_of(order[name])), None)
        found.append(There(name, here.tier, here.location) if here is not None else There(name, name, ""))
    return found


def said_of(already: Mapping[str, Sequence[There]], plan: Plan, owner: Callable[[str], str | None]) -> list[Problem]:
    """Return what is to be said of projects of which a plan does nothing, and of archives that keep another class than was asked.

    `owner` tells whose a location is.
    """
    touched = {location for each in plan.operations for location in _locations(each.makes, each.frees, each.reads)}
    left = [each.target for each in plan.waiting] + [each.target for each in plan.blocked]
    touched |= {target.rstrip("/") for target in left}
    busy = {owner(location) for location in touched}
    problems = []
    for project, places in already.items():
        other = [each for each in places if each.tier != each.asked and each.location not in touched]
        if project not in busy and all(each.location for each in places):
            where = " and ".join(dict.fromkeys(each.tier for each in places))
            keeps = " and keeps its class" if other else ""
            detail = f"It is in {where} already{',' if keeps else ''}{keeps}."
            problems.append(Problem("project-stays", "A project stays as it is.", detail, printable(project), severity="warning"))
            continue
        for each in other if project in busy else ():
            detail = f"The archive of it that is there already stays in {each.tier}; it does not become {each.asked}."
            problems.append(Problem("class-kept", "An archive keeps its class.", detail, printable(project), severity="note"))
    return problems


def _locations(*places: str | None) -> Iterable[str]:
    for place in places:
        if place is not None:
            key, rel = split(place)
            yield join(store_of(key), rel)
