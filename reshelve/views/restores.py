"""What could be restored, in words: why it seems to be missed, what bringing it back costs, and how long that takes."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from reshelve.planner.cost.money import shown as money
from reshelve.planner.tiers.missed_projects import Missed
from reshelve.schemas.locations import printable
from reshelve.schemas.plan import Plan
from reshelve.schemas.quantities import human_size
from reshelve.views.colour import count
from reshelve.views.costs import hours

_SIGNS = 3
"""Signs that are named of each project."""


def missed_text(each: Missed, plan: Plan, command: str) -> Iterator[str]:
    """Yield one project: where it is, its signs, and the command that restores it with cost and wait, or what is in the way."""
    yield f"{printable(each.project.id)}  in {', '.join(each.project.tiers)}"
    for sign in each.signs[:_SIGNS]:
        yield f"  {sign.day}  {printable(sign.what)}"
    if len(each.signs) > _SIGNS:
        yield f"  … and {count(len(each.signs) - _SIGNS, 'more sign')}"
    if not plan.operations:
        why = next((one.detail for one in plan.blocked), "nothing can be planned for it now")
        waits = f"{count(len(plan.waiting), 'object')} being thawed" if plan.waiting else printable(why).rstrip(".")
        yield f"  {printable(command)}    not yet: {waits}"
        return
    yield f"  {printable(command)}    {', '.join(_terms(plan))}"


def missed_event(each: Missed, plan: Plan, command: str) -> dict[str, Any]:
    """Return the same as an event."""
    signs = [{"day": sign.day, "what": sign.what} for sign in each.signs]
    cost = {"once": plan.cost.once, "currency": plan.cost.currency, "wait_hours": plan.cost.wait_hours} if plan.cost else None
    told = {"project": each.project.id, "tiers": each.project.tiers, "signs": signs, "bytes": plan_bytes(plan)}
    return {"type": "restore-suggested", **told, "cost": cost, "blocked": len(plan.blocked), "command": command}


def plan_bytes(plan: Plan) -> int:
    """Return how much a plan brings, or else asks to be thawed."""
    brought = sum(operation.size for operation in plan.operations if operation.op in ("copy", "download", "unpack"))
    return brought or sum(operation.size for operation in plan.operations if operation.op == "thaw")


def _terms(plan: Plan) -> Iterator[str]:
    thaws = any(operation.op == "thaw" for operation in plan.operations)
    yield f"{human_size(plan_bytes(plan))}{' to thaw first' if thaws else ''}"
    if plan.cost is None:
        yield "no cost, no wait"
        return
    unknown = f" and what {', '.join(plan.cost.unpriced)} costs" if plan.cost.unpriced else ""
    yield f"{money(Decimal(plan.cost.once), plan.cost.currency)} once{unknown}"
    wait = Decimal(plan.cost.wait_hours)
    yield f"a wait of up to {hours(wait)}" if wait else "no wait"
