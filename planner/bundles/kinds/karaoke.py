"""Songs to be sung: the words, pictures and video of a song, under its own stem, go with its sound."""

import re
from collections.abc import Iterator

from reshelve.planner.bundles.bundle import Member
from reshelve.planner.bundles.folder_files import Folder, Named, Tree
from reshelve.planner.bundles.kinds.kind_contract import Kin, Kind

_WORDS = frozenset(["cdg", "lrc"])
"""What tells that a sound is a song, and no film's: the pictures of its words, and its words by the second."""
_ULTRASTAR = re.compile(r"(?P<song>.+?) ?\[(?:CO|BG|VD#\S+)\]\Z", re.IGNORECASE)
"""How UltraStar ends the names of a song's cover, background and video."""


def gather(folder: Folder, _tree: Tree) -> Iterator[Kin]:
    """Yield the kin of every song here that has its words beside it."""
    marked = [(one, _ULTRASTAR.match(one.stem)) for one in folder.named if one.ext == "txt" or "[" in one.stem]
    texts = {one.key for one, _ in marked if one.ext == "txt"}
    told = {found["song"].casefold() for _, found in marked if found is not None} & texts
    told |= {one.key for one in folder.named if one.ext in _WORDS}
    if not told:
        return
    songs: dict[str, Named] = {}
    for one in folder.named:
        if one.media == "audio" and one.key in told:
            songs.setdefault(one.key, one)
    for one in folder.named:
        ultrastar = _ULTRASTAR.match(one.stem) if one.media in ("image", "video") else None
        length = len(ultrastar["song"]) if ultrastar else len(one.stem)
        song = songs.get(one.key[:length])
        if song is None or one is song:
            continue
        if ultrastar or one.ext in _WORDS or one.ext == "txt" or one.media == "video":
            yield Kin(song.item, Member(one.item, one.name[length:]))


KARAOKE = Kind("karaoke", gather)
