"""reshelve with checks of its own replaced by nothing, in this process alone: what they cost is measured against that.

    python unchecked.py none|added|every|history COMMAND...

`added` are the checks that look again right before and right after each effect, and for what others do meanwhile: `every` is also
whether each file is what the plan saw, before the first effect and right before its own.
`history` is no check: it writes a settled run into the catalog. No option of the program does this.
"""

import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

RUNS, STATE, VERBS = "reshelve.executors.runs", "reshelve.executors.state", "reshelve.executors.verbs"
STORES = "reshelve.executors.stores"


def always(answer: object) -> Callable[..., object]:
    """Return a function that looks at nothing and says `answer`."""
    return lambda *_, **__: answer


def rename_aside(_self: Any, verb: Any, _: object, store: Any, to: Any) -> None:
    """Rename into the trash without holding the file."""
    from reshelve.schemas.locations import split

    store.rename(split(verb.src)[1], to, split(verb.dst)[1])


def rename_many(self: Any, to: Any, renames: Sequence[Any], *_: Any) -> int:
    """Rename one after the other, as the store does, without looking at what is renamed."""
    from reshelve.executors.platforms import exclusive_renames

    from_rel = to_rel = None
    for src, dst, *_ in renames:
        above, _, old = src.rpartition("/")
        if above != from_rel:
            from_folder, from_rel = self.at(src)[0], above
        below, _, new = dst.rpartition("/")
        if below != to_rel:
            to_folder, to_rel = to.at(dst)[0], below
        exclusive_renames.rename_new(from_folder.at, from_folder.base + old, to_folder.at, to_folder.base + new)
    return len(renames)


ADDED: Mapping[str, object] = {
    # Whether another workspace is at work, or was cut short, above or inside the folders that are acted in.
    f"{RUNS}.apply:acted_in": always([]),
    f"{RUNS}.apply:refuse_unsettled_elsewhere": always(None),
    f"{STATE}.root_locks:_refuse_overlapping": always(None),
    # Whether the planned disks still stand, before each batch and at the end.
    f"{RUNS}.failing_roots:FailingRoots.stands": always(True),
    f"{RUNS}.failing_roots:FailingRoots.any": always(False),
    f"{RUNS}.failing_roots:FailingRoots.bars": always(""),
    f"{RUNS}.run_execution:Execution._barred": always(False),
    f"{RUNS}.run_end:_replaced_roots": always(()),
    # Whether what goes stands elsewhere, before and after it goes, and whether anybody writes to it.
    f"{VERBS}.witness_checks:Witnesses.note": always(None),
    f"{VERBS}.witness_checks:Witnesses.confirm": always(None),
    f"{VERBS}.witness_checks:Witnesses.published": always(None),
    f"{VERBS}.original_removal:LettingGo.note": always(None),
    f"{VERBS}.original_removal:LettingGo.vouch": always(-1),
    f"{VERBS}.original_removal:LettingGo.trash": rename_aside,
    f"{VERBS}.original_removal:LettingGo.set_aside": rename_aside,
    f"{RUNS}.run_end:only_in_trash": always([]),
    # What is remembered of content, followed through each rename.
    f"{STORES}.followed_files:Following.watch": always(None),
    f"{STORES}.followed_files:Following.keep_up": always(None),
}
EVERY: Mapping[str, object] = {
    **ADDED,
    f"{RUNS}.apply:check": always(None),
    f"{STORES}.local_store:LocalStore.rename_many": rename_many,
}
HISTORY: Mapping[str, object] = {"reshelve.session.catalog_keeping:note_run": always(None)}
CHECKS: Mapping[str, Mapping[str, object]] = {"none": {}, "added": ADDED, "every": EVERY, "history": HISTORY}


def leave_out(checks: Mapping[str, object]) -> None:
    """Replace these functions. Raises AttributeError for one that is not there (any more)."""
    for name, instead in checks.items():
        module, _, path = name.partition(":")
        *outer, last = path.split(".")
        owner: Any = importlib.import_module(module)
        for part in outer:
            owner = getattr(owner, part)
        getattr(owner, last)
        setattr(owner, last, instead)


if __name__ == "__main__":
    from reshelve.__main__ import main

    which = sys.argv.pop(1)
    # The same modules whichever checks are left out.
    for each in (*EVERY, *HISTORY):
        importlib.import_module(each.partition(":")[0])
    leave_out(CHECKS[which])
    main()
