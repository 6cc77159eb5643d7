"""Which rules name a folder or file that is left alone otherwise: those that ask for its path, or name, in its own words."""

import re
from collections.abc import Iterator
from functools import cache

from reshelve.planner.left_alone.known_names import Kind
from reshelve.schemas.conditions import Condition, Match

_MARKS = re.compile(r"[\\\[\]^]")
"""What globs and regular expressions write around letters that stand for themselves."""


def asked_of(condition: Condition, attributes: frozenset[str]) -> Iterator[str]:
    """Yield the texts that a condition asks for in some attributes, at any depth but below `not`, in lower case."""
    for name, expected in condition.demands.items():
        if name in attributes:
            yield from (_MARKS.sub("", text).lower() for text in _texts(expected))
    for each in (*(condition.all_of or ()), *(condition.any_of or ())):
        yield from asked_of(each, attributes)


def names(text: str, own: str, kind: Kind) -> bool:
    """Say whether a text of a rule has the name of a folder or file in it, whole, or the part of it that says what it is.

    One that only what it holds tells has a name like any other: a rule for all folders of books, `e?books?/`, does not mean it.
    """
    if kind.held:
        return _path(own.lower()).search(text) is not None
    return any(word and _word(word.lower()).search(text) is not None for word in (own, kind.core))


@cache
def _word(word: str) -> re.Pattern[str]:
    before = r"(?<![^\W_])" if word[0].isalnum() else ""
    after = r"(?![^\W_])" if word[-1].isalnum() else ""
    return re.compile(before + re.escape(word) + after)


@cache
def _path(name: str) -> re.Pattern[str]:
    """Return what matches a folder's name as a whole part of a path, as globs and regular expressions write one."""
    return re.compile(rf"(?:\A|[/*]|\(\|/\)){re.escape(name)}(?=[/*$]|\Z)")


def _texts(expected: object) -> Iterator[str]:
    if isinstance(expected, Match):
        for given in (expected.equals, expected.one_of, expected.glob, expected.regex):
            yield from _texts(given)
    elif isinstance(expected, list):
        for each in expected:
            yield from _texts(each)
    elif isinstance(expected, str):
        yield expected
