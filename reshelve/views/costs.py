"""Cost for people: what is kept and what a month of it costs, what a plan adds, and other ways to keep it side by side."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from reshelve.planner.cost.money import cents, plain, shown, year
from reshelve.schemas.cost_block import PlanCost
from reshelve.schemas.quantities import human_size
from reshelve.views.colour import count

if TYPE_CHECKING:
    from reshelve.planner.cost.class_scenarios import BreakEven, Comparison, Scenario
    from reshelve.schemas.price_list import Prices

ONCE = {
    "requests": "requests",
    "transition": "changes of class",
    "retrieval": "reading and thawing",
    "thawed-copy": "the thawed copies",
    "early-deletion": "leaving a class early",
    "transfer-out": "bringing it out",
}


def plan_cost(cost: PlanCost) -> Iterator[str]:
    """Yield what a plan does to the bill, however little, and how long a thaw takes."""
    money = cost.currency
    difference = Decimal(cost.month_difference)
    if cost.unpriced:
        yield f"Cost: not fully known, because {cost.prices} has no price for {', '.join(cost.unpriced)}."
    than = f"{shown(abs(difference), money)} {'less' if difference < 0 else 'more'} than now" if difference else "as now"
    yield f"Cost: {shown(Decimal(cost.month_after), money)} a month, {than} ({cost.prices}, {cost.date})."
    if cost.lines:
        parts = [f"{ONCE[line.kind]} {shown(Decimal(line.amount), money)}" for line in cost.lines]
        yield f"Once: {shown(Decimal(cost.once), money)} ({', '.join(parts)})."
    if Decimal(cost.still_billed):
        yield f"Still billed until it is removed for good: {shown(Decimal(cost.still_billed), money)} a month."
    if Decimal(cost.wait_hours):
        yield f"Waiting: up to {hours(Decimal(cost.wait_hours))} until what is archived can be read."


def hours(number: Decimal) -> str:
    """Return hours as people say them."""
    return count(int(number), "hour") if number >= 1 else count(int(number * 60), "minute")


def heading(prices: "Prices") -> str:
    """Return the line that says by which prices, of when and from where, is reckoned."""
    return f"By the prices of {prices.name}, {prices.date} ({prices.source})"


def scenario_text(each: "Scenario", prices: "Prices") -> Iterator[str]:
    """Yield a way to keep everything: its classes, what is done with it, a month and a year."""
    money = prices.currency
    rows = [(name or "own", held.bytes, held.objects, Decimal(0)) for name, held in each.own.items()]
    rows += [(line.storage_class, line.held.bytes, line.held.objects, line.amount) for line in each.lines]
    yield f"{each.name}"
    for name, size, objects, amount in rows:
        files = count(objects, "object") if objects else ""
        yield f"  {name:<14} {_gb(size, prices):>12} {files:>16} {shown(amount, money):>14}"
    for words, amount in (("bringing it out", each.out), ("requests", each.requests)):
        if amount:
            yield f"  {words:<44} {shown(amount, money):>14}"
    yield f"  {'a month':<44} {shown(each.month, money):>14}"
    yield f"  {'a year':<44} {shown(year(each.month) or each.month, money):>14}"


def comparison_text(rows: Sequence["Comparison"], prices: "Prices", tier: str) -> Iterator[str]:
    """Yield every class side by side, and when GLACIER_IR would be the cheaper one."""
    money = prices.currency
    yield f"All of it in one class, read in tier {tier} where it must be thawed"
    columns = f"{'a month':>10} {'a year':>10} {'to move it':>11} {'to read it':>11} {'wait':>9} {'stays':>6}"
    yield f"  {'':<14} {columns}  GLACIER_IR is cheaper"
    for row in rows:
        wait = "none" if not row.hours else hours(row.hours)
        stays = f"{row.minimum_days} d" if row.minimum_days else ""
        amounts = (row.month, year(row.month) or row.month, row.bring, row.read)
        costs = [shown(amount, money) for amount in amounts]
        cells = " ".join(f"{text:>{width}}" for text, width in zip([*costs, wait, stays], (10, 10, 11, 11, 9, 6), strict=True))
        yield f"  {row.storage_class:<14} {cells}  {even(row.break_even)}".rstrip()


def even(found: "BreakEven | None") -> str:
    """Return in words when another class is the cheaper one."""
    if found is None:
        return ""
    if found.when in ("always", "never"):
        return found.when
    return f"{'under' if found.when == 'below' else 'over'} {cents(found.share * 100):f} % read a month"


def scenario_event(each: "Scenario", prices: "Prices") -> dict[str, Any]:
    """Return a scenario as an event; amounts are decimal text."""
    lines = [
        {"class": line.storage_class, "bytes": line.held.bytes, "objects": line.held.objects, "month": plain(line.amount)}
        for line in each.lines
    ]
    own = [{"place": name, "bytes": held.bytes, "objects": held.objects, "month": "0.00"} for name, held in each.own.items()]
    return {
        "type": "scenario",
        "name": each.name,
        "currency": prices.currency,
        "lines": own + lines,
        "out": plain(each.out),
        "requests": plain(each.requests),
        "month": str(cents(each.month)),
        "year": str(year(each.month)),
    }


def comparison_events(rows: Iterable["Comparison"], prices: "Prices") -> Iterator[dict[str, Any]]:
    """Yield an event for every class compared."""
    for row in rows:
        found = row.break_even
        yield {
            "type": "comparison",
            "class": row.storage_class,
            "currency": prices.currency,
            "month": str(cents(row.month)),
            "year": str(year(row.month)),
            "bring": plain(row.bring),
            "read": plain(row.read),
            "hours": f"{row.hours.normalize():f}",
            "minimum_days": row.minimum_days,
            "glacier_ir_is_cheaper": None if found is None else {"when": found.when, "share": plain(found.share)},
        }


def _gb(size: int, prices: "Prices") -> str:
    from reshelve.planner.cost.monthly_cost import gigabytes

    amount = gigabytes(size, prices)
    return f"{amount.quantize(Decimal('0.1')).normalize():f} GB" if amount >= Decimal("0.1") else human_size(size)
