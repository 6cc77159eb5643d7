"""The spelling of a title that the folders above a file give, where the file's own name has none but lower case."""

import re
from collections.abc import Mapping

from reshelve.planner.recognise.name_reading import Reading
from reshelve.planner.recognise.same_title import same_title
from reshelve.planner.recognise.title_text import clean

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_FOLDERS = 2
"""So many folders above a file are asked: those of a release and of a season or disc in it."""


def spell_by_folders(readings: Mapping[str, Reading]) -> None:
    """Give titles in lower case the spelling that a folder right above begins with. Changes the readings, which are by path.

    `the.wire.s02e01.mkv` in `The.Wire.S02.1080p-GRP/` is of "The Wire".
    """
    for rel, reading in readings.items():
        facts = reading.facts
        fact = "show" if "show" in facts else "title"
        title = facts.get(fact)
        if not isinstance(title, str) or title != title.lower() or title == title.upper() or "/" not in rel:
            continue
        for folder in rel.split("/")[-2 : -2 - _FOLDERS : -1]:
            spelled = _beginning(clean(folder), title)
            # A shouting folder knows no more than the file; of an acronym the dots do.
            if spelled != spelled.lower() and (spelled != spelled.upper() or "." in spelled):
                facts[fact] = spelled
                if facts.get("title") == title:
                    facts["title"] = spelled
                break


def _beginning(folder: str, title: str) -> str:
    """Return the words that a folder's name begins with which are the title, as they are written there; "" where none are."""
    for word in _WORD.finditer(folder):
        end = word.end()
        if same_title(folder[:end], title):
            return folder[:end] + ("." if folder[end - 2 : end - 1] == "." and folder[end : end + 1] == "." else "")
    return ""
