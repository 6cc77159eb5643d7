"""Contents of objects, as far as they can be known without reading any: by what is recorded with them, by a sum of the service."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import cast

from reshelve.executors.catalog import catalog_queries, catalog_sightings
from reshelve.executors.catalog.catalog_queries import Holding
from reshelve.executors.catalog.catalog_recording import Labels
from reshelve.executors.catalog.catalog_tables import writing
from reshelve.executors.contracts.object_store import ObjectStore, object_store
from reshelve.executors.stores.content_sums import SHA256, kind_of
from reshelve.opening.wiring import Open
from reshelve.planner.ports.store_reader import BucketReader
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import split
from reshelve.schemas.quick_dataclasses import dataclass

_AT_ONCE = 16
"""How many objects are asked for at one time."""
_BATCH = 256


@dataclass(slots=True, frozen=True)
class _Told:
    """What is told of an object: its hashes as recorded with it or learnt, each "" where none is; the sums of its service."""

    place: str
    item: Item
    xxh3: str
    sha256: str
    sums: tuple[str, ...]


class ObjectContents:
    """Tells the contents of objects in the stores of one action; the catalog and what is remembered by ETag learn them."""

    def __init__(self, catalog: sqlite3.Connection, stores: Open, at: str, labels: Labels) -> None:
        self._catalog = catalog
        self._stores = stores
        self._at = at
        self._labels = labels

    def tell(self, places: Sequence[str], is_over: Callable[[], bool]) -> None:
        """Write what these objects hold, as far as that is told before it `is_over`: first what is recorded, then what is alike."""
        left: list[_Told] = []
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for start in range(0, len(places), _BATCH):
                if is_over():
                    return
                asked = [told for told in pool.map(self._ask, places[start : start + _BATCH]) if told is not None]
                with writing(self._catalog):
                    for told in asked:
                        if told.xxh3 or told.sha256:
                            self._put(told, told.xxh3, told.sha256)
                left += [told for told in asked if told.sums and not (told.xxh3 or told.sha256)]
        alike = self._alike({told.item.size for told in left})
        for told in left:
            if is_over():
                return
            same = next((one for one in alike.get(told.item.size, ()) if self._is(one, told)), None)
            if same is not None:
                with writing(self._catalog):
                    self._put(told, same.xxh3, same.sha256)

    def was_asked(self, place: str) -> bool:
        """Say whether this very object was asked for before."""
        store, rel = self._at_bucket(place)
        with suppress(OSError):
            return store is not None and store.was_asked(rel)
        return False

    def _at_bucket(self, place: str) -> tuple[ObjectStore | None, str]:
        key, rel = split(place)
        store = self._stores.stores.get(key)
        return (object_store(store) if store is not None and store.root.kind == "bucket" else None), rel

    def _ask(self, place: str) -> _Told | None:
        """Return what is told of an object; None where nothing can be had now. Its service is asked once for each ETag."""
        store, rel = self._at_bucket(place)
        with suppress(OSError):
            item = store.stat(rel) if store is not None else None
            if store is None or item is None or item.kind != "file":
                return None
            said = {} if store.was_asked(rel) else store.details(rel)
            sums = store.checksums(rel)
            sha256 = next((each.partition(":")[2] for each in sums if kind_of(each) == SHA256), "")
            return _Told(place, item, said.get("hash", ""), said.get("sha256") or sha256, sums)
        return None

    def _put(self, told: _Told, xxh3: str, sha256: str) -> None:
        catalog_sightings.put_told(self._catalog, told.place, told.item, xxh3, sha256, self._at, self._labels)
        store = self._at_bucket(told.place)[0]
        if store is not None and xxh3:
            store.learn(told.item, xxh3)

    def _alike(self, sizes: Collection[int]) -> Mapping[int, Sequence[Holding]]:
        """Return the places of known content that have one of these sizes; one of each content, a file here if there is one."""
        found: dict[int, dict[int, Holding]] = defaultdict(dict)
        for one in catalog_queries.holdings(self._catalog) if sizes else ():
            if one.size in sizes and (one.asset not in found[one.size] or self._at_bucket(one.location)[0] is None):
                found[one.size][one.asset] = one
        return {size: list(by_asset.values()) for size, by_asset in found.items()}

    def _is(self, one: Holding, told: _Told) -> bool:
        """Say whether a service tells the same sum of an object as what stands at another place has, which is still what it was."""
        key, rel = split(one.location)
        reader = self._stores.readers.get(key)
        with suppress(OSError):
            item = reader.stat(rel) if reader is not None and reader.root.available else None
            if reader is None or item is None or (item.size, item.mtime_ns) != (one.size, one.mtime_ns):
                return False
            if reader.root.kind == "bucket":
                return not set(told.sums).isdisjoint(cast(BucketReader, reader).checksums(rel))
            return any(reader.checksum(rel, kind_of(each)) == each for each in told.sums)
        return False
