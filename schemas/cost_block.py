"""What a plan does to the bill: a block of plan.json. Amounts are decimal text in the price list's currency."""

from dataclasses import field
from typing import Literal

from pydantic import ConfigDict

from reshelve.schemas.quick_dataclasses import dataclass

CostKind = Literal["requests", "transition", "retrieval", "thawed-copy", "early-deletion", "transfer-out"]


@dataclass(slots=True, frozen=True)
class CostLine:
    """One kind of one-time cost: how many objects and bytes, and the amount."""

    kind: CostKind
    objects: int
    bytes: int
    amount: str


@dataclass(slots=True, frozen=True)
class ClassChange:
    """What a plan adds to one storage class (negative: removes from it), and what that costs per month."""

    storage_class: str
    objects: int
    bytes: int
    month: str


@dataclass(slots=True, frozen=True)
class PlanCost:
    """The cost and waiting time of a plan's cloud steps, by the price list `prices` as of `date`.

    `month_before` and `month_after` are the monthly cost of all buckets before and after. `once` is the sum of `lines`.
    `wait_hours` is the longest time the slowest thaw takes. `still_billed` is the monthly cost of hidden objects until they
    are deleted. `unpriced` are classes that the price list does not have: their cost is not known.
    """

    prices: str
    date: str
    currency: str
    month_before: str = "0.00"
    month_after: str = "0.00"
    month_difference: str = "0.00"
    once: str = "0.00"
    still_billed: str = "0.00"
    wait_hours: str = "0"
    changes: list[ClassChange] = field(default_factory=list)
    lines: list[CostLine] = field(default_factory=list)
    unpriced: list[str] = field(default_factory=list)

    __pydantic_config__ = ConfigDict(extra="forbid")
