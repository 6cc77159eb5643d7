"""Lines whose indentation fits nothing above them, and odd spaces that look as if they indented."""

import re
import unicodedata
from collections.abc import Iterator

from reshelve.schemas.documents.reading_stops import REACH, Slip, Stop, content_at, indent

_ODD = re.compile(r"[ \t]*(?P<odd>[^\S \t]|[\u200b\u2060\ufeff])")
_OPENING = re.compile(r"[^\s#].*?:(?:\s|\Z)|-(?:\s|\Z)")
_EXPECTED = ("expected key", "'-' indicator", "mapping values are not allowed", "document start")


def indentation_slip(stop: Stop) -> Slip | None:
    """Return the slip of a line indented with a tab or an odd space, or by as much as none above it; None where it is another."""
    if stop.sign == "\t" or "tab character" in stop.problem:
        return Slip(stop.line, stop.column, "a tab cannot indent", "indent with spaces")
    for line in (stop.above(stop.line), stop.line):
        odd = _ODD.match(stop.lines.get(line, "")) if line is not None else None
        if odd is not None and line is not None:
            name = f"U+{ord(odd['odd']):04X}, {unicodedata.name(odd['odd'], 'no name').lower()}"
            detail = f"the line begins with an odd space ({name}), which indents nothing"
            return Slip(line, odd.start("odd") + 1, detail, "indent with plain spaces")
    return _misfit(stop) if any(each in stop.problem for each in _EXPECTED) else None


def _misfit(stop: Stop) -> Slip | None:
    text = stop.text
    by, is_item = indent(text), text.lstrip().startswith("- ") or text.strip() == "-"
    begins_line = stop.column - 1 == by or "mapping values" in stop.problem
    open_here = list(_open_above(stop))
    fitting = [(column, line) for column, line, of_list in open_here if of_list == is_item] or [each[:2] for each in open_here]
    if not begins_line or not fitting:
        return None
    column, line = min(fitting, key=lambda each: (abs(each[0] - by), -each[0]))
    if column == by:
        detail, hint = "a list's item stands where a key is expected", "put it below a key of its own, or remove the dash"
        return Slip(stop.line, by + 1, detail, hint) if is_item else None
    hint = f"{f'indent it by {_spaces(column)}' if column else 'begin it at the left edge'}, as line {line}"
    if not is_item and any(of_list and at == by for at, _, of_list in open_here):
        hint += "; or begin it with `- `, if it is an item of its own"
    return Slip(stop.line, by + 1, f"its indentation of {_spaces(by)} fits no line above it", hint)


def _spaces(number: int) -> str:
    return f"{number} space" if number == 1 else f"{number} spaces"


def _open_above(stop: Stop) -> Iterator[tuple[int, int, bool]]:
    """Yield (indentation, line, whether it is a list's) of each collection that is open above the line, from the inside."""
    least, kind = REACH * REACH, None
    for number in sorted((each for each in stop.lines if each < stop.line), reverse=True):
        text = stop.lines[number]
        if not _OPENING.match(text.lstrip()):
            continue
        content = content_at(text)
        dashes = [at for at in range(indent(text), content) if text[at] == "-"]
        key = [(content, False)] if _OPENING.match(text[content:]) else []
        for column, of_list in (*key, *((at, True) for at in reversed(dashes))):
            if column < least or (column == least and of_list != kind):
                yield column, number, of_list
                least, kind = column, of_list
