"""The cycle collector, kept out of bulk work: nearly all that is made there is kept, so that its passes find nothing."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_off() -> Iterator[None]:
    """Keep the cycle collector off for as long as this lasts, if it was on. May be nested."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
