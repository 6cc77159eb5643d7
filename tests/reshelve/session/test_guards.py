"""The guards: what goes to the trash is counted by store, and a month may cost so much."""

from reshelve.schemas.cost_block import PlanCost
from reshelve.schemas.operations import Move, Trash
from reshelve.schemas.plan import Plan
from reshelve.session.guards import beyond, too_dear


def plan(trashed: dict[str, int]) -> Plan:
    operations = [Trash(f"{root}:f{number}", 1, 1, number) for root, count in trashed.items() for number in range(count)]
    return Plan(operations=[*operations, Move("inbox:a", "tv:a", 1, 1, 1)])


def refused(made: Plan, limit: str, total: int = 10) -> list[str]:
    return [problem.path for problem in beyond(made, limit, {}, lambda store: total)]


def test_a_count_and_a_share_are_limits_that_may_be_reached() -> None:
    assert refused(plan({"inbox": 3}), "3") == []
    assert refused(plan({"inbox": 4}), "3") == ["inbox"]
    assert refused(plan({"inbox": 1}), "10%") == []
    assert refused(plan({"inbox": 2}), "10%") == ["inbox"]
    assert refused(plan({"inbox": 1}), "0%") == ["inbox"]


def test_the_roots_of_a_group_count_together_and_stores_apart() -> None:
    assert refused(plan({"tv/nas": 2, "tv/attic": 2, "inbox": 1}), "3") == ["tv"]


def test_without_a_limit_nothing_is_refused() -> None:
    assert refused(plan({"inbox": 99}), "") == []


def test_what_the_plan_observed_is_believed_before_counting_again() -> None:
    def never(store: str) -> int:
        raise AssertionError(store)

    assert beyond(plan({"inbox": 2}), "50%", {"inbox": 4}, never) == []


def dear(after: str, difference: str, limit: str, unpriced: tuple[str, ...] = (), currency: str = "USD") -> list[str]:
    cost = PlanCost("list", "2026-05-01", currency, month_after=after, month_difference=difference, unpriced=list(unpriced))
    return [problem.summary for problem in too_dear(Plan(cost=cost), limit)]


def test_a_month_may_cost_as_much_as_the_guard_says() -> None:
    assert dear("5.00", "1.00", "5 USD/month") == []
    assert dear("5.01", "0.01", "$5/month") == ["The plan costs more than the guard allows."]
    assert dear("9.00", "9.00", "") == [] and too_dear(Plan(), "$1/month") == []


def test_a_plan_that_makes_it_cheaper_is_never_refused() -> None:
    assert dear("9.00", "-1.00", "5 USD/month") == []
    assert dear("9.00", "0.00", "5 USD/month") == []


def test_what_cannot_be_told_is_refused() -> None:
    assert dear("0.00", "0.00", "5 USD/month", ("OTHER",)) == ["What the plan costs is not known."]
    assert dear("0.00", "1.00", "5 EUR/month") == ["The cost guard is in another currency."]
    assert dear("9.00", "0.00", "5 EUR/month") == [], "what adds nothing adds nothing in any currency"


def test_amounts_are_told_as_everywhere_and_never_seem_allowed() -> None:
    for after, told in (("8.958725", "$8.96, $1.50 more"), ("5.004", "5.004 USD, $1.50 more")):
        cost = PlanCost("list", "2026-05-01", "USD", month_after=after, month_difference="1.50")
        [one] = too_dear(Plan(cost=cost), "5 USD/month")
        assert f"A month would cost {told} than now" in one.detail
