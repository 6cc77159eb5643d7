"""Colons that are missing behind a key: YAML stops reading some lines later, where nothing is wrong."""

import re
from collections.abc import Mapping

from reshelve.schemas.documents.missing_quotes import quoted
from reshelve.schemas.documents.reading_stops import Slip, Stop, content_at, indent
from reshelve.schemas.locations import printable

_WORD = re.compile(r"[ \t]*(?:- +)?(?P<word>[A-Za-z_][\w-]*)[ \t]*(?:#.*)?\Z")
_KEY = re.compile(r"(?P<word>[A-Za-z][\w-]*)[ \t]*[\[{\"'].*\Z", re.DOTALL)
_PAIR = re.compile(r"(?P<word>[\w-]+|\"[^\"]*\"|'[^']*')(?P<sign>[ \t]*=[ \t]*|:|[ \t]+|(?=[\[{\"']))(?P<value>\S.*)?")
_VALUED = re.compile(r"(?P<key>[^\s\"'{}\[\],#&*!|>@`%][^\"'{}\[\],#]*?):[ \t]+(?P<value>[^\s#].*)")
_COMMENT = re.compile(r"(?P<sign>//+|/\*|--+|;+)[ \t]*(?P<text>.*?)[ \t]*(?:\*/)?\Z")
_NO_DASH = re.compile(r"-(?P<rest>[A-Za-z_\"'{][^:]*:(?:\s.*)?)\Z")
_BLOCK = re.compile(r".*:[ \t]+[|>][-+1-9]{0,2}[ \t]*(?:#.*)?\Z")
_SHOWN = 100


def colon_slip(stop: Stop) -> Slip | None:
    """Return the slip with a colon for which reading stops; None where it is another."""
    if "mapping values are not allowed" in stop.problem:
        return _colon_in_text(stop) or _above(stop)
    if "expected ':'" in stop.problem and stop.began is not None:
        line, column = stop.began
        return _block_text(stop, line) or _bare(stop) or _lacking(line, column, stop.lines.get(line, ""))
    if "expected key" in stop.problem and stop.sign == ":":
        return Slip(stop.line, stop.column, "no key is before this colon", "write the key before it, as in name: value")
    return None


def _colon_in_text(stop: Stop) -> Slip | None:
    """Tell of a value with a colon and a space in it: `note: this: that`."""
    at = content_at(stop.text)
    found = _VALUED.match(stop.text, at)
    if found is None or found.start("value") >= stop.column:
        return None
    value = found["value"].partition(" #")[0].rstrip()
    hint = f"write {printable(found['key'])}: {printable(quoted(value))[:_SHOWN]}"
    return Slip(stop.line, found.start("value") + 1, "a text with a colon and a space in it has to be in quotes", hint)


def _above(stop: Stop) -> Slip | None:
    """Tell of the line above without its colon: together with what follows it was read as one text."""
    if bare := _bare(stop):
        return bare
    line = stop.above(stop.line)
    while line is not None:
        text, before = stop.lines[line], stop.above(line)
        if _NO_DASH.match(text, indent(text)):
            return _lacking(line, indent(text) + 1, text)
        if _VALUED.match(text, content_at(text)) or text.rstrip().endswith(":"):
            return None
        if before is None or content_at(text) > indent(text) or not _goes_on(stop.lines[before], text):
            return _lacking(line, content_at(text) + 1, text)
        line = before
    return None


def _goes_on(above: str, text: str) -> bool:
    """Say whether a line goes on with the text that the one above it has, or goes on with itself."""
    deeper = indent(text) > content_at(above) if _VALUED.match(above, content_at(above)) else indent(text) >= content_at(above)
    return deeper and not above.rstrip().endswith((":", ",", "]", "}", '"', "'"))


def _bare(stop: Stop) -> Slip | None:
    found = bare_key(stop.lines, stop.line)
    if found is None:
        return None
    line, column, word = found
    return Slip(line, column, f"no colon follows {printable(word)}", f"write {printable(word)}:")


def _block_text(stop: Stop, line: int) -> Slip | None:
    """Tell of a text below `|` or `>` that is not indented deeper than its key."""
    before = stop.above(line)
    if before is None or not _BLOCK.match(stop.lines[before]):
        return None
    deeper = content_at(stop.lines[before]) + 2
    text = stop.lines[line]
    detail = f"the text that line {before} announces is not indented deeper than its key"
    return Slip(line, indent(text) + 1, detail, f"indent it by {deeper} spaces")


def _lacking(line: int, column: int, text: str) -> Slip | None:
    """Tell what a line without `: ` lacks, from the column where its text begins."""
    text = text[column - 1 :]
    if comment := _COMMENT.match(text):
        sign = printable(comment["sign"])
        return Slip(line, column, f"a comment begins with #, not with {sign}", f"write # {printable(comment['text'])[:_SHOWN]}")
    if (dashed := _NO_DASH.match(text)) is not None:
        hint = f"write - {printable(dashed['rest'])[:_SHOWN]}"
        return Slip(line, column, "a space has to follow the dash of a list's item", hint)
    found = _PAIR.match(text.partition(" #")[0].rstrip() + " ")
    if found is None:
        return None
    word, value = printable(found["word"]), printable((found["value"] or "").strip())
    hint = f"write {word}: {value}"[:_SHOWN].rstrip()
    if found["sign"].strip() == "=":
        return Slip(line, column, "a colon has to follow a key, not =", hint)
    if found["sign"] == ":":
        return Slip(line, column, f"no space follows the colon of {word}", hint)
    return Slip(line, column, f"no colon follows {word}", hint)


def key_slip(line: int, column: int, key: str) -> Slip | None:
    """Return the slip in a key without a colon inside `{ }`, such as `kind movie` or `kind:movie`; None where it has no slip."""
    return _lacking(line, column, " " * (column - 1) + key) if _PAIR.fullmatch(key) else None


def bare_key(lines: Mapping[int, str], stopped: int) -> tuple[int, int, str] | None:
    """Return line, column and text of a word that stands alone right above the line where reading stopped, which belongs to it.

    `lines` are by number, from 1; empty lines and comments between the two do not count.
    """
    below = lines.get(stopped, "")
    for number in sorted((each for each in lines if each < stopped), reverse=True):
        text = lines[number]
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        found = _WORD.match(text)
        deeper = indent(below) > indent(text) or (indent(below) == indent(text) and below.lstrip().startswith("- "))
        return (number, found.start("word") + 1, found["word"]) if found and deeper else None
    return None


def key_before_bracket(key: str) -> str:
    """Return the word of a key such as `inbox {path`, behind which a colon is missing; "" where it is none."""
    found = _KEY.match(key)
    return found["word"] if found else ""
