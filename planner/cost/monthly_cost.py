"""What is kept, and what it costs a month: bytes and objects by storage class, priced line by line."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

from reshelve.schemas import quantities
from reshelve.schemas.inventory import Item, Listing
from reshelve.schemas.price_list import ClassPrices, Prices
from reshelve.schemas.quick_dataclasses import dataclass

STANDARD = "STANDARD"
"""The class of objects that say none, and whose price the index of archived ones is kept at."""


@dataclass(slots=True, frozen=True)
class Holding:
    """So many `bytes` in so many `objects` of one class. `billed` counts each object as its class's smallest at least."""

    bytes: int = 0
    objects: int = 0
    billed: int = 0

    def __add__(self, other: "Holding") -> "Holding":
        return Holding(self.bytes + other.bytes, self.objects + other.objects, self.billed + other.billed)

    def __sub__(self, other: "Holding") -> "Holding":
        return Holding(self.bytes - other.bytes, self.objects - other.objects, self.billed - other.billed)


Holdings = Mapping[str, Holding]
"""What is kept, by storage class; "" is nothing that is billed, such as a disk of one's own."""


@dataclass(slots=True, frozen=True)
class MonthLine:
    """One class of what is kept, and its price for a month, exact."""

    storage_class: str
    held: Holding
    amount: Decimal


class UnknownClass(Exception):  # noqa: N818 - what is not in the list, not what went wrong
    """A class that the price list does not have; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def class_prices(prices: Prices, name: str) -> ClassPrices:
    """Return the prices of a class. Raises UnknownClass."""
    found = prices.classes.get(name or STANDARD)
    if found is None:
        raise UnknownClass(name)
    return found


def gigabytes(count: int, prices: Prices) -> Decimal:
    """Return bytes as the price list's GB, exact."""
    return Decimal(count) / Decimal(quantities.size(prices.gb))


def from_gigabytes(amount: Decimal, prices: Prices) -> int:
    """Return the bytes of so many of the price list's GB."""
    return int(amount * quantities.size(prices.gb))


def holding(size: int, name: str, prices: Prices, objects: int = 1) -> Holding:
    """Return what `objects` of `size` bytes together are in a class. Objects are taken to be of one size. Raises UnknownClass."""
    least = quantities.size(class_prices(prices, name).minimum_size) * objects
    return Holding(size, objects, max(size, least))


def held(listings: Iterable[Listing], prices: Prices) -> tuple[dict[str, Holding], list[str]]:
    """Return what the buckets among `listings` keep, by class, and the classes found that the price list does not have."""
    sizes: Counter[str] = Counter()
    objects: Counter[str] = Counter()
    billed: Counter[str] = Counter()
    least = {name: quantities.size(each.minimum_size) for name, each in prices.classes.items()}
    for item in _objects(listings):
        name = item.storage_class or STANDARD
        sizes[name] += item.size
        objects[name] += 1
        billed[name] += max(item.size, least.get(name, 0))
    known = {name: Holding(sizes[name], objects[name], billed[name]) for name in sorted(objects) if name in least}
    return known, sorted(objects.keys() - least.keys())


def _objects(listings: Iterable[Listing]) -> Iterable[Item]:
    return (
        item
        for listing in listings
        if listing.root.kind == "bucket"
        for item in (*listing.items, *listing.odd)
        if item.kind == "file"
    )


def together(*parts: Holdings) -> dict[str, Holding]:
    """Return several holdings as one."""
    total: dict[str, Holding] = {}
    for part in parts:
        for name, each in part.items():
            total[name] = total.get(name, Holding()) + each
    return dict(sorted(total.items()))


def class_month(name: str, each: Holding, prices: Prices) -> Decimal:
    """Return what one class of what is kept costs a month: its bytes, and what is kept beside each object. Raises UnknownClass."""
    if not name:
        return Decimal(0)
    price = class_prices(prices, name)
    own = each.billed + each.objects * quantities.size(price.overhead)
    index = each.objects * quantities.size(price.index)
    amount = gigabytes(own, prices) * price.gb_month
    return amount + (gigabytes(index, prices) * class_prices(prices, STANDARD).gb_month if index else 0)


def month(holdings: Holdings, prices: Prices, *, free: bool = False) -> list[MonthLine]:
    """Return a line for every class, in the price list's order; with `free` the free tier's GB of STANDARD cost nothing.

    Raises UnknownClass.
    """
    rank = {name: number for number, name in enumerate(prices.classes)}
    ordered = sorted(holdings.items(), key=lambda pair: rank.get(pair[0], len(rank)))
    lines = [MonthLine(name, each, class_month(name, each, prices)) for name, each in ordered]
    if not free:
        return lines
    given = prices.free_tier.gb * class_prices(prices, STANDARD).gb_month
    return [
        MonthLine(line.storage_class, line.held, max(line.amount - given, Decimal(0))) if line.storage_class == STANDARD else line
        for line in lines
    ]


def total(lines: Iterable[MonthLine]) -> Decimal:
    """Return what lines come to, exact."""
    return sum((line.amount for line in lines), Decimal(0))
