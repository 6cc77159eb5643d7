"""Albums: what lies beside the tracks of one and is of them all, its lists, booklet and pictures."""

import re

from reshelve.planner.bundles.folder_files import Named

_LISTS = frozenset(["m3u", "m3u8", "cue", "log", "pls", "nfo", "sfv", "opf", "accurip", "md5", "ffp", "lrc"])
_BOOKS = re.compile(r"(?:digital )?booklet(?: - .+)?\.pdf|metadata\.json|desc\.txt|reader\.txt", re.IGNORECASE)
"""Its booklet, which a shop calls after the album, too, and what is told of an audiobook."""
_ART = re.compile(
    r"(?:front|back|cd|album|inside)?[ _-]?cover(?:[ _-](?:front|back))?|folder|front|back|album|cd|disc|inlay|booklet|artist|"
    r"inside|albumart(?:small|_\{[^{}]*\}_(?:large|small))?",
    re.IGNORECASE,
)
"""Pictures; Windows Media Player puts an id of the album into the names of its own."""


def is_of_album(one: Named) -> bool:
    """Say whether a file is of a whole album by its name, where it lies beside tracks."""
    return is_album_art(one) or one.ext in _LISTS or _BOOKS.fullmatch(one.name) is not None


def is_album_art(one: Named) -> bool:
    """Say whether a picture is of a whole album by its name."""
    return one.media == "image" and _ART.fullmatch(one.stem) is not None
