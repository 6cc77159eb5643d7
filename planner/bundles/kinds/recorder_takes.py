"""Audio recorders: the tracks of one take, `ZOOM0001_TR1.WAV`, `24Y01M01-T001_1.WAV`, with its mix or poly file."""

import re
from collections.abc import Iterator

from reshelve.planner.bundles.bundle import Member
from reshelve.planner.bundles.folder_files import Folder, Named, Tree
from reshelve.planner.bundles.kinds.kind_contract import Kin, Kind

_TRACK = re.compile(
    r"(?P<take>.+?)(?P<track>[_-](?:tr(?:ack)?(?:\d{1,2}(?:[-_]\d{1,2})?|lr|mic|ms|[a-h]|ab|cd|ef|gh)|lr|mix|ms|ch\d{1,2})|(?<=-t\d{3})_\d{1,2})\Z",
    re.IGNORECASE,
)
_TASCAM = re.compile(r"(?P<take>(?:TASCAM|DR\d\d)_?\d{3,}.*?)(?P<track>S\d\d?)\Z", re.IGNORECASE)
_MIX = re.compile(r"[_-](?:tr)?(?:lr|mix|ms)\Z", re.IGNORECASE)
_SOUND = frozenset(["wav", "bwf", "rf64"])
_OF_TAKE = frozenset(["hprj", "zdt", "sesx", "edl"])


def gather(folder: Folder, _tree: Tree) -> Iterator[Kin]:
    """Yield the kin of every take: the poly file or mix leads, else the first track, which keeps its track's mark."""
    if folder.exts.isdisjoint(_SOUND):
        return
    takes: dict[str, list[tuple[Named, str]]] = {}
    for one in folder.named:
        found = (_TRACK.match(one.stem) or _TASCAM.match(one.stem)) if one.ext in _SOUND else None
        track = found["track"] if found else ""
        if one.ext in _SOUND or one.ext in _OF_TAKE:
            takes.setdefault(one.key[: len(one.key) - len(track)], []).append((one, track))
    for tracks in takes.values():
        sounds = [pair for pair in tracks if pair[0].ext in _SOUND]
        if len(tracks) < 2 or not sounds:
            continue
        main, tail = min(sounds, key=lambda pair: (pair[1] != "", _MIX.match(pair[1]) is None, pair[0].name))
        for one, track in tracks:
            if one is not main:
                yield Kin(main.item, Member(one.item, track + one.name[len(one.stem) :], cut=tail), tail)


TAKES = Kind("recorder takes", gather)
