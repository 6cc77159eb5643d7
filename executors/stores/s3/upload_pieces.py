"""Pieces of content on their way up: of a file, read as they are sent, or in memory; and what a request is given of each.

No piece of a file lies in memory: its request reads it a mebibyte at a time, and what it reads is hashed once more. It has to be
what was hashed when the whole was, whose hash is recorded.
"""

import contextlib
import errno
import hashlib
import io
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any, BinaryIO, Protocol, cast

import xxhash

from reshelve.executors.contracts.folder_store import Store
from reshelve.executors.platforms import system_calls
from reshelve.executors.stores.transfer_memory import Holding

BITE = 1 << 20
"""How much a request is handed at a time, whatever it asks for: clients ask for sixteen KiB."""

_AHEAD = 32 << 20


class UnreadableError(Exception):
    """What is being sent cannot be read any more. No OSError: clients take those for trouble on the way, and would send again."""


class Body(io.RawIOBase):
    """A piece as the body of a request."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._at = 0

    def read(self, size: int | None = -1) -> Any:
        """Return the next bite, which holds until the next is asked for; all that is left where no size is given."""
        end = self._size if size is None or size < 0 else min(self._at + max(size, BITE), self._size)
        bite = self._bite(self._at, end)
        self._at = end
        return bite

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to another place in the piece."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        """Return the place in the piece."""
        return self._at

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def trouble(self) -> OSError | None:
        """Return why what was handed out is not what was to be sent, None where it is."""
        return None

    @abstractmethod
    def _bite(self, start: int, end: int) -> memoryview: ...


class Piece(Protocol):
    """A piece of content that is sent by one request, and again where that fails."""

    size: int

    def md5(self) -> bytes:
        """Return its MD5, by which a service tells what arrived. Raises OSError where it cannot be read, or has changed."""

    def body(self) -> Body:
        """Return it as the body of a request; closed by whoever sends it."""

    def let_go(self) -> None:
        """Give back what it holds of memory; nobody sends it any more."""


@contextlib.contextmanager
def sending(piece: Piece) -> Iterator[IO[Any]]:
    """Give the body of a request for as long as that takes. OSError where what it handed out is not what was to be sent.

    That comes before whatever went wrong with the request by it.
    """
    with contextlib.closing(piece.body()) as body:
        try:
            yield cast(IO[Any], body)
        except Exception:
            if (trouble := body.trouble()) is not None:
                raise trouble from None
            raise
        if (trouble := body.trouble()) is not None:
            raise trouble


class MemoryPiece:
    """A piece that lies in memory. `last`: nothing comes after it."""

    def __init__(
        self, content: bytes | memoryview, *, last: bool = True, let_go: Callable[[memoryview], None] | None = None
    ) -> None:
        self.content = memoryview(content)
        self.size = len(content)
        self.last = last
        self._let_go = let_go

    def md5(self) -> bytes:
        """Return its MD5."""
        return hashlib.md5(self.content, usedforsecurity=False).digest()

    def body(self) -> Body:
        """Return it as the body of a request."""
        return _MemoryBody(self.content)

    def let_go(self) -> None:
        """Give its memory back."""
        content, self.content = self.content, memoryview(b"")
        if self._let_go is not None:
            self._let_go(content)


class FilePiece:
    """A stretch of the file `src` of `source`. `hash` is its XXH3 as the whole was hashed, `known` its MD5 where that is."""

    def __init__(self, source: Store, src: str, start: int, size: int, content: bytes, known: bytes | None) -> None:
        self.source = source
        self.src = src
        self.start = start
        self.size = size
        self.hash = content
        self.known = known

    def md5(self) -> bytes:
        """Return its MD5, by reading it where that is not known."""
        if self.known is None:
            found, content = hashlib.md5(usedforsecurity=False), xxhash.xxh3_128()
            with self.opened() as file:
                for chunk in chunks_of(file, self.start, self.size):
                    found.update(chunk)
                    content.update(chunk)
            if content.digest() != self.hash:
                raise changed(self.source, self.src)
            self.known = found.digest()
        return self.known

    def body(self) -> Body:
        """Return it as the body of a request."""
        return _FileBody(self)

    def opened(self) -> BinaryIO:
        """Open the file. OSError(ESTALE) where it is gone.

        Several pieces are read at a time: a disk with a moving head is asked for each in one go.
        """
        try:
            file = self.source.open(self.src)
        except FileNotFoundError:
            raise changed(self.source, self.src) from None
        system_calls.read_ahead(file.fileno(), self.start, min(self.size, _AHEAD))
        return file

    def let_go(self) -> None:
        """Do nothing: it holds no memory."""


class _MemoryBody(Body):
    def __init__(self, content: memoryview) -> None:
        super().__init__(len(content))
        self._content = content

    def close(self) -> None:
        self._content = memoryview(b"")  # clients keep a request for a while
        super().close()

    def _bite(self, start: int, end: int) -> memoryview:
        return self._content[start:end]


class _FileBody(Body):
    """A stretch of a file, read as it is asked for. It is hashed each time it is read from its beginning on."""

    def __init__(self, piece: FilePiece) -> None:
        super().__init__(piece.size)
        self._piece = piece
        self._file: BinaryIO | None = None
        self._room = bytearray(0)
        self._hasher = xxhash.xxh3_128()
        self._hashed = 0
        self._failed: OSError | None = None

    def trouble(self) -> OSError | None:
        if self._failed is None and self._hashed == self._size and self._hasher.digest() != self._piece.hash:
            return changed(self._piece.source, self._piece.src)
        return self._failed

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._room = bytearray(0)
        super().close()

    def _bite(self, start: int, end: int) -> memoryview:
        try:
            bite = self._read(start, end)
        except OSError as trouble:
            self._failed = trouble
            raise UnreadableError(str(trouble)) from trouble
        if start == 0:
            self._hasher, self._hashed = xxhash.xxh3_128(), 0
        if start == self._hashed:
            self._hasher.update(bite)
            self._hashed = end
        return bite

    def _read(self, start: int, end: int) -> memoryview:
        piece = self._piece
        if self._file is None:
            self._file = piece.opened()
        if len(self._room) < end - start:
            self._room = bytearray(end - start)
        room, length = memoryview(self._room)[: end - start], 0
        self._file.seek(piece.start + start)
        while length < len(room):
            count = self._file.readinto(room[length:])  # type: ignore[attr-defined]
            if not count:
                raise changed(piece.source, piece.src)
            length += count
        return room


def chunks_of(file: BinaryIO, start: int, length: int) -> Iterator[memoryview]:
    """Yield up to `length` bytes of a file from `start` on, a mebibyte at a time. A chunk holds until the next is asked for."""
    buffer = memoryview(bytearray(min(BITE, length)))
    file.seek(start)
    while length > 0 and (count := file.readinto(buffer[:length])):  # type: ignore[attr-defined]
        yield buffer[:count]
        length -= count


def cut(chunks: Iterable[bytes], size: int, held: Holding) -> Iterator[MemoryPiece]:
    """Yield the same bytes in pieces of exactly `size`, the last one smaller, and at least one; each gives its memory back."""
    room, length = held.take(size), 0
    for chunk in chunks:
        view = memoryview(chunk)
        while len(view):
            if length == size:
                yield MemoryPiece(room, last=False, let_go=held.give)
                del room  # or it would be kept while the next is waited for
                room, length = held.take(size), 0
            count = min(size - length, len(view))
            room[length : length + count] = view[:count]
            view, length = view[count:], length + count
    yield MemoryPiece(room[:length], let_go=held.give)


def changed(source: Store, src: str) -> OSError:
    """Return what is raised of a file that is not what it was when its upload began."""
    return OSError(errno.ESTALE, "changed while it was being uploaded", f"{source.root.path}/{src}")
