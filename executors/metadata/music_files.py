"""Music and audiobooks, by mutagen: who, what, from what, and how long."""

from typing import Any

from reshelve.executors.metadata.bounded_file import BoundedFile
from reshelve.executors.metadata.plain_values import known, seconds, text, whole, year

VARIOUS = "Various Artists"
"""Who an album is by that tags call a compilation and give nobody else."""
MOST = 64 << 20
"""Bytes read of one file at most; large ones are pictures of covers."""

_TAGS: dict[str, tuple[str, ...]] = {
    "artist": ("artist", "TPE1", "Author", "\xa9ART"),
    "album_artist": ("albumartist", "album artist", "TPE2", "WM/AlbumArtist"),
    "compilation": ("compilation", "TCMP", "cpil"),
    "album": ("album", "TALB", "WM/AlbumTitle"),
    "title": ("title", "TIT2", "Title"),
    "track": ("tracknumber", "track", "TRCK", "WM/TrackNumber"),
    "disc": ("discnumber", "disc", "TPOS", "WM/PartOfSet"),
    "discs": ("disctotal", "totaldiscs"),
    "year": ("originaldate", "date", "year", "TDRC", "WM/Year"),
}
"""Each fact's names: mutagen's easy ones first (ID3, MP4), which are Vorbis's and APE's own; then ID3 in WAV and AIFF; then ASF."""

_CODECS = {"mp4a.40": "AAC", "alac": "ALAC", "ac-3": "AC-3", "ec-3": "E-AC-3"}
_CODEC_OF = {
    "AAC": "AAC",
    "AC3": "AC-3",
    "AIFF": "PCM",
    "ASF": "WMA",
    "EasyMP3": "MP3",
    "FLAC": "FLAC",
    "MP3": "MP3",
    "MonkeysAudio": "APE",
    "OggFLAC": "FLAC",
    "OggOpus": "Opus",
    "OggVorbis": "Vorbis",
    "WAVE": "PCM",
    "WavPack": "WavPack",
}


def version() -> str:
    """Return the library and its version. Raises ImportError where it is not installed."""
    import mutagen

    return f"mutagen {mutagen.version_string}"


def read(file: BoundedFile) -> dict[str, Any] | None:
    """Return the facts of a sound file, or None where it is none that is known here. May raise what mutagen raises."""
    import mutagen

    opened: Any = mutagen.File(file, easy=True)  # type: ignore[attr-defined,unused-ignore]
    if opened is None:
        return None
    told = {fact: _first(opened.tags, names) for fact, names in _TAGS.items()}
    facts: dict[str, Any] = {fact: text(told[fact]) for fact in ("artist", "album_artist", "album", "title")}
    if told["compilation"] in ("1", "True") and not facts["album_artist"]:
        facts["album_artist"] = VARIOUS
    track = whole(text(told["track"]))
    disc = text(told["disc"]) or ""
    # "2/3" is the second of three.
    facts |= {"disc": whole(disc) or None, "discs": whole(disc.partition("/")[2].strip() or told["discs"]) or None}
    facts |= {"track": track or None, "year": year(told["year"])}
    facts |= {"duration": seconds(getattr(opened.info, "length", None)), "audio_codec": _codec(opened)}
    return known(facts)


def _first(tags: Any, names: tuple[str, ...]) -> Any:
    """Return the first value there is under any of the names; tags that are not there raise in many ways, so that each is asked."""
    for name in names:
        try:
            value = tags[name] if tags is not None and name in tags else None
        except (KeyError, ValueError, TypeError):
            continue
        if value is not None and (plain := text(getattr(value, "text", value))):
            return plain
    return None


def _codec(opened: Any) -> str | None:
    told = str(getattr(opened.info, "codec", "") or "").lower()
    named = next((codec for start, codec in _CODECS.items() if told.startswith(start)), None)
    return named or _CODEC_OF.get(type(opened).__name__)
