"""Levels of cost to warn at: those that the buckets reach, and those that they would reach with a plan, or that a plan adds to."""

from collections.abc import Sequence
from decimal import Decimal

from reshelve.schemas import quantities
from reshelve.schemas.cost_block import PlanCost
from reshelve.schemas.problems import Problem


def reached(levels: Sequence[str], amount: Decimal, currency: str) -> list[str]:
    """Return the levels that an amount reaches, the lowest first. One in another currency is none (`of_currency`)."""
    known = [(quantities.budget(level), level) for level in levels]
    return [level for (least, unit), level in sorted(known) if unit == currency and amount >= least]


def of_now(levels: Sequence[str]) -> list[Problem]:
    """Return a warning of the highest of the levels that are reached, if there are any."""
    more = f" ({len(levels)} levels reached)" if len(levels) > 1 else ""
    detail = f"A month of the buckets costs at least {levels[-1]}{more}." if levels else ""
    return (
        [_problem("The cost reaches a level to warn at.", detail, "See what other classes cost: reshelve cost --compare")]
        if levels
        else []
    )


def of_currency(levels: Sequence[str], currency: str) -> list[Problem]:
    """Return a warning of levels in another currency than the prices: nobody is ever warned at them."""
    others = [level for level in levels if is_foreign(level, currency)]
    detail = f"{', '.join(others)}: the prices are in {currency}, so nobody is warned of that."
    hint = f"write what to warn at in {currency}, or use a price list in the other currency"
    summary = "A level to warn at is in another currency than the prices."
    return [Problem("cost-currency", summary, detail, "cost.warn", hint, severity="warning")] if others else []


def is_foreign(amount: str, currency: str) -> bool:
    """Say whether "5 EUR/month" is in another currency than `currency`."""
    return quantities.budget(amount)[1] != currency


def of_plan(levels: Sequence[str], cost: PlanCost | None) -> list[Problem]:
    """Return a warning of the highest level that a plan reaches, or of the highest reached already if it adds to that cost.

    What cannot be priced reaches none.
    """
    if not levels or cost is None or cost.unpriced:
        return []
    hint = "See what it costs now: reshelve cost"
    before = reached(levels, Decimal(cost.month_before), cost.currency)
    new = [level for level in reached(levels, Decimal(cost.month_after), cost.currency) if level not in before]
    if new:
        detail = f"A month of the buckets would cost at least {new[-1]}."
        return [_problem("With this plan, the cost reaches a level to warn at.", detail, hint)]
    if before and Decimal(cost.month_after) > Decimal(cost.month_before):
        detail = f"A month of the buckets costs at least {before[-1]} already."
        return [_problem("This plan adds to a cost that has reached a level to warn at.", detail, hint)]
    return []


def _problem(summary: str, detail: str, hint: str) -> Problem:
    return Problem("cost-level", summary, detail, "cost.warn", hint, severity="warning")
