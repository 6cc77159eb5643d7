"""Values out of files: strangers wrote them, so that each is made plain, short and of its type, or is None."""

import math
import re
from datetime import datetime
from typing import Any

_LONGEST = 500
_SPACES = re.compile(r"\s+")
_NUMBER = re.compile(r"\s*(\d{1,9})")
_UNSET = frozenset({datetime(1970, 1, 1), datetime(1980, 1, 1)})  # noqa: DTZ001
"""What clocks tell that nobody has set, beside 1904."""
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")


def text(value: Any) -> str | None:
    """Return one line of printable text, or None where there is none."""
    if isinstance(value, (list, tuple)):
        value = value[0] if value else None
    if value is None:
        return None
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    line = _SPACES.sub(" ", str(value)[: 4 * _LONGEST])
    plain = "".join([letter for letter in line if letter.isprintable()]).strip()[:_LONGEST].strip()
    return plain or None


def whole(value: Any) -> int | None:
    """Return the whole number that a value is or begins with ("3/12" is 3), or None."""
    if isinstance(value, (list, tuple)):
        value = value[0] if value else None
        return None if isinstance(value, (list, tuple)) else whole(value)
    if type(value) is int:
        return value if 0 <= value < 1 << 64 else None
    found = _NUMBER.match(str(value)[:100]) if value is not None else None
    return int(found[1]) if found else None


def seconds(value: Any) -> float | None:
    """Return a duration in seconds, to the thousandth, or None for one that nothing has."""
    try:
        amount = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return round(amount, 3) if math.isfinite(amount) and 0 < amount < 1e9 else None


def year(value: Any) -> int | None:
    """Return the year that a date as tags write it begins with or names, or None."""
    found = _YEAR.search(text(value) or "")
    return int(found[1]) if found else None


def moment(value: str | None, offset: str | None = None) -> str | None:
    """Return a time as ISO 8601, or None. Reads "2021:05:06 07:08:09", "2021-05-06 07:08:09 UTC" and ISO 8601 itself."""
    if value is None:
        return None
    written = value.strip()
    if written.startswith("UTC ") or written.endswith(" UTC"):
        written, offset = written.removeprefix("UTC ").removesuffix(" UTC"), "+00:00"
    if written[4:5] == ":" and written[7:8] == ":":
        written = f"{written[:4]}-{written[5:7]}-{written[8:]}"
    for tail in (offset or "", ""):
        try:
            read = datetime.fromisoformat(written + tail)
        except ValueError:
            continue
        return None if read.year <= 1904 or read.replace(tzinfo=None) in _UNSET else read.isoformat()
    return None


def camera(make: str | None, model: str | None) -> str | None:
    """Return a camera's name, the maker's said once: "NIKON D750", "Apple iPhone 12"."""
    if make is None or model is None:
        return model
    return model if model.lower().startswith(make.split()[0].lower()) else f"{make} {model}"


def known(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts that are known: not None, and no empty list."""
    return {name: value for name, value in facts.items() if value is not None and value != []}
