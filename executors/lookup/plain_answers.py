"""What is taken from answers: short text, numbers, years and dates. Anything else raises ValueError or TypeError."""

import re
from typing import Any

_LONGEST = 500
"""Characters of a title."""
_UNSPOKEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\ufffb]+")
_DATE = re.compile(r"([0-9]{4})-[0-9]{2}-[0-9]{2}\Z")


def text(said: Any) -> str:
    """Return text on one line, without marks that nobody sees."""
    if not isinstance(said, str):
        raise TypeError("no text")
    return " ".join(_UNSPOKEN.sub(" ", said).split())[:_LONGEST]


def number(said: Any) -> int:
    """Return a whole number that is not negative, and not beyond what ids are."""
    if type(said) is not int or not 0 <= said < 1 << 40:
        raise TypeError("no number")
    return said


def year_of(said: Any) -> int | None:
    """Return the year of a date or of text that begins with four digits; None where none is given."""
    if said is None or said == "":
        return None
    if not isinstance(said, str):
        raise TypeError("no date")
    year = int(said[:4]) if said[:4].isascii() and said[:4].isdigit() else 0
    return year if 1870 <= year < 2200 else None


def date(said: Any) -> str:
    """Return a date (ISO 8601), "" where none is given."""
    return said if isinstance(said, str) and _DATE.match(said) else ""
