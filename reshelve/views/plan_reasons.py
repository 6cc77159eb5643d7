"""Reasons: why an operation is done, in words that the files of one folder share."""

from reshelve.schemas.layout import ALREADY_AT, SAME_CONTENT
from reshelve.schemas.operations import AnyOperation, Trash
from reshelve.views.plan_places import folder_of, name_of


def reason_of(operation: AnyOperation) -> str:
    """Return why an operation is done; of a file that stands elsewhere too, in which folder that is, and not each file by name."""
    because = operation.because
    if isinstance(operation, Trash) and len(operation.witnesses) == 1 and because.startswith((ALREADY_AT, SAME_CONTENT)):
        folder = folder_of(operation.witnesses[0].place)
        return f"already in {folder}" if because.startswith(ALREADY_AT) else f"{SAME_CONTENT}a file that goes to {folder}"
    return because


def kept_as(operation: AnyOperation) -> str:
    """Return the name that the content of a file has elsewhere, "" where that is its own, or it is nowhere else."""
    if not isinstance(operation, Trash) or reason_of(operation) == operation.because:
        return ""
    name = name_of(operation.witnesses[0].place)
    return "" if name == name_of(operation.src) else name
