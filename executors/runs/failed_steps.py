"""What is told of a step that was not done."""

from reshelve.executors.verbs.file_verbs import CANCELLED
from reshelve.schemas.operations import AnyOperation
from reshelve.schemas.problems import Problem


def failed_step(code: str, detail: str, path: str, hint: str) -> Problem:
    """Return what is told of a step that was not done: that it failed, or that the run was interrupted at it."""
    if code == CANCELLED:
        return Problem(code, "The run was interrupted.", detail, path, hint, severity="note")
    return Problem(code, "An operation failed.", detail, path, hint)


def told_of(operation: AnyOperation, code: str, what: str) -> str:
    """Return which operation was not done, and `what` the system said of it."""
    return f"{operation.describe()} was under way." if code == CANCELLED else f"{operation.describe()}: {what}."
