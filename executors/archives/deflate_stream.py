"""Deflate that does not waste time: what does not get smaller is stored, block by block, within one ordinary stream.

Most of a media folder is compressed already: deflating it again costs minutes and saves nothing. Whether a piece gets smaller is
tried on a sample of it. The bytes are the same for the same pieces wherever Python's zlib is the same; zlib-ng, which some systems
put in its place, writes others (as right).
"""

import struct
import zlib

LEVEL = 6
_SAMPLE = 16384
_WORTH = 0.95
_SMALL = 65536
"""Pieces below this are deflated without a trial."""
_BLOCK = 65535
"""The most that one stored block can hold (RFC 1951, 3.2.4)."""


class Deflater:
    """One raw deflate stream, with the CRC-32 and the number of bytes that went in and came out."""

    def __init__(self) -> None:
        self.crc = 0
        self.size = 0
        self.packed = 0
        self._zlib = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._pending = False

    def feed(self, piece: bytes) -> bytes:
        """Take a piece of content and return what is ready of the stream."""
        self.crc = zlib.crc32(piece, self.crc)
        self.size += len(piece)
        if len(piece) >= _SMALL and not _shrinks(piece):
            # A full flush ends at a whole byte, and nothing after it refers to what came before.
            out = (self._zlib.flush(zlib.Z_FULL_FLUSH) if self._pending else b"") + _stored(piece)
            self._pending = False
        else:
            out = self._zlib.compress(piece)
            self._pending = True
        self.packed += len(out)
        return out

    def finish(self) -> bytes:
        """Return the rest of the stream."""
        out = self._zlib.flush(zlib.Z_FINISH)
        self.packed += len(out)
        return out


def _shrinks(piece: bytes) -> bool:
    middle = (len(piece) - _SAMPLE) // 2
    sample = piece[middle : middle + _SAMPLE]
    return len(zlib.compress(sample, 1)) < _WORTH * len(sample)


def _stored(piece: bytes) -> bytes:
    out: list[bytes | memoryview] = []
    view = memoryview(piece)
    for start in range(0, len(piece), _BLOCK):
        block = view[start : start + _BLOCK]
        out += [struct.pack("<BHH", 0, len(block), 0xFFFF ^ len(block)), block]
    return b"".join(out)
