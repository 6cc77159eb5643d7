"""Levels of cost to warn at: each plan is told of the one that it would newly reach, or that it adds to."""

from decimal import Decimal

from reshelve.planner.cost.cost_levels import of_now, of_plan, reached
from reshelve.schemas.cost_block import PlanCost

LEVELS = ["10 USD/month", "5 USD/month", "20 USD/month", "1 EUR/month"]


def _cost(before: str, after: str, unpriced: tuple[str, ...] = ()) -> PlanCost:
    return PlanCost("aws", "2026-05-01", "USD", before, after, unpriced=[*unpriced])


def test_levels_that_are_reached_are_told_lowest_first_and_others_currencies_are_not() -> None:
    assert reached(LEVELS, Decimal(10), "USD") == ["5 USD/month", "10 USD/month"]
    assert of_now([]) == []
    [one] = of_now(["5 USD/month", "10 USD/month"])
    assert one.severity == "warning" and "at least 10 USD/month (2 levels reached)" in one.detail


def test_a_plan_is_warned_of_at_the_highest_level_that_it_newly_reaches() -> None:
    [one] = of_plan(LEVELS, _cost("4.99", "12"))
    assert one.code == "cost-level" and one.severity == "warning" and "would cost at least 10 USD/month" in one.detail


def test_a_plan_that_adds_to_a_cost_above_a_level_is_warned_of() -> None:
    [one] = of_plan(LEVELS, _cost("10", "12"))
    assert one.code == "cost-level" and one.severity == "warning" and "costs at least 10 USD/month already" in one.detail


def test_a_plan_that_adds_nothing_or_cannot_be_priced_is_not() -> None:
    assert of_plan(LEVELS, _cost("12", "12")) == of_plan(LEVELS, _cost("12", "11")) == []
    assert of_plan(LEVELS, _cost("1", "2")) == []
    assert of_plan(LEVELS, _cost("12", "4")) == []
    assert of_plan(LEVELS, _cost("4", "12", ("ODD",))) == []
    assert of_plan(LEVELS, None) == of_plan([], _cost("4", "12")) == []
