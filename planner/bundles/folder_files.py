"""Folders as bundling sees them: their files with what their names say, their mains, and the folders around them."""

from collections.abc import Iterator
from dataclasses import field
from functools import cached_property

from reshelve.planner.bundles.sidecars import Names, film
from reshelve.planner.recognise.copy_names import original_of
from reshelve.planner.recognise.extension_tables import MediaType, halves, is_partial, media_type
from reshelve.schemas.inventory import Item
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Named:
    """One file with the parts of its name: `stem` as written, `ext` in lower case, and `key`, the stem that compares."""

    item: Item
    name: str
    stem: str
    ext: str
    key: str
    media: MediaType


def named(item: Item) -> Named:
    """Return an item with the parts of its name."""
    name = item.rel.rpartition("/")[2]
    stem, ext = halves(name)
    return Named(item, name, stem, ext, stem.casefold(), media_type(ext))


@dataclass(slots=False)
class Folder:
    """The files of one folder: its mains, the films among them, and by which names they are followed.

    `disc` stands for the disc whose own folder (VIDEO_TS, BDMV) lies in this one: it is called as this folder is.
    """

    path: str
    files: list[Item] = field(default_factory=list)
    mains: list[Item] = field(default_factory=list)
    films: list[Item] = field(default_factory=list)
    names: Names = field(default_factory=Names)
    disc: Item | None = None

    @cached_property
    def named(self) -> list[Named]:
        """What here may lead or follow, sorted by path: no hidden file, and none that is still being written."""
        names = {item.rel.rpartition("/")[2] for item in self.files}
        ordered = map(named, sorted(self.files, key=lambda item: item.rel))
        return [one for one in ordered if one.name[0] != "." and not is_partial(one.name) and f"{one.name}.aria2" not in names]

    @cached_property
    def exts(self) -> frozenset[str]:
        """The extensions that occur here."""
        return frozenset(one.ext for one in self.named)

    @property
    def last(self) -> str:
        """The folder's own name, as it compares."""
        return self.path.rpartition("/")[2].casefold()

    @property
    def only(self) -> Item | None:
        """The one film of this folder; a store's own top is nobody's folder."""
        return self.films[0] if len(self.films) == 1 and self.path else None

    @property
    def home(self) -> Item | None:
        """The film that this folder's own art and extras go with: the only one, or the first version that is no copy by name."""
        if not self.versions_of:
            return self.only
        names = ((item, halves(item.rel.rpartition("/")[2])[0]) for item in self.films)
        return next((item for item, stem in names if not original_of(stem)), self.films[0])

    @cached_property
    def versions_of(self) -> str:
        """The film or episode that all several films here are versions of, " - 2160p" and " - 1080p"; "" when there is none."""
        of = {film(halves(item.rel.rpartition("/")[2])[0]) for item in self.films} if len(self.films) > 1 and self.path else set()
        return of.pop() if len(of) == 1 else ""

    @property
    def first_track(self) -> Item | None:
        """The first track of a folder of music."""
        return self.mains[0] if self.mains and not self.films and self.path else None


class Tree(dict[str, Folder]):
    """The folders with files of one root, by path."""

    @cached_property
    def _below(self) -> dict[str, list[Folder]]:
        below: dict[str, list[Folder]] = {}
        for path, folder in self.items():
            if path:
                below.setdefault(path.rpartition("/")[0], []).append(folder)
        return below

    def below(self, path: str) -> list[Folder]:
        """Return the folders with files directly below `path`."""
        return self._below.get(path, [])

    def above(self, folder: Folder) -> Folder | None:
        """Return the folder above one, if it has files."""
        return self.get(folder.path.rpartition("/")[0]) if folder.path else None

    def beside(self, folder: Folder) -> Iterator[Folder]:
        """Yield the folders with files beside one."""
        if folder.path:
            yield from (one for one in self.below(folder.path.rpartition("/")[0]) if one is not folder)
