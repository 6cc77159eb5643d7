"""Colons that are missing behind a key: YAML stops reading some lines later, where nothing is wrong."""

import re
from collections.abc import Mapping

_WORD = re.compile(r"[ \t]*(?:- +)?(?P<word>[A-Za-z_][\w-]*)[ \t]*(?:#.*)?\Z")
_KEY = re.compile(r"(?P<word>[A-Za-z][\w-]*)[ \t]*[\[{\"'].*\Z", re.DOTALL)


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
        deeper = _indent(below) > _indent(text) or (_indent(below) == _indent(text) and below.lstrip().startswith("- "))
        return (number, found.start("word") + 1, found["word"]) if found and deeper else None
    return None


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def key_before_bracket(key: str) -> str:
    """Return the word of a key such as `inbox {path`, behind which a colon is missing; "" where it is none."""
    found = _KEY.match(key)
    return found["word"] if found else ""
