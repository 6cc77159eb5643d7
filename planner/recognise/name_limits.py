"""Bounds: what a name is cut down to before a reader that is not ours sees it, so that a hostile one costs bounded time."""

import re

from reshelve.planner.recognise.release_words import CHECKSUM

_LONGEST = 160
_MANY_DIGITS = re.compile(r"\d{9,}")
_WIDE_RANGE = re.compile(r"\d+\s*(?:[-~+&]|to|-e|e)\s*e?(?!(?:19|20)\d\d(?!\d)|\d{3,4}[pi](?![^\W_]))\d{4,}", re.IGNORECASE)
_MANY_YEARS = re.compile(r"(?:(?:19|20)\d\d\D{1,4}){5}")
_CHECKSUM = re.compile(rf"[\[(](?:{CHECKSUM})[\])]", re.IGNORECASE)
"""Of a name's digits, those that are no number: "[1E51620A]" is no range."""
_BUSY = re.compile(r"[\[\](){}\-+&_.\s]")
_MOST_SEPARATORS = 45


def bounded(name: str) -> str | None:
    """Return a name short and plain enough to hand on, or None for one that spells a range no file could hold."""
    name = _MANY_DIGITS.sub("", _CHECKSUM.sub("", name.encode("utf-8", "replace").decode()))
    if len(name) > _LONGEST:
        stem, _, ext = name.rpartition(".")
        name = f"{stem[:_LONGEST]}.{ext[:8]}"
    separators = [found.start() for found in _BUSY.finditer(name)]
    if len(separators) > _MOST_SEPARATORS:
        name = name[: separators[_MOST_SEPARATORS]]
    return None if _WIDE_RANGE.search(name) or _MANY_YEARS.search(name) else name
