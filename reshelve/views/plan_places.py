"""Places of operations: under which place an operation is listed, in which folder that is, and its name there."""

from reshelve.schemas.operations import AnyOperation


def target_of(op: AnyOperation) -> str:
    """Return the place an operation is listed under: what it makes, else what it takes away."""
    return op.makes or op.frees or op.reads or ""


def folder_of(place: str) -> str:
    """Return the folder of a place with its closing slash: `tv:Show/`, `inbox:`. A root key may itself hold a slash."""
    root, _, rel = place.partition(":")
    head = rel.rpartition("/")[0]
    return f"{root}:{head}/" if head else f"{root}:"


def name_of(place: str) -> str:
    """Return the last part of a place."""
    return place.partition(":")[2].rpartition("/")[2]
