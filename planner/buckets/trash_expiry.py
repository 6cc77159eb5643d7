"""Until when what goes out of sight in a bucket can be brought back: its lifecycle rules may remove it for good some day."""

import errno
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from reshelve.planner.buckets.lifecycle_rules import DocumentReader, key_prefix
from reshelve.planner.ports.store_reader import Readers
from reshelve.schemas.locations import TRASH, split
from reshelve.schemas.operations import AnyOperation, Configure, Trash
from reshelve.schemas.operations.trash import NOT_KNOWN
from reshelve.schemas.problems import Problem


def with_expiry(operations: Sequence[AnyOperation], readers: Readers, now_ns: int) -> tuple[list[AnyOperation], list[Problem]]:
    """Return operations, each trash in a bucket told until when (a day, ISO 8601) the bucket's rules leave it to be brought back.

    `now_ns` is the time of planning in ns since the epoch; 0: nothing is told. Where the rules cannot be read, that is not known,
    and there is a problem that says so. A rule that goes by tags is left out: what tags an object has is not known.
    """
    if not now_ns or not any(operation.op == "trash" and operation.away for operation in operations):
        return list(operations), []
    rules = _Rules(readers, operations, datetime.fromtimestamp(now_ns // 10**9, UTC))
    told = [
        replace(operation, until=rules.until(operation)) if operation.op == "trash" and operation.away else operation
        for operation in operations
    ]
    return told, [_untold(key, trouble) for key, trouble in sorted(rules.unread.values())]


def _untold(key: str, trouble: str) -> Problem:
    detail = f"The rules of {key} cannot be read, so how long they leave what goes out of sight is not known: {trouble}."
    hint = "let this user read them: reshelve s3 policy"
    return Problem("expiry-unknown", "How long this can be undone is not known.", detail, key, hint, severity="note")


class _Rules:
    """The rules in force of every bucket that is asked about, once the plan's own changes of them are done."""

    def __init__(self, readers: Readers, operations: Iterable[AnyOperation], now: datetime) -> None:
        self._readers = readers
        self._now = now
        changed = (one for one in operations if isinstance(one, Configure) and one.what == "lifecycle")
        self.unread: dict[str, tuple[str, str]] = {}
        self._documents = {readers[one.root].root.fs: one.after for one in changed}

    def until(self, operation: Trash) -> str:
        """Return the last day on which a trashed object can be brought back for sure, "" where no rule removes it."""
        key, rel = split(operation.src)
        if operation.away in ("marker", "copy") and self._unknown(key):
            return NOT_KNOWN
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

    def _unknown(self, key: str) -> bool:
        """Say whether the rules cannot be read. A service that has none has none; of any other failure nothing is known."""
        reader = self._readers[key]
        if reader.root.fs not in self._documents:
            document = ""
            try:
                document = cast(DocumentReader, reader).read_document("lifecycle")
            except OSError as trouble:
                if trouble.errno != errno.EOPNOTSUPP:
                    self.unread[reader.root.fs] = key, f"{trouble.strerror or trouble}"
            self._documents[reader.root.fs] = document
        return reader.root.fs in self.unread

    def _of(self, key: str) -> list[Mapping[str, Any]]:
        document = self._documents[self._readers[key].root.fs]
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
