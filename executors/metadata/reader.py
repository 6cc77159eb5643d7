"""Reading what files say of themselves: several at a time, each within its bounds, and each only once."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any, BinaryIO, Protocol

from executors.metadata import pictures, sounds, videos
from executors.metadata.bounded import BoundedFile
from executors.metadata.cache import MetadataCache
from schemas.inventory import Item

_OWN_VERSION = "1"
"""Changes with every change to what our own code makes of a file."""

_BY_MEDIUM: dict[str, tuple[ModuleType, ...]] = {"video": (videos,), "audio": (sounds, videos), "image": (pictures,)}
"""Who is asked of a medium, in this order, until one knows the file; without the first, the medium is not read."""


class Openable(Protocol):
    """What is asked of a store here."""

    def open(self, rel: str) -> BinaryIO: ...
    def fingerprint(self, rel: str) -> tuple[int, int, int] | None: ...


@dataclass(slots=True, frozen=True)
class _Library:
    module: ModuleType
    version: str


class FileMetadata:
    """Facts from the content of files of these stores (by root key). Satisfies planner.metadata.port.MetadataReader.

    No library is loaded before the first question. Reading a file never raises, and ends after `seconds` (between two
    reads of the disk); what could not be read has no facts. `jobs` files are read at a time.
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

    @property
    def media(self) -> frozenset[str]:
        """The media that can be read with what is installed, of "video", "audio" and "image"."""
        return frozenset(self._libraries)

    def expect(self, root_key: str, items: Iterable[tuple[Item, str]]) -> None:
        """Begin reading files that will be asked for, each with its medium."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._jobs, "metadata")
        for item, medium in items:
            self._expected[(root_key, item.rel)] = self._pool.submit(self._facts, root_key, item, medium)

    def read(self, root_key: str, item: Item, medium: str) -> dict[str, Any]:
        """Return what a file says of itself, remembered or read now. Never raises for what a file holds."""
        expected = self._expected.pop((root_key, item.rel), None)
        return expected.result() if expected is not None else self._facts(root_key, item, medium)

    def close(self) -> None:
        """Read nothing more, and wait for what is being read."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    @cached_property
    def _libraries(self) -> dict[str, list[_Library]]:
        versions: dict[ModuleType, str] = {}
        for module in (videos, sounds, pictures):
            version: Callable[[], str] = module.version
            try:
                versions[module] = version()
            except (ImportError, OSError):
                continue
        able = {medium: modules for medium, modules in _BY_MEDIUM.items() if modules[0] in versions}
        return {
            medium: [_Library(each, versions[each]) for each in modules if each in versions] for medium, modules in able.items()
        }

    def _facts(self, root_key: str, item: Item, medium: str) -> dict[str, Any]:
        libraries = self._libraries.get(medium)
        store = self._stores.get(root_key)
        if not libraries or store is None or item.kind != "file" or item.size == 0:
            return {}
        reader = f"{_OWN_VERSION} {medium} " + " ".join(library.version for library in libraries)
        kept = self._cache.get(item, reader) if self._cache is not None else None
        if kept is not None:
            return kept
        facts, lasting = self._read(store, item, libraries)
        if not self._is(store, item):
            return {}
        if lasting and self._cache is not None:
            self._cache.put(item, reader, facts)
        return facts

    def _read(self, store: Openable, item: Item, libraries: list[_Library]) -> tuple[dict[str, Any], bool]:
        """Return the facts of a file, and whether reading it again would give the same: time and disks have their moods."""
        for library in libraries:
            try:
                with store.open(item.rel) as content:
                    most: int = library.module.MOST
                    file = BoundedFile(content, item.rel.rpartition("/")[2], most=most, seconds=self._seconds)
                    facts = _asked(library.module, file)
            except OSError:
                return {}, False
            if file.interrupted:
                return {}, False
            if facts is not None:
                # Half a file may tell half the truth: how long it lasts, for one.
                return ({} if file.exhausted else facts), True
        return {}, True

    def _is(self, store: Openable, item: Item) -> bool:
        try:
            return store.fingerprint(item.rel) == (item.ino, item.size, item.mtime_ns)
        except OSError:
            return False


def _asked(module: ModuleType, file: BoundedFile) -> dict[str, Any] | None:
    """Return what a library says of a file; nothing where it trips over what is in it, however it does."""
    read: Callable[[BoundedFile], dict[str, Any] | None] = module.read
    try:
        return read(file)
    except Exception:  # noqa: BLE001 - libraries raise anything at all for broken files: struct.error, AssertionError, MemoryError
        return None
