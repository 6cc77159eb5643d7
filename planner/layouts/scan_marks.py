"""Marks: the digest of what scan wrote, by which an entry that a person has touched is told from one that none has."""

import json
from dataclasses import asdict
from typing import Any

import xxhash

from reshelve.schemas.facts import Facts
from reshelve.schemas.layout import Absent, Entry

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def mark_of(target: str, entry: Entry) -> str:
    """Return the 8 hex digits that stand for an entry at its target: everything of it but its note and the mark itself."""
    facts = _canonical(_settled(entry.facts)) if entry.facts else ""
    how = f"{entry.transfer} {entry.on_conflict}"
    if entry.unpack or entry.pack or entry.storage_class:
        how += f" {entry.unpack} {entry.pack} {entry.storage_class}"
    if entry.then or entry.backup:
        how += f" {_canonical(entry.then)} {_canonical(asdict(entry.backup) if entry.backup else None)}"
    if entry.over:
        how += f" over {entry.over}"
    return _digest(target, entry.source, entry.content, how, entry.size, entry.hash, entry.beside, facts, entry.because)


def absent_mark(absent: Absent) -> str:
    """Return the 8 hex digits that stand for a thing that should be gone: everything of it but its note and the mark itself."""
    return _digest(absent.path, absent.size, absent.mtime, absent.hash, absent.because, *absent.copies)


def is_scans(target: str, entry: Entry) -> bool:
    """Say whether an entry is as scan wrote it."""
    return entry.mark is not None and entry.mark == mark_of(target, entry)


def text_of(value: Any) -> Any:
    """Return a fact as a document can hold it: undecodable bytes in text become U+FFFD."""
    if isinstance(value, str) and not value.isascii():
        return "".join(["�" if "\ud800" <= char <= "\udfff" else char for char in value])
    return [text_of(one) for one in value] if isinstance(value, list) else value


def _settled(facts: Facts) -> dict[str, Any]:
    """Return facts with one form for each number: a document does not tell 5 from 5.0."""
    return {name: int(value) if type(value) is float and value.is_integer() else value for name, value in facts.items()}


def _digest(*fields: Any) -> str:
    text = "\0".join(["" if field is None else f"={field}" for field in fields])
    return xxhash.xxh3_64_hexdigest(text.encode("utf-8", "surrogatepass"))[:8]
