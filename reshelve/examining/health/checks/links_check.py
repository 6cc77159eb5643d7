"""Check: symbolic links lead somewhere."""

import os

from reshelve.examining.health.check_inputs import CheckResult, Sight
from reshelve.schemas.locations import join, printable
from reshelve.schemas.problems import Problem


def links(sight: Sight) -> CheckResult:
    """Find symbolic links to nothing. A link into a store that is away is not told: it may lead somewhere again."""
    result = CheckResult()
    away = [reader.root.path for reader in sight.stores.readers.values() if not reader.root.available and reader.root.path]
    count = 0
    for key, listing in sorted(sight.listings.items()):
        base = listing.root.path.rstrip("/")
        for item in listing.items:
            if item.kind != "link" or not sight.wanted(key, item.rel):
                continue
            count += 1
            path = f"{base}/{item.rel}"
            if os.path.exists(path):
                continue
            target = os.path.normpath(os.path.join(os.path.dirname(path), os.readlink(path)))
            if any(f"{target}/".startswith(f"{one.rstrip('/')}/") for one in away):
                continue
            detail = f"It leads to {printable(target)}, and there is nothing."
            hint = "Put back what it leads to, or remove the link."
            place = printable(join(key, item.rel))
            result.problems.append(Problem("link-dangling", "A link leads nowhere.", detail, place, hint, severity="warning"))
    result.figures["links"] = count
    return result
