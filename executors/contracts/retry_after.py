"""How long a service asks to be left alone: the header Retry-After, which has seconds or a date (RFC 9110, section 10.2.3)."""

import time
from email.utils import parsedate_to_datetime

LONGEST = 10**6
"""Seconds, some eleven days: who asks for more means something else."""


def asked_wait(text: str | None) -> float | None:
    """Return the seconds that a Retry-After header asks to wait, 0 for a date that is past; None where it says neither."""
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = max(parsedate_to_datetime(text).timestamp() - time.time(), 0.0)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    return seconds if 0 <= seconds < LONGEST else None
