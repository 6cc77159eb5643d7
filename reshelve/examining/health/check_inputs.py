"""What the health checks look at: the stores as listed once, the layout, and what is remembered."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property

from reshelve.executors.stores.digest_cache import DigestCache
from reshelve.opening.wiring import Open
from reshelve.schemas.inventory import Item, Listing
from reshelve.schemas.layout import Layout
from reshelve.schemas.locations import join, split, store_of
from reshelve.schemas.problems import Problem
from reshelve.schemas.project_config_parsing import CONFIG
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.workspace import HealthLimits
from reshelve.session.session import Session


@dataclass(slots=True, frozen=True)
class ProjectFolder:
    """The folder of a project: its root key, and its path in that root ("" the root itself)."""

    root: str
    rel: str

    @property
    def name(self) -> str:
        """What it is called."""
        return self.rel.rpartition("/")[2] or store_of(self.root)

    @property
    def location(self) -> str:
        """Where it stands."""
        return join(self.root, self.rel)

    def holds(self, root: str, rel: str) -> bool:
        """Say whether a path lies in it."""
        return root == self.root and (not self.rel or f"{rel}/".startswith(f"{self.rel}/"))


@dataclass(slots=False)
class Sight:
    """One look. `projects` are the folders asked about, or none for all; `scrub` is how many bytes may be read to look for damage.

    `listings` are by root key; a root that is away has none.
    """

    session: Session
    stores: Open
    listings: Mapping[str, Listing]
    limits: HealthLimits
    layout: Layout | None = None
    projects: tuple[ProjectFolder, ...] = ()
    scrub: int = 0
    digests: DigestCache | None = None

    def wanted(self, root: str, rel: str) -> bool:
        """Say whether a path is asked about."""
        return not self.projects or any(project.holds(root, rel) for project in self.projects)

    def wants(self, location: str) -> bool:
        """Say whether a location, or a place, is asked about."""
        key, rel = split(location)
        return not self.projects or any(
            key in (project.root, store_of(project.root)) and project.holds(project.root, rel) for project in self.projects
        )

    def files(self) -> Iterator[tuple[str, Item]]:
        """Yield every file asked about, with its root key, sorted by path."""
        for key, listing in sorted(self.listings.items()):
            yield from ((key, item) for item in listing.items if item.kind == "file" and self.wanted(key, item.rel))

    @cached_property
    def every_project(self) -> tuple[ProjectFolder, ...]:
        """The projects asked about, or every folder that has the config of a project."""
        if self.projects:
            return self.projects
        found = [(key, item.rel) for key, listing in self.listings.items() for item in listing.items if item.rel.endswith(CONFIG)]
        return tuple(ProjectFolder(key, rel.rpartition("/")[0]) for key, rel in sorted(found) if rel.rpartition("/")[2] == CONFIG)


@dataclass(slots=True)
class CheckResult:
    """What one check came to: what is wrong, each with a way out; and figures."""

    problems: list[Problem] = field(default_factory=list)
    figures: dict[str, object] = field(default_factory=dict)
