"""Retry-After: seconds or a date, and nothing else."""

import time
from email.utils import formatdate

import pytest

from reshelve.executors.contracts.retry_after import asked_wait


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *[
            ("0", 0.0),
            ("120", 120.0),
            ("1.5", 1.5),
            ("", None),
            (None, None),
            ("soon", None),
            ("-3", None),
            ("nan", None),
            ("inf", None),
        ],
        *[("99999999", None), ("Fri, 31 Dec 1999 23:59:59 GMT", 0.0), ("Fri, 99 Dec 1999 23:59:59 GMT", None)],
    ],
)
def test_it_is_read_as_it_is_meant(text: str | None, seconds: float | None) -> None:
    assert asked_wait(text) == seconds


def test_a_date_is_so_many_seconds_from_now() -> None:
    found = asked_wait(formatdate(time.time() + 100, usegmt=True))
    assert found is not None and 90 < found <= 100
