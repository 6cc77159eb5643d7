"""Camera clips: what a card keeps for a clip under its stem and a code, `C0001M01.XML`, beside it or in a folder of the card."""

import re
from collections.abc import Iterator

from reshelve.planner.bundles.bundle import Member
from reshelve.planner.bundles.folder_files import Folder, Named, Tree
from reshelve.planner.bundles.kinds.kind_contract import Kin, Kind
from reshelve.planner.recognise.extension_tables import companions

_CODED = re.compile(r"(?P<clip>.+)(?P<code>[MRISTK]\d\d)\Z", re.IGNORECASE)
_EXTS_OF_CODE = {
    "m": frozenset(["xml", "mif"]),
    "r": frozenset(["bim"]),
    "i": frozenset(["ppn"]),
    "s": frozenset(["mp4", "mxf", "mov"]),
    "t": frozenset(["jpg", "jpeg", "bmp", "thm"]),
    "k": frozenset(["ppn", "xml"]),
}
"""What Sony's codes stand for: metadata, essence marks, picture pointers, proxies, thumbnails, key frames."""
_PROXY = re.compile(r"(?P<clip>.+?)(?P<code>[._ -]proxy)\Z", re.IGNORECASE)
_CHANNEL = re.compile(r"(?P<clip>.+)(?P<code>\d\d)\Z")
_ONLY = {"audio": frozenset(["mxf", "wav"]), "voice": frozenset(["wav"]), "clip": frozenset(["xml"])}
"""What P2 keeps in these folders; anything else there is no part of a clip beside it."""
_CLIP = frozenset(["mp4", "mov", "mxf", "mts", "m2ts", "avi", "braw", "crm", "nev", "r3d", "mkv", "mod", "tod"])
_RAW = frozenset(["braw", "crm", "nev", "r3d"])
_BESIDE_RAW = frozenset(["mp4", "mov"])
"""What a camera writes beside a raw clip under the same name, small enough to look at."""
_BY_CAMERA = re.compile(r"(?=.*\d{3})[A-Z0-9]+(?:_[A-Z0-9]+)*\Z", re.IGNORECASE)
"""What a camera calls a clip: the sound of the same name is what it, or the microphone on it, took with the clip."""
_SOUND = frozenset(["wav", "bwf"])
_BESIDE = frozenset(
    ["sidecar", "smi", "cif", "sif", "cpf", "moi", "modd", "moff", "ale", "cdl", "rtn", "vpi", "drx", "gpx", "fit", "glv", "xmf"]
)
"""Documents that programs of cameras keep under a clip's own stem, and that go with nothing else."""


def gather(folder: Folder, tree: Tree) -> Iterator[Kin]:
    """Yield the kin of clips that stand in this folder, above it or beside it."""
    around = _around(folder, tree) if folder.last in companions()["clip_companion_folders"] else []
    if not around and folder.exts.isdisjoint(_CLIP):
        return
    homes = [(one is not folder, _clips(one)) for one in (folder, *around)]
    for one in folder.named:
        for elsewhere, clips in homes:
            found = _clip_of(one, clips, folder.last if elsewhere else "")
            if found is not None and found[0].item is not one.item:
                main, length = found
                inside = folder.path.rpartition("/")[2] if elsewhere else ""
                yield Kin(main.item, Member(one.item, one.name[length:], inside))
                break


def _around(folder: Folder, tree: Tree) -> list[Folder]:
    """Return where the clips of a companion folder may stand: above it, or in a folder of clips beside it."""
    above = tree.above(folder)
    beside = [one for one in tree.beside(folder) if one.last in companions()["clip_folders"]]
    return [one for one in (*([above] if above else ()), *beside) if not one.exts.isdisjoint(_CLIP)]


def _clip_of(one: Named, clips: dict[str, Named], inside: str) -> tuple[Named, int] | None:
    """Return the clip that a file is named after, and how much of its name is the clip's. `inside`: its companion folder."""
    ends = [_CODED.match(one.stem)] if one.ext in _EXTS_OF_CODE.get(one.stem[-3:-2].lower(), ()) else []
    if one.media == "video" and one.key.endswith("proxy"):
        ends.append(_PROXY.match(one.stem))
    if inside in _ONLY and one.ext in _ONLY[inside]:
        ends.append(_CHANNEL.match(one.stem))
    for end in ends:
        clip = clips.get(end["clip"].casefold()) if end else None
        if end and clip:
            return clip, len(end["clip"])
    may_share = one.ext in _ONLY[inside] if inside in _ONLY else inside != "" and one.media != "subtitle"
    clip = clips.get(one.key)
    is_its_sound = inside == "" and one.ext in _SOUND and _BY_CAMERA.match(one.stem) is not None
    is_proxy = clip is not None and clip.ext in _RAW and one.ext in _BESIDE_RAW
    if not (may_share or one.ext in _BESIDE or is_its_sound or is_proxy):
        return None
    return (clip, len(one.stem)) if clip else None


def _clips(folder: Folder) -> dict[str, Named]:
    found: dict[str, Named] = {}
    for one in folder.named:
        if one.ext in _CLIP and (one.key not in found or (one.ext in _RAW and found[one.key].ext not in _RAW)):
            found[one.key] = one
    return found


CLIPS = Kind("camera clips", gather)
