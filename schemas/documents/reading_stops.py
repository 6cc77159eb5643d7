"""Where YAML stops reading a document, in its own words, and a slip by which a person may have brought that about, in ours."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from reshelve.schemas.quick_dataclasses import dataclass

REACH = 100
"""How many lines before the one where reading stops are looked at for the slip."""
_DASHES = re.compile(r"[ \t]*(?:-(?:[ \t]+|\Z))*")


class Slip(NamedTuple):
    """A slip: where it is (line and column from 1), what is wrong in a phrase, and what to write."""

    line: int
    column: int
    detail: str
    hint: str


@dataclass(slots=True, frozen=True)
class Stop:
    """Where reading stops, and why. `lines` are those up to there, by number; lines and columns are from 1.

    `problem` and `context` are the parser's own words; `began` is where what it was reading begins, None if it does not say.
    """

    lines: Mapping[int, str]
    line: int
    column: int
    problem: str
    context: str
    began: tuple[int, int] | None

    @property
    def text(self) -> str:
        """The line where reading stops."""
        return self.lines.get(self.line, "")

    @property
    def sign(self) -> str:
        """The character at which reading stops, "" at the end of a line."""
        return self.text[self.column - 1 : self.column]

    def above(self, line: int) -> int | None:
        """Return the number of the nearest line above another one that is neither empty nor a comment."""
        for number in range(line - 1, max(line - REACH, 0), -1):
            text = self.lines.get(number, "").strip()
            if text and not text.startswith("#"):
                return number
        return None


def indent(text: str) -> int:
    """Return by how many characters a line is indented."""
    return len(text) - len(text.lstrip(" \t"))


def content_at(text: str) -> int:
    """Return the offset at which a line's content begins, behind its indentation and the dashes of lists."""
    found = _DASHES.match(text)
    return found.end() if found else 0
