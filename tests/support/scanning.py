"""Scanning in a few lines: a workspace from plain values, a recogniser that knows what it was told, and a scan of it all."""

from collections.abc import Mapping, Sequence
from typing import Any

from reshelve.planner.recognise.name_reading import Reading, Recogniser
from reshelve.planner.scan import ScanRequest, ScanResult, scan
from reshelve.schemas.layout import Layout
from reshelve.schemas.workspace import Workspace
from tests.support.readers import NOW_NS, TreeReader, readers

FILMS = {"name": "films", "when": {"kind": "movie"}, "place": "movies:{{ title }} ({{ year }})/{{ filename }}"}


class Told:
    """A recogniser that knows the facts it was given by path, each from the file name; everything else is `other`."""

    def __init__(
        self, facts: Mapping[str, Mapping[str, Any]] | None = None, doubtful: Mapping[str, set[str]] | None = None
    ) -> None:
        self.facts = dict(facts or {})
        self.doubtful = dict(doubtful or {})
        self.alternatives: dict[str, dict[str, list[Any]]] = {}
        self.asked: list[str] = []

    def read(self, rel: str) -> Reading:
        self.asked.append(rel)
        facts = dict(self.facts.get(rel, {"kind": "other"}))
        return Reading(
            facts, dict.fromkeys(facts, "file name"), frozenset(self.doubtful.get(rel, ())), self.alternatives.get(rel, {})
        )

    def read_all(self, rels: Sequence[str]) -> list[Reading]:
        return [self.read(rel) for rel in rels]


def film(title: str, year: int = 1999) -> dict[str, Any]:
    """Return the facts of a film."""
    return {"kind": "movie", "title": title, "year": year}


def workspace(*rules: Mapping[str, Any], **inbox: Any) -> Workspace:
    """Return a workspace that scans `inbox` by these rules, with the stores the tests use."""
    stores = {name: {"path": f"/stores/{name}"} for name in ("inbox", "movies", "tv", "projects")}
    return Workspace.model_validate({"stores": stores, "scan": {"inbox": {"rules": list(rules), **inbox}}})


def scanned(
    space: Workspace, *roots: TreeReader, told: Recogniser | None = None, before: Layout | None = None, **given: Any
) -> ScanResult:
    """Return what a scan of `roots` comes to."""
    request = ScanRequest(space, readers(*roots), before, NOW_NS, told or Told(), cite, **given)
    return scan(request)


def cite(path: tuple[str | int, ...]) -> str:
    """Return where a part of the workspace would be written."""
    return f"reshelve.yaml:{path[-1]}"


def moves(result: ScanResult) -> dict[str, str]:
    """Return targets by source."""
    return {entry.source: target for target, entry in result.layout.files.items() if entry.source is not None}


def reasons(result: ScanResult) -> dict[str, str | None]:
    """Return the reason by source of everything left for review."""
    return {item.source: item.because for item in result.layout.review}
