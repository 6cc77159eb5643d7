"""Brackets that are not closed or close nothing, and what is missing between two parts inside of them."""

import re

from reshelve.schemas.documents.missing_quotes import quoted
from reshelve.schemas.documents.reading_stops import REACH, Slip, Stop, content_at, indent
from reshelve.schemas.locations import printable

_CLOSE = {"[": "]", "{": "}"}
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")
_COMMENT = re.compile(r"(?:\A|\s)#.*\Z")
_BEGINS = re.compile(r"(?:\A|[-:?,\[{])\s*\Z")
_LAST = re.compile(r"(?P<word>[^\s,\[\]{}]+)\s*\Z")


def bracket_slip(stop: Stop) -> Slip | None:
    """Return the slip with brackets, or between them, for which reading stops; None where it is another."""
    if stop.sign in ("]", "}") and stop.sign and "flow" not in stop.context and "node content" not in stop.problem:
        return Slip(stop.line, stop.column, f"this {stop.sign} closes nothing", "remove it")
    opened = _open_at(stop)
    if opened is None:
        return None
    line, column = opened
    sign = stop.lines[line][column - 1]
    text = stop.lines[line]
    if (comment := _COMMENT.search(_blank(text), column)) is not None and line == _last_of(stop, line):
        at = text.index("#", comment.start()) + 1
        word = re.split(r"[\s,\]}]", text[at - 1 :])[0]
        detail = f"what follows # is a comment, so that the {sign} before it is not closed"
        return Slip(line, at, detail, f"write {printable(quoted(word))}, or close the {sign} before the comment")
    if stop.line > line and (not stop.text.strip() or indent(stop.text) <= content_at(text)):
        return Slip(line, column, f"the {sign} that begins here is not closed", f"close it with {_CLOSE[sign]}")
    if stop.sign in ("]", "}"):
        detail = f"the {sign} that begins here is not closed: a {stop.sign} comes first"
        return Slip(line, column, detail, f"close it with {_CLOSE[sign]}, in the place of the {stop.sign} or before it")
    return _between(stop, sign)


def _between(stop: Stop, sign: str) -> Slip | None:
    """Tell what is missing between two parts inside of brackets, the first of which is open."""
    text, at = stop.text, stop.column - 1
    if stop.sign == ",":
        return Slip(stop.line, stop.column, "nothing is before this comma", "remove it")
    if at and text[at - 1] in "\"'" and stop.sign.strip():
        other = "single" if text[at - 1] == '"' else "double"
        return Slip(stop.line, at, f"the {text[at - 1]} ends the text that began with one", f"put the whole text in {other} quotes")
    before = _blank(text)[:at]
    piece = re.split(r"[,\[{]", before)[-1]
    if stop.sign in ("[", "{", '"', "'") and sign == "{" and ":" not in piece and (last := _LAST.search(before)):
        word = printable(last["word"])
        return Slip(stop.line, last.start("word") + 1, f"no colon follows {word}", f"write {word}: before the {stop.sign}")
    if stop.sign == ":" and (last := _LAST.search(before)):
        begins = last.start("word")
        key, colon, value = piece.partition(":")
        if colon and value.strip() == last["word"]:
            rest = re.split(r"[,\]}]", text[begins:])[0].rstrip()
            hint = f"write {printable(key.strip())}: {printable(quoted(rest))}"
            return Slip(stop.line, begins + 1, "a text with a colon and a space in it has to be in quotes", hint)
        return _comma(stop.line, begins, text[begins:])
    return _comma(stop.line, at, text[at:]) if stop.sign.strip() else None


def _comma(line: int, at: int, rest: str) -> Slip:
    word = printable(re.split(r"[\s,:\]}]", rest)[0][:50])
    return Slip(line, at + 1, f"a comma is missing before {word}", f"write , {word}")


def _open_at(stop: Stop) -> tuple[int, int] | None:
    """Return where the innermost bracket begins that is open where reading stops, as (line, column)."""
    if stop.began is not None and "expected ','" in stop.problem:
        line, column = stop.began
        if stop.lines.get(line, "")[column - 1 : column] in _CLOSE:
            return stop.began
    stack: list[tuple[int, int]] = []
    for line in range(max(stop.line - REACH, 1), stop.line + 1):
        text = _blank(stop.lines.get(line, ""))
        text = text[: stop.column - 1] if line == stop.line else text
        for column, sign in enumerate(_COMMENT.sub("", text), 1):
            if sign in _CLOSE and (stack or _BEGINS.search(text[: column - 1])):
                stack.append((line, column))
            elif sign in ("]", "}") and stack:
                stack.pop()
    return stack[-1] if stack else None


def _last_of(stop: Stop, line: int) -> int:
    """Return the last line with content before the one where reading stops, or that line if it stops in the same."""
    return line if stop.line == line else stop.above(stop.line) or line


def _blank(text: str) -> str:
    """Return a line with blanks in the place of what is in quotes."""
    return _QUOTED.sub(lambda found: " " * len(found[0]), text)
