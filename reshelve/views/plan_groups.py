"""Groups: the operations of a plan by reason, kind and target folder, for the terminal's summary and the page of a plan."""

from collections.abc import Callable, Iterable
from dataclasses import field
from operator import attrgetter

from reshelve.schemas.carried_bytes import bytes_of
from reshelve.schemas.operations import AnyOperation, Move, Purge
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.views.plan_places import folder_of, target_of
from reshelve.views.plan_reasons import reason_of

FOLDER_OPS = ("mkdir", "rmdir")
_WORST = ("yes", "until", "costs", "no")


@dataclass(slots=True)
class Group:
    """Operations of one kind, for one reason, into one folder ("" for folders themselves, whose `noun` is "folder").

    `size` is in bytes. `fresh`: the plan makes the folder. `undoable` is the worst of them: "yes", "until", "costs" or "no".
    `spans` are the numbers of its operations in the plan, as (first, one past the last).
    """

    reason: str
    op: str
    folder: str
    files: int = 0
    size: int = 0
    example: str = ""
    fresh: bool = False
    undoable: str = "yes"
    noun: str = "file"
    spans: list[tuple[int, int]] = field(default_factory=list)

    def add(self, index: int, op: AnyOperation) -> None:
        """Count operation number `index` of the plan in."""
        self.files += 1
        self.size += bytes_of(op)
        can = op.undoable
        if can != "yes":
            self.undoable = max(self.undoable, can if can in _WORST else "until", key=_WORST.index)
        if self.spans and self.spans[-1][1] == index:
            self.spans[-1] = (self.spans[-1][0], index + 1)
        else:
            self.spans.append((index, index + 1))


def is_folder(op: AnyOperation) -> bool:
    """Say whether an operation is about a folder itself."""
    return op.op in FOLDER_OPS or (isinstance(op, Purge) and op.item == "dir")


def groups_of(operations: Iterable[AnyOperation], kind: Callable[[AnyOperation], str] = attrgetter("op")) -> list[Group]:
    """Return the groups of a plan's operations, in the order in which they come first. `kind` tells those of a group apart."""
    groups: dict[tuple[str, str, str, str], Group] = {}
    made: set[str] = set()
    last: tuple[str, Group] | None = None
    for index, op in enumerate(operations):
        target = target_of(op)
        above = target.rpartition("/")[0]
        if (
            last is not None
            and last[0] == above
            and isinstance(op, Move)
            and (op.because, kind(op)) == (last[1].reason, last[1].op)
        ):
            last[1].add(index, op)
            continue
        if op.op == "mkdir":
            made.add(f"{target}/")
        # What goes to the trash goes to one place in each store.
        folder = f"{target.partition(':')[0]}:" if op.op == "trash" else folder_of(target)
        noun = "folder" if is_folder(op) else "file"
        key = (reason_of(op), kind(op), "" if noun == "folder" else folder)
        group = groups.get((*key, noun))
        if group is None:
            group = groups[*key, noun] = Group(*key, example=target, noun=noun)
        group.add(index, op)
        last = (above, group) if ":" in above and isinstance(op, Move) else None
    for group in groups.values():
        group.fresh = group.folder in made
    return list(groups.values())
