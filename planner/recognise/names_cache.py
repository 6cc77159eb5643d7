"""Names read before: what a recogniser said of a path, remembered while its readers stay the same."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Protocol

from reshelve.planner.recognise.name_reading import Reading, Recogniser
from reshelve.planner.recognise.parallel_names import packed, unpacked

_OWN_VERSION = "61"
"""Changes with every change to what our own readers say."""

_BATCH = 2000


class Memory(Protocol):
    """Whatever keeps texts by name."""

    def get_all(self, names: Sequence[str]) -> list[str | None]:
        """Return the text kept for each of these names, or None."""

    def put(self, name: str, reading: str) -> None:
        """Keep a text for a name."""


class CachedRecogniser:
    """A recogniser that asks another only for paths it has not seen. Satisfies Recogniser.

    The whole path is the key: a folder far above may say what kind of film lies in it.
    """

    __slots__ = ("_memory", "_recogniser")

    def __init__(self, recogniser: Recogniser, memory: Memory) -> None:
        self._recogniser = recogniser
        self._memory = memory

    def read(self, rel: str) -> Reading:
        """Return the facts of the item at `rel`, remembered or read now and remembered. Never raises for a name."""
        return self.read_all([rel])[0]

    def read_all(self, rels: Sequence[str]) -> list[Reading]:
        """Return the facts of many items, in their order; what is not remembered is read together."""
        readings: list[Reading | None] = []
        for start in range(0, len(rels), _BATCH):
            # Parsed together, what they all name alike is one text, not one for each.
            rows = ",".join(row or "null" for row in self._memory.get_all(rels[start : start + _BATCH]))
            readings += [unpacked(row) if row is not None else None for row in json.loads(f"[{rows}]")]
        unknown = [rel for rel, reading in zip(rels, readings, strict=True) if reading is None]
        new = iter(self._recogniser.read_all(unknown))
        return [reading if reading is not None else self._put(rel, next(new)) for rel, reading in zip(rels, readings, strict=True)]

    def _put(self, rel: str, reading: Reading) -> Reading:
        self._memory.put(rel, json.dumps(packed(reading), separators=(",", ":")))
        return reading


@cache
def readers_version() -> str:
    """Return what a remembered reading depends on: our own readers, and the libraries that were asked."""
    from importlib.metadata import PackageNotFoundError, version

    versions = [_OWN_VERSION]
    for library in ("guessit", "parsett"):
        try:
            versions.append(version(library))
        except PackageNotFoundError:
            versions.append("none")
    return " ".join(versions)
