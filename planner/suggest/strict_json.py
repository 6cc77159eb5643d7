"""JSON as strictly as models are to be taken: one object says one thing once, and numbers are JSON's own."""

import json
from typing import Any


class TwiceError(ValueError):
    """One object says one thing twice."""


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of its pairs. Raises TwiceError where a name stands twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise TwiceError(shown(next(name for name in names if names.count(name) > 1)))
    return found


def no_number(text: str) -> Any:
    """Refuse NaN and Infinity. Raises ValueError."""
    raise ValueError(f"{text} is not JSON")


def shown(value: Any) -> str:
    """Return a value as JSON of at most 80 letters, to be quoted."""
    try:
        text = json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        text = "…"
    return text if len(text) <= 80 else f"{text[:79]}…"
