"""Elsewhere: a run of another workspace that was cut short in the same folders goes first. Its lock files tell of it."""

import os
from collections.abc import Sequence
from pathlib import Path

from reshelve.executors.state.acted_folders import acted_in
from reshelve.executors.state.lock_holders import Holder
from reshelve.executors.state.root_locks import left_behind, roots_of
from reshelve.executors.state.workspace_state import State
from reshelve.schemas.cut_short import brief_ways
from reshelve.schemas.locations import LOCK, decode_path, printable
from reshelve.schemas.plan import Plan
from reshelve.schemas.problems import Problem, ReshelveError


def refuse_unsettled_elsewhere(plan: Plan, state: State, inside: Sequence[str] | None = None) -> None:
    """Raise ReshelveError of kind "unsettled" while a run of another workspace is unsettled in a root of the plan or above one.

    Or in a folder inside one that the plan acts in; `inside` are these, where they are known.
    """
    found = unsettled_elsewhere(roots_of(plan), state, acted_in(plan) if inside is None else inside)
    if found:
        raise ReshelveError(found[:1], "unsettled")


def unsettled_elsewhere(folders: Sequence[str], state: State, inside: Sequence[str] = ()) -> list[Problem]:
    """Return a problem for every run of another workspace that is unsettled in one of these folders, above one or `inside`."""
    found = []
    for folder, holder in left_behind(folders, inside):
        ours = not holder.state or decode_path(holder.state) == str(state.folder)
        if not ours and not _settled(holder):
            found.append(_unsettled(folder, holder))
    return found


def _settled(holder: Holder) -> bool:
    """Say whether the run of a dead process has settled. One whose record may not be read, or is not where it was, has not."""
    folder = Path(decode_path(holder.state))
    try:
        return folder.is_dir() and not any(run in holder.what for run in State(folder).unsettled())
    except (OSError, ReshelveError):
        return False


def _unsettled(folder: str, holder: Holder) -> Problem:
    kept, home = printable(decode_path(holder.state)), printable(decode_path(holder.home))
    never = f"If that can never be done: rm {printable(os.path.join(folder, LOCK))}"
    if os.path.isdir(decode_path(holder.state)):
        detail = f"{printable(holder.what)} never settled; its state is in {kept}."
        again = f"In {home}: {brief_ways()}"
    else:
        detail = f"It is not known whether {printable(holder.what)} settled: its state was in {kept}, which is not there now."
        again = f"Mount the disk of {home}, or go to where that was moved, then: {brief_ways()}"
    detail += " Nothing else can begin here before it is settled."
    summary = "A run of another workspace was cut short here."
    return Problem("unsettled-elsewhere", summary, detail, printable(folder), f"{again}\n{never}")
