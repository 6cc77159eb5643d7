"""The buckets of a case: services in memory that outlive its commands, laid and listed as lines."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from reshelve.executors.contracts.object_store import ObjectStore
from reshelve.executors.stores.doubles.memory_bucket import MemoryBucket
from reshelve.executors.stores.doubles.memory_service import MemoryService, etag_of
from reshelve.schemas.inventory import Root
from reshelve.schemas.store_settings import Store

_OBJECT = re.compile(r"s3://(?P<bucket>[^/ ]+)/(?P<key>.+?)(?: = (?P<text>.*?))?(?: \[(?P<kind>[A-Z_]+)\])?\Z")
_RUN = re.compile(r"(?<=\.reshelve-trash/)[0-9a-f]{12}")


class CaseBuckets:
    """Buckets by name, made when they are first named; they keep versions unless laid as `s3://bucket unversioned`."""

    def __init__(self) -> None:
        self._services: dict[str, MemoryService] = {}

    def service(self, bucket: str) -> MemoryService:
        """Return the service that holds one bucket."""
        return self._services.setdefault(bucket, MemoryService())

    def lay(self, text: str) -> str:
        """Put the objects among the lines of a listing, and return the lines that are none."""
        rest = []
        for line in text.splitlines(keepends=True):
            if not line.startswith("s3://"):
                rest.append(line)
            elif line.strip().endswith(" unversioned"):
                self._services[line.removeprefix("s3://").split()[0]] = MemoryService(versioned=False)
            else:
                found = _OBJECT.match(line.rstrip("\n"))
                assert found, line
                bucket = MemoryBucket(Root("case", f"s3://{found['bucket']}"), self.service(found["bucket"]))
                content = found["text"] if found["text"] is not None else line.strip().partition(" [")[0]
                bucket.put(found["key"], f"{content}\n".encode(), storage_class=found["kind"] or "STANDARD")
        return "".join(rest)

    def listing(self) -> Iterator[str]:
        """Yield a line an object, its trash too, sorted by bucket and key."""
        for name, service in sorted(self._services.items()):
            for key, versions in sorted(service.keys.items()):
                top = versions[-1]
                if top.marker:
                    continue
                own = f"s3://{name}/{key}"
                try:
                    first, _, more = top.content.decode().partition("\n")
                except UnicodeDecodeError:
                    first, more = "…", ""
                shown = _RUN.sub("…", own)
                kind = "" if top.storage_class == "STANDARD" else f" [{top.storage_class}]"
                yield f"{shown}{'' if first == own else f' = {first}'}{' …' if more else ''}{kind}"

    def zero(self, address: str) -> None:
        """Write as many zeros over an object, as a program would that keeps its class and whatever is recorded with it."""
        name, _, key = address.removeprefix("s3://").partition("/")
        top = self.service(name).keys[key][-1]
        content = bytes(len(top.content))
        self.service(name).put(key, replace(top, content=content, etag=etag_of([content])), create=None)

    def advance(self, seconds: int) -> None:
        """Let the time of all buckets pass."""
        for service in self._services.values():
            service.advance(seconds)

    @contextmanager
    def served(self) -> Iterator[None]:
        """Have every `s3:` store of the product opened as one of these."""

        def opened(store: Store, root: Root, catalog: Path | None, *, ask: bool = True) -> ObjectStore:
            assert store.s3 is not None
            service = self.service(store.s3)
            service.advance(1)  # as time does between commands
            bucket = MemoryBucket(replace(root), service, accept_race=store.accept_race, catalog=catalog)
            if not ask:
                bucket.root = replace(bucket.root, versioned=False)  # nobody asked
            return bucket

        def slept(seconds: float) -> None:
            self.advance(int(seconds))

        with patch("reshelve.opening.bucket_stores.open_bucket", opened), patch("reshelve.session.thaw_waiting.sleep", slept):
            yield
