"""The lists of what an undo holds: one file beside the plan of the run that was taken back, written whole."""

import shutil
from collections.abc import Collection
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from reshelve.executors.state.state_files import damaged_file, replace_state_file, sync_folder
from reshelve.schemas.documents.source_lines import read_file
from reshelve.schemas.locations import fault

HELD = "held.json"
"""Beside the plan of a run that was taken back: its entries that are not to be planned again."""


@cache
def _adapter() -> TypeAdapter[list[tuple[str, str]]]:
    return TypeAdapter(list[tuple[str, str]])


def load_held(path: Path) -> list[tuple[str, str]]:
    """Return the (target, source) locations of a list, none where there is none. Raises ReshelveError where it is damaged."""
    try:
        pairs = _adapter().validate_json(read_file(path))
        # Only a list that holds something is written: one without, or with pairs that can be no entry's, would let all go unsaid.
        if not pairs or not all(map(_is_entry, pairs)):
            raise ValueError("no list of entries")
        return pairs
    except (ValueError, OSError) as trouble:
        if isinstance(trouble, FileNotFoundError) and not path.is_symlink():
            return []
        run = path.parent.name.rpartition("-")[2]
        raise damaged_file(path, f"To let all that an undo of this run held be planned again: reshelve release {run}") from None


def _is_entry(pair: tuple[str, str]) -> bool:
    return any(pair) and not any(location and fault(location) for location in pair)


def save_held(path: Path, pairs: Collection[tuple[str, str]]) -> None:
    """Write a list, durably."""
    replace_state_file(path, _adapter().dump_json(sorted(pairs), indent=1))


def remove_held(path: Path) -> None:
    """Remove a list durably, or whatever else has its name."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
    sync_folder(path.parent)
