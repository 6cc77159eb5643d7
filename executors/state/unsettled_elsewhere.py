"""Elsewhere: a run of another workspace that was cut short in the same folders goes first. Its lock files tell of it."""

import os
from collections.abc import Iterable
from pathlib import Path

from reshelve.executors.state.root_locks import Holder, left_behind, roots_of
from reshelve.executors.state.workspace_state import State
from reshelve.schemas.locations import LOCK, decode_path, printable
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, ReshelveError


def refuse_unsettled_elsewhere(plan: Plan, state: State) -> None:
    """Raise ReshelveError of kind "unsettled" while a run of another workspace is unsettled in a root of the plan or above one."""
    found = unsettled_elsewhere(roots_of(plan), state)
    if found:
        raise ReshelveError(found[:1], "unsettled")


def unsettled_elsewhere(folders: Iterable[str], state: State) -> list[Problem]:
    """Return a problem for every run of another workspace that is unsettled in one of these folders or above one."""
    found: dict[str, Problem] = {}
    for each in folders:
        for folder, holder in left_behind(each):
            ours = not holder.state or decode_path(holder.state) == str(state.folder)
            if folder not in found and not ours and not _settled(holder):
                found[folder] = _unsettled(folder, holder)
    return list(found.values())


def _settled(holder: Holder) -> bool:
    """Say whether the run of a dead process has settled, or nothing is known of it any more. What may not be read has not."""
    try:
        return not any(run in holder.what for run in State(Path(decode_path(holder.state))).unsettled())
    except ReshelveError as unread:
        return isinstance(unread.__cause__, NotADirectoryError)
    except OSError:
        return False


def _unsettled(folder: str, holder: Holder) -> Problem:
    kept = f"its state is in {printable(decode_path(holder.state))}"
    detail = f"{printable(holder.what)} never settled; {kept}. Nothing else can begin here before it is settled."
    again = f"In {printable(decode_path(holder.home))}: reshelve recover"
    never = f"If that can never be done: rm {printable(os.path.join(folder, LOCK))}"
    summary = "A run of another workspace was cut short here."
    return Problem("unsettled-elsewhere", summary, detail, printable(folder), f"{again}\n{never}")
