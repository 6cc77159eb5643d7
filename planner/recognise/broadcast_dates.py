"""Days: the ways file names write the date a show was broadcast."""

import re
from datetime import date

from reshelve.schemas.quick_dataclasses import dataclass

_YEAR = r"(?P<y>19[5-9]\d|20[0-4]\d)"
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *("jan ene gen", "feb fev fév", "mar mär mrt", "apr avr abr", "may mai mag mei", "jun juin giu", "jul juil lug"),
            *("aug aoû ago", "sep set", "oct okt ott out", "nov", "dec déc dez dic"),
        ),
        1,
    )
    for name in names.split()
}
"""How the names of months begin, in the languages of Western Europe."""
_MONTH = rf"(?P<name>{'|'.join(_MONTHS)})[^\W\d_]*"
_ORDERS: tuple[tuple[str, str], ...] = (
    ("year month day", rf"{_YEAR}(?P<s>[ ._/-])(?P<m>0?[1-9]|1[0-2])(?P=s)(?P<d>0[1-9]|[12]\d|3[01])"),
    ("year day month", rf"{_YEAR}(?P<s>[ ._-])(?P<d>1[3-9]|2\d|3[01])(?P=s)(?P<m>0[1-9]|1[0-2])"),
    ("month day year", rf"(?<!\d[.])(?P<m>0?[1-9]|1[0-2])(?P<s>[ ._-])(?P<d>1[3-9]|2\d|3[01])(?P=s){_YEAR}"),
    ("day month year", rf"(?<!\d[.])(?P<d>0?[1-9]|[12]\d|3[01])(?P<s>[ ._-])(?P<m>0?[1-9]|1[0-2])(?P=s){_YEAR}"),
    ("month's name", rf"{_MONTH}[ ._-]+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[ ._,-]+{_YEAR}"),
    ("day, month's name", rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[ ._-]+(?:de[ ._])?{_MONTH}[ ._,-]+(?:de[ ._])?{_YEAR}"),
    ("eight digits", rf"{_YEAR}(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])"),
    ("six digits", r"(?P<short>[012]\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])"),
)
_DAYS = tuple(re.compile(rf"(?<![^\W_]){pattern}(?![^\W_])", re.IGNORECASE) for _, pattern in _ORDERS)
_MAYBE = re.compile(r"\d{6}|(?:19|20)\d\d")


@dataclass(slots=True, frozen=True)
class Day:
    """A date in a name: where it stands, and the day as ISO 8601. `plain`: year first, so that it can be read in one way only."""

    start: int
    end: int
    iso: str
    plain: bool


def read_day(stem: str) -> Day | None:
    """Return the date a stem holds, or None. Where day and month cannot be told apart the day comes first."""
    if not _MAYBE.search(stem):
        return None
    for order, pattern in enumerate(_DAYS):
        for found in pattern.finditer(stem):
            groups = found.groupdict()
            year = int(groups["y"]) if groups.get("y") else 2000 + int(groups["short"])
            month = int(groups["m"]) if groups.get("m") else _MONTHS[groups["name"].lower()]
            try:
                day = date(year, month, int(groups["d"]))
            except ValueError:
                continue
            return Day(found.start(), found.end(), day.isoformat(), order == 0)
    return None
