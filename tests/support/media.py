"""Tiny media files, made on the spot: as short as a library still knows them, with the facts a test wants in them."""

import io
import json
import struct
import wave
from typing import Any

EPOCH_1904 = 2_082_844_800
"""Seconds from 1904, which MP4 counts from, to 1970."""


def wav(seconds: float = 1.0, rate: int = 800) -> bytes:
    """Return silence of a length."""
    made = io.BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(rate)
        sound.writeframes(b"\x80" * int(seconds * rate))
    return made.getvalue()


def flac(seconds: int = 2, **tags: str) -> bytes:
    """Return a FLAC file that says it is so long, and what the tags say; it holds no sound."""
    from mutagen.flac import FLAC

    rate = 8000
    packed = (rate << 44) | (15 << 36) | (seconds * rate)
    info = struct.pack(">HH", 4096, 4096) + bytes(6) + packed.to_bytes(8, "big") + bytes(16)
    made = io.BytesIO(b"fLaC" + b"\x80" + len(info).to_bytes(3, "big") + info)
    tagged: Any = FLAC(made)
    for name, value in tags.items():
        tagged[name] = value
    made.seek(0)
    tagged.save(made)
    return made.getvalue()


def mp3(frames: int = 40, **tags: str) -> bytes:
    """Return an MP3 of silent frames, 26 ms each, with easy tags (artist, tracknumber, ...)."""
    from mutagen.easyid3 import EasyID3

    made = io.BytesIO((b"\xff\xfb\x90\x00" + bytes(413)) * frames)
    if tags:
        tagged: Any = EasyID3()
        for name, value in tags.items():
            tagged[name] = value
        tagged.save(made)
    return made.getvalue()


def mp4(seconds: float = 2.0, width: int = 1920, height: int = 1080, made_at: int = 0) -> bytes:
    """Return an MP4 of one H.264 track that says it is so long and so large; `made_at` is in seconds since 1970, 0 for never."""
    at = made_at + EPOCH_1904 if made_at else 0
    length = int(seconds * 1000)
    tkhd = struct.pack(">IIIIII", 3, at, at, 1, 0, length) + bytes(16) + _MATRIX + struct.pack(">II", width << 16, height << 16)
    entry = bytes(6) + struct.pack(">H", 1) + bytes(16) + struct.pack(">HHIIIH", width, height, 72 << 16, 72 << 16, 0, 1)
    entry += bytes(32) + struct.pack(">Hh", 24, -1)
    return _movie(b"isom", at, length, tkhd, b"vide", "und", _box(b"vmhd", bytes(12)), _box(b"avc1", entry))


def m4a(seconds: float = 2.0, language: str = "und", **tags: str) -> bytes:
    """Return an M4A of one AAC track that says it is so long, in a language of three letters, with easy tags."""
    from mutagen.easymp4 import EasyMP4

    length = int(seconds * 1000)
    tkhd = struct.pack(">IIIIII", 3, 0, 0, 1, 0, length) + bytes(16) + _MATRIX + bytes(8)
    entry = (
        bytes(6) + struct.pack(">H", 1) + bytes(8) + struct.pack(">HHHHI", 2, 16, 0, 0, 8000 << 16) + _box(b"esds", bytes(4), _AAC)
    )
    made = io.BytesIO(_movie(b"M4A ", 0, length, tkhd, b"soun", language, _box(b"smhd", bytes(8)), _box(b"mp4a", entry)))
    if tags:
        tagged: Any = EasyMP4(made)
        for name, value in tags.items():
            tagged[name] = value
        made.seek(0)
        tagged.save(made)
    return made.getvalue()


def jpeg(taken: str = "", make: str = "", model: str = "", offset: str = "", size: tuple[int, int] = (8, 6)) -> bytes:
    """Return a small JPEG with EXIF: `taken` as "2021:05:06 07:08:09", `offset` as "+02:00"."""
    return _picture("JPEG", size, taken, make, model, offset)


def tiff(taken: str = "", make: str = "", model: str = "") -> bytes:
    """Return a small TIFF with EXIF."""
    return _picture("TIFF", (8, 6), taken, make, model, "")


def png(size: tuple[int, int] = (8, 6), **chunks: Any) -> bytes:
    """Return a small PNG with text chunks; what is no text is written as JSON."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    for name, value in chunks.items():
        told.add_text(name, value if isinstance(value, str) else json.dumps(value))
    made = io.BytesIO()
    Image.new("L", size).save(made, "PNG", pnginfo=told)
    return made.getvalue()


def _picture(form: str, size: tuple[int, int], taken: str, make: str, model: str, offset: str) -> bytes:
    from PIL import Image

    exif = Image.Exif()
    for tag, value in ((271, make), (272, model)):
        if value:
            exif[tag] = value
    inner = {tag: value for tag, value in ((0x9003, taken), (0x9011, offset)) if value}
    if inner:
        exif.get_ifd(0x8769).update(inner)
        exif[0x8769] = inner
    made = io.BytesIO()
    Image.new("L", size).save(made, form, exif=exif)
    return made.getvalue()


_AAC = bytes.fromhex("0319000100 0411401500000000000000000000000000 05021590 060102".replace(" ", ""))
"""An elementary stream's description: AAC-LC, 8 kHz, two channels."""
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def _box(name: bytes, *content: bytes) -> bytes:
    inner = b"".join(content)
    return struct.pack(">I", 8 + len(inner)) + name + inner


def _movie(brand: bytes, at: int, length: int, tkhd: bytes, handler: bytes, language: str, head: bytes, entry: bytes) -> bytes:
    mvhd = struct.pack(">IIIIIIH", 0, at, at, 1000, length, 0x10000, 0x100) + bytes(10) + _MATRIX + bytes(24) + struct.pack(">I", 2)
    code = sum((ord(letter) - 0x60) << shift for letter, shift in zip(language, (10, 5, 0), strict=True))
    mdhd = struct.pack(">IIIIIHH", 0, at, at, 1000, length, code, 0)
    hdlr = bytes(8) + handler + bytes(12) + b"\0"
    dinf = _box(b"dinf", _box(b"dref", struct.pack(">II", 0, 1), _box(b"url ", struct.pack(">I", 1))))
    times = _box(b"stts", struct.pack(">IIII", 0, 1, 1, length))
    chunks = _box(b"stsc", struct.pack(">IIIII", 0, 1, 1, 1, 1)) + _box(b"stsz", struct.pack(">IIII", 0, 0, 1, 8))
    table = _box(
        b"stbl", _box(b"stsd", struct.pack(">II", 0, 1), entry), times, chunks, _box(b"stco", struct.pack(">III", 0, 1, 40))
    )
    media = _box(b"mdia", _box(b"mdhd", mdhd), _box(b"hdlr", hdlr), _box(b"minf", head, dinf, table))
    moov = _box(b"moov", _box(b"mvhd", mvhd), _box(b"trak", _box(b"tkhd", tkhd), media))
    return _box(b"ftyp", brand, struct.pack(">I", 512), brand, b"mp42") + _box(b"mdat", bytes(8)) + moov
