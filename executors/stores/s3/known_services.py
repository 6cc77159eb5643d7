"""What is remembered of buckets in `catalog.db`: what each service was found to keep. Losing it costs trying it out again."""

import contextlib
import json
import sqlite3
from dataclasses import asdict
from pathlib import Path
from threading import Lock

from reshelve.executors.contracts.object_store import Capabilities
from reshelve.executors.state.cache_db import open_catalog

_TABLE = "CREATE TABLE IF NOT EXISTS buckets (bucket TEXT PRIMARY KEY, found TEXT NOT NULL) WITHOUT ROWID"
_FORM = 2
"""Counts up when what is tried out changes, so that it is tried out anew."""


class Remembered:
    """Capabilities by bucket. Without a file they are remembered as long as this lives."""

    def __init__(self, path: Path | None) -> None:
        self._lock = Lock()
        self._catalog = open_catalog(path, _TABLE) if path else None
        self._known: dict[str, Capabilities] = {}

    def get(self, bucket: str, *, versioned: bool) -> Capabilities | None:
        """Return what was found of a bucket; what was found before it kept versions, or when it still did, no longer counts."""
        name = _name(bucket, versioned=versioned)
        with self._lock:
            if name not in self._known and self._catalog is not None:
                with contextlib.suppress(sqlite3.Error, ValueError, TypeError):
                    row = self._catalog.execute("SELECT found FROM buckets WHERE bucket = ?", (name,)).fetchone()
                    if row:
                        self._known[name] = Capabilities(**{**json.loads(row[0]), "unknown": ()})
            return self._known.get(name)

    def put(self, bucket: str, found: Capabilities) -> None:
        """Remember what was found, unless some of it could not be asked."""
        if found.unknown:
            return
        name = _name(bucket, versioned=found.versioned)
        with self._lock:
            self._known[name] = found
            if self._catalog is not None:
                with contextlib.suppress(sqlite3.Error):
                    self._catalog.execute("INSERT OR REPLACE INTO buckets VALUES (?, ?)", (name, json.dumps(asdict(found))))

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._catalog is not None:
                self._catalog.close()


def _name(bucket: str, *, versioned: bool) -> str:
    return f"{_FORM}:{bucket}:{'versioned' if versioned else 'plain'}"
