"""Shares: what a test tries one after another, a fixed choice of it in the fast suite and all the rest in the slow one."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

Share = Callable[[Sequence[Any]], Sequence[Any]]
_EVERY = 3


def everything(things: Sequence[Any]) -> Sequence[Any]:
    """Return all of it."""
    return things


def few(things: Sequence[Any]) -> Sequence[Any]:
    """Return each third, from the first."""
    return things[::_EVERY]


def rest(things: Sequence[Any]) -> Sequence[Any]:
    """Return what `few` leaves out."""
    return [thing for at, thing in enumerate(things) if at % _EVERY]


SHARES = [pytest.param(few, id="few"), pytest.param(rest, id="the rest", marks=pytest.mark.slow)]
"""Parameters of a test that takes a share: the two together are all."""
