"""Sources: the bytes of a document, and the line a problem is shown with."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from schemas.endpoints import masked
from schemas.problems import ReshelveError, Where, stop

LIMIT = 4 << 30
SHOWN = 1000
"""The most characters of a source line that a problem carries."""


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a document for reading. Raises ReshelveError when it cannot be read or is larger than 4 GiB."""
    try:
        with open(path, "rb") as stream:
            if os.fstat(stream.fileno()).st_size > LIMIT:
                raise too_large(str(path))
            yield stream
    except OSError as trouble:
        raise unreadable(path, trouble) from trouble


def read_bytes(path: Path) -> bytes:
    """Return the content of a document. Raises ReshelveError when it cannot be read or is larger than 4 GiB."""
    with opened(path) as stream:
        # Asked for at most so much, Python takes room for that much: no more than the file has, where that is known.
        return stream.read(os.fstat(stream.fileno()).st_size or LIMIT)


def unreadable(path: Path, trouble: OSError) -> ReshelveError:
    """Return the error for a document that cannot be opened or read."""
    if isinstance(trouble, FileNotFoundError):
        return stop("document-missing", "no such document", "There is no such file.", path=str(path), hint="check the path")
    reason = trouble.strerror or str(trouble)
    return stop("document-unreadable", "a document cannot be read", f"{reason}.", path=str(path), hint="check its permissions")


def too_large(file: str) -> ReshelveError:
    """Return the error for a document past the size limit."""
    hint = "split it into a folder of files"
    return stop("document-too-large", "the document is too large", "A document has at most 4 GiB.", path=file, hint=hint)


def source_lines(text: bytes, wanted: set[int]) -> dict[int, str]:
    """Return the text of the wanted lines (from 1), counting line breaks as YAML does; what is secret in URLs is `*`."""
    found: dict[int, str] = {}
    if not wanted:
        return found
    last, number = max(wanted), 0
    for raw in io.BytesIO(text):
        pieces = [raw] if raw.isascii() and b"\r" not in raw else raw.decode("utf-8", "replace").splitlines() or [""]
        for piece in pieces:
            number += 1
            if number in wanted:
                line = (piece.decode("ascii") if isinstance(piece, bytes) else piece).rstrip("\r\n")
                found[number] = masked(line)[:SHOWN]
        if number >= last:
            break
    return found


def where(text: bytes, file: str, line: int, column: int) -> Where:
    """Return the spot at `line` and `column` (from 1) of a document, with that line's text."""
    return Where(file, line, column, source_lines(text, {line}).get(line, ""))


def spot_of_byte(text: bytes, offset: int) -> tuple[int, int]:
    """Return (line, column), from 1, of a byte of a document."""
    begin = text.rfind(b"\n", 0, offset) + 1
    return text.count(b"\n", 0, offset) + 1, len(text[begin:offset].decode("utf-8", "replace")) + 1
