"""The lists of what an undo holds: one file beside the plan of the run that was taken back, written whole."""

import shutil
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from reshelve.executors.state.state_files import damaged_file, replace_state_file, sync_folder
from reshelve.schemas.documents.source_lines import read_file
from reshelve.schemas.locations import fault
from reshelve.schemas.undone import Undone

HELD = "held.json"
"""Beside the plan of a run that was taken back: its entries that are not to be planned again."""
_BATCH = 2000
"""Entries that are written at one time."""


@cache
def _adapter() -> TypeAdapter[list[Undone]]:
    return TypeAdapter(list[Undone])


def load_held(path: Path) -> list[Undone]:
    """Return what a list holds, nothing where there is none. Raises ReshelveError where it is damaged."""
    try:
        entries = _adapter().validate_json(read_file(path))
        # Only a list that holds something is written: one without, or with what can be no entry, would let all go unsaid.
        if not entries or not all(map(_is_entry, entries)):
            raise ValueError("no list of entries")
        return entries
    except (ValueError, OSError) as trouble:
        if isinstance(trouble, FileNotFoundError) and not path.is_symlink():
            return []
        run = path.parent.name.rpartition("-")[2]
        raise damaged_file(path, f"To let all that an undo of this run held be planned again: reshelve release {run}") from None


def _is_entry(one: Undone) -> bool:
    locations = [location for location in (one.target, one.source) if location]
    return bool(locations) and not any(map(fault, locations))


def save_held(path: Path, entries: Collection[Undone]) -> None:
    """Write a list, durably: as it is given, or where that has no order of its own, sorted."""
    replace_state_file(path, _blocks(entries if isinstance(entries, list) else sorted(entries, key=_order)))


def _order(one: Undone) -> tuple[str, str, int]:
    return one.target, one.source, -1 if one.size is None else one.size


def _blocks(entries: Sequence[Undone]) -> Iterator[bytes]:
    """Yield the JSON of a list, many entries at once."""
    mark = b"[\n"
    for start in range(0, len(entries), _BATCH):
        yield mark + _adapter().dump_json(list(entries[start : start + _BATCH]), indent=1)[2:-2]
        mark = b",\n"
    yield b"\n]"


def remove_held(path: Path) -> None:
    """Remove a list durably, or whatever else has its name."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
    sync_folder(path.parent)
