"""Scenarios: the same bytes in other classes, side by side, and how much may be read before another class is the cheaper one."""

from collections.abc import Sequence
from dataclasses import field
from decimal import Decimal, InvalidOperation
from typing import Literal

from reshelve.planner.cost.fees import FreeUse, billed_requests, out_fee, retrieval, transition_fee
from reshelve.planner.cost.money import DAYS_A_MONTH
from reshelve.planner.cost.monthly_cost import (
    STANDARD,
    Holding,
    Holdings,
    MonthLine,
    class_prices,
    from_gigabytes,
    gigabytes,
    holding,
    month,
    total,
)
from reshelve.schemas.price_list import Prices
from reshelve.schemas.quick_dataclasses import dataclass

THAWED_DAYS = 7
"""How long a thawed copy is kept, where a comparison has to say so."""


class ScenarioError(Exception):
    """A scenario that cannot be read; `reason` says why in a phrase."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(slots=True, frozen=True)
class Use:
    """What is done with what is kept in a month: GB brought out, and requests of the STANDARD class."""

    out_gb: Decimal = Decimal(0)
    puts: int = 0
    gets: int = 0


@dataclass(slots=True, frozen=True)
class Scenario:
    """A way to keep everything: a line a class (or place of one's own), and what is done with it in a month; amounts exact."""

    name: str
    lines: list[MonthLine]
    out: Decimal = Decimal(0)
    requests: Decimal = Decimal(0)
    own: dict[str, Holding] = field(default_factory=dict)

    @property
    def storage(self) -> Decimal:
        """What keeping costs a month."""
        return total(self.lines)

    @property
    def month(self) -> Decimal:
        """What a month costs, use included."""
        return self.storage + self.out + self.requests


def scenario(name: str, kept: Holdings, own: Holdings, prices: Prices, use: Use, *, free: bool = False) -> Scenario:
    """Return what keeping `kept` in its classes, and `own` on disks of one's own, costs a month. Raises UnknownClass."""
    left = FreeUse(prices.free_tier.put, prices.free_tier.get) if free else FreeUse()
    requests = billed_requests([("put", STANDARD, use.puts), ("get", STANDARD, use.gets)], prices, left)
    out = out_fee(from_gigabytes(use.out_gb, prices), prices)
    return Scenario(name, month(kept, prices, free=free), out, requests, dict(own))


def all_in(name: str, size: int, objects: int, prices: Prices) -> dict[str, Holding]:
    """Return `size` bytes in `objects` as one class holds them. Raises UnknownClass."""
    return {name: holding(size, name, prices, objects)}


def mix(text: str, prices: Prices) -> tuple[dict[str, Holding], dict[str, Holding]]:
    """Return (in classes, on disks of one's own) for "ssd=100,STANDARD=100,DEEP_ARCHIVE=200:90", in GB, after `:` how many objects.

    A name of capital letters is a class, any other a place of one's own. Raises ScenarioError.
    """
    kept: dict[str, Holding] = {}
    own: dict[str, Holding] = {}
    for part in text.split(","):
        name, equals, amount = (each.strip() for each in part.partition("="))
        size, _, objects = amount.partition(":")
        try:
            given = from_gigabytes(Decimal(size), prices)
            number = int(objects or 0)
        except (InvalidOperation, ValueError, OverflowError):
            given = number = -1
        if not equals or not name or given < 0 or number < 0:
            raise ScenarioError(f"{part.strip()!r} is not written NAME=GB, as in STANDARD=100")
        if name == name.upper():
            if name not in prices.classes:
                raise ScenarioError(f"{name} is not in the price list, which has {', '.join(prices.classes)}")
            kept[name] = kept.get(name, Holding()) + holding(given, name, prices, number)
        else:
            own[name] = own.get(name, Holding()) + Holding(given, number, given)
    return kept, own


@dataclass(slots=True, frozen=True)
class BreakEven:
    """When another class is the cheaper one: always, never, or while the share read in a month is below or above `share`."""

    when: Literal["always", "never", "below", "above"]
    share: Decimal = Decimal(0)


@dataclass(slots=True, frozen=True)
class Comparison:
    """One class for given bytes: a month, bringing them there, reading all of them once, and how long that takes at most.

    `break_even` says when GLACIER_IR is cheaper than this class; None for itself, and where the list has no such class.
    """

    storage_class: str
    month: Decimal
    bring: Decimal
    read: Decimal
    hours: Decimal
    minimum_days: int
    break_even: BreakEven | None


def compare(
    size: int, objects: int, prices: Prices, *, tier: str = "Standard", than: str = "GLACIER_IR", names: Sequence[str] = ()
) -> list[Comparison]:
    """Return every class of the price list for `size` bytes in `objects`, the cheapest a month last. Raises UnknownClass."""
    found = []
    for name in names or prices.classes:
        kept = total(month(all_in(name, size, objects, prices), prices))
        found.append(
            Comparison(
                storage_class=name,
                month=kept,
                bring=transition_fee(name, prices, objects),
                read=gigabytes(size, prices) * _read_gb(name, tier, prices),
                hours=retrieval(name, tier, prices).hours,
                minimum_days=class_prices(prices, name).minimum_days,
                break_even=break_even(name, than, prices, tier) if than in prices.classes and name != than else None,
            )
        )
    return sorted(found, key=lambda each: (-each.month, each.storage_class))


def break_even(name: str, other: str, prices: Prices, tier: str = "Standard") -> BreakEven:
    """Return when `other` is cheaper than `name`, by the share of the bytes read in a month (1: all of them once).

    Raises UnknownClass.
    """
    saved = class_prices(prices, name).gb_month - class_prices(prices, other).gb_month
    dearer = _read_gb(other, tier, prices) - _read_gb(name, tier, prices)
    if saved > 0:
        return BreakEven("below", saved / dearer) if dearer > 0 else BreakEven("always")
    return BreakEven("above", saved / dearer) if dearer < 0 else BreakEven("never")


def _read_gb(name: str, tier: str, prices: Prices) -> Decimal:
    """Return what reading a GB of a class costs, with the thawed copy where there is one."""
    price = class_prices(prices, name)
    if not price.thaw:
        return price.read_gb
    copy = class_prices(prices, STANDARD).gb_month * THAWED_DAYS / DAYS_A_MONTH
    return retrieval(name, tier, prices).gb + copy
