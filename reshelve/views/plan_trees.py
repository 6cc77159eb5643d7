"""New folders of a plan that are told as a tree: projects and the like, with nothing from elsewhere in them."""

from collections.abc import Sequence

from reshelve.schemas.operations import AnyOperation
from reshelve.views.plan_places import target_of

Trees = list[tuple[str, list[AnyOperation]]]
"""New folders, each with all that makes it."""


def new_trees(operations: Sequence[AnyOperation]) -> tuple[Trees, list[AnyOperation]]:
    """Return the new folders that hold nothing but new folders and generated files, such as projects, and all other operations.

    A tree has one reason: that of its files, else that of its folders. Where files have several, it is none.
    """
    made = {target_of(op) for op in operations if op.op == "mkdir"}
    inside: dict[str, list[AnyOperation]] = {}
    for op in operations:
        top, at = "", target_of(op)
        while at:
            if at in made:
                top = at
            at = at.rpartition("/")[0] if "/" in at.partition(":")[2] else ""
        inside.setdefault(top, []).append(op)
    others = inside.pop("", [])
    trees = []
    for top, ops in inside.items():
        # A folder alone, or two, say no more as a tree than they do in a line.
        if len(ops) > 2 and {op.op for op in ops} <= {"mkdir", "write"} and len({op.because for op in ops if op.op == "write"}) < 2:
            trees.append((top, sorted(ops, key=lambda op: target_of(op).split("/"))))
        else:
            others += ops
    kept = {id(op) for op in others}
    return trees, [op for op in operations if id(op) in kept]
