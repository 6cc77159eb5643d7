"""Exit codes: the one table from what an outcome means to the number a command ends with."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from reshelve.schemas.problems import Kind

if TYPE_CHECKING:
    from reshelve.schemas.run_report import Report

MEANINGS: dict[int, str] = {
    0: "done, or nothing to do",
    1: "an error before anything was touched, or all that there was to do is blocked",
    2: "there are changes (plan --detailed-exitcode), drift or a violated policy (check), or something needs attention (health)",
    3: "apply failed and was rolled back",
    4: "apply stopped part-way, or a run needs `reshelve recover`",
    5: "plan refused: stale, already applied, or of another workspace",
    6: "another run holds the lock",
    7: "declined, or a guard refused",
    64: "usage error",
    130: "interrupted; the output says what was left",
}

PRECEDENCE = (64, 6, 5, 7, 1, 4, 3, 2, 0)
"""Where two codes hold, the earlier one here is the answer. An interrupt is answered before this is asked."""

_BY_KIND: dict[Kind, int] = {
    "error": 1,
    "changes": 2,
    "rolled-back": 3,
    "unsettled": 4,
    "stale": 5,
    "locked": 6,
    "declined": 7,
    "usage": 64,
    "interrupted": 130,
}


def code(kind: Kind) -> int:
    """Return the exit code of a kind of outcome."""
    return _BY_KIND[kind]


def of_report(report: "Report") -> int:
    """Return the exit code a settled run comes to."""
    if report.interrupted:
        return _BY_KIND["interrupted"]
    if report.outcome == "rolled-back":
        return _BY_KIND["rolled-back"]
    if report.outcome != "done" or report.failures or report.unsure:
        return _BY_KIND["unsettled"]
    return 0


def of_recovery(report: "Report") -> int:
    """Return the exit code of settling a run: 0 however it ended, so long as it has."""
    return _BY_KIND["unsettled"] if report.outcome == "unsettled" else 0


def first(codes: Iterable[int]) -> int:
    """Return the code that wins where several hold; 0 when there are none."""
    held = set(codes)
    if 130 in held:
        return 130
    return next((one for one in PRECEDENCE if one in held), 0)


def epilog(*codes: int) -> str:
    """Return the lines a command's help ends with: its exit codes and what they mean."""
    lines = [f"  {one:>3}  {MEANINGS[one]}" for one in sorted({*codes, 64})]
    return "\b\nExit codes:\n" + "\n".join(lines)
