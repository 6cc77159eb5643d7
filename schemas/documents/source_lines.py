"""Sources: the bytes of a document, and the line a problem is shown with."""

import errno
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from reshelve.schemas.problems import ReshelveError, Where, stop
from reshelve.schemas.quantities import human_size
from reshelve.schemas.secret_texts import masked_line

LIMIT = 4 * 10**9
"""The largest document that is read line by line, and so never held whole."""
WHOLE = 10**9
"""The largest document that is held in memory whole."""
WRITTEN = 64 * 10**6
"""The largest document that people write by hand: a workspace, an overlay, a template, prices."""
SHOWN = 1000
"""The most characters of a source line that a problem carries."""
_BEYOND = 4000
"""How many more are looked at for what is secret: a secret is known by what follows it, too."""

_KINDS = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
_OPEN = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_CLOEXEC", 0)


class NoFileError(OSError):
    """What should be a file is a folder, a pipe, a device or a socket, or larger than it may be; `strerror` says which."""

    def __init__(self, reason: str, path: Path) -> None:
        super().__init__(errno.EINVAL, reason, str(path))


class TooLargeError(NoFileError):
    """A file is larger than it may be."""

    def __init__(self, path: Path, most: int) -> None:
        self.most = most
        super().__init__(f"it is too large: it may have {human_size(most)}", path)


def open_file(path: Path, most: int = LIMIT) -> BufferedReader:
    """Open a regular file of at most `most` bytes for reading, never waiting for what is none.

    Raises NoFileError for anything else, and OSError.
    """
    # Asked before it is opened, for opening a device can do something; and after, for it may be another thing by then.
    must_be_file(path, os.stat(path), most)
    stream = open(path, "rb", opener=lambda name, flags: os.open(name, flags | _OPEN))  # noqa: SIM115 - the caller's to close
    try:
        must_be_file(path, os.fstat(stream.fileno()), most)
    except OSError:
        stream.close()
        raise
    return stream


def must_be_file(path: Path, about: os.stat_result, most: int = LIMIT) -> None:
    """Raise NoFileError where what was looked at is no regular file of at most `most` bytes."""
    if not stat.S_ISREG(about.st_mode):
        raise NoFileError(f"it is {next((name for fits, name in _KINDS if fits(about.st_mode)), 'a device')}", path)
    if about.st_size > most:
        raise TooLargeError(path, most)


def read_file(path: Path, most: int = WHOLE) -> bytes:
    """Return the content of a regular file of at most `most` bytes. Raises NoFileError for anything else, and OSError."""
    with open_file(path, most) as stream:
        return _whole(stream, path, most)


def _whole(stream: BinaryIO, path: Path, most: int) -> bytes:
    # Asked for at most so much, Python takes room for that much: no more than the file says it has, and what some files of the
    # system do not say comes piece by piece.
    content = stream.read(os.fstat(stream.fileno()).st_size)
    while more := stream.read(_PIECE):
        content += more
        if len(content) > most:
            raise TooLargeError(path, most)
    return content


_PIECE = 1 << 20


@contextmanager
def opened(path: Path, most: int = LIMIT) -> Iterator[BufferedReader]:
    """Open a document for reading. Raises ReshelveError when it is no file of at most `most` bytes, or cannot be read."""
    try:
        with open_file(path, most) as stream:
            yield stream
    except OSError as trouble:
        raise unreadable(path, trouble) from trouble


def read_bytes(path: Path, most: int = WHOLE) -> bytes:
    """Return what a document holds. Raises ReshelveError when it is no file of at most `most` bytes, or cannot be read."""
    with opened(path, most) as stream:
        return _whole(stream, path, most)


def unreadable(path: Path, trouble: OSError) -> ReshelveError:
    """Return the error for a document that cannot be opened or read."""
    if isinstance(trouble, FileNotFoundError):
        return stop("document-missing", "no such document", "There is no such file.", path=str(path), hint="check the path")
    if isinstance(trouble, TooLargeError):
        detail = f"Such a document has at most {human_size(trouble.most)}."
        hint = "split it into a folder of files" if trouble.most >= WHOLE else "check the path"
        return stop("document-too-large", "the document is too large", detail, path=str(path), hint=hint)
    if isinstance(trouble, NoFileError):
        detail = f"{(trouble.strerror or '').capitalize()}."
        hint = "save it as a file, and name that"
        return stop("document-no-file", "a document is a regular file", detail, path=str(path), hint=hint)
    reason = trouble.strerror or str(trouble)
    return stop("document-unreadable", "a document cannot be read", f"{reason}.", path=str(path), hint="check its permissions")


def source_lines(text: bytes, wanted: set[int]) -> dict[int, str]:
    """Return the text of the wanted lines (from 1), counting line breaks as YAML does; what is secret is `*`."""
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
                found[number] = masked_line(line[: SHOWN + _BEYOND])[:SHOWN]
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
