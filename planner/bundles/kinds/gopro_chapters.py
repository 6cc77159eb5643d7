"""GoPro and Insta360: the chapters or lenses of one recording, with its low-resolution copies and thumbnails.

GoPro counts chapters before the number: `GX010123`, `GX020123`; older ones `GOPR0123`, `GP010123`. `GL010123.LRV` is small.
"""

import re
from collections.abc import Iterator

from reshelve.planner.bundles.bundle import Member
from reshelve.planner.bundles.folder_files import Folder, Named, Tree
from reshelve.planner.bundles.kinds.kind_contract import Kin, Kind

_EXTS = frozenset(["mp4", "360", "lrv", "thm", "mov", "wav", "jpg", "insv", "insp"])
_GOPRO = re.compile(r"(?P<line>G[HXSL])(?P<part>\d\d)(?P<number>\d{4})\Z|(?:GOPR|GP(?P<old>\d\d))(?P<older>\d{4})\Z", re.IGNORECASE)
_INSTA = re.compile(r"(?P<line>VID|LRV|PRO_VID|PRO_LRV)_(?P<number>\d{8}_\d{6})_(?P<lens>\d\d)_(?P<part>\d{3})\Z", re.IGNORECASE)
_CARD_FOLDER = re.compile(r"(?P<count>[1-9]\d\d)gopro\Z")
_Mains = dict[tuple[str, str], tuple[str, str, Named]]
_VIDEO = frozenset(["mp4", "360", "mov", "insv"])


def gather(folder: Folder, tree: Tree) -> Iterator[Kin]:
    """Yield the kin of every recording whose first chapter is there, or in the folder that the camera had filled before."""
    if folder.exts.isdisjoint(_VIDEO):
        return
    read = [(one, found) for one in folder.named if one.ext in _EXTS and (found := _read(one.stem))]
    numbers: dict[str, list[str]] = {}
    mains: _Mains = {}
    for one, (line, number, part) in read:
        if one.ext in _VIDEO and line not in ("gl", "lrv"):
            first = mains.get((line, number))
            if first is None or (part, one.key) < first[:2]:
                mains[line, number] = (part, one.key, one)
    if mains and _count_of(folder):
        mains |= _begun_before(folder, tree, mains)
    for line, number in sorted(mains):
        numbers.setdefault(number, []).append(line)
    for one, (line, number, part) in read:
        lines = [line] if (line, number) in mains else numbers.get(number, [])
        # Two recordings of one number are told apart by the codec in their names; a small copy of them is nobody's.
        if len(lines) != 1:
            continue
        first_part, key, main = mains[lines[0], number]
        if one is main or (one.key == key and one.ext not in _VIDEO):
            if one is not main:
                yield Kin(main.item, Member(one.item, one.name[len(one.stem) :]))
            continue
        mark = f"_{part}" if part != first_part else ""
        if line == "lrv":
            mark += "_LRV"
        yield Kin(main.item, Member(one.item, mark + one.name[len(one.stem) :], of=main.stem))


def _begun_before(folder: Folder, tree: Tree, here: _Mains) -> _Mains:
    """Return the first chapters, in a card's folder just before this one, of the recordings that go on here: 100GOPRO, 101GOPRO."""
    begun: _Mains = {}
    own = _count_of(folder)
    for before in sorted(tree.beside(folder), key=lambda one: one.path):
        # In a folder further back is another recording of that number, from before the camera was reset.
        if _count_of(before) != own - 1:
            continue
        for one in before.named:
            found = _read(one.stem) if one.ext in _VIDEO else None
            if found is None or found[:2] not in here or found[2] >= here[found[:2]][0] or found[0] in ("gl", "lrv"):
                continue
            first = begun.get(found[:2])
            if first is None or (found[2], one.key) < first[:2]:
                begun[found[:2]] = (found[2], one.key, one)
    return begun


def _count_of(folder: Folder) -> int:
    """Return the number that a card gave its folder; 0 for any other folder."""
    found = _CARD_FOLDER.match(folder.last)
    return int(found["count"]) if found else 0


def _read(stem: str) -> tuple[str, str, str] | None:
    """Return (line of files, number of the recording, chapter) of a name such a camera gave."""
    found = _GOPRO.match(stem)
    if found:
        if found["older"]:
            return "gopr", found["older"], found["old"] or "00"
        return found["line"].lower(), found["number"], found["part"]
    found = _INSTA.match(stem)
    return (found["line"].lower()[-3:], f"{found['number']}_{found['part']}", found["lens"]) if found else None


GOPRO = Kind("gopro chapters", gather)
