"""Runs of tracks: two folders around numbered tracks that nothing else tells of are an artist's and an album's."""

import re
from collections import defaultdict

from reshelve.planner.recognise.extension_tables import halves
from reshelve.planner.recognise.folder_names import GENERIC
from reshelve.planner.recognise.music_names import is_shelf, titled, without_discs
from reshelve.planner.recognise.name_reading import FOLDER, Reading

_FEWEST = 3
_OF_MUSIC = frozenset({"flac", "ape", "wv", "dsf", "dff", "shn", "tak", "tta"})
"""Extensions that audiobooks do not have: an author's book in its folder has the same form as an artist's album."""
_TOLD = ("artist", "album_artist", "album")
_NOBODY = re.compile(
    r"\d|(?<![^\W_])(?:music|musik|mp3|flac|audio|songs?|sounds?|albums?|alben|collection|sammlung|mix|hits|best|various|"
    r"rock|jazz|pop|metal|blues|folk|soul|house|techno|classical|klassik|punk|country|"
    r"new|old|my|alte|neue|meine|stuff|backup|files|lossless)(?![^\W_])",
    re.IGNORECASE,
)
"""Words of folders for more than one artist. A name of one word is as likely a genre."""


def settle_albums(readings: dict[str, Reading]) -> None:
    """Let three tracks or more in one folder, numbered from 1, be of its album and of the artist whose folder it lies in.

    Changes the readings, which are by path. None of them may tell of another artist or album.
    """
    runs: dict[str, dict[str, Reading]] = defaultdict(dict)
    for rel, reading in readings.items():
        if reading.facts.get("kind") == "music" and "/" in rel:
            runs[rel.rpartition("/")[0]][rel] = reading
    for folder, run in runs.items():
        known = _named(folder) if all(_is_open(rel, reading) for rel, reading in run.items()) else None
        numbers = {reading.facts["track"] for reading in run.values()} if known else set()
        if known and len(numbers) >= _FEWEST and numbers == set(range(1, len(run) + 1)):
            for reading in run.values():
                reading.add(FOLDER, known)


def _is_open(rel: str, reading: Reading) -> bool:
    return "track" in reading.facts and not any(fact in reading.facts for fact in _TOLD) and halves(rel)[1] in _OF_MUSIC


def _named(folder: str) -> dict[str, str | int] | None:
    """Return the artist, album and year that two folders name; None where the upper one is not somebody's by its name."""
    folders, _ = without_discs(folder.split("/"))
    if len(folders) < 2 or " " not in folders[-2].strip() or _NOBODY.search(folders[-2]):
        return None
    if any(name.lower() in GENERIC or is_shelf(name) for name in folders[-2:]):
        return None
    album, year = titled(folders[-1], folders[-2])
    return {"artist": folders[-2], "album": album} | ({"year": year} if year else {})
