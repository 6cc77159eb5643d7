"""Check: symbolic links lead somewhere."""

import os
import shlex

from reshelve.examining.health.check_inputs import CheckResult, Sight
from reshelve.planner.ports.filed_before import FiledBefore
from reshelve.schemas.locations import join, printable, split
from reshelve.schemas.problems import Problem
from reshelve.session.earlier_runs import earlier_runs


def links(sight: Sight) -> CheckResult:
    """Find symbolic links to nothing, and what runs moved of that. One into a store that is away may lead somewhere again."""
    result = CheckResult()
    away = [reader.root.path for reader in sight.stores.readers.values() if not reader.root.available and reader.root.path]
    count = 0
    with earlier_runs(sight.session.setting) as earlier:
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
                if not any(f"{target}/".startswith(f"{one.rstrip('/')}/") for one in away):
                    result.problems.append(
                        _dangling(printable(join(key, item.rel)), path, target, _went(target, sight, earlier.brought))
                    )
    result.figures["links"] = count
    return result


def _dangling(place: str, path: str, target: str, now: str) -> Problem:
    """Return the problem of a link at `path` to nothing; `now` is where what it led to is by now, "" where that is not known."""
    detail, hint = f"It leads to {printable(target)}, and there is nothing.", "Put back what it leads to, or remove the link."
    if now:
        meant = now if os.path.isabs(os.readlink(path)) else os.path.relpath(now, os.path.dirname(path))
        detail = f"It leads to {printable(target)}, which a run took to {printable(now)}."
        hint = f"Point it to the new place: ln -sfn {shlex.quote(printable(meant))} {shlex.quote(printable(path))}"
    return Problem("link-dangling", "A link leads nowhere.", detail, place, hint, severity="warning")


def _went(path: str, sight: Sight, brought: FiledBefore) -> str:
    """Return the path to which a run took what was at a path, as far as it stands there; "" where none is known to have."""
    readers = sight.stores.readers
    for key, reader in readers.items():
        top = reader.root.path.rstrip("/")
        filed = brought(join(key, path[len(top) + 1 :])) if top and path.startswith(f"{top}/") else None
        place = filed.standing(readers, None) if filed is not None else ""
        if place:
            root, rel = split(place)
            return os.path.join(readers[root].root.path, rel) if readers[root].root.kind == "folder" else ""
    return ""
