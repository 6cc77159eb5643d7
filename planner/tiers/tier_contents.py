"""Standings: which projects stand in which tiers, as the stores show it now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from reshelve.planner.left_alone.known_names import is_strewn
from reshelve.planner.recognise.extension_tables import weights
from reshelve.planner.tiers.tier_places import Finder, Place, place_of
from reshelve.schemas.inventory import Item, Listing
from reshelve.schemas.locations import is_own, join
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.tier_settings import Tier, Tiers


@dataclass(slots=True)
class Standing:
    """One project at one place. `location` is its folder (no closing slash) or archive; `rel` the same as a path in its root.

    `files` are its files and links, sorted by path, each with its path below the project; of an archive, the object alone. Bytes.
    `used_ns` is when the newest of them was last written. `folders` are the paths below it of its folders, sorted, and
    `others` those of what is neither file, link nor folder.
    """

    project: str
    place: Place
    location: str
    root: str
    rel: str
    tier: str = ""
    files: list[tuple[str, Item]] = field(default_factory=list)
    size: int = 0
    used_ns: int = 0
    heavy_files: int = 0
    heavy_bytes: int = 0
    light_files: int = 0
    light_bytes: int = 0
    folders: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def holds(self, inner: str) -> bool:
        """Say whether anything, of whatever kind, has this path below it."""
        return inner in self.folders or inner in self.others or any(inner == each for each, _ in self.files)

    def empty_folders(self) -> list[str]:
        """Return the folders that hold nothing, not even a folder."""
        holding = {above.rpartition("/")[0] for above in (*self.folders, *(inner for inner, _ in self.files))}
        return [folder for folder in self.folders if folder not in holding]

    def is_copy(self) -> bool:
        """Say whether it holds anything of a project: a folder with nothing but what systems leave in every folder does not."""
        return bool(self.place.suffix) or not all(is_strewn(inner) for inner, _ in self.files)

    @property
    def storage_class(self) -> str:
        """The class of the object, or of the first of them; "" where there is none."""
        return self.files[0][1].storage_class

    @property
    def restored(self) -> str:
        """What is known of a thaw: "", "ongoing", or until when."""
        return self.files[0][1].restored


class Kinds:
    """Tells heavy files from light ones by their extensions, as a workspace or the shipped table has them."""

    def __init__(self, tiers: Tiers) -> None:
        shipped = weights()
        self.light = shipped["light"] if tiers.light is None else _plain(tiers.light)
        self.heavy = shipped["heavy"] if tiers.heavy is None else _plain(tiers.heavy)

    def is_light(self, name: str) -> bool:
        """Say whether a file of this name is one to bring back."""
        return _extension(name) in self.light

    def is_heavy(self, name: str) -> bool:
        """Say whether a file of this name is one to leave out of a light tier."""
        return _extension(name) in self.heavy


class Standings:
    """Every project of one line over all its tiers, by name and tier. Built in one pass over what was seen."""

    def __init__(self, tiers: Tiers, listings: Mapping[str, Sequence[Listing]]) -> None:
        self.tiers = tiers
        self.kinds = Kinds(tiers)
        self._finder = Finder(tiers)
        self._found: dict[tuple[str, str, str], Standing] = {}
        self._folders: dict[tuple[str, str, str], list[str]] = {}
        self._others: dict[tuple[str, str, str], list[str]] = {}
        self._buckets = {each.root.key for looked in listings.values() for each in looked if each.root.kind == "bucket"}
        for place in self._finder.places:
            for listing in listings.get(place.store, ()):
                self._look(place, listing)
        self.by_project: dict[str, dict[str, Standing]] = {}
        self.by_location: dict[str, Standing] = {}
        self.all: list[Standing] = []
        copies = (each for each in self._found.values() if each.is_copy())
        for standing in sorted(copies, key=lambda each: (each.project, each.location, each.root)):
            standing.tier = self._tier_of(standing)
            key = standing.root, standing.rel, standing.place.suffix
            standing.folders, standing.others = self._folders.get(key, []), self._others.get(key, [])
            self.all.append(standing)
            self.by_location.setdefault(standing.location, standing)
            self.by_project.setdefault(standing.project, {}).setdefault(standing.tier, standing)

    def _look(self, place: Place, listing: Listing) -> None:
        root = listing.root.key
        for item in listing.items:
            if item.kind in ("dir", "other") and place.suffix:
                continue
            found = self._finder.find(place, item.rel)
            if found is None or is_own(item.rel.rpartition("/")[2]):
                continue
            project, rel = found
            key = (root, rel, place.suffix)
            if item.kind in ("dir", "other"):
                beside = self._folders if item.kind == "dir" else self._others
                beside.setdefault(key, []).append(item.rel[len(rel) + 1 :])
                continue
            standing = self._found.get(key)
            if standing is None:
                standing = self._found[key] = Standing(project, place, join(place.store, rel), root, rel)
            self._count(standing, item)

    def _count(self, standing: Standing, item: Item) -> None:
        inner = item.rel[len(standing.rel) + 1 :]
        standing.files.append((inner, item))
        standing.size += item.size
        standing.used_ns = max(standing.used_ns, item.mtime_ns)
        if standing.place.suffix:
            return
        name = item.rel.rpartition("/")[2]
        if self.kinds.is_heavy(name):
            standing.heavy_files += 1
            standing.heavy_bytes += item.size
        elif self.kinds.is_light(name):
            standing.light_files += 1
            standing.light_bytes += item.size

    def _tier_of(self, standing: Standing) -> str:
        """Return the tier a standing is in: of those at its place, the one of its class, or of its form."""
        here = [(name, tier) for name, tier in self.tiers.order.items() if place_of(tier) == standing.place]
        fitting = [(name, tier) for name, tier in here if not _is_other(tier, standing)] or here
        same_class = [name for name, tier in fitting if tier.storage_class == standing.storage_class]
        return same_class[0] if standing.storage_class and same_class else fitting[0][0]

    def count_anew(self, restored: Mapping[str, int]) -> None:
        """Take projects for used when they were restored, ns since the epoch by location: their files are as old as ever."""
        for standing in self.all:
            standing.used_ns = max(standing.used_ns, restored.get(standing.location, 0))

    def is_bucket(self, standing: Standing) -> bool:
        """Say whether a project stands in a bucket there, where times say when it was uploaded."""
        return standing.root in self._buckets

    def in_tier(self, name: str) -> list[Standing]:
        """Return what stands in a tier, the most lately used first."""
        mine = [standings[name] for standings in self.by_project.values() if name in standings]
        return sorted(mine, key=lambda each: (-each.used_ns, each.project))


def stores_of(tiers: Iterable[Tiers]) -> list[str]:
    """Return the stores that some lines of projects have tiers in, in the order they are named."""
    return list(dict.fromkeys(place_of(tier).store for each in tiers for tier in each.order.values()))


def _is_other(tier: Tier, standing: Standing) -> bool:
    """Say whether a standing has another form than a tier at its place: light, or whole."""
    return not tier.is_archive and (tier.form == "light") != (standing.heavy_files == 0)


def _plain(extensions: Iterable[str]) -> frozenset[str]:
    return frozenset(each.lstrip(".").lower() for each in extensions)


def _extension(name: str) -> str:
    stem, dot, ext = name.rpartition(".")
    return ext.lower() if dot and stem else ""
