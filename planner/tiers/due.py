"""Due: which projects a move is about now, and why. Ages are counted from a clock that is an argument."""

from collections.abc import Iterator
from dataclasses import dataclass

from planner.identity import time_text
from planner.tiers.places import is_like
from planner.tiers.standings import Standing, Standings
from schemas import quantities
from schemas.tiers import Move


@dataclass(slots=True, frozen=True)
class Due:
    """A project that stands where a move takes it from, with the reason in a phrase that stays the same from day to day."""

    standing: Standing
    why: str


def due(move: Move, standings: Standings, now_ns: int) -> Iterator[Due]:
    """Yield what a move is about now, the most lately used last: that which rested longest goes first.

    What was written after `now_ns` (ns since the epoch) is as young as can be.
    """
    limit_ns = None if move.after is None else now_ns - int(quantities.age(move.after) * 1e9)
    room = None if move.keep_size is None else quantities.size(move.keep_size)
    kept = 0
    found: list[Due] = []
    for rank, standing in enumerate(standings.in_tier(move.from_)):
        kept += standing.size
        reasons = []
        if move.after is not None:
            if limit_ns is None or standing.used_ns >= limit_ns:
                continue
            reasons.append(f"last written {_day(standing.used_ns)}, over {move.after} ago")
        if move.keep is not None:
            if rank < move.keep:
                continue
            reasons.append(f"not among the {move.keep} last used")
        if room is not None:
            if kept <= room:
                continue
            reasons.append(f"beyond the {move.keep_size} kept of the last used")
        if is_like(standing.project, move.projects):
            found.append(Due(standing, " and ".join(reasons)))
    yield from reversed(found)


def _day(time_ns: int) -> str:
    return (time_text(time_ns) or "long ago").partition("T")[0]
