"""Plans whose archives, uploads and downloads are each for themselves: where one fails, what the others did is kept."""

from reshelve.schemas.operations import AnyOperation, Download, Pack, Unpack, Upload
from reshelve.schemas.plan import Plan
from reshelve.schemas.run_record import OnError

_BESIDE = frozenset(("thaw", "transition", "trash", "mkdir", "rmdir"))
"""What such plans hold beside archives and uploads: it goes with one of them, or is for itself."""


def usual_on_error(plan: Plan) -> OnError:
    """Return what is done when a step of a plan fails, where nobody says: "continue" if its archives are independent."""
    return "continue" if independent(plan) else "rollback"


def independent(plan: Plan) -> bool:
    """Say whether a plan is made of several archives, uploads or downloads, none of which needs another or takes another's place.

    Whatever is trashed because of one needs it, so that it stays where that one fails.
    """
    several = [operation for operation in plan.operations if isinstance(operation, Pack | Unpack | Upload | Download)]
    return len(several) > 1 and all(_for_itself(plan, operation) for operation in plan.operations)


def _for_itself(plan: Plan, operation: AnyOperation) -> bool:
    if not isinstance(operation, Pack | Unpack | Upload | Download):
        return operation.op in _BESIDE
    return all(plan.operations[need].op == "mkdir" for need in operation.needs)
