"""What could be restored, for people: signs, and what the command beside them takes."""

from reshelve.planner.tiers.missed_projects import Missed, Sign, missed
from reshelve.schemas.cost_block import PlanCost
from reshelve.schemas.manifest import ManifestProject
from reshelve.schemas.operations import Thaw
from reshelve.schemas.plan import Blocked, Plan
from reshelve.views.restores import missed_event, missed_text
from tests.support.viewplans import evening

SIGNS = tuple(Sign("b40", f"2026-11-{day:02}", f"used in b{day}") for day in (9, 7, 5, 3))
OLD = Missed(ManifestProject("b40", "v", ["light", "deep"], "2026-01-01T00:00:00Z", {}), SIGNS)
COST = PlanCost("aws", "2026-11-01", "USD", once="0.25", wait_hours="12")


def test_what_must_be_thawed_first() -> None:
    plan = Plan(operations=[Thaw("s3:b40.tar.gz", 12_000_000_000, 1, 1, days=7, tier="Bulk")], cost=COST)
    assert list(missed_text(OLD, plan, "reshelve restore b40")) == [
        "b40  in light, deep",
        "  2026-11-09  used in b9",
        "  2026-11-07  used in b7",
        "  2026-11-05  used in b5",
        "  … and 1 more sign",
        "  reshelve restore b40    12 GB to thaw first, $0.25 once, a wait of up to 12 hours",
    ]
    event = missed_event(OLD, plan, "reshelve restore b40")
    assert event["cost"] == {"once": "0.25", "currency": "USD", "wait_hours": "12"} and event["bytes"] == 12_000_000_000


def test_what_is_in_the_way() -> None:
    plan = Plan(blocked=[Blocked("work:b40/", "s3:b40.tar.gz", "no-space", "there is no room for it", "")])
    assert list(missed_text(OLD, plan, "reshelve restore b40"))[-1].endswith("not yet: there is no room for it")


def test_what_costs_nothing() -> None:
    assert list(missed_text(OLD, evening(), "reshelve restore b40"))[-1].endswith(", no cost, no wait")


def test_the_newest_sign_comes_first() -> None:
    projects = [ManifestProject(name, "v", ["deep"], "", {}) for name in ("a", "b", "c", "d")]
    signs = [Sign("a", "2026-11-01", "x"), Sign("b", "2026-11-03", "x"), Sign("c", "2026-11-03", "x"), Sign("c", "2026-10-03", "y")]
    found = missed(projects, [*signs, signs[0]])
    assert [(each.project.id, len(each.signs)) for each in found] == [("c", 2), ("b", 1), ("a", 1)]
