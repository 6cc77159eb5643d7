"""What people leave beside a project's files in the bucket: a record each, written by that person alone, and one view of them all.

The truth is the objects. A record says of them what their listing does not: which content an ETag stands for, who put it there, and
what somebody removed. The view, metadata.json, is made of both; whoever finds it behind makes it anew.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, field
from typing import Any

from reshelve.planner.observing.identity import time_text
from reshelve.schemas.inventory import Item
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.sync_settings import user_fault

LARGEST = 16 << 20
"""The bytes that a record or a view may have: more is none of ours."""
_HASH = re.compile(r"xxh3:[0-9a-f]{32}\Z")
_MD5 = re.compile(r"[0-9a-f]{32}\Z")


@dataclass(slots=True, frozen=True)
class Shared:
    """One object as its uploader recorded it: content hash, size, MD5 ("" where unknown), and the number of its ETag."""

    hash: str
    size: int
    object: int
    md5: str = ""


@dataclass(slots=True, frozen=True)
class SyncRecord:
    """What one person did: the objects they put there, and the contents they removed or cleaned up, by name."""

    user: str
    files: Mapping[str, Shared] = field(default_factory=dict)
    cleaned: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def record_text(record: SyncRecord) -> bytes:
    """Return a record as its object holds it: the same record, the same bytes."""
    said = {
        "version": 1,
        "user": record.user,
        "files": {name: asdict(each) for name, each in record.files.items()},
        "cleaned": {name: sorted(hashes) for name, hashes in record.cleaned.items()},
    }
    return (json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def read_record(text: bytes, user: str) -> SyncRecord:
    """Read a person's record. What is no record, or holds what none can, counts as far as it makes sense."""
    empty = SyncRecord(user)
    if user_fault(user) or len(text) > LARGEST:
        return empty
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return empty
    if not isinstance(said, dict) or said.get("version") != 1:
        return empty
    files = {name: one for name, each in _items(said.get("files")) if (one := _shared(each)) is not None}
    cleaned = {
        name: hashes
        for name, each in _items(said.get("cleaned"))
        if isinstance(each, list) and (hashes := tuple(sorted(one for one in each if isinstance(one, str) and _HASH.match(one))))
    }
    return SyncRecord(user, files, cleaned)


def _items(given: Any) -> Iterable[tuple[str, Any]]:
    return [(name, each) for name, each in given.items() if isinstance(name, str)] if isinstance(given, dict) else []


def _shared(given: Any) -> Shared | None:
    if not isinstance(given, dict):
        return None
    content, size, number, md5 = (given.get(key) for key in ("hash", "size", "object", "md5"))
    if not (isinstance(content, str) and _HASH.match(content)) or type(size) is not int or type(number) is not int:
        return None
    return Shared(content, size, number, md5 if isinstance(md5, str) and _MD5.match(md5) else "")


@dataclass(slots=True)
class Told:
    """All records of one project, merged: who put which object there, what it holds, and what was cleaned up by whom."""

    records: Mapping[str, SyncRecord]
    _by: dict[tuple[str, int, int], tuple[str, Shared]] = field(init=False)

    def __post_init__(self) -> None:
        self._by = {
            (name, each.object, each.size): (user, each)
            for user, record in sorted(self.records.items())
            for name, each in record.files.items()
        }

    def uploader(self, name: str, item: Item) -> str:
        """Return who put an object there, "" where no record says so."""
        return self._by.get((name, item.ino, item.size), ("", None))[0]

    def shared(self, name: str, item: Item) -> Shared | None:
        """Return what is recorded of the very object that stands at a name."""
        return self._by.get((name, item.ino, item.size), ("", None))[1]

    def cleaned(self) -> dict[str, frozenset[str]]:
        """Return the contents that somebody removed, by name."""
        found: dict[str, frozenset[str]] = {}
        for record in self.records.values():
            for name, hashes in record.cleaned.items():
                found[name] = found.get(name, frozenset()) | frozenset(hashes)
        return found

    def cleaner(self, name: str, content: str) -> str:
        """Return who removed a content, "" where no record says so."""
        return next((user for user, record in sorted(self.records.items()) if content in record.cleaned.get(name, ())), "")


def renewed(record: SyncRecord, files: Mapping[str, Shared], cleaned: Mapping[str, str], standing: Iterable[str]) -> SyncRecord:
    """Return a person's record after they put `files` there and removed `cleaned` (name to content).

    Of what they put there what is still `standing` is kept, and what they removed themselves: an undo may bring that object back.
    """
    left = set(standing)
    removed = {name: set(hashes) for name, hashes in record.cleaned.items()}
    for name, content in cleaned.items():
        removed.setdefault(name, set()).add(content)
    said = {**record.files, **files}
    kept = {name: each for name, each in said.items() if name in left or each.hash in removed.get(name, ())}
    return SyncRecord(record.user, kept, {name: tuple(sorted(hashes)) for name, hashes in removed.items()})


def view_text(project: str, repo: str, items: Mapping[str, Item], told: Told, last_ns: int) -> bytes:
    """Return metadata.json of a project: its objects by name, each with who put it there and when, by the bucket's clock.

    The same objects and records give the same bytes, whoever makes it.
    """
    files = []
    for name, item in sorted(items.items()):
        shared = told.shared(name, item)
        one: dict[str, Any] = {"name": name, "size_bytes": item.size, "uploaded_at": time_text(item.mtime_ns)}
        if by := told.uploader(name, item):
            one["uploaded_by"] = by
        if shared is not None and shared.md5:
            one["md5"] = shared.md5
        files.append(one)
    said = {"project_id": project, "repo": repo, "last_sync": time_text(last_ns) if last_ns else None, "files": files}
    return (json.dumps(said, indent=2, ensure_ascii=False) + "\n").encode()
