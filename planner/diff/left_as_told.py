"""Left as told: what a layout's `leave:` names stays where it is, whatever its entries say."""

from collections.abc import Iterable, Sequence

from reshelve.planner.wants.plan_problems import Findings
from reshelve.planner.wants.want import Want
from reshelve.schemas.locations import printable


def leave(wants: Iterable[Want], named: Sequence[str], findings: Findings) -> None:
    """Block every want that would take away what `named` has: locations; one that ends in `/` means all that is in a folder."""
    if not named:
        return
    places = frozenset(named)
    folders = tuple(place for place in named if place.endswith("/"))
    for want in wants:
        location = want.source or want.target
        if want.state == "pending" and want.takes and want.found is not None and _is_left(location, places, folders):
            detail = f"the layout's `leave:` names {printable(location)}"
            findings.block(
                want, "left-as-told", detail, "Remove the entry, or what `leave:` says; the next scan removes its own entries."
            )


def _is_left(location: str, places: frozenset[str], folders: tuple[str, ...]) -> bool:
    return location in places or location.startswith(folders)
