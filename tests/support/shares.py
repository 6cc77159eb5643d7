"""Shares: what a test tries one after another, a fixed choice of it in the fast suite and all the rest in the slow one.

Examples that are drawn cannot be parted: of those the fast suite draws a fifth, and the slow one all.
"""

import os
from collections.abc import Callable, Sequence
from typing import Any

import pytest

Share = Callable[[Sequence[Any]], Sequence[Any]]
_EVERY = 5


def everything(things: Sequence[Any]) -> Sequence[Any]:
    """Return all of it."""
    return things


def few(things: Sequence[Any]) -> Sequence[Any]:
    """Return each fifth, from the first."""
    return things[::_EVERY]


def rest(things: Sequence[Any]) -> Sequence[Any]:
    """Return what `few` leaves out."""
    return [thing for at, thing in enumerate(things) if at % _EVERY]


SHARES = [pytest.param(few, id="few"), pytest.param(rest, id="the rest", marks=pytest.mark.slow)]
"""Parameters of a test that takes a share: the two together are all."""


def examples(number: int) -> int:
    """Return how many examples to draw of so many: a fifth, or as RESHELVE_EXAMPLES says, a number or `all`."""
    asked = os.environ.get("RESHELVE_EXAMPLES", "")
    if asked == "all":
        return number
    return int(asked) if asked else -(-number // _EVERY)
