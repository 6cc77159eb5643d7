"""The health checks: one file and one name each. Packages may add theirs as entry points of the group `reshelve.health_checks`."""

from collections.abc import Callable, Iterator
from importlib.metadata import entry_points

from reshelve.examining.health.checks.archives import archives
from reshelve.examining.health.checks.damaged import damaged
from reshelve.examining.health.checks.drift import drift
from reshelve.examining.health.checks.links import links
from reshelve.examining.health.checks.missing import missing
from reshelve.examining.health.checks.room import room
from reshelve.examining.health.checks.runs import runs
from reshelve.examining.health.checks.storage import storage
from reshelve.examining.health.checks.stores import stores
from reshelve.examining.health.checks.trash import trash
from reshelve.examining.health.checks.unreadable import unreadable
from reshelve.examining.health.sight import CheckResult, Sight

Check = Callable[[Sight], CheckResult]

GROUP = "reshelve.health_checks"
CHECKS: dict[str, Check] = {
    "stores": stores,
    "runs": runs,
    "unreadable": unreadable,
    "missing": missing,
    "damaged": damaged,
    "drift": drift,
    "archives": archives,
    "links": links,
    "storage": storage,
    "room": room,
    "trash": trash,
}
"""Every check of reshelve's own, in the order of the report."""


def all_checks() -> Iterator[tuple[str, Callable[[], Check]]]:
    """Yield each check by its name, and what gives it: those of other packages are loaded only then, and may fail to."""
    for name, check in CHECKS.items():
        yield name, lambda check=check: check  # type: ignore[misc]
    for point in entry_points(group=GROUP):
        if point.name not in CHECKS:
            yield point.name, point.load
