"""How long work took the last time, so that it can be said how long it takes now. Losing it only takes that away."""

import json
from contextlib import suppress
from pathlib import Path

from reshelve.executors.state.state_files import replace_state_file
from reshelve.schemas.documents.source_lines import read_file

WORTH_KEEPING = 2.0
"""Seconds: what took less is over before anybody asks."""


class LastTimes:
    """`times.json` of a state folder: seconds by what was done."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "times.json"

    def of(self, what: str) -> float | None:
        """Return how many seconds it took the last time, None where that is not known."""
        seconds = self._held().get(what)
        return float(seconds) if isinstance(seconds, (int, float)) and 0 < seconds < 1e9 else None

    def keep(self, what: str, seconds: float) -> None:
        """Keep how long it took, where there is a state folder that can be written; what took no time is forgotten."""
        held = self._held()
        if seconds < WORTH_KEEPING and what not in held:
            return
        held[what] = round(seconds, 1)
        if seconds < WORTH_KEEPING:
            del held[what]
        with suppress(OSError):
            if self._file.parent.is_dir():
                replace_state_file(self._file, json.dumps(held, sort_keys=True).encode())

    def _held(self) -> dict[str, object]:
        try:
            held = json.loads(read_file(self._file))
        except (OSError, ValueError, RecursionError):
            return {}
        return held if isinstance(held, dict) else {}
