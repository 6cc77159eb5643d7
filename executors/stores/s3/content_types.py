"""Of what kind a file is, by its name, as Content-Type has it: the same on every machine, whatever that machine has been taught."""

import mimetypes
import posixpath

KIND = "application/octet-stream"
_KNOWN = mimetypes.MimeTypes(filenames=())
_MORE = {
    ".7z": "application/x-7z-compressed",
    ".ass": "text/x-ssa",
    ".avif": "image/avif",
    ".cr2": "image/x-canon-cr2",
    ".cr3": "image/x-canon-cr3",
    ".dng": "image/x-adobe-dng",
    ".flac": "audio/flac",
    ".gz": "application/gzip",
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".jxl": "image/jxl",
    ".m2ts": "video/mp2t",
    ".m4a": "audio/mp4",
    ".m4b": "audio/mp4",
    ".m4v": "video/x-m4v",
    ".mka": "audio/matroska",
    ".mkv": "video/matroska",
    ".mts": "video/mp2t",
    ".mxf": "application/mxf",
    ".nef": "image/x-nikon-nef",
    ".ogg": "audio/ogg",
    ".ogv": "video/ogg",
    ".opus": "audio/ogg",
    ".rar": "application/vnd.rar",
    ".safetensors": "application/octet-stream",
    ".srt": "application/x-subrip",
    ".tgz": "application/gzip",
    ".ts": "video/mp2t",
    ".vtt": "text/vtt",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".wmv": "video/x-ms-wmv",
    ".zst": "application/zstd",
}


def kind_of(rel: str) -> str:
    """Return the media type of a path by its last ending; "application/octet-stream" where none is known."""
    ending = posixpath.splitext(rel)[1].lower()
    return _MORE.get(ending) or _KNOWN.types_map[True].get(ending) or KIND
