"""One thing in an archive, as reading meets it."""

from collections.abc import Iterator
from typing import Literal

from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True)
class Entry:
    """One thing in an archive. `name` is as the archive has it, undecodable bytes as lone surrogates; `mode` its permissions.

    `text` is what a link holds, or the name of the entry that a further name ("twin") stands for. `content` is to be read before
    the next entry is asked for.
    """

    name: str
    kind: Literal["file", "dir", "link", "twin", "other"]
    size: int
    mtime_ns: int
    mode: int
    text: str
    content: Iterator[bytes]
