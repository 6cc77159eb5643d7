"""Due: which projects a move is about now, and why. Ages are counted from a clock that is an argument."""

from collections.abc import Callable, Iterator

from reshelve.planner.observing.identity import time_text
from reshelve.planner.tiers.tier_contents import Standing, Standings
from reshelve.planner.tiers.tier_places import is_like
from reshelve.schemas import quantities
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.tier_settings import Move


@dataclass(slots=True, frozen=True)
class Due:
    """A project that stands where a move takes it from, with the reason in a phrase that stays the same from day to day."""

    standing: Standing
    why: str


NEVER = "never"
"""The age of a project that is not taken at all."""


def due(move: Move, standings: Standings, now_ns: int, after: Callable[[Move, Standing], str | None]) -> Iterator[Due]:
    """Yield what a move is about now, the most lately used last: that which rested longest goes first.

    `after` says from what age on a move takes a project, None for any, NEVER for none. What was written after `now_ns` (ns since
    the epoch) is as young as can be.
    """
    room = None if move.keep_size is None else quantities.size(move.keep_size)
    kept = 0
    found: list[Due] = []
    for rank, standing in enumerate(standings.in_tier(move.from_)):
        kept += standing.size
        reasons = []
        age = after(move, standing)
        if age == NEVER:
            continue
        if age is not None:
            if standing.used_ns >= now_ns - int(quantities.age(age) * 1e9):
                continue
            own = f", as {move.setting} of the project says" if age != move.after else ""
            reasons.append(f"last written {_day(standing.used_ns)}, over {age} ago{own}")
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
