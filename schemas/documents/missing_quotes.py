"""What is not YAML because of its quotes: where the text begins that lacks them, and how it is written."""

import re
from typing import NamedTuple

from reshelve.schemas.documents.source_lines import SHOWN

_TEMPLATE = re.compile(
    r"(?P<key>[\w-]+):\s+(?P<value>(?:[^\s\"'{}\[\],#][^\"'{}\[\],]*)?\{\{.*\}\}[^,{}\[\]\"'#]*)(?P<end>[\"']?)[\s,}]*\Z"
)
_IN_ITS_OWN = re.compile(r"(?P<key>[\w-]+):\s+(?P<quote>[\"'])(?P<value>.*(?P=quote).*)(?P=quote)[\s,}]*\Z")
_NEXT = re.compile(r"[\"']\s*,\s*[\w-]+:\s")
"""Where a map goes on after one text in quotes: what follows is another."""
_SIGN = re.compile(r"(?P<sign>[*&!%@`])[^\s,}\]]*")
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")
_OPENS = re.compile(r"(?:\A|[\[{,:-])\s*(?P<quote>[\"'])")
_CLOSING = re.compile(r"\}{3,}\Z")
"""The end of a text and of the map around it."""


class Meant(NamedTuple):
    """Where a text with a fault begins (its column from 1), what is wrong in a phrase, and what to write."""

    column: int
    detail: str
    hint: str


def meant(line: str, column: int = 0, *, stopped: bool = True) -> Meant | None:
    """Return what is wrong with the quotes of a line; None where that cannot be told. Reading stopped at `column`, from 1.

    Not `stopped`: reading went on beyond the line, and only a quote that is still open can be at fault.
    """
    if stopped and (found := _in_the_line(line, column)) is not None:
        return found
    if len(line) >= SHOWN:
        return None  # only the beginning of it is at hand: where its quotes end is not known
    left = _QUOTED.sub(lambda found: " " * len(found.group()), line)
    if opened := _OPENS.search(left):
        detail = f"the {opened['quote']} that begins here is not closed in its line"
        return Meant(opened.start("quote") + 1, detail, "close it at the end of the text")
    return None


def _in_the_line(line: str, column: int) -> Meant | None:
    if found := _TEMPLATE.search(line):
        written = quoted(_CLOSING.sub("}}", found["value"].rstrip()))
        return Meant(
            found.start("value") + 1, "a text with {{ }} has to be in quotes, all of it", f"write {found['key']}: {written}"
        )
    if found := _IN_ITS_OWN.search(line):
        inner = found["value"]
        if "{{" in inner and not _NEXT.search(inner):
            detail = f"the {found['quote']} inside ends the text that began with one"
            return Meant(found.start("quote") + 1, detail, f"write {found['key']}: {quoted(inner)}")
    for at in (column - 1, column - 2):
        if 0 <= at < len(line) and (sign := _SIGN.match(line, at)):
            return Meant(at + 1, f"a text that begins with {sign['sign']} has to be in quotes", f"write {quoted(sign.group())}")
    return None


def quoted(text: str) -> str:
    """Return a text in quotes: in double ones, or in single ones where it holds double ones or a backslash."""
    return "'" + text.replace("'", "''") + "'" if '"' in text or "\\" in text else f'"{text}"'
