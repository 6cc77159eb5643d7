"""The guards: how much a plan may put into the trash, and make a month cost, before somebody has to say that it is meant."""

from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal

from reshelve.planner.cost.money import cents, shown
from reshelve.schemas import quantities
from reshelve.schemas.locations import store_of
from reshelve.schemas.operations import Trash
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, stop

_ON, _OFF = frozenset(("1", "true", "yes", "on")), frozenset(("", "0", "false", "no", "off"))


def only_plans(environ: Mapping[str, str]) -> bool:
    """Say whether `DRY_RUN` allows plans alone. Raises ReshelveError where it says neither: nothing is done on a guess."""
    text = environ.get("DRY_RUN", "").strip().lower()
    if text not in _ON | _OFF:
        summary, hint = "The environment variable DRY_RUN was not understood.", "DRY_RUN=false, or unset DRY_RUN"
        raise stop("dry-run", summary, "It is neither true nor false, so nothing is done.", path="DRY_RUN", hint=hint)
    return text in _ON


def refuse_dry(environ: Mapping[str, str]) -> None:
    """Raise ReshelveError, of kind "declined", where `DRY_RUN` allows plans alone."""
    if only_plans(environ):
        hint = "DRY_RUN=false, or unset DRY_RUN"
        raise stop("dry-run", "Nothing was done.", "The environment has DRY_RUN on.", path="DRY_RUN", hint=hint, kind="declined")


def trashed_by_store(plan: Plan) -> Counter[str]:
    """Return how many files a plan puts into the trash, by store; a replaced file is one of them."""
    return Counter(store_of(op.src.partition(":")[0].removesuffix("%")) for op in plan.operations if isinstance(op, Trash))


def beyond(plan: Plan, limit: str, observed: Mapping[str, int], count: Callable[[str], int]) -> list[Problem]:
    """Return a problem for every store that a plan takes more from than `limit` ("250", "10%").

    The share is of the files observed in that store; `count` counts those of a store the plan did not.
    """
    if not limit:
        return []
    allowed, is_share = quantities.share(limit)
    problems = []
    for store, trashed in sorted(trashed_by_store(plan).items()):
        if is_share:
            total = observed[store] if store in observed else count(store)
            passed = trashed > allowed * total
            detail = f"{trashed:,} of the {total:,} files of `{store}` would go to the trash; the guard allows {limit}."
        else:
            passed = trashed > allowed
            files = "file" if trashed == 1 else "files"
            detail = f"{trashed:,} {files} of `{store}` would go to the trash; the guard allows {limit}."
        if passed:
            told = f"--max-delete {trashed}"
            hint = f"If that is meant: reshelve apply {told}" if plan.command == "apply" else f"If that is meant, add {told}"
            problems.append(Problem("max-delete", "The plan removes more than the guard allows.", detail, store, hint))
    return problems


def too_dear(plan: Plan, limit: str) -> list[Problem]:
    """Return a problem where a plan raises the bill of all buckets above `limit` ("5 USD/month"). One that lowers it never does."""
    cost = plan.cost
    if not limit or cost is None or (not cost.unpriced and Decimal(cost.month_difference) <= 0):
        return []
    amount, currency = quantities.budget(limit)
    # Of the commands that carry a plan out, only `plan` and with it `apply` can be told to do less.
    hint = "raise `max_cost` in `guards:`" + (", or plan less at once with --only" if plan.command == "apply" else "")
    if currency != cost.currency:
        detail = f"The guard allows {limit}, and the price list {cost.prices} is in {cost.currency}."
        return [Problem("max-cost", "The cost guard is in another currency.", detail, "guards.max_cost", hint)]
    if cost.unpriced:
        detail = f"The guard allows {limit}, and {cost.prices} has no price for {', '.join(cost.unpriced)}."
        hint = "add the class to the price list"
        return [Problem("max-cost", "What the plan costs is not known.", detail, "guards.max_cost", hint)]
    after, more = Decimal(cost.month_after), Decimal(cost.month_difference)
    if after <= amount:
        return []
    # Rounded to the cent it may seem to be what the guard allows.
    told = shown(after, currency) if cents(after) > amount else f"{cost.month_after} {currency}"
    detail = f"A month would cost {told}, {shown(more, currency)} more than now; the guard allows {limit}."
    return [Problem("max-cost", "The plan costs more than the guard allows.", detail, "guards.max_cost", hint)]
