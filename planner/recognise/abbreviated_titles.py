"""Abbreviated titles: `got.s01e01.mkv` in `Game.of.Thrones.S01E01.720p-GRP/` is of the show that its release's folder names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from reshelve.planner.recognise.folder_names import folder_reading
from reshelve.planner.recognise.name_reading import FOLDER, Reading
from reshelve.planner.recognise.release_words import without_release_words
from reshelve.planner.recognise.same_title import same_title, words
from reshelve.planner.recognise.title_text import clean

_PACK = re.compile(r"(?P<show>.+?)[ ._-]+s(?P<season>\d{1,2})(?=[ ._-]+[^\W_])(?![ ._]*e\d|[ ._-]*s?\d{1,2}(?!\d))", re.IGNORECASE)
_NUMBERED = re.compile(r"(?<![^\W_])s\d{1,2}", re.IGNORECASE)
_YEAR = re.compile(r"[ ._]*[(\[]?(?:19|20)\d\d[)\]]?\Z")
_FOLDERS = 2
_FEWEST_LETTERS = 3


def spell_out(reading: Reading, folders: Sequence[str]) -> Reading:
    """Return a reading whose show, where its own name shortens it, is that of the release's folder.

    A folder is one of a release when it names this very episode, or the season of a pack. One that names the episode, and
    another show, leaves it in doubt which of the two it is.
    """
    show = reading.facts.get("show")
    if not isinstance(show, str) or reading.sources.get("show") == FOLDER:
        return reading
    for folder in folders[: -1 - _FOLDERS : -1]:
        whole, exact = _show_of(folder, reading.facts)
        if not whole or same_title(whole, show) or shortens(whole, show):
            continue
        # What the folder has more may be of the release: "Show.Name.COMPLETE.S01".
        bare = without_release_words(whole)
        if bare != whole and (same_title(bare, show) or shortens(bare, show)):
            continue
        if shortens(show, bare):
            called = _called(reading, bare)
            return called if bare == whole else _in_doubt(called, whole)
        return _in_doubt(reading, whole) if exact and "show" not in reading.doubtful else reading
    return reading


def shortens(title: str, whole: str) -> bool:
    """Say whether a title is the initials of another, or some of its words or letters, or has a group in front: "got", "btent"."""
    short, full = words(title), words(whole)
    every = tuple(re.findall(r"[^\W_]+", whole.casefold()))
    initials = {"".join(word[0] for word in some) for some in (full, every)}
    if len(short) == 1 and len(short[0]) > 1 and short[0] in initials:
        return True
    if len(short) == 1 < len(full) and len(short[0]) > _FEWEST_LETTERS and _has_letters("".join(full), short[0]):
        return True
    if len(short) == len(full) + 1 and short[1:] == full and "-" in title and title == title.lower():
        return True
    return len(short) < len(full) and any(full[at : at + len(short)] == short for at in range(len(full)))


def _has_letters(whole: str, short: str) -> bool:
    left = iter(whole)
    return whole[0] == short[0] and all(letter in left for letter in short)


def _called(reading: Reading, whole: str) -> Reading:
    facts = reading.facts | {"show": whole}
    if reading.facts.get("title") == reading.facts["show"]:
        facts["title"] = whole
    return replace(reading, facts=facts, sources=reading.sources | {"show": FOLDER})


def _in_doubt(reading: Reading, whole: str) -> Reading:
    others = [*reading.alternatives.get("show", ()), whole]
    return replace(reading, doubtful=reading.doubtful | {"show"}, alternatives=reading.alternatives | {"show": others})


@lru_cache(maxsize=4096)
def _is_numbered(folder: str) -> bool:
    return _NUMBERED.search(folder) is not None


def _show_of(folder: str, facts: Mapping[str, Any]) -> tuple[str, bool]:
    """Return the show that a folder of a release names, and whether it names the episode of these facts; "" where it is of none."""
    if not _is_numbered(folder):
        return "", False
    pack = _PACK.match(folder)
    if pack is not None:
        return (_YEAR.sub("", clean(pack["show"])), False) if int(pack["season"]) == facts.get("season") else ("", False)
    above = folder_reading(folder)
    named = above.facts if above is not None and not above.doubtful else {}
    same = named.get("season") == facts.get("season") and named.get("episodes") == facts.get("episodes") and named.get("episodes")
    return (str(named.get("show", "")), True) if same else ("", False)
