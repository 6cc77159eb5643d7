"""Stores that files are to go to and that are not there: a scan has no need of them, and the plan after it has."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping

from reshelve.planner.ports.store_reader import Readers
from reshelve.planner.wants.plan_problems import Findings, counted
from reshelve.planner.wants.root_choice import Group, locate
from reshelve.planner.wants.want import Want
from reshelve.schemas.inventory import Root
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import printable, store_of
from reshelve.schemas.problems import Problem, Severity, sentence


def note_targets_away(wants: Iterable[Want], groups: Mapping[str, Group], findings: Findings) -> None:
    """Record the stores of targets that are not there, too, of wants whose source cannot be seen: both are to be brought back."""
    for want in wants:
        group = groups.get(locate(want.target)[0]) if want.state == "unknown" and want.target else None
        if group is not None and not group.usable and locate(want.source)[0] != group.store:
            for root in group.away:
                findings.away(want, root)


def not_compared(roots: Iterable[Root]) -> Iterator[Problem]:
    """Yield a note for each root that is away, and may hold what is to be filed into its store."""
    for root in roots:
        if not root.unseen:
            why = sentence(printable(root.why) or "it cannot be reached")
            detail = f"{why}. Whether it holds a copy of what is new was not looked at."
            summary = "A folder of a store is not available."
            yield Problem("store-unavailable", summary, detail, root.key, root.way_back("scan."), severity="note")


def targets_away(layout: Layout, readers: Readers, told: Container[str]) -> Iterator[Problem]:
    """Yield a problem for each root of every store that entries go to and of which no folder is there, but not of those `told`."""
    going = Counter(target.partition(":")[0].removesuffix("%") for target in (*layout.files, *layout.dirs))
    for store, count in sorted(going.items()):
        roots = [reader.root for key, reader in readers.items() if store in (key, store_of(key))]
        if any(root.available for root in roots):
            continue
        for root in roots:
            if root.key not in told:
                why = printable(root.why) or "It cannot be reached"
                detail = f"{sentence(why)}. Nothing is planned for {counted(count, 'that goes', 'that go')} there."
                severity: Severity = "note" if root.optional else "warning"
                hint = root.way_back("plan.")
                yield Problem("store-unavailable", "A store is not available.", detail, root.key, hint, severity=severity)
