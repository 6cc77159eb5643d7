"""Clips and generated files: what cameras, phones, screen recorders and image generators call their files."""

import re
from typing import Any

_TIME = r"\d\d[-.:_]?\d\d[-.:_]?\d\d"
_PREFIXES = r"MVI|_?DSC[NF]?|CIMG|SAM|SDC|MAH|MOVI?|C(?:LIP|lip)|M4H|[PS]\d{3}|PICT|HPIM|ST[A-D]|IMGP|_MG|YDXJ|FILE|VID"
_PROGRAMS = r"kooha|vokoscreen(?:ng)?|simplescreenrecorder|bandicam|kazam|peek|recording|screen|screencast|video|capture"
_CAMERAS: tuple[tuple[str, str, str], ...] = (
    ("dashcam", "camera", r"(?P<on>\d{4}-\d\d-\d\d)_\d\d-\d\d-\d\d-(?:front|back|(?:left|right)_(?:repeater|pillar))"),
    ("dashcam", "camera", r"(?:19|20)\d\d_(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])_\d{6}_(?P<clip>\d{3,6})[A-Z]{0,2}"),
    ("cinema", "camera", r"(?P<reel>[A-Z]\d{3})_?(?P<clip>C\d{3,4})(?:_.*)?"),
    ("cinema", "camera", r"(?P<reel>[A-Z]\d{3})(?:R\w{3})?_\d{6,8}_(?P<clip>C\d{3,4})(?:_.*)?"),
    ("atomos", "camera", r"(?:NINJA|SHOGUN|SUMO|ATOMOS)\w*?_(?P<reel>S\d{3})_S\d{3}_(?P<clip>T\d{3})(?:_.*)?"),
    ("dji", "drone", r"(?:DJI|dji)_(?:fly_)?(?:\d{14}_|\d{8}_\d{6}_)?(?P<clip>\d{3,4})(?:_[A-Z])?(?:_\w+)?"),
    ("gopro", "action", r"(?:G[HXPLS]\d{2}|GOPR|G\d{3})(?P<clip>\d{4})"),
    (
        "phone",
        "phone",
        r"(?:VID|IMG|PXL|MVIMG|PANO|BURST|FB_IMG|LRV)[_-]?(?P<day>(?:19|20)\d{6})?[_-]?(?:WA|E)?(?P<clip>\d{4,17})(?:[._~-].*)?",
    ),
    (
        "camera",
        "camera",
        rf"(?:{_PREFIXES})_?(?P<clip>\d{{4,5}})(?:[ _-]\d+)?",
    ),
    ("camera", "camera", r"1\d\d_(?P<clip>\d{4})"),
    ("sony", "camera", r"(?:(?P<day>20\d{6})_)?(?P<clip>C\d{4})(?:M\d\d)?"),
    (
        "screen",
        "screen",
        r"(?:REC|Rec|rec)(?:[_-]\d+|[ ]?\d{3,}).*|Bildschirm(?:foto|aufnahme).*|RPReplay_Final\d+|.* Meeting Recording",
    ),
    ("screen", "screen", r"(?i:(?:simple)?screen[ _-]?(?:rec(?:ord(?:er|ing))?|cast|shot)s?(?:[\d _-].*)?)"),
    (
        "screen",
        "screen",
        rf"(?i:replay|desktop|capture|dvr|obs|video|photo|screen|game)?[ _-]?\d{{4}}[-.]\d\d[-.]\d\d[ _T-]+{_TIME}(?:[ ._-].*)?",
    ),
    (
        "screen",
        "screen",
        rf"(?i:{_PROGRAMS})[ _-]?\d{{4}}-?\d\d-?\d\d[-_ T]?(?:{_TIME}|\d\d-?\d\d)(?:[-_. ].*)?",
    ),
    ("screen", "screen", r".{1,80} \d{1,2}_\d{1,2}_\d{4} \d{1,2}_\d\d_\d\d [AP]M"),
    ("blackmagic", "camera", r".{1,60}_(?P<on>\d{4}-\d\d-\d\d)_\d{4}_(?P<clip>C\d{4})"),
    ("screen", "screen", rf".{{1,80}} \d{{4}}\.\d\d\.\d\d - {_TIME}(?:\.\d+)?(?:\.DVR)?|Xbox Game DVR .*|.* Game DVR \d.*"),
    ("whatsapp", "phone", r"WhatsApp (?:Video|Image|Audio) (?P<on>\d{4}-\d\d-\d\d) at .*"),
    ("phone", "phone", r"(?:signal|telegram|InShot|Snapchat|received)[_-]\d[\d_-]*"),
    ("phone", "phone", r"(?P<day>(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))_(?P<clip>\d{6})(?:\(\d+\)|_\w{1,4})?"),
    ("dashcam", "camera", r"(?:FILE\d{6}-(?P<clip>\d{6})|(?i:dash_?cam)_\d{8}_?\d{0,6})_?[FRBI]?"),
    ("zoom", "screen", r"zoom_\d+|ZOOM\d{4}.*|video\d{5,}|GMT\d{8}-\d{6}_Recording.*"),
)
_CLIPS = tuple((camera, device, re.compile(pattern)) for camera, device, pattern in _CAMERAS)
_MAYBE_CLIP = re.compile(
    r"[A-Z_]{1,8}[_ -]?[\dE]|(?i:screen|simplescreen|rec|rpreplay|zoom|whatsapp|bildschirm|gmt|video|photo|replay|desktop|capture|"
    r"kooha|vokoscreen|bandicam|kazam|peek|blackmagic|clip|dji|obs|signal|telegram|inshot|snapchat|dash|xbox|game)|"
    r"1\d\d_\d{4}\Z|\d{4}_\d{4}_\d{6}_|\d{4}[-.]?\d\d[-.]?\d\d[-_ T]"
)
_RECORDERS = re.compile(
    r"(?:ZOOM|STE|TASCAM|DR\d{4}|AUD|PTT|TAKE|MIC|F8N?|H\d[A-Z]?|MONO|STEREO)[-_ ]?\d[\d\w-]*(?:[ _]Tr\w+)?|"
    r"\d{6}[_-]\d{3,6}(?:[_ ]Tr\w+)?|"
    r"(?:(?:New )?Recording|Voice(?: Memo)?|Neue Aufnahme|Aufnahme|Memo)[ _-]*[(]?\d[\d ._-]*[)]?|"
    r"(?i:voice|recording|call[ _]recording.{1,60}?)[ _-]\d{6,8}[ _-]?\d{4,6}"
)
"""Takes of audio recorders, voice memos and messages; they are nobody's music."""
_DAY = re.compile(r"(?<!\d)(?P<y>20[0-4]\d)(?P<s>[-._]?)(?P<m>0[1-9]|1[0-2])(?P=s)(?P<d>0[1-9]|[12]\d|3[01])(?=\D|\d{6}|\Z)")
_STREAM = re.compile(r"\d{5}")

_COUNTER = re.compile(r"(?P<before>.+?)[_-](?P<counter>\d{5})(?P<mark>_)?(?:-audio)?\Z")
_DATE = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?"
_STAMP = re.compile(rf"(?<![^\W_])(?!{_DATE}(?!\d))\d{{10,14}}(?![^\W_])")
"""A count of seconds, or of their parts, since 1970. Twelve or fourteen digits that are a day and a time of day are neither."""
_GENERATORS = re.compile(
    r"(?<![^\W_])(?:comfy(?:ui)?|animate_?diff\w*|(?:wan|ltx|flux|sdxl?|svd|hunyuan|cogvideo\w*|mochi|"
    r"kling|vhs)[\d.]*\w*|i2v|t2v|txt2img|img2img|"
    r"upscaled?|interpolated)(?![^\W])",
    re.IGNORECASE,
)
_FOLDERS = re.compile(
    r"(?:comfy_?ui|stable[-_ ]?diffusion|automatic1111|invokeai|txt2img-images|img2img-images)",
    re.IGNORECASE,
)


def read_clip(stem: str) -> dict[str, Any] | None:
    """Return `camera`, `device`, `clip` and `date` of a name a camera, phone or recorder gave, or None."""
    if not _MAYBE_CLIP.match(stem) and not stem.endswith((".DVR", " Recording", " AM", " PM")):
        return None
    for camera, device, pattern in _CLIPS:
        found = pattern.fullmatch(stem)
        if found is None:
            continue
        groups = found.groupdict()
        facts: dict[str, Any] = {"camera": camera, "device": device}
        facts.update({fact: groups[fact] for fact in ("reel", "clip") if groups.get(fact)})
        if groups.get("day"):
            day = groups["day"]
            facts["date"] = f"{day[:4]}-{day[4:6]}-{day[6:]}"
        elif groups.get("on"):
            facts["date"] = groups["on"]
        elif device in {"screen", "phone", "drone"}:
            facts |= _day_in(stem)
        return facts
    return None


def read_recording(stem: str) -> dict[str, Any] | None:
    """Return `camera`, `device` and `date` of a name an audio recorder or a program for voice memos gave, or None."""
    return {"camera": "recorder", "device": "recorder", **_day_in(stem)} if _RECORDERS.fullmatch(stem) else None


def _day_in(stem: str) -> dict[str, str]:
    found = _DAY.search(stem)
    return {"date": f"{found['y']}-{found['m']}-{found['d']}"} if found else {}


def read_card_clip(stem: str, ext: str, *, card: bool) -> dict[str, Any] | None:
    """Return what `read_clip` does for what an AVCHD camera numbered: 00012.MTS, and any stream that still lies on its `card`."""
    if _STREAM.fullmatch(stem) is None or not (ext == "mts" or (card and ext == "m2ts")):
        return None
    return {"camera": "avchd", "device": "camera", "clip": stem}


def read_generated(stem: str, folders: list[str]) -> dict[str, Any] | None:
    """Return `generated`, and `job`, `timestamp` and `counter` where they stand in it, of a name an image generator gave, or None.

    A token of ten or more digits that is no date is a time; the job such files came from is known by it as `legacy_<token>`.
    """
    counted = _COUNTER.match(stem) if stem[-1:].isdigit() or stem.endswith(("_", "-audio")) else None
    stamp = _STAMP.search(stem)
    at_home = any(_FOLDERS.match(folder) for folder in folders)
    if not (counted or stamp or at_home):
        return None
    told = at_home or stamp is not None or (counted is not None and counted["mark"]) or _GENERATORS.search(stem)
    if not told:
        return None
    facts: dict[str, Any] = {"generated": True}
    if stamp:
        facts["job"] = f"legacy_{stamp.group()}"
        facts["timestamp"] = stamp.group()
    if counted:
        facts["counter"] = int(counted["counter"])
    return facts
