"""Check: every store is there, and its disk is the one that stood there before."""

from reshelve.examining.health.check_inputs import CheckResult, Sight
from reshelve.schemas.problems import Problem, Severity, sentence


def stores(sight: Sight) -> CheckResult:
    """Find stores that are away. Of what is on them nothing is concluded: it is neither there nor missing."""
    result = CheckResult(figures={"stores": len(sight.stores.readers), "available": len(sight.listings)})
    for key, reader in sorted(sight.stores.readers.items()):
        root = reader.root
        if root.available:
            continue
        severity: Severity = "warning" if root.optional else "error"
        hint = root.way_back("run `reshelve health` again.")
        result.problems.append(
            Problem("store-unavailable", "A store is not available.", f"{sentence(root.why)}.", key, hint, severity=severity)
        )
    return result
