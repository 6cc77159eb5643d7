"""Videos, by libmediainfo: how long, how large, in what codecs and languages, when and with what they were filmed."""

import json
from typing import Any

from reshelve.executors.metadata.bounded_file import BoundedFile
from reshelve.executors.metadata.plain_values import camera, known, moment, seconds, text, whole

MOST = 256 << 20
"""Bytes read of one file at most; libmediainfo looks at the beginning, the end, and a little between."""

_BUFFER = 1 << 18
_FILMED = frozenset({"MPEG-4", "QuickTime"})
"""The containers whose date is that of filming; in others it is when they were put together."""


def version() -> str:
    """Return the libraries and their versions. Raises ImportError where one is not installed or does not load."""
    from pymediainfo import MediaInfo, __version__

    if not MediaInfo.can_parse():
        raise ImportError("libmediainfo is not installed")
    return f"pymediainfo {__version__}"


def read(file: BoundedFile) -> dict[str, Any] | None:
    """Return the facts of a video or sound file, or None where it is none that is known here. May raise what pymediainfo raises."""
    from pymediainfo import MediaInfo

    # Options of the library are shared by its threads: always the same ones are asked for.
    told = MediaInfo.parse(file, output="JSON", buffer_size=_BUFFER)  # type: ignore[arg-type,unused-ignore]
    media = json.loads(str(told)).get("media") or {}
    return facts_of([track for track in media.get("track") or [] if isinstance(track, dict)])


def facts_of(tracks: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the facts in libmediainfo's tracks (its JSON), or None where nothing was recognised."""
    general = next((track for track in tracks if track.get("@type") == "General"), {})
    if not general.get("Format"):
        return None
    videos = [track for track in tracks if track.get("@type") == "Video"]
    sounds = [track for track in tracks if track.get("@type") == "Audio"]
    texts = [track for track in tracks if track.get("@type") == "Text"]
    facts: dict[str, Any] = {"duration": seconds(general.get("Duration")), **_picture(videos[0] if videos else {})}
    facts["audio_codec"] = text(sounds[0].get("Format")) if sounds else None
    facts |= {"audio_languages": _languages(sounds), "subtitle_languages": _languages(texts), **_filmed(general)}
    return known(facts)


def _picture(video: dict[str, Any]) -> dict[str, Any]:
    width, height = whole(video.get("Width")), whole(video.get("Height"))
    facts: dict[str, Any] = {"width": width or None, "height": height or None}
    facts["video_codec"] = text(video.get("Format"))
    facts["hdr"] = _hdr(video)
    return known(facts)


def _hdr(video: dict[str, Any]) -> str | None:
    """Return "Dolby Vision", "HDR10+", "HDR10" or "HLG"; None for what is shown as it always was."""
    told = " ".join(str(video.get(name, "")) for name in ("HDR_Format", "HDR_Format_Compatibility", "HDR_Format_Commercial"))
    for mark, name in (("Dolby Vision", "Dolby Vision"), ("2094 App 4", "HDR10+"), ("HDR10+", "HDR10+")):
        if mark in told:
            return name
    transfer = str(video.get("transfer_characteristics", ""))
    return "HDR10" if told.strip() or transfer == "PQ" else "HLG" if transfer == "HLG" else None


def _languages(tracks: list[dict[str, Any]]) -> list[str]:
    """Return the languages of tracks, each once, in their order, without their countries."""
    told = [(text(track.get("Language")) or "").split("-")[0].lower() for track in tracks]
    return list(dict.fromkeys(language for language in told if language))


def _filmed(general: dict[str, Any]) -> dict[str, Any]:
    extra = general.get("extra")
    own = extra if isinstance(extra, dict) else {}
    when = own.get("com_apple_quicktime_creationdate") or general.get("Recorded_Date")
    if not when and general.get("Format") in _FILMED:
        when = general.get("Encoded_Date")
    make = own.get("com_apple_quicktime_make") or general.get("Encoded_Hardware_CompanyName")
    model = own.get("com_apple_quicktime_model") or general.get("Encoded_Hardware_Name")
    return {"captured": moment(text(when)), "camera": camera(text(make), text(model))}
