"""Answers of a reply that is cut short, or broken: those that are whole before the damage, and no other."""

import json
import re
from typing import Any

from reshelve.planner.suggest.strict_json import no_number, once

_BEGUN = re.compile(r'\{\s*"suggestions"\s*:\s*\[\s*')
_CLOSED = re.compile(r"\s*\]")
_ENDED = re.compile(r"\s*\]\s*\}?\s*\Z")
_NEXT = re.compile(r"\s*,\s*")


def whole_ones(text: str) -> list[Any]:
    """Return the suggestions before the damage in a reply that is cut short, or broken: those that are whole, and no other."""
    begun = _BEGUN.match(text)
    found: list[Any] = []
    decoder = json.JSONDecoder(object_pairs_hook=once, parse_constant=no_number)
    at = begun.end() if begun else len(text)
    while at < len(text):
        try:
            one, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        found.append(one)
        after = _NEXT.match(text, at)
        if after is None:
            break
        at = after.end()
    # Where the list has its end and more follows, which of it is the answer nobody can say.
    return [] if _CLOSED.match(text, at) and not _ENDED.match(text, at) else found
