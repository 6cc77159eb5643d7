"""Elsewhere: a run of another workspace that was cut short in the same folders goes first. Its lock files tell of it."""

import os
from pathlib import Path

from executors.locks import Holder, left_behind, roots_of
from executors.state import State
from schemas.locations import LOCK, decode_path, printable
from schemas.plan import Plan
from schemas.problems import ReshelveError, stop


def refuse_unsettled_elsewhere(plan: Plan, state: State) -> None:
    """Raise ReshelveError of kind "unsettled" while a run of another workspace is unsettled in a root of the plan or above one."""
    for root in roots_of(plan):
        for folder, holder in left_behind(root):
            if holder.state and decode_path(holder.state) != str(state.folder) and not _settled(holder):
                raise _unsettled(folder, holder)


def _settled(holder: Holder) -> bool:
    """Say whether the run of a dead process has settled, or nothing is known of it any more. What may not be read has not."""
    try:
        return not any(run in holder.what for run in State(Path(decode_path(holder.state))).unsettled())
    except NotADirectoryError:
        return True
    except OSError:
        return False


def _unsettled(folder: str, holder: Holder) -> ReshelveError:
    kept = f"its state is in {printable(decode_path(holder.state))}"
    detail = f"{printable(holder.what)} never settled; {kept}. Nothing else can begin here before it is settled."
    again = f"In {printable(decode_path(holder.home))}: reshelve recover"
    never = f"If that can never be done: rm {printable(os.path.join(folder, LOCK))}"
    summary = "A run of another workspace was cut short here."
    return stop("unsettled-elsewhere", summary, detail, path=printable(folder), hint=f"{again}\n{never}", kind="unsettled")
