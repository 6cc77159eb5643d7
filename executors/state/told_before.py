"""What an organize has said of files that are left to a person, so that it is not said again in full. Losing it says all again."""

import json
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from reshelve.executors.state.state_files import replace_state_file
from reshelve.schemas.documents.source_lines import read_file
from reshelve.schemas.layout import Review


class ToldBefore:
    """`told.json` of a state folder: a short digest of each location and reason that was printed."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "told.json"

    def among(self, review: Iterable[Review]) -> frozenset[str]:
        """Return the sources of the items that were told with the same reason."""
        try:
            held = json.loads(read_file(self._file))
        except (OSError, ValueError, RecursionError):
            return frozenset()
        known = {each for each in held if isinstance(each, str)} if isinstance(held, list) else set()
        return frozenset(item.source for item in review if _digest(item) in known)

    def keep(self, review: Iterable[Review]) -> None:
        """Keep what was told now instead of what was before. Does nothing where there is no state folder yet. Raises OSError."""
        if self._file.parent.is_dir():
            replace_state_file(self._file, json.dumps(sorted({_digest(item) for item in review})).encode())


def _digest(item: Review) -> str:
    return blake2b(f"{item.source}\0{item.because}".encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
