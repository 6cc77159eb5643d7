"""The files of the catalog for other programs: CSV, NDJSON, and the `file_metadata.json` of generated files."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from reshelve.schemas.asset_questions import AssetPlace
from reshelve.schemas.locations import split

ExportFormat = Literal["csv", "ndjson", "file_metadata"]
COLUMNS = (
    "id", "sha256", "xxh3", "location", "filename", "type", "extension", "size", "modified", "created", "project", "job", "status",
    "version", "parent", "tags", "usage_count", "note", "metadata",
)  # fmt: skip


def exported(places: Iterable[AssetPlace], form: ExportFormat, roots: Mapping[str, str]) -> Iterator[str]:
    """Yield the text of an export, files sorted by place. `roots` are the paths of stores' roots by key.

    It holds what runs, stores and `assets.yaml` say, and no time of looking: made anew, the catalog gives the same text.
    """
    standing = (place for place in places if not place.gone_at)
    if form == "file_metadata":
        yield "[\n"
        for number, place in enumerate(standing):
            yield (",\n" if number else "") + json.dumps(metadata_record(place, roots), ensure_ascii=False, indent=2)
        yield "\n]\n"
        return
    if form == "ndjson":
        for place in standing:
            yield json.dumps(record(place), ensure_ascii=False) + "\n"
        return
    yield _row(COLUMNS)
    for place in standing:
        cells = record(place)
        cells["tags"] = ",".join(place.tags)
        cells["metadata"] = place.metadata
        yield _row([cells[name] for name in COLUMNS])


def record(place: AssetPlace) -> dict[str, Any]:
    """Return one file as a plain record."""
    name = split(place.location)[1].rpartition("/")[2]
    return {
        "id": place.id,
        "sha256": place.sha256,
        "xxh3": place.xxh3,
        "location": place.location,
        "filename": name.encode("utf-8", "backslashreplace").decode(),
        "type": place.type,
        "extension": _extension(name),
        "size": place.size,
        "modified": _iso(place.mtime_ns),
        "created": place.filed_at or _iso(place.mtime_ns),
        "project": place.project,
        "job": place.job,
        "status": place.status,
        "version": place.version,
        "parent": place.parent,
        "tags": list(place.tags),
        "usage_count": place.usage_count,
        "note": place.note,
        "metadata": json.loads(place.metadata) if place.metadata else {},
    }


def metadata_record(place: AssetPlace, roots: Mapping[str, str]) -> dict[str, Any]:
    """Return one file as `file_metadata.json` has it; `checksum` is its SHA-256, None while it was not read."""
    key, rel = split(place.location)
    root = roots.get(key, "")
    path = f"{root.rstrip('/')}/{rel}" if root else place.location
    kind = "gif" if rel.lower().endswith(".gif") else place.type
    return {
        "file_path": path.encode("utf-8", "backslashreplace").decode(),
        "job_id": place.job or None,
        "project_id": place.project or None,
        "timestamp": str(place.mtime_ns // 10**9),
        "file_type": kind,
        "file_size": place.size,
        "file_extension": f".{_extension(rel)}" if _extension(rel) else "",
        "checksum": place.sha256 or None,
        "generation_type": kind,
        "created_at": place.filed_at or _iso(place.mtime_ns),
    }


def _extension(rel: str) -> str:
    name = rel.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name[1:] else ""


def _iso(ns: int) -> str:
    return datetime.fromtimestamp(ns // 10**9, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _row(cells: Iterable[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()
