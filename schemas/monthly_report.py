"""The monthly report: what the runs of a month did, and what the buckets cost a month, beside the report before."""

from dataclasses import field
from typing import Literal

from pydantic import ConfigDict

from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class ProjectMonth:
    """A project: its tiers, the bytes of all its copies, and what a month of those in buckets costs, exact.

    `cost` is "" where a class has no price. `before` is the cost in the report before, "" where that does not have the project.
    """

    id: str
    tiers: list[str]
    size_bytes: int
    cost: str
    before: str = ""

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(slots=True, frozen=True)
class RunOfMonth:
    """A run that failed, or that archived something: when it ended (ISO 8601), how, and what of it is worth naming."""

    run: str
    command: str
    ended: str
    outcome: str
    places: list[str] = field(default_factory=list)
    why: str = ""

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(slots=True)
class MonthlyReport:
    """One calendar month. `made` is when it was made, ISO 8601 in UTC; amounts are exact, in `currency`, for a month.

    `cost` is what all buckets cost at that time, "" where a class has no price (`unpriced`), `before` what they did in the report
    of month `compared`. `levels` are the `warn` levels of `cost:` that are reached. `runs` counts all that settled, `undone` those
    of them that were undone.
    """

    month: str
    made: str
    prices: str
    currency: str
    cost: str
    before: str = ""
    compared: str = ""
    levels: list[str] = field(default_factory=list)
    unpriced: list[str] = field(default_factory=list)
    projects: list[ProjectMonth] = field(default_factory=list)
    runs: int = 0
    undone: int = 0
    operations: dict[str, int] = field(default_factory=dict)
    archived: list[RunOfMonth] = field(default_factory=list)
    failed: list[RunOfMonth] = field(default_factory=list)
    version: Literal[1] = 1

    __pydantic_config__ = ConfigDict(extra="forbid")
