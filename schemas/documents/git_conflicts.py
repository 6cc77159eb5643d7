"""Merge conflicts that git left in a document, told as such and where they are."""

import re

from reshelve.schemas.documents.source_lines import where
from reshelve.schemas.problems import Problem

_MARKER = re.compile(rb"^(?:<{7}|\|{7}|={7}|>{7})(?:[ \t].*)?\r?$", re.MULTILINE)
_MOST = 100


def conflicts(text: bytes, file: str, *, surely: bool = True) -> list[Problem]:
    """Return a problem for each conflict. `surely`: only where a side begins or ends, for a row of `=` may be somebody's text."""
    if not any(sign in text for sign in (b"<<<<<<<", b">>>>>>>", b"=======", b"|||||||")):
        return []
    found = [(match.group()[:1], match.start()) for match in _MARKER.finditer(text)]
    if surely and not any(sign in b"<>|" for sign, _ in found):
        return []
    spots: list[tuple[int, int, bool]] = []
    opened = False
    for sign, offset in found:
        if sign == b"<" or not opened:
            spots.append((offset, offset, False))
        begins, _, three = spots[-1]
        spots[-1] = (begins, offset, three or sign == b"|")
        opened = sign != b">"
    return [_problem(text, file, *spot) for spot in spots[:_MOST]]


def _problem(text: bytes, file: str, first: int, last: int, three: bool) -> Problem:
    """Tell of one conflict; `three`: what stood there before both is in it, too, as `merge.conflictStyle` has it."""
    begins, ends = (text.count(b"\n", 0, offset) + 1 for offset in (first, last))
    to = f"Both sides are here, until line {ends}." if ends > begins else "A line of it was left."
    hint = "keep what is right of the two, and remove the lines <<<<<<<, ======= and >>>>>>>"
    if three and ends > begins:
        hint += "; from ||||||| to ======= is what stood there before: remove it, too"
    elif three:
        hint = "remove the line |||||||, and what stood there before both sides, if it is still below it"
    return Problem("merge-conflict", "an unresolved merge conflict", to, file, hint, where(text, file, begins, 1))
