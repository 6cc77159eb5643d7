"""Bounds: what a name is cut down to before a reader that is not ours sees it, so that a hostile one costs bounded time."""

import re

_LONGEST = 160
_MANY_DIGITS = re.compile(r"\d{9,}")
_WIDE_RANGE = re.compile(r"\d+\s*(?:[-~+&]|to|-e|e)\s*e?(?!(?:19|20)\d\d(?!\d))\d{4,}", re.IGNORECASE)
_BUSY = re.compile(r"[\[\](){}\-+&_.\s]")
_MOST_SEPARATORS = 45


def bounded(name: str) -> str | None:
    """Return a name short and plain enough to hand on, or None for one that spells a range no file could hold."""
    name = _MANY_DIGITS.sub("", name.encode("utf-8", "replace").decode())
    if len(name) > _LONGEST:
        stem, _, ext = name.rpartition(".")
        name = f"{stem[:_LONGEST]}.{ext[:8]}"
    separators = [found.start() for found in _BUSY.finditer(name)]
    if len(separators) > _MOST_SEPARATORS:
        name = name[: separators[_MOST_SEPARATORS]]
    return None if _WIDE_RANGE.search(name) else name
