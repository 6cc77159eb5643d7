"""Paint: colour where it was asked for, plain text everywhere else."""

from reshelve.schemas.quick_dataclasses import dataclass

_CODES = {
    "add": "32",
    "move": "36",
    "remove": "31",
    "warn": "33",
    "bold": "1",
    "dim": "2",
}


@dataclass(slots=True, frozen=True)
class Paint:
    """Wraps text in terminal colours when `on`, else returns it as it is."""

    on: bool = False

    def __call__(self, style: str, text: str) -> str:
        """Return `text` in a style of the table above; the text itself must already be printable."""
        if not self.on or not text:
            return text
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m"


def fit(text: str, width: int) -> str:
    """Return `text` in at most `width` characters, its middle left out: the ends of a path tell it apart."""
    if len(text) <= width or width < 8:
        return text
    tail = (width - 1) * 2 // 3
    return f"{text[: width - 1 - tail]}…{text[-tail:]}"


def count(number: int, noun: str, plural: str = "") -> str:
    """Return "1 file", "1,200 files"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
