"""Downloads: what download clients say of files, by root key and path. It is asked for once, before a scan."""

from collections.abc import Iterable, Mapping
from dataclasses import field

from reshelve.schemas.quick_dataclasses import dataclass

Place = tuple[str, str]
"""A root key, and a path in it; "" is the root itself."""


@dataclass(slots=True, frozen=True)
class Download:
    """What a client says of one download. `wanted`: it is one of those that are to be filed."""

    client: str
    complete: bool
    wanted: bool = True
    category: str = ""
    tags: tuple[str, ...] = ()


@dataclass(slots=True, frozen=True)
class Downloads:
    """Every download that lies in a store, by its place: a file, or a folder with all in it. Several may share files.

    `silent` are the stores into which a client downloads that did not answer, each with that client and why.
    """

    by_place: Mapping[Place, tuple[Download, ...]] = field(default_factory=dict)
    silent: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.by_place or self.silent)

    def of(self, root_key: str, rel: str) -> tuple[Download, ...]:
        """Return the downloads that a file belongs to; none where no client knows it."""
        if not self.by_place:
            return ()
        found: tuple[Download, ...] = ()
        while True:
            found += self.by_place.get((root_key, rel), ())
            if not rel:
                return found
            rel = rel.rpartition("/")[0]


NO_DOWNLOADS = Downloads()


def joined(places: Iterable[tuple[Place, Download]], silent: Mapping[str, tuple[str, str]]) -> Downloads:
    """Return the downloads at these places."""
    found: dict[Place, tuple[Download, ...]] = {}
    for place, download in places:
        found[place] = (*found.get(place, ()), download)
    return Downloads(found, silent)
