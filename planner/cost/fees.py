"""Fees: what is paid once, for requests, for reading and for leaving a class early."""

from collections.abc import Iterable
from decimal import Decimal

from reshelve.planner.cost.money import DAYS_A_MONTH
from reshelve.planner.cost.monthly_cost import STANDARD, Holding, class_month, class_prices, gigabytes, holding
from reshelve.schemas import quantities
from reshelve.schemas.price_list import Prices, Retrieval
from reshelve.schemas.quick_dataclasses import dataclass

PART = 8 * 2**20
"""Bytes of one part of a large upload: each part is a request."""
MOST_PARTS = 10_000
THOUSAND = Decimal(1000)


@dataclass(slots=True, frozen=True)
class FreeUse:
    """Requests of the free tier that are left this month."""

    put: int = 0
    get: int = 0


def put_requests(size: int) -> int:
    """Return the requests an upload of `size` bytes takes: one, or one a part and two more to begin and to end."""
    if size <= PART:
        return 1
    return min(-(-size // PART), MOST_PARTS) + 2


def upload_fee(size: int, name: str, prices: Prices) -> Decimal:
    """Return what the requests of one upload into a class cost. Parts are billed as STANDARD's, its end as the class's own."""
    requests = put_requests(size)
    parts = class_prices(prices, STANDARD).put * (requests - 1)
    return (class_prices(prices, name).put + parts) / THOUSAND + gigabytes(size, prices) * prices.in_gb


def transition_fee(name: str, prices: Prices, objects: int = 1) -> Decimal:
    """Return what it costs to bring objects into a class from another."""
    price = class_prices(prices, name)
    return max(price.transition, price.put) * objects / THOUSAND


def retrieval(name: str, tier: str, prices: Prices) -> Retrieval:
    """Return the prices of reading from a class in a retrieval tier; where it has no such tier, in its first."""
    thaw = class_prices(prices, name).thaw
    found = next((terms for each, terms in thaw.items() if each == tier), None)
    return found or next(iter(thaw.values()), Retrieval())


def thaw_fee(size: int, name: str, tier: str, days: int, prices: Prices) -> tuple[Decimal, Decimal]:
    """Return what it costs to thaw one object, and what its readable copy, kept as STANDARD, costs for so many days."""
    terms = retrieval(name, tier, prices)
    kept = class_month(STANDARD, Holding(size, 1, size), prices) * days / DAYS_A_MONTH
    return gigabytes(size, prices) * terms.gb + terms.requests / THOUSAND, kept


def read_fee(size: int, name: str, prices: Prices) -> Decimal:
    """Return what it costs to read one object that is not archived, or is thawed, within the service."""
    price = class_prices(prices, name)
    return gigabytes(size, prices) * price.read_gb + price.get / THOUSAND


def out_fee(size: int, prices: Prices) -> Decimal:
    """Return what it costs to bring bytes out of the service."""
    return gigabytes(size, prices) * prices.out_gb


def early_fee(size: int, name: str, stayed_days: int, prices: Prices) -> Decimal:
    """Return what is still billed of a class's minimum stay when an object leaves it after so many days."""
    missing = class_prices(prices, name).minimum_days - stayed_days
    if missing <= 0:
        return Decimal(0)
    return class_month(name, holding(size, name, prices), prices) * missing / DAYS_A_MONTH


def billed_requests(requests: Iterable[tuple[str, str, int]], prices: Prices, free: FreeUse) -> Decimal:
    """Return what ("put" or "get", class, number) requests of a month cost, the free ones taken off first."""
    left = {"put": free.put, "get": free.get}
    amount = Decimal(0)
    for kind, name, number in requests:
        price = class_prices(prices, name)
        spared = min(left[kind], number) if name == STANDARD else 0
        left[kind] -= spared
        amount += (price.put if kind == "put" else price.get) * (number - spared) / THOUSAND
    return amount


def overhead(name: str, prices: Prices) -> int:
    """Return the bytes billed beside each object of a class."""
    price = class_prices(prices, name)
    return quantities.size(price.overhead) + quantities.size(price.index)
