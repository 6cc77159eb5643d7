"""Sums of content as services tell them: a SHA-256, an MD5, or the MD5 of the MD5s of parts, and the same of a file here.

A sum is text, its kind and what it came to: `sha256:HEX`, `md5:HEX`, or of parts of so many bytes `md5/8388608:HEX-3`.
"""

import hashlib
from collections.abc import Iterable, Sequence

SHA256 = "sha256"


def md5_of(step: int = 0) -> str:
    """Return the kind of an ETag: of content put whole, or in parts of `step` bytes."""
    return f"md5/{step}" if step else "md5"


def kind_of(checksum: str) -> str:
    """Return what a sum is: everything before its value."""
    return checksum.partition(":")[0]


def checksum(kind: str, size: int, chunks: Iterable[bytes | memoryview]) -> str:
    """Return the sum of that kind of content of `size` bytes. ValueError for a kind that there is not."""
    if kind == SHA256:
        sha256 = hashlib.sha256()
        for chunk in chunks:
            sha256.update(chunk)
        return f"{kind}:{sha256.hexdigest()}"
    name, _, step = kind.partition("/")
    if name != "md5":
        raise ValueError(kind)
    sums = Sums([min(int(step), size - at) for at in range(0, size, int(step))] if step else ())
    for chunk in chunks:
        sums.update(chunk)
    return f"{kind}:{sums.etag}"


class Sums:
    """The ETag that content has, taken in from its beginning to its end: of parts of these sizes, or of none in particular."""

    def __init__(self, parts: Sequence[int] = ()) -> None:
        self._parts = len(parts)
        self._ends = iter(parts)
        self._left = next(self._ends, 0)
        self._one = hashlib.md5(usedforsecurity=False)
        self._all = hashlib.md5(usedforsecurity=False)

    def update(self, chunk: bytes | memoryview) -> None:
        """Take in the next bytes, no more than the parts are long."""
        view = memoryview(chunk)
        while self._parts and len(view) >= self._left > 0:
            self._one.update(view[: self._left])
            self._all.update(self._one.digest())
            self._one = hashlib.md5(usedforsecurity=False)
            view, self._left = view[self._left :], next(self._ends, 0)
        self._left -= len(view)
        self._one.update(view)

    @property
    def etag(self) -> str:
        """The ETag of what was taken in."""
        return f"{self._all.hexdigest()}-{self._parts}" if self._parts else self._one.hexdigest()
