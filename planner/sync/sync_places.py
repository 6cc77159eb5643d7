"""Where a project's shared files lie, here and in the bucket, as paths and names."""

from reshelve.planner.sync.sync_left_out import kept_apart
from reshelve.schemas.locations import join
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.sync_settings import PROJECT


@dataclass(slots=True, frozen=True)
class SharedPlace:
    """One side of a sync: a store, and what stands in a path before and after the project's name (`v-appydave/`, `/s3-staging`)."""

    store: str
    before: str
    after: str

    @property
    def top(self) -> str:
        """The folder that holds the projects, "" for the store itself."""
        return self.before.rstrip("/")

    def folder(self, project: str) -> str:
        """Return the path of a project's shared files."""
        return f"{self.before}{project}{self.after}"

    def rel(self, project: str, name: str) -> str:
        """Return the path of one of a project's files."""
        return f"{self.folder(project)}/{name}"

    def location(self, project: str, name: str) -> str:
        """Return the location of one of a project's files."""
        return join(self.store, self.rel(project, name))

    def find(self, rel: str) -> tuple[str, str] | None:
        """Return (project, name) of what lies at `rel`, None where that is no project's: none is called as what is hidden is."""
        if not rel.startswith(self.before):
            return None
        project, _, rest = rel[len(self.before) :].partition("/")
        inner = f"/{rest}"
        if not project or project[0] == "." or kept_apart(project):
            return None
        if not inner.startswith(f"{self.after}/") or len(inner) == len(self.after) + 1:
            return None
        return project, inner[len(self.after) + 1 :]

    def project_at(self, rel: str) -> str:
        """Return the project that a folder is, or lies in, "" for none."""
        return f"{rel}/"[len(self.before) :].partition("/")[0] if f"{rel}/".startswith(self.before) else ""


def place_of(at: str) -> SharedPlace:
    """Return the side that a setting's location names."""
    store, _, rel = at.partition(":")
    before, _, after = rel.partition(PROJECT)
    return SharedPlace(store, before, after)
