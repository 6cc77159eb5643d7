"""Patterns of people, globs and regular expressions, as documents hold them: none takes longer than its text and the name's.

Regular expressions are RE2's, an engine that goes through a name once and never back. What it lacks is refused where it is
written. What it has another way than Python is turned into what people mean: `\\w`, `\\d` and `\\s` know every script, `\\Z`
is the end, `{,3}` is at most three.
"""

import fnmatch
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Annotated, Any

from pydantic import AfterValidator, Field

LONGEST = 1000
"""The most letters of a pattern."""

_PIECE = re.compile(
    r"\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)|\(\?(?:P?<(?P<name>\w+)>|P=|<?[=!]|[#>(]|[A-Za-z-]+)|\{,(?=[0-9]+\})|.", re.DOTALL
)
_UNREADABLE = re.compile("[\ud800-\udfff]")
_LETTERS = r"\p{L}\p{N}_"
_NO_LETTERS = (
    r"\p{M}\p{Pd}\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Po}\p{S}\p{Z}\p{C}"
    r"\x{203F}-\x{2040}\x{2054}\x{FE33}-\x{FE34}\x{FE4D}-\x{FE4F}\x{FF3F}"
)
_SPACES = r"\t-\r\x1C-\x1F\x{85}\p{Z}"
_NO_SPACES = r"\x00-\x08\x0E-\x1B\p{L}\p{M}\p{N}\p{P}\p{S}\p{Cf}\p{Co}\x7F-\x{84}\x{86}-\x{9F}"
_SETS = {
    "w": _LETTERS, "W": _NO_LETTERS, "d": r"\p{Nd}", "D": r"\P{Nd}", "s": _SPACES, "S": _NO_SPACES,
}  # fmt: skip
_OWN = {letter: f"\\{letter}" for letter in "bBAzafnrtv"} | {"Z": r"\z"}
_FLAGS = re.compile(r"\(\?[ims]*(?:-[ims]+)?\Z")

_AHEAD = "looking ahead and behind is not known: match what stands there too, and name the part you need, as in (?P<title>…)"
_BACK = "a group cannot be referred to: write out what is to stand there again"
_HINTS = {
    "(?=": _AHEAD,
    "(?!": f"{_AHEAD}; what must not be there goes below `not:`",
    "(?<=": _AHEAD,
    "(?<!": f"{_AHEAD}; what must not be there goes below `not:`",
    "(?P=": _BACK,
    "(?>": "(?>…) is not known: write (?:…), no pattern goes back here",
    "(?(": "a pattern cannot ask for a group: write two, joined by |",
    "(?#": "a pattern holds no comment: write one behind # in the document",
}


class Regex:
    """A regular expression looked for anywhere in a text, without regard to case. Raises ValueError, saying what to write."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise ValueError(f"a pattern has at most {LONGEST:,} letters, and this one {len(text):,}")
        self._text = unicodedata.normalize("NFC", text)
        self._groups: dict[str, int] = self._plain.groupindex

    @property
    def groups(self) -> frozenset[str]:
        """The names of its groups."""
        return frozenset(self._groups)

    def found(self, text: str) -> bool:
        """Say whether the pattern is in a text."""
        return self._for(text).search(_readable(text)) is not None

    def captures(self, text: str) -> dict[str, str] | None:
        """Return what the named groups hold that took part, or None where the pattern is not in the text."""
        match = self._for(text).search(_readable(text))
        if match is None:
            return None
        spans = {name: match.span(number) for name, number in self._groups.items()}
        return {name: text[begin:end] for name, (begin, end) in spans.items() if begin >= 0}

    def _for(self, text: str) -> Any:
        # Within ASCII the sets are small, and so is what they are compiled to.
        return self._plain if text.isascii() else self._wide

    @cached_property
    def _plain(self) -> Any:
        return self._compiled({**{name: rf"\{name}" for name in "wWdD"}, "s": r"\t-\r\x1C-\x1F ", "S": r"\x00-\x08\x0E-\x1B!-\x7F"})

    @cached_property
    def _wide(self) -> Any:
        return self._compiled(_SETS)

    def _compiled(self, sets: dict[str, str]) -> Any:
        import re2

        options = re2.Options()
        options.case_sensitive = False
        options.log_errors = False
        try:
            return re2.compile("".join(_translated(self._text, sets)), options)
        except re2.error as fault:
            told = fault.args[0] if fault.args else ""
            reason = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
            hint = ": at most 1,000 times, in all" if "repetition size" in reason else ""
            raise ValueError(f"it is not a regular expression as RE2 has them: {reason}{hint}") from None


def _readable(text: str) -> str:
    """Return a text with a letter of its own in place of each byte that is none."""
    return text if text.isascii() else _UNREADABLE.sub("\ufffd", text)


def _translated(text: str, sets: dict[str, str]) -> Iterator[str]:
    """Yield the pieces of a pattern as RE2 writes them. Raises ValueError for what it lacks."""
    names: set[str] = set()
    inside = -1
    """Where the set begins that is being read."""
    before = ""
    for found in _PIECE.finditer(text):
        piece = found.group()
        if inside >= 0:
            first = found.start() == inside + 1 or (found.start() == inside + 2 and text[inside + 1] == "^")
            if piece == "]" and not first:
                inside = -1
            yield _escape(piece, sets, "") if piece[0] == "\\" else r"\[" if piece == "[" else _literal(piece)
        elif piece == "[":
            inside = found.start()
            yield piece
        elif piece[0] == "\\":
            if piece in (r"\b", r"\B") and _beyond(before, text[found.end() : found.end() + 1]):
                raise ValueError(rf"{piece} knows the letters a-z alone: write (^|[^\w]) before, or ([^\w]|$) behind")
            yield _escape(piece, sets, "[]")
        elif piece == "{,":
            yield "{0,"
        else:
            if piece[:2] == "(?":
                yield _group(piece, found.group("name"), names)
            else:
                yield piece
        before = piece


def _literal(piece: str) -> str:
    """Return what stands within a set and would mean something outside one only."""
    return "{," if piece == "{," else piece.replace("(?", r"\(\?") if piece[:2] == "(?" else piece


def _beyond(*letters: str) -> bool:
    return any(letter.isalnum() and not letter.isascii() for letter in letters)


def _escape(piece: str, sets: dict[str, str], around: str) -> str:
    letter = piece[1:2]
    if not letter:
        raise ValueError("a pattern does not end in one \\: write two")
    if letter in sets:
        body = sets[letter]
        return f"[{body}]" if around and len(body) > 2 else body
    if letter in "uU" and len(piece) > 2:
        return rf"\x{{{piece[2:]}}}"
    if not around and letter == "b":
        return r"\x08"
    if letter in _OWN:
        return _OWN[letter]
    if letter in "123456789":
        raise ValueError(_BACK)
    if letter in "xpP0":
        return piece
    if letter and letter.isascii() and letter.isalnum():
        raise ValueError(f"\\{letter} means nothing in a pattern")
    return piece if letter.isascii() else letter


def _group(piece: str, name: str | None, names: set[str]) -> str:
    if name is not None:
        if name in names:
            raise ValueError(f"two groups are named {name!r}")
        names.add(name)
        return piece
    if piece in _HINTS:
        raise ValueError(_HINTS[piece])
    if not _FLAGS.match(piece):
        raise ValueError(f"{piece}…) is not known: of flags there are i, m and s")
    return piece


def globs(patterns: Iterable[str], *, ignore_case: bool = False) -> "re.Pattern[str]":
    """Return what matches a whole text that is like one of these globs; like none, it matches nothing."""
    return re.compile("|".join(fnmatch.translate(each) for each in patterns) or r"(?!)", re.IGNORECASE if ignore_case else 0)


def _sound_glob(text: str) -> str:
    if len(text) > LONGEST:
        raise ValueError(f"a pattern has at most {LONGEST:,} letters, and this one {len(text):,}")
    return text


def _sound_regex(text: str) -> str:
    Regex(text)
    return text


GlobText = Annotated[str, AfterValidator(_sound_glob), Field(title="glob")]
"""A glob as a document holds it."""
RegexText = Annotated[str, AfterValidator(_sound_regex), Field(title="regular expression")]
"""A regular expression as a document holds it: one that can be asked."""
