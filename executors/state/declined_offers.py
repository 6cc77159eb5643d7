"""Offers a person declined, so that none is made twice. Losing the file makes them again, and loses nothing else."""

import json
from pathlib import Path

from reshelve.executors.state.state_files import replace_state_file
from reshelve.schemas.documents.source_lines import read_file


class Declined:
    """`declined.json` of a state folder: the keys of what was declined."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "declined.json"

    def keys(self) -> set[str]:
        """Return the keys of everything declined."""
        try:
            held = json.loads(read_file(self._file))
        except (OSError, ValueError, RecursionError):
            return set()
        return {key for key in held if isinstance(key, str)} if isinstance(held, list) else set()

    def add(self, key: str) -> None:
        """Keep one more. Raises OSError."""
        replace_state_file(self._file, json.dumps(sorted({*self.keys(), key}), indent=1).encode())
