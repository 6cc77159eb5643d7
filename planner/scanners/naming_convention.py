"""The `naming_convention` of a project: the name that it has for a file which a rule brings into it."""

import re
from collections.abc import Mapping

from reshelve.planner.layouts.proposal import Proposal
from reshelve.planner.observing.identity import time_text
from reshelve.planner.rules.free_names import split_name
from reshelve.planner.rules.place_filters import written_date
from reshelve.planner.rules.portable_names import portable_text
from reshelve.schemas.locations import is_reserved, printable

WORDS = ("project_code", "content_type", "sequence_number", "timestamp", "original_name")
"""What a naming convention's pattern may have in brackets."""

_WORD = re.compile(r"\[([^\[\]]*)\]")
_LONGEST = 120
"""The most letters of a name that a convention makes: no file system counts fewer than 255 bytes."""


def convention_name(convention: object, proposal: Proposal, own: str) -> tuple[str, int, str]:
    """Return the name before its number, how many digits that has (0: it has none, and is whole), and the name after it.

    Raises ValueError saying what the convention lacks.
    """
    if not isinstance(convention, Mapping):
        raise ValueError("it is no map of names and values")
    pattern = convention.get("pattern")
    if not isinstance(pattern, str) or not pattern.strip():
        raise ValueError("its pattern is no text")
    unknown = sorted({word for word in _WORD.findall(pattern) if word not in WORDS})
    if unknown:
        raise ValueError(f"there is no [{printable(unknown[0][:40])}]; a pattern has {', '.join(f'[{word}]' for word in WORDS)}")
    if pattern.count("[sequence_number]") > 1:
        raise ValueError("[sequence_number] is in it more than once")
    digits = convention.get("sequence_number", 3)
    if isinstance(digits, bool) or not isinstance(digits, int) or not 1 <= digits <= 9:
        raise ValueError("sequence_number is no count of digits from 1 to 9")
    stem, ext = split_name(own)
    values = {"content_type": proposal.content_type, "original_name": stem}
    if "[project_code]" in pattern:
        code = convention.get("project_code")
        if not isinstance(code, str) or not code.strip():
            raise ValueError("project_code is no text")
        values["project_code"] = code
    if "[timestamp]" in pattern:
        values["timestamp"] = _time(convention.get("timestamp", "%Y%m%d_%H%M%S"), proposal.bundle.main.mtime_ns)

    def filled(text: str) -> str:
        return portable_text(_WORD.sub(lambda found: values[found[1]], text)) if text else ""

    begin, number, end = pattern.partition("[sequence_number]")
    before, after = filled(begin), filled(end) + ext.lower()
    whole = before + ("0" * digits if number else "") + after
    made = split_name(whole)[0]
    if not made.strip(". _-") or whole != whole.strip() or is_reserved(whole) or whole[0] == ".":
        raise ValueError(f"it gives {printable(whole[:60])!r}, which is not a valid name")
    if len(whole) > _LONGEST:
        raise ValueError(f"it gives a name of more than {_LONGEST} letters")
    return (before, digits, after) if number else (whole, 0, "")


def _time(form: object, mtime_ns: int) -> str:
    if not isinstance(form, str):
        raise ValueError("timestamp is no form of a date, such as %Y%m%d")
    time = time_text(mtime_ns)
    if time is None:
        raise ValueError("the file has no date that a calendar knows")
    return written_date(time, form)
