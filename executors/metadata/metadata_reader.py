"""Reading what files say of themselves: several at a time, each within its bounds, and each only once."""

import io
import socket
from collections import deque
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from typing import Any, BinaryIO, Protocol

from reshelve.executors.metadata.helper_process import Helper
from reshelve.executors.metadata.media_libraries import Answer, ask, readers
from reshelve.executors.metadata.metadata_cache import MetadataCache
from reshelve.schemas.inventory import Item, same


class Openable(Protocol):
    """What is asked of a store here."""

    def open(self, rel: str) -> BinaryIO: ...
    def stat(self, rel: str) -> Item | None: ...


class FileMetadata:
    """Facts from the content of files of these stores (by root key). Satisfies reshelve.planner.metadata.MetadataReader.

    No library is loaded before the first question. Reading a file never raises, takes little more than `seconds`, and
    happens in a process of its own where the system can hand over open files; what could not be read has no facts.
    `jobs` files are read at a time.
    """

    def __init__(
        self, stores: Mapping[str, Openable], cache: MetadataCache | None = None, *, jobs: int = 4, seconds: float = 10.0
    ) -> None:
        self._stores = stores
        self._cache = cache
        self._jobs = max(jobs, 1)
        self._seconds = seconds
        self._pool: ThreadPoolExecutor | None = None
        self._expected: dict[tuple[str, str], Future[dict[str, Any]]] = {}
        self._idle: deque[Helper] = deque()

    @property
    def media(self) -> frozenset[str]:
        """The media that can be read with what is installed, of "video", "audio", "image" and "look"."""
        return frozenset(self._readers)

    def expect(self, root_key: str, items: Iterable[tuple[Item, str]]) -> None:
        """Begin reading files that will be asked for, each with its medium."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._jobs, "metadata")
        for item, medium in items:
            self._expected[root_key, item.rel] = self._pool.submit(self._facts, root_key, item, medium)

    def read(self, root_key: str, item: Item, medium: str) -> dict[str, Any]:
        """Return what a file says of itself, remembered or read now. Never raises for what a file holds."""
        expected = self._expected.pop((root_key, item.rel), None)
        return expected.result() if expected is not None else self._facts(root_key, item, medium)

    def close(self) -> None:
        """Read nothing more, and wait for what is being read."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        while self._idle:
            self._idle.pop().close()

    @cached_property
    def _readers(self) -> dict[str, str]:
        return readers()

    def _facts(self, root_key: str, item: Item, medium: str) -> dict[str, Any]:
        reader, store = self._readers.get(medium), self._stores.get(root_key)
        if reader is None or store is None or item.kind != "file" or item.size == 0:
            return {}
        # What a picture looks like is kept beside what it says.
        cached = replace(item, fs=f"{item.fs} {medium}") if medium == "look" else item
        kept = self._cache.get(cached, reader) if self._cache is not None else None
        if kept is not None:
            return kept
        since_ns = self._cache.now_ns() if self._cache is not None else 0
        try:
            with store.open(item.rel) as content:
                answer = self._ask(medium, content, item.rel.rpartition("/")[2])
            now = store.stat(item.rel)
            if not same(now, item.size, item.mtime_ns, item.ino):
                return {}
        except OSError:
            return {}
        if answer.lasting and self._cache is not None and now == item:
            self._cache.put(cached, reader, answer.facts, since_ns=since_ns)
        return answer.facts

    def _ask(self, medium: str, content: BinaryIO, name: str) -> Answer:
        """Ask in a process of its own where there can be one, an idle one first."""
        helper = self._helper(content)
        if helper is None:
            return ask(medium, content, name, self._seconds)
        answer = helper.ask(medium, content, name, self._seconds)
        if helper.alive:
            self._idle.append(helper)
        return answer

    def _helper(self, content: BinaryIO) -> Helper | None:
        try:
            content.fileno()
            return self._idle.pop()
        except IndexError:
            pass
        except io.UnsupportedOperation:
            return None
        try:
            return Helper() if hasattr(socket, "send_fds") else None
        except OSError:
            return None
