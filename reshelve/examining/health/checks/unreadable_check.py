"""Check: every file and folder can be read by this user."""

import os

from reshelve.examining.health.check_inputs import CheckResult, Sight
from reshelve.schemas.locations import join, printable
from reshelve.schemas.problems import Problem

_HINT = "Give this user the right to read it: chmod u+r, or chown."


def unreadable(sight: Sight) -> CheckResult:
    """Find folders that could not be listed, and files that this user may not read."""
    result = CheckResult()
    for key, listing in sorted(sight.listings.items()):
        for rel, why in sorted(listing.unreadable.items()):
            if sight.wanted(key, rel):
                result.problems.append(_unreadable(join(key, rel), f"{why}. What is in it is not known."))
    folders = {key: reader.root.path.rstrip("/") for key, reader in sight.stores.readers.items() if reader.root.kind == "folder"}
    for key, item in sight.files():
        # Whoever may read everything need not ask.
        if key in folders and item.mode & 0o444 != 0o444 and not os.access(f"{folders[key]}/{item.rel}", os.R_OK):
            result.problems.append(_unreadable(join(key, item.rel), "Permission denied."))
    result.figures["unreadable_count"] = len(result.problems)
    return result


def _unreadable(place: str, why: str) -> Problem:
    return Problem("unreadable", "Something cannot be read.", why, printable(place), _HINT)
