"""The deletion guard: how much a plan may put into the trash before somebody has to say that it is meant."""

from collections import Counter
from collections.abc import Callable, Mapping

from schemas import quantities
from schemas.locations import store_of
from schemas.operations import Trash
from schemas.plan import Plan
from schemas.problems import Problem


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
            detail = f"{trashed} of the {total} files of `{store}` would go to the trash; the guard allows {limit}."
        else:
            passed = trashed > allowed
            detail = f"{trashed} files of `{store}` would go to the trash; the guard allows {limit}."
        if passed:
            told = f"--max-delete {trashed}"
            hint = f"If that is meant: reshelve apply {told}" if plan.command == "apply" else f"If that is meant, add {told}"
            problems.append(Problem("max-delete", "The plan removes more than the guard allows.", detail, store, hint))
    return problems
