"""Photos: one shot is its raw file, the picture developed from it, its moving part, its edits, and what programs add."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from reshelve.planner.bundles.bundle import Member
from reshelve.planner.bundles.folder_files import Folder, Named, Tree
from reshelve.planner.bundles.kinds.kind_contract import Kin, Kind
from reshelve.planner.recognise.extension_tables import companions
from reshelve.schemas.quick_dataclasses import dataclass

_MOVING = frozenset(["mov", "mp4", "mp"])
_APPLE = frozenset(["heic", "heif", "hif"])
_BY_PHONE = re.compile(
    r"(?:IMG|MVIMG|PXL|VID|PANO|BURST)[_-]?[EO]?\d{4,}|\d{8}_\d{6}|[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}", re.IGNORECASE
)
"""Names of phones: a video that shares one with a picture is the moving part of it, not a film with its artwork."""
_BY_CAMERA = re.compile(r"[A-Z_]{2,4}\d{4,5}\Z|_?[A-Z]{1,4}[_-]?\d{4,5}\Z", re.IGNORECASE)
_APPLE_EDIT = re.compile(r"(?P<head>IMG_)(?P<kind>[EO])(?P<number>\d{4,})\Z", re.IGNORECASE)
_LIVE = re.compile(r"(?P<shot>IMG_E?\d{4,})(?P<mark>_HEVC)\Z", re.IGNORECASE)
"""What icloudpd calls the moving part of a picture: "IMG_0001_HEVC.MOV" beside "IMG_0001.HEIC"."""
_PIXEL = re.compile(r"(?P<shot>PXL_.+?)\.(?P<mark>(?:RAW|PORTRAIT|NIGHT|LONG_EXPOSURE|ACTION_PAN)-\d\d)(?:\.\w+)*\Z", re.IGNORECASE)
_DUPLICATE = re.compile(r"(?P<stem>.+)(?P<mark>_\d\d)\.(?P<ext>\w+)\Z")
_EDITED = re.compile(r"(?P<shot>.+?)(?P<mark>[-_ ](?P<word>[^\W\d_]+)(?:[-_](?:NR|SR|RD))*(?:\(\d+\))?)\Z", re.IGNORECASE)
_COUNTED = re.compile(r"(?P<before>.+)\((?P<count>\d{1,4})\)\Z")
_BACKUP = "_original"
"""What ExifTool ends the whole name of a picture in, "x.jpg_original", before it writes into it."""
_OUT = ".out"
"""What RawTherapee puts before the extension of the settings that a finished picture was made with: "x.jpg.out.pp3"."""
_TAKEOUT = ".supplemental-metadata"
_CUT_FROM = 40
"""Takeout cuts a name to 46 characters or so before ".json"; from here on a beginning is taken for one that was cut."""


@dataclass(slots=True, frozen=True)
class _Lead:
    """The shot that a stem belongs to: its main, and what stands for the rest of the stem in the name of a member ("-edited")."""

    main: Named
    mark: str = ""
    of: str = ""


def gather(folder: Folder, tree: Tree) -> Iterator[Kin]:
    """Yield the kin of every picture that is not the artwork of a film or track here."""
    if folder.last in companions()["picture_companion_folders"] and (above := tree.above(folder)) is not None:
        yield from _noted_of(above, folder)
    pictures = [one for one in folder.named if one.media == "image"]
    if not pictures:
        return
    leads = _leads(folder, pictures)
    if not leads:
        return
    tables = companions()
    shot = tables["raw"] | tables["developed"]
    wholes = {one.name.casefold(): one for one in folder.named if one.key in leads and one.media in ("image", "video")}
    titles = _Titles(list(wholes.values()))
    for one in folder.named:
        lead = leads.get(one.key)
        if lead is not None and one.item is lead.main.item:
            continue
        if one.media == "image":
            if lead is not None and (lead.mark or lead.of or (one.ext in shot and lead.main.ext in shot)):
                yield _kin(lead, one, len(one.stem))
        elif one.ext in _MOVING:
            if lead is not None:
                yield _kin(lead, one, len(one.stem))
        elif one.key.endswith(_BACKUP):
            if (whole := wholes.get(one.key.removesuffix(_BACKUP))) is not None:
                yield _after(leads[whole.key], whole, one, one.name[-len(_BACKUP) :])
        elif one.ext in tables["beside_pictures"] or (one.ext == "wav" and _BY_CAMERA.match(one.stem)):
            found = _beside(one, leads, wholes, titles)
            if found is not None:
                yield found


def _noted_of(above: Folder, folder: Folder) -> Iterator[Kin]:
    """Yield what a program keeps of the pictures above in a folder of its own, each named after a picture's whole name."""
    leads = _leads(above, [one for one in above.named if one.media == "image"])
    wholes = {one.name.casefold(): one for one in above.named if one.key in leads and one.media == "image"}
    for one in folder.named:
        base = one.stem
        while (whole := wholes.get(base.casefold())) is None and "." in base:
            base = base.rpartition(".")[0]
        if whole is not None:
            kin = _after(leads[whole.key], whole, one, one.name[len(base) :])
            yield Kin(kin.main, replace(kin.member, folder=folder.path.rpartition("/")[2]))


def _leads(folder: Folder, pictures: list[Named]) -> dict[str, _Lead]:
    """Return the shot of every stem of a picture, but of those that are a film's or a track's artwork."""
    tables = companions()
    others = {one.key: one for one in folder.named if one.media in ("video", "audio")}
    stems: dict[str, list[Named]] = {}
    for one in pictures:
        stems.setdefault(one.key, []).append(one)
    leads: dict[str, _Lead] = {}
    shots: dict[str, list[Named]] = {}
    for key, of_stem in stems.items():
        other = others.get(key)
        if other is not None and not _is_moving_part(other, of_stem):
            continue
        of_stem.sort(
            key=lambda one: (one.ext not in tables["raw"], one.ext not in _APPLE, one.ext not in tables["developed"], one.name)
        )
        leads[key] = _Lead(of_stem[0])
        pixel = _PIXEL.match(of_stem[0].stem)
        if pixel:
            shots.setdefault(pixel["shot"].casefold(), []).append(of_stem[0])
    for frames in shots.values():
        first = min(frames, key=lambda one: (one.ext not in tables["raw"], one.name))
        leads.update({one.key: _Lead(first, "", first.stem) for one in frames if one is not first})
    for one in folder.named:
        if one.key not in leads or not leads[one.key].of:
            base = _original(one.stem, leads)
            if base is not None and one.media in ("image", "video", "other"):
                lead, mark = base
                leads[one.key] = _Lead(lead.main, mark, lead.main.stem)
    return leads


def _original(stem: str, leads: dict[str, _Lead]) -> tuple[_Lead, str] | None:
    """Return the shot that a stem is an edit of, and the mark of the edit."""
    apple = _APPLE_EDIT.match(stem)
    if apple:
        lead = leads.get(f"{apple['head']}{apple['number']}".casefold())
        return (lead, "-edited" if apple["kind"] in "eE" else "-original") if lead else None
    live = _LIVE.match(stem)
    if live:
        lead = leads.get(live["shot"].casefold())
        return (lead, live["mark"]) if lead and not lead.mark else None
    edit = _EDITED.match(stem)
    if edit and edit["word"].lower() in companions()["edited"]:
        lead = leads.get(edit["shot"].casefold())
        if lead is None and (counted := _COUNTED.match(stem)):
            # Takeout counts behind the mark: "IMG_1-edited(1)" is an edit of "IMG_1(1)".
            lead = leads.get(f"{edit['shot']}({counted['count']})".casefold())
        return (lead, _COUNTED.sub(r"\g<before>", edit["mark"])) if lead and not lead.mark else None
    return None


def _is_moving_part(video: Named, pictures: list[Named]) -> bool:
    if video.ext not in _MOVING:
        # A voice note is a camera's; a song's picture is its cover.
        return video.ext == "wav" and _BY_CAMERA.match(video.stem) is not None
    return any(one.ext in _APPLE for one in pictures) or _BY_PHONE.match(video.stem) is not None


def _kin(lead: _Lead, one: Named, length: int) -> Kin:
    return Kin(lead.main.item, Member(one.item, lead.mark + one.name[length:], of=lead.of))


def _beside(one: Named, leads: dict[str, _Lead], wholes: dict[str, Named], titles: "_Titles") -> Kin | None:
    """Return the kin of a document: named after a picture's whole name, its stem, or as Google's Takeout names them."""
    whole = wholes.get(one.key) or wholes.get(one.key.removesuffix(_OUT))
    if whole is not None:
        return _after(leads[whole.key], whole, one, one.name[len(whole.name) :])
    lead = leads.get(one.key)
    if lead is not None:
        return _kin(lead, one, len(one.stem))
    double = _DUPLICATE.match(one.stem)
    if double and (whole := wholes.get(f"{double['stem']}.{double['ext']}".casefold())):
        return _kin(leads[whole.key], one, len(double["stem"]))
    found = titles.find(one.stem) if one.ext == "json" else None
    if found is not None:
        whole, rest = found
        return _after(leads[whole.key], whole, one, f"{rest}{one.name[len(one.stem) :]}", keeps=True)
    word = _EDITED.match(one.stem) or re.match(r"(?P<shot>.+)(?P<mark>\.(?P<word>[a-z]+))\Z", one.stem, re.IGNORECASE)
    lead = leads.get(word["shot"].casefold()) if word and word["word"].lower() in companions()["generated"] else None
    return _kin(lead, one, len(word["shot"])) if lead and word else None


def _after(lead: _Lead, whole: Named, one: Named, rest: str, *, keeps: bool = False) -> Kin:
    """Return the kin of a document that is named after the whole name of a picture of the shot."""
    of = lead.of or (lead.main.stem if keeps else "")
    if whole is lead.main:
        return Kin(lead.main.item, Member(one.item, rest, whole=True, of=of))
    return Kin(lead.main.item, Member(one.item, f"{lead.mark}{whole.name[len(whole.stem) :]}{rest}", of=of))


class _Titles:
    """The names of the pictures and videos of a folder as Takeout writes them into names of documents."""

    def __init__(self, media: list[Named]) -> None:
        self._exact: dict[tuple[str, str], Named] = {}
        for one in media:
            counted = _COUNTED.match(one.stem)
            if counted:
                ext = one.name[len(one.stem) :]
                self._exact.setdefault((f"{counted['before']}{ext}".casefold(), counted["count"]), one)
        for one in media:
            self._exact.setdefault((one.name.casefold(), ""), one)
        self._sorted = sorted((title, count) for title, count in self._exact)

    def find(self, stem: str) -> tuple[Named, str] | None:
        """Return what a document of this stem is about, and the "supplemental-metadata" or part of it that follows its name."""
        counted = _COUNTED.match(stem)
        for base, count in ((counted["before"], counted["count"]), (stem, "")) if counted else ((stem, ""),):
            title, dot, rest = base.rpartition(".")
            for name, end in ((base, ""), (title, dot + rest)):
                one = self._exact.get((name.casefold(), count))
                if one is not None and _TAKEOUT.startswith(end.lower()):
                    return one, end
            cut = self._cut(base.casefold(), count) if len(base) >= _CUT_FROM else None
            if cut is not None:
                return cut, ""
        return None

    def _cut(self, base: str, count: str) -> Named | None:
        """Return the one file whose name begins so; None where several do."""
        at = bisect_left(self._sorted, (base, ""))
        found: list[tuple[str, str]] = []
        while at < len(self._sorted) and self._sorted[at][0].startswith(base) and len(found) < 2:
            if self._sorted[at][1] == count:
                found.append(self._sorted[at])
            at += 1
        return self._exact[found[0]] if len(found) == 1 else None


PHOTOS = Kind("photos", gather)
