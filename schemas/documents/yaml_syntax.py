"""What is not YAML, told in our words where a person can mend it: the parser's own are about its insides."""

import io
import re
from collections.abc import Callable, Sequence
from itertools import islice

import yaml

from reshelve.schemas.documents.misindented_lines import indentation_slip
from reshelve.schemas.documents.missing_colons import colon_slip
from reshelve.schemas.documents.missing_quotes import meant, quoted
from reshelve.schemas.documents.open_brackets import bracket_slip
from reshelve.schemas.documents.reading_stops import REACH, Slip, Stop, content_at
from reshelve.schemas.documents.source_lines import SHOWN, source_lines
from reshelve.schemas.locations import printable
from reshelve.schemas.problems import Problem, Where

SYNTAX = "not well-formed YAML"
_LONGEST_KEY = 1024
_KEY = re.compile(r"""(?:\A|[{,]|[-?:]\s)\s*(?P<key>"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'{}\[\],](?:[^{}\[\],:]|:(?!\s))*)\Z""")
_TEXT = re.compile(r"[^\s,\]}]*")
_ESCAPES = ("escape character", "hexdecimal number", "escape code")
_AT_ITS_SIGN = ("block scalar", "a tag", "directive", "anchor", "alias")


def syntax_problem(text: bytes, file: str, trouble: yaml.MarkedYAMLError) -> Problem:
    """Return the problem of a document that YAML stops reading, at the slip that it comes from as far as that can be told."""
    stop = _stop(text, trouble)
    causes: Sequence[Callable[[Stop], Slip | None]] = (
        lambda stop: _overlong(text, stop), _unshown, _directive, _escape, _quotes, _sign, _dash, bracket_slip, _after,
        colon_slip, indentation_slip,
    )  # fmt: skip
    slip = next((found for cause in causes if (found := cause(stop)) is not None), None) or _unknown(stop)
    line = stop.lines.get(slip.line) or source_lines(text, {slip.line}).get(slip.line, "")
    return Problem(
        "yaml-syntax",
        SYNTAX,
        f"{slip.detail[:1].upper()}{slip.detail[1:]}.",
        file,
        slip.hint,
        Where(file, slip.line, slip.column, line),
    )


def _stop(text: bytes, trouble: yaml.MarkedYAMLError) -> Stop:
    mark = trouble.problem_mark or trouble.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    began = (trouble.context_mark.line + 1, trouble.context_mark.column + 1) if trouble.context_mark is not None else None
    wanted = set(range(max(line - REACH, 1), line + 1)) | ({began[0]} if began is not None else set())
    return Stop(source_lines(text, wanted), line, column, trouble.problem or "", trouble.context or "", began)


def _unknown(stop: Stop) -> Slip:
    detail = "the document cannot be read on from here"
    hint = "check the indentation, quotes, colons and brackets of this line and of the one before it"
    return Slip(stop.line, stop.column, detail, hint)


def _unshown(stop: Stop) -> Slip | None:
    """Tell no more of a line that is longer than what of it is at hand."""
    return _unknown(stop) if max(stop.column, stop.began[1] if stop.began is not None else 0) > SHOWN else None


def _escape(stop: Stop) -> Slip | None:
    if not any(each in stop.problem for each in _ESCAPES):
        return None
    detail = "in double quotes a \\ begins an escape, and this is none"
    return Slip(stop.line, stop.column, detail, "write the text in single quotes: '…'")


def _quotes(stop: Stop) -> Slip | None:
    """Tell where a quote is missing: often some lines before the one where reading stops."""
    first = stop.line
    if "unexpected ':'" in stop.problem:
        first = stop.line - REACH
    elif stop.began is not None:
        first = stop.began[0] if "quoted scalar" in stop.context else max(stop.began[0], stop.line - REACH)
    for number in sorted(each for each in stop.lines if first <= each <= stop.line):
        here = number == stop.line or ("quoted scalar" in stop.context and number == first)
        found = meant(stop.lines[number], stop.column if number == stop.line else 0, stopped=here)
        if found is not None:
            return Slip(number, found.column, found.detail, found.hint)
    return None


def _overlong(text: bytes, stop: Stop) -> Slip | None:
    """Tell of a key that is longer than YAML takes one in a line."""
    if stop.column <= _LONGEST_KEY:
        return None
    at = stop.column - 1
    line = next(islice(io.BytesIO(text), stop.line - 1, None), b"").decode("utf-8", "replace")
    key = _KEY.search(line[:at]) if line[at : at + 1] == ":" else None
    if key is None or len(key["key"]) <= _LONGEST_KEY:
        return None
    detail = f"a key of more than {_LONGEST_KEY:,} characters has to be announced with a ?"
    return Slip(stop.line, key.start("key") + 1, detail, "begin its line with `? `, and the next line with `: ` and its value")


def _directive(stop: Stop) -> Slip | None:
    """Tell of a line that begins with %, or of `...`, which ends a document."""
    if not stop.text.startswith("%") and "directive" not in stop.context and "document start" not in stop.problem:
        return None
    for number in sorted(stop.lines, reverse=True):
        if stop.lines[number].startswith("%"):
            detail = "a line that begins with % is for YAML itself, and no document of reshelve needs one"
            return Slip(number, 1, detail, "remove it")
        if stop.lines[number].startswith("..."):
            return Slip(number, 1, "`...` ends a document, and more follows it", "remove it")
    return None


def _sign(stop: Stop) -> Slip | None:
    """Tell of a text that begins with a sign that means something else to YAML."""
    line, column = stop.line, stop.column
    if stop.began is not None and any(each in stop.context for each in _AT_ITS_SIGN):
        line, column = stop.began
        if "indentation indicator" in stop.problem:
            return Slip(stop.line, stop.column, "a number from 1 to 9 may follow | or >", "remove the 0")
    elif not (
        "cannot start any token" in stop.problem
        or "mapping keys are not allowed" in stop.problem
        or ("block node" in stop.context and "node content" in stop.problem)
    ):
        return None
    begins = stop.lines.get(line, "")[column - 1 :]
    if not begins[:1].strip():
        return None
    given = printable(begins.split(" #")[0].rstrip() if begins[:1] in ",]}?" else (_TEXT.match(begins) or [""])[0])
    return Slip(line, column, f"a text that begins with {begins[0]} has to be in quotes", f"write {quoted(given[:100])}")


def _dash(stop: Stop) -> Slip | None:
    """Tell of a list's item behind a key."""
    if "block sequence entries are not allowed" not in stop.problem or not stop.text[: stop.column - 1].strip():
        return None
    item = printable(stop.text[stop.column :].strip())[:100]
    own = "in a line of its own below the key"
    hint = f"write [{item}], or each item {own}" if item else f"write it {own}"
    return Slip(stop.line, stop.column, "a list that begins with a dash stands below its key, not behind it", hint)


def _after(stop: Stop) -> Slip | None:
    """Tell of what follows a text in quotes, or a closed bracket, in the same line."""
    before = stop.text[: stop.column - 1].rstrip()
    if before[-1:] not in ("'", '"', "]", "}") or not stop.sign.strip() or "expected key" not in stop.problem:
        return None
    if before[-1] in "]}":
        hint = f"remove the {before[-1]}, if it closes too early; else begin a line of its own behind it"
        return Slip(stop.line, stop.column, f"a text goes on behind the closing {before[-1]}", hint)
    if stop.sign in "{[\"'" and content_at(stop.text) == before.find(before[-1]):
        key = printable(before.strip().removeprefix("- ").strip())
        return Slip(stop.line, content_at(stop.text) + 1, f"no colon follows {key}", f"write {key}:")
    hint = "put all of it in the quotes; or write # before what follows, if that is a comment"
    return Slip(stop.line, stop.column, "a text goes on behind its closing quote", hint)
