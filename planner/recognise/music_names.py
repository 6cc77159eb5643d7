"""Music and audiobooks: who, from what, and which track, as far as names say it."""

import re
from typing import Any

from reshelve.planner.recognise.same_title import same_title
from reshelve.planner.recognise.title_text import clean

_TRACK = re.compile(r"\A(?:(?P<disc>\d)[-.](?=\d\d))?(?P<track>\d{1,3})[ ._-]+(?=\S)")
_CHAPTER = re.compile(r"(?:\A|[ ._-])(?:chapter|kapitel|chapitre|part|track|cd)?[ ._-]*(?P<track>\d{1,3})\Z", re.IGNORECASE)
_YEAR = re.compile(r"[ ._-]*[(\[](?P<year>(?:19|20)\d\d)[)\]]|(?<=-)(?P<bare>(?:19|20)\d\d)(?=-)")
_COPY = re.compile(r"(?:(?<=[a-z][ ._-]\d)|(?<=[a-z][ ._-]\d\d))_\d\Z", re.IGNORECASE)
"""What keep-both adds to the name of a second "Chapter 04"."""
_NOTES = re.compile(
    r"[ ._-]*(?:\[[^\[\]]*\]|\((?:unabridged|abridged|audiobook|flac|mp3|\d+ ?kbps)\)|\{[^{}]*\})",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s+[-–—]\s+")
_DISC_FOLDER = re.compile(r"(?:cd|dis[ck])[ ._-]?(?P<disc>\d{1,2})(?:\Z|[ ._]*[-–(\[:])", re.IGNORECASE)
_SHELVES = frozenset(["music", "musik", "albums", "audiobooks", "audiobook", "audio books", "hörbücher", "books"])


def read_track(stem: str, folders: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return (facts of a track's own name, facts of its folders): disc, track, artist and title; disc, artist, album and year."""
    folders, disc = without_discs(folders)
    above = _whose(folders, "artist", "album") | disc
    own: dict[str, Any] = {}
    found = _TRACK.match(stem)
    if found:
        own["track"] = int(found["track"])
        if found["disc"] and not disc:
            own["disc"] = int(found["disc"])
        stem = stem[found.end() :]
    pieces = _DASH.split(stem, maxsplit=1)
    if len(pieces) == 2:
        own["artist"], own["title"] = clean(pieces[0]), clean(pieces[1])
    else:
        own["title"] = clean(stem)
    return {fact: value for fact, value in own.items() if value}, above


def read_book(stem: str, folders: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return (facts of an audiobook file's own name, facts of its folders): author, title and year; track for a chapter, disc."""
    folders, disc = without_discs(folders)
    above = _whose(folders, "author", "title")
    above |= disc if above else {}
    found = _CHAPTER.search(_COPY.sub("", stem))
    if above and found and not _YEAR.search(stem):
        return {"track": int(found["track"])}, above
    bare = _NOTES.sub("", stem)
    year = _YEAR.search(bare)
    pieces = _DASH.split(bare[: year.start()] if year else bare, maxsplit=1)
    if len(pieces) < 2:
        return ({} if above else {"title": clean(bare)}), above
    own: dict[str, Any] = {"author": clean(pieces[0]), "title": clean(pieces[1])}
    if year:
        own["year"] = int(year["year"] or year["bare"])
    return own, above


def without_discs(folders: list[str]) -> tuple[list[str], dict[str, Any]]:
    """Return folders without those of discs, and the disc that one of them names; none where two do."""
    discs = [int(found["disc"]) for folder in folders if (found := _DISC_FOLDER.match(folder))]
    left = [folder for folder in folders if not _DISC_FOLDER.match(folder)]
    return left, {"disc": discs[0]} if len(discs) == 1 else {}


def _whose(folders: list[str], who: str, what: str) -> dict[str, Any]:
    """Return who and what a folder "Who - What (Year)" or two folders below a shelf, Music/Who/What, name.

    Where both could be, Audiobooks/Ann Onymous/Part One - Part Two, the folder above tells: a name of several words is
    somebody's, a single one as likely a genre or a format.
    """
    if not folders:
        return {}
    text = folders[-1]
    # The last one: an album may be called 1999 itself.
    years = list(_YEAR.finditer(text))
    year = years[-1] if years else None
    facts: dict[str, Any] = {"year": int(year["year"] or year["bare"])} if year else {}
    bare = _NOTES.sub("", text[: year.start()] if year else text).strip(" -_")
    shelved = len(folders) > 2 and folders[-3].lower() in _SHELVES
    pieces = _DASH.split(bare, maxsplit=1)
    if len(pieces) == 1 and year and year["bare"]:
        pieces = bare.split("-", 1)
    if len(pieces) == 2 and shelved and " " in folders[-2] and not same_title(clean(pieces[0]), clean(folders[-2])):
        pieces = [bare]
    if len(pieces) == 2 and clean(pieces[1]):
        return {who: clean(pieces[0]), what: clean(pieces[1]), **facts}
    if shelved:
        return {who: folders[-2], what: bare or text, **facts}
    return {}
