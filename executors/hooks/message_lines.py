"""Notices as the lines of a message, for people: the last of many, and a title."""

from collections.abc import Sequence

from reshelve.executors.hooks.notice_queue import Notice
from reshelve.schemas.locations import printable

_MOST = 20
"""Runs that one message names."""


def lines_of(notices: Sequence[Notice]) -> list[str]:
    """Return a line for each notice, of many the last ones. A name may hold what no message can: escaped, never a failure."""
    lines = [notice.text for notice in notices[-_MOST:]]
    if len(notices) > _MOST:
        lines.insert(0, f"{len(notices):,} runs; the last {_MOST}:")
    return [line.encode("utf-8", "backslashreplace").decode() for line in lines]


def title_of(notices: Sequence[Notice]) -> str:
    """Return the title of a message, on one line whatever a damaged notice says."""
    one = notices[-1]
    return printable(f"reshelve {one.command}: {one.outcome}") if len(notices) == 1 else f"reshelve: {len(notices):,} runs"
