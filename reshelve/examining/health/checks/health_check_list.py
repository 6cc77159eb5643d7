"""The health checks: one file and one name each. Packages may add theirs as entry points of the group `reshelve.health_checks`."""

from collections.abc import Callable, Iterator
from importlib.metadata import entry_points

from reshelve.examining.health.check_inputs import CheckResult, Sight
from reshelve.examining.health.checks.archives_check import archives
from reshelve.examining.health.checks.backups_check import backups
from reshelve.examining.health.checks.damaged_check import damaged
from reshelve.examining.health.checks.drift_check import drift
from reshelve.examining.health.checks.jobs_check import jobs
from reshelve.examining.health.checks.links_check import links
from reshelve.examining.health.checks.missing_check import missing
from reshelve.examining.health.checks.notices_check import notices
from reshelve.examining.health.checks.room_check import room
from reshelve.examining.health.checks.runs_check import runs
from reshelve.examining.health.checks.storage_check import storage
from reshelve.examining.health.checks.stores_check import stores
from reshelve.examining.health.checks.trash_check import trash
from reshelve.examining.health.checks.unreadable_check import unreadable

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
    "backups": backups,
    "links": links,
    "storage": storage,
    "room": room,
    "trash": trash,
    "notices": notices,
    "jobs": jobs,
}
"""Every check of reshelve's own, in the order of the report."""


def all_checks() -> Iterator[tuple[str, Callable[[], Check]]]:
    """Yield each check by its name, and what gives it: those of other packages are loaded only then, and may fail to."""
    for name, check in CHECKS.items():
        yield name, lambda check=check: check  # type: ignore[misc]
    for point in entry_points(group=GROUP):
        if point.name not in CHECKS:
            yield point.name, point.load
