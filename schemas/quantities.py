"""Sizes, ages and shares as people write them: 1GB, 5m, 30d, 10%."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

SIZE_UNITS = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
SIZE_UNITS |= {"kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}
AGE_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "month": 30 * 86400, "months": 30 * 86400, "y": 365 * 86400}
_MOST = 2**63
_BUDGET = re.compile(r"\s*(\$)?\s*([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*(?(1)|([A-Z]{3}))\s*/\s*month\s*\Z")
_FRACTION = re.compile(r"\.([0-9]+)")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_QUANTITY = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)\s*\Z")


def time_ns(text: str) -> tuple[int, int]:
    """Return nanoseconds since the epoch of an ISO 8601 time (UTC where it says no zone), and its digits after the second.

    Raises ValueError, OverflowError.
    """
    fraction = _FRACTION.search(text)
    digits = fraction.group(1)[:9] if fraction else ""
    whole = datetime.fromisoformat(_FRACTION.sub("", text))
    if whole.tzinfo is None:
        whole = whole.replace(tzinfo=UTC)
    return int(whole.timestamp()) * 10**9 + int(digits.ljust(9, "0")), len(digits)


def size(text: str) -> int:
    """Return bytes for "1GB", "700 MiB", "512": kB, MB, GB, TB are powers of ten, KiB, MiB, GiB, TiB of two. Raises ValueError."""
    wanted = "a size such as 700MB or 1.5GiB"
    if text.rstrip().endswith("%"):
        wanted += ": a share of a disk is not known here, so write how much that is"
    return int(_quantity(text, SIZE_UNITS, wanted))


def age(text: str) -> float:
    """Return seconds for "30s", "5m", "12h", "30d", "2w", "6months" (30 days each), "1y" (365 days). Raises ValueError."""
    return _quantity(text, AGE_UNITS, "an age such as 5m, 12h or 30d")


def days(text: str) -> int:
    """Return whole days for "180d", "6months", "1y". Raises ValueError, also for what is no whole number of days, or none."""
    seconds = age(text)
    if seconds <= 0 or seconds % 86400:
        raise ValueError(f"{text!r} is not a whole number of days such as 180d")
    return int(seconds // 86400)


def share(text: str) -> tuple[float, bool]:
    """Return (number, is it a share of 1) for "10%" -> (0.1, True) and "250" -> (250, False). Raises ValueError."""
    body = text.strip()
    if body.endswith("%"):
        number = _NUMBER.fullmatch(body[:-1].strip())
        value = float(number[0]) / 100 if number else -1
        if not 0 <= value <= 1:
            raise ValueError(f"{text!r} is not between 0% and 100%")
        return value, True
    if not body.isdigit():
        raise ValueError(f"{text!r} is not a number of files such as 250, nor a share such as 10%")
    return float(body), False


def budget(text: str) -> tuple[Decimal, str]:
    """Return (amount, currency) a month for "5 USD/month" or "$5/month". Raises ValueError."""
    match = _BUDGET.match(text)
    if match is None:
        raise ValueError(f"{text!r} is not money a month such as 5 USD/month")
    return Decimal(match.group(2)), match.group(3) or ("USD" if match.group(1) else "")


def _quantity(text: str, units: dict[str, int], wanted: str) -> float:
    match = _QUANTITY.match(text)
    unit = units.get(match.group(2).lower()) if match else None
    if match is None or unit is None:
        raise ValueError(f"{text!r} is not {wanted}")
    value = float(match.group(1)) * unit
    if value > _MOST:
        raise ValueError(f"{text!r} is too large")
    return value


def human_span(seconds: float) -> str:
    """Return a length of time as people read it, in the largest unit of which there are two: 40 s, 5 min, 36 h, 30 d."""
    for unit, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds:.0f} s"


def human_sum(parts: Sequence[int], finest: int) -> tuple[list[str], str]:
    """Return sizes as people read them, and their sum, all as fine as `finest` is read: what is shown adds up."""
    step = finest_read(finest)
    whole = [part // step for part in parts]
    total = (sum(parts) + step // 2) // step
    # What rounding leaves over goes to those that lose most by being cut, one each.
    most_lost = sorted(range(len(parts)), key=lambda at: -(parts[at] % step))
    for at in most_lost[: max(total - sum(whole), 0)]:
        whole[at] += 1
    return [_as_fine(number * step, step) for number in whole], _as_fine(total * step, step)


def finest_read(count: int) -> int:
    """Return how many bytes the last digit stands for where a size is read."""
    unit = 1
    while count >= 999.5 * unit:
        unit *= 1000
    return unit // 10 if unit > 1 and count < 9.95 * unit else unit


def _as_fine(count: int, step: int) -> str:
    """Return bytes in the unit they are read in, with as many digits as `step` needs and no zeros at the end: 33.29 MB."""
    unit, name = 1, "B"
    for larger in ("kB", "MB", "GB", "TB", "PB"):
        if count < 1000 * unit:
            break
        unit, name = unit * 1000, larger
    digits = max(len(str(unit)) - len(str(step)), 0)
    return f"{Decimal(count) / unit:.{digits}f}".rstrip("0").rstrip(".") + f" {name}" if digits else f"{count // unit} {name}"


def human_size(count: int) -> str:
    """Return bytes as people read them, in powers of ten: 48 B, 3.4 GB."""
    value, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB", "PB"):
        if value < 999.5:
            break
        value, unit = value / 1000, larger
    return f"{count} B" if unit == "B" else f"{value:.1f} {unit}" if value < 9.95 else f"{value:.0f} {unit}"
