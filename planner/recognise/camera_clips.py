"""Clips and generated files: what cameras, phones, screen recorders and image generators call their files."""

import re
from typing import Any

_CAMERAS: tuple[tuple[str, str, str], ...] = (
    ("cinema", "camera", r"(?P<reel>[A-Z]\d{3})_?(?P<clip>C\d{3,4})(?:_.*)?"),
    ("dji", "drone", r"DJI_(?:\d{14}_)?(?P<clip>\d{3,4})(?:_[A-Z])?(?:_\w+)?"),
    ("gopro", "action", r"(?:G[HXPL]\d{2}|GOPR|G\d{3})(?P<clip>\d{4})"),
    (
        "phone",
        "phone",
        r"(?:VID|IMG|PXL|MVIMG|PANO|BURST|FB_IMG)_?(?P<day>(?:19|20)\d{6})?[_-]?(?:WA)?(?P<clip>\d{4,17})(?:[._~-].*)?",
    ),
    (
        "camera",
        "camera",
        r"(?:MVI|DSCN?|DSCF|_DSC|CIMG|SAM|MAH|MOV|P\d{3}|PICT|HPIM|ST[ABCD]|IMGP|_MG)_?(?P<clip>\d{4,5})(?:[ _-]\d+)?",
    ),
    ("sony", "camera", r"(?P<clip>C\d{4})(?:M\d\d)?"),
    ("screen", "screen", r"(?:REC|Rec|rec)[_ -]?\d+.*|Bildschirm(?:foto|aufnahme).*"),
    ("screen", "screen", r"[Ss]creen[ _-]?(?:[Rr]ec(?:ording)?|cast|[Ss]hot)s?(?:[\d _-].*)?"),
    ("screen", "screen", r"(?P<on>\d{4}-\d\d-\d\d)[ _]\d\d-\d\d-\d\d"),
    ("whatsapp", "phone", r"WhatsApp (?:Video|Image|Audio) (?P<on>\d{4}-\d\d-\d\d) at .*"),
    ("phone", "phone", r"(?P<day>(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))_(?P<clip>\d{6})(?:\(\d+\))?"),
    ("zoom", "screen", r"zoom_\d+|ZOOM\d{4}.*|video\d{5,}|GMT\d{8}-\d{6}_Recording.*"),
)
_CLIPS = tuple((camera, device, re.compile(pattern)) for camera, device, pattern in _CAMERAS)
_MAYBE_CLIP = re.compile(r"[A-Z_]{1,6}[_ -]?\d|(?i:screen|rec|zoom|whatsapp|bildschirm|gmt|video)|\d{4}-?\d\d-?\d\d[_ ]")
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
    if not _MAYBE_CLIP.match(stem):
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
        return facts
    return None


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
