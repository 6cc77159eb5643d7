"""Databases for tests of planning: recorded answers of works that a test writes down, and one that says nothing."""

import json
from pathlib import Path
from typing import Any

from reshelve.executors.lookup.asked_in_order import Databases
from reshelve.executors.lookup.lookup_cache import LookupCache
from reshelve.executors.lookup.provider_contract import NoAnswerError, Provider
from reshelve.executors.lookup.recorded_works import Recorded
from reshelve.executors.lookup.remembered_requests import Patience, Requests
from reshelve.schemas.lookup_answers import EpisodeAsked, Episodes, WorkAsked, Works

DAY = "2026-11-28"


class Noting:
    """A provider that takes down what another is asked."""

    def __init__(self, real: Provider, name: str, asked: list[Any]) -> None:
        self.name = name
        self._real = real
        self._asked = asked

    def works(self, asked: WorkAsked) -> Works:
        self._asked.append(asked)
        return self._real.works(asked)

    def episodes(self, asked: EpisodeAsked) -> Episodes:
        self._asked.append(asked)
        return self._real.episodes(asked)


class Recordings:
    """What databases have, a file each; `asked` is what they were asked, `lookup` asks them in their order.

    A database of None does not answer.
    """

    def __init__(self, folder: Path, **databases: list[dict[str, Any]] | None) -> None:
        self.asked: list[Any] = []
        requests = Requests(LookupCache(":memory:"), Patience(1.0, 1, 600, 0), asks=False)
        self.lookup = Databases({name: lambda name=name: self._made(folder, name, databases[name]) for name in databases}, requests)  # type: ignore[misc]

    def _made(self, folder: Path, name: str, works: list[dict[str, Any]] | None) -> Provider:
        if works is None:
            raise NoAnswerError("it cannot be reached")
        by = "TheTVDB" if name == "tvdb" else "TMDB"
        path = folder / f"{name}.ndjson"
        lines = [{"id": str(number), "by": by, "day": DAY, **work} for number, work in enumerate(works, 1)]
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        return Noting(Recorded(path), name, self.asked)
