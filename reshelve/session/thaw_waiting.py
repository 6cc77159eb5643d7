"""Waiting for thaws: the stores are looked at again from time to time, until there is something to do or nothing to wait for."""

import time
from collections.abc import Callable
from datetime import datetime

from reshelve.schemas.plan import Plan

SHORTEST, LONGEST = 60.0, 900.0
"""Seconds between two looks: a look costs the listing of the buckets."""


def sleep(seconds: float) -> None:
    """Let time pass."""
    time.sleep(seconds)


def until_ready(plan: Callable[[], Plan], now: Callable[[], datetime], tell: Callable[[Plan], object]) -> Plan:
    """Make plans until one has something to do, or nothing waits any more, and return it. Each that only waits is told."""
    while True:
        made = plan()
        if made.can_apply() or not made.waiting:
            return made
        tell(made)
        sleep(pause(made, now()))


def pause(plan: Plan, now: datetime) -> float:
    """Return how many seconds to wait before looking again: until the first object is likely ready, within bounds."""
    known = [datetime.fromisoformat(one.ready) for one in plan.waiting if one.ready]
    ahead = min(((moment - now).total_seconds() for moment in known), default=LONGEST)
    return min(max(ahead, SHORTEST), LONGEST)
