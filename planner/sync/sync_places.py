"""Where a project's shared files lie, here and in the bucket, as paths and names."""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from reshelve.schemas.locations import STATE, TEMPORARY, is_reserved, join
from reshelve.schemas.patterns import globs
from reshelve.schemas.sync_settings import PROJECT

RECORDS = f"{TEMPORARY}sync"
"""The folder beside a project's shared files that holds one record a person."""
VIEW = "metadata.json"
"""The name, in the bucket, of what people and other programs read about a project: made from the records, never shared itself."""
IGNORE = ".gitignore"
_APART = frozenset({"reshelve.yaml", "reshelve.local.yaml", ".video-tools.env", ".git", "git~1", ".hg", ".svn", ".jj", ".envrc"})


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


def kept_apart(name: str) -> bool:
    """Say whether a name is, or lies in, what says things in a person's name, or has programs run: no `exclude` lets it be shared.

    Names are taken as the most forgiving file system takes them: without regard to case, to how letters are composed, to letters
    that do not show, to what follows a colon, or to dots and spaces at the end.
    """
    return any(_plain(part) in _APART or _plain(part).startswith(STATE) for part in name.split("/"))


def _plain(part: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", part).casefold()).partition(":")[0]
    return "".join(char for char in folded if unicodedata.category(char) != "Cf").rstrip(". ")


def sharing(exclude: Iterable[str]) -> Callable[[str], bool]:
    """Return what says whether a name below a project's folder is shared: not reshelve's own, not git's list, not excluded."""
    refused = globs(exclude, ignore_case=True)

    def shared(name: str) -> bool:
        parts = name.split("/")
        if name in (VIEW, IGNORE) or any(is_reserved(part) for part in parts) or kept_apart(name):
            return False
        return not refused.match(name) and not any(refused.match(part) for part in parts)

    return shared
