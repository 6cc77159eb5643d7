"""Names that every file system can hold: Linux, macOS, Windows, SMB and exFAT, by bytes."""

import re
import unicodedata

LIMIT = 255
"""The bytes of one name that every supported file system can hold; UTF-8 of that length is never more UTF-16 units."""

_PLAIN = re.compile(r"[A-Za-z0-9(\[_'&,!+#](?: ?[A-Za-z0-9()\[\]_'&,!+#-]|\.(?=[A-Za-z0-9]))*\Z")
_SPACES = re.compile(r"[\s\x1c-\x1f\x85\u2028\u2029]+")
_COLON_GAP = re.compile(r"\s*:\s+")
_DROPPED = re.compile("[<>?\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_REPLACED = str.maketrans({"/": "-", "\\": "-", "|": "-", "*": "-", ":": "-", '"': "'"})
_SURROGATE = re.compile("[\ud800-\udfff]+")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?=\.|\Z)", re.IGNORECASE)
_LONGEST_EXTENSION = 16


def portable_text(text: str) -> str:
    """Return `text` without characters that some file system cannot hold: never a separator, never a control character.

    NFC, white space collapsed; a text of which nothing would remain is "_". It may still end in a dot: it is a piece of a name.
    """
    if _PLAIN.match(text):
        return text
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", text))
    text = _COLON_GAP.sub(" - ", text)
    text = _DROPPED.sub("", _SURROGATE.sub("_", text)).translate(_REPLACED)
    # What was dropped may have kept a letter from its accent, or two spaces apart.
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip() or "_"


def portable_part(text: str) -> str:
    """Return one path part safe everywhere: never empty, "..", reserved, ending in a dot or space, or over 255 bytes."""
    return truncate_part(unreserved(portable_text(text)))


def unreserved(part: str) -> str:
    """Return a part without the dots and spaces Windows would drop from its end, and "_" put to names it keeps for devices."""
    part = part.strip(" ").rstrip(". ") or "_"
    reserved = _RESERVED.match(part)
    return f"{part[: reserved.end()].rstrip()}_{part[reserved.end() :]}" if reserved else part


def truncate_part(name: str, limit: int = LIMIT) -> str:
    """Return `name` cut to `limit` bytes between characters, its extension kept."""
    if len(name) * 4 <= limit:
        return name
    raw = encoded(name)
    if len(raw) <= limit:
        return name
    dot = name.rfind(".")
    extension = encoded(name[dot:]) if dot > 0 else b""
    if len(extension) > min(_LONGEST_EXTENSION, limit // 2) or b" " in extension:
        extension = b""
    keep = limit - len(extension)
    # A character has at most three continuation bytes; a longer run of them is bytes that are not UTF-8 and stand alone.
    start = next((at for at in range(keep, max(keep - 4, -1), -1) if not 0x80 <= raw[at] < 0xC0), keep)
    stem = raw[:start].decode("utf-8", "surrogateescape").rstrip(" .\u200d")
    return stem + extension.decode("utf-8", "surrogateescape")


def encoded(name: str) -> bytes:
    """Return the bytes of a name; undecodable bytes (lone surrogates) count as the single bytes they were."""
    try:
        return name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return name.encode("utf-8", "replace")
