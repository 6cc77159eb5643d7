"""Until when what goes out of sight in a bucket can be brought back: its lifecycle rules may remove it for good some day."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from reshelve.planner.buckets.lifecycle_rules import DocumentReader, key_prefix
from reshelve.planner.ports.store_reader import Readers
from reshelve.schemas.locations import TRASH, split
from reshelve.schemas.operations import AnyOperation, Configure, Trash


def with_expiry(operations: Sequence[AnyOperation], readers: Readers, now_ns: int) -> list[AnyOperation]:
    """Return operations, each trash in a bucket told until when (a day, ISO 8601) the bucket's rules leave it to be brought back.

    `now_ns` is the time of planning in ns since the epoch; 0: nothing is told. Where the rules may not be read, nor is it. A rule
    that goes by tags is left out: what tags an object has is not known.
    """
    if not now_ns or not any(operation.op == "trash" and operation.away for operation in operations):
        return list(operations)
    rules = _Rules(readers, operations, datetime.fromtimestamp(now_ns // 10**9, UTC))
    return [
        replace(operation, until=rules.until(operation)) if operation.op == "trash" and operation.away else operation
        for operation in operations
    ]


class _Rules:
    """The rules in force of every bucket that is asked about, once the plan's own changes of them are done."""

    def __init__(self, readers: Readers, operations: Iterable[AnyOperation], now: datetime) -> None:
        self._readers = readers
        self._now = now
        changed = (one for one in operations if isinstance(one, Configure) and one.what == "lifecycle")
        self._documents = {readers[one.root].root.fs: one.after for one in changed}

    def until(self, operation: Trash) -> str:
        """Return the last day on which a trashed object can be brought back for sure, "" where no rule removes it."""
        key, rel = split(operation.src)
        prefix = key_prefix(self._readers[key].root)
        days: Iterator[str]
        if operation.away == "marker":
            days = (self._versions_end(rule) for rule in self._of(key) if _is_about(rule, f"{prefix}{rel}", operation.size))
        elif operation.away == "copy":
            kept = f"{prefix}{TRASH}/"
            days = (self._ends(rule) for rule in self._of(key) if _is_about(rule, kept, operation.size))
        else:
            return ""
        return min(filter(None, days), default="")

    def _of(self, key: str) -> list[Mapping[str, Any]]:
        reader = self._readers[key]
        document = self._documents.get(reader.root.fs)
        if document is None:
            try:
                document = cast(DocumentReader, reader).read_document("lifecycle")
            except (AttributeError, OSError):
                document = ""
            self._documents[reader.root.fs] = document
        rules = json.loads(document).get("Rules", []) if document else []
        return [rule for rule in rules if rule.get("Status", "Enabled") == "Enabled"]

    def _versions_end(self, rule: Mapping[str, Any]) -> str:
        told = rule.get("NoncurrentVersionExpiration") or {}
        return "" if told.get("NewerNoncurrentVersions") else self._after(told.get("NoncurrentDays"))

    def _ends(self, rule: Mapping[str, Any]) -> str:
        told = rule.get("Expiration") or {}
        return str(told.get("Date", ""))[:10] or self._after(told.get("Days"))

    def _after(self, days: int | None) -> str:
        return (self._now + timedelta(days=days)).date().isoformat() if days else ""


def _is_about(rule: Mapping[str, Any], key: str, size: int) -> bool:
    """Say whether a rule is about an object of that key and size."""
    filtered = rule.get("Filter") or {}
    told = {**filtered, **(filtered.get("And") or {})}
    if told.get("Tag") or told.get("Tags"):
        return False
    begins = key.startswith(told.get("Prefix") or rule.get("Prefix") or "")
    return bool(begins and told.get("ObjectSizeGreaterThan", -1) < size < told.get("ObjectSizeLessThan", size + 1))
