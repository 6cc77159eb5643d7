"""Check: there is room left on every disk."""

from reshelve.examining.health.check_inputs import CheckResult, Sight
from reshelve.schemas import quantities
from reshelve.schemas.problems import Problem, Severity
from reshelve.schemas.quantities import human_size


def room(sight: Sight) -> CheckResult:
    """Find disks with less room than their reserve, or than the share that `health:` asks for; each disk is told once."""
    number, is_share = quantities.share(sight.limits.room)
    result = CheckResult()
    disks: dict[str, object] = {}
    # One disk is told once: by the root that wants the most of it.
    roots = [reader.root for key, reader in sorted(sight.stores.readers.items()) if key in sight.listings]
    by_disk = {root.fs: root for root in sorted(roots, key=lambda root: root.reserve) if root.kind == "folder"}
    for root in by_disk.values():
        reader = sight.stores.readers[root.key]
        try:
            space = reader.space("")
        except OSError:
            continue
        disks[root.key] = {"free_gb": round(space.free / (1 << 30), 3), "total_gb": round(space.total / (1 << 30), 3)}
        least = max(root.reserve, int(number * space.total if is_share else number))
        if space.free < least:
            free = f"{human_size(space.free)} of {human_size(space.total)} are free; {human_size(least)} should be"
            hint = "reshelve trash empty, or reshelve duplicates"
            severity: Severity = "error" if space.free < root.reserve else "warning"
            result.problems.append(Problem("room-low", "A disk is nearly full.", f"{free}.", root.key, hint, severity=severity))
        elif space.free_inodes == 0:
            detail = "No new file can be made: all inodes are taken."
            result.problems.append(Problem("room-low", "A disk is full.", detail, root.key, "Remove files that are not needed."))
    result.figures["disks"] = disks
    return result
