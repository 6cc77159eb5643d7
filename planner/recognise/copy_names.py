"""Copy names: what a desktop or a browser calls a copy of a file, and what the file itself is called."""

import re
from functools import cache
from importlib.resources import files

from reshelve.planner.recognise.title_text import QUALITY


def original_of(stem: str) -> str:
    """Return the name (without its ending) that a file is a copy of by its name, "" where that does not say that it is one."""
    found = _marks().fullmatch(stem)
    return next((name.strip() for name in found.groups() if name and name.strip()), "") if found else ""


def without_copy(stem: str) -> str:
    """Return a stem without what a desktop adds to the name of a copy, where a dash is before it or all else has been said.

    "Harbor (2011) (1)" is a copy, "Harbor (12)" an episode, and "Carbon Copy" a title.
    """
    if _NUMBER_LAST.search(stem) is None and _hints().search(stem.lower()) is None:
        return stem
    original = original_of(stem)
    if not original or not stem.startswith(original):
        return original or stem
    return original if stem.startswith(" - ", len(original)) or _SAID.search(original) else stem


_NUMBER_LAST = re.compile(r"\(\d{1,3}\)\Z")
_SAID = re.compile(
    rf"(?:[)\]}}]|(?<![^\W_])(?:s\d+e\d+|\d+x\d\d|{QUALITY.pattern}|(?:19|20)\d\d)|(?<=[a-z])-[A-Z\d][^\W_]+)\Z", re.IGNORECASE
)
"""What a name ends in that has nothing more to say: brackets, a mark, a year, words of quality, a release's group."""


@cache
def _words() -> dict[str, list[str]]:
    lines = files("reshelve.planner").joinpath("media", "copies.txt").read_text(encoding="utf-8").splitlines()
    words: dict[str, list[str]] = {"after": [], "glued": [], "before": []}
    for line in lines:
        if line and line[0] != "#":
            kind, _, word = line.partition(": ")
            words[kind].append(word)
    return words


@cache
def _hints() -> re.Pattern[str]:
    """Return what the longest word of each mark begins with: without any of them, a name is no copy's."""
    hints = {max(word.split(), key=len)[:3] for words in _words().values() for word in words}
    return re.compile("|".join(sorted(map(re.escape, hints))))


@cache
def _marks() -> re.Pattern[str]:
    """Return what matches the name of a copy: "a (1)", "a copy 2", "a - Copy (3)", "a (3rd copy)", "Copy of a"."""
    words = {kind: [re.escape(word) for word in some] for kind, some in _words().items()}
    before, glued = "|".join(words["before"]), "|".join(words["glued"])
    after = "|".join([*words["after"], *words["glued"]])
    number = r"(?:\s*\(?\d{1,3}\)?)?"
    nth = r"(?:\d{1,3}(?:st|nd|rd|th|\.|-?[a-zа-я]{1,2})?\s+)?"
    shapes = (
        rf"(.+?)(?:\s+-\s+|[\s_-]+)(?:{after}){number}",
        rf"(.+?)\s*\({nth}(?:{after}){number}\)",
        rf"(?:{before})\s+(.+)",
        rf"(.+?)(?:{glued}){number}",
        r"(.+?)\s*\(\d{1,3}\)",
    )
    return re.compile("|".join(shapes), re.IGNORECASE)
