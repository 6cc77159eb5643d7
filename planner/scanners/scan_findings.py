"""What the rules made of what a scan saw: proposals, what is undecided, and what was left alone, before any conflict is settled."""

from collections.abc import Callable, Sequence
from dataclasses import field

from reshelve.planner.bundles.bundle import Bundle
from reshelve.planner.layouts.proposal import Proposal
from reshelve.planner.scanners.undecided import Undecided
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Absent
from reshelve.schemas.locations import join
from reshelve.schemas.problems import Problem
from reshelve.schemas.quick_dataclasses import dataclass

Among = Callable[[str, Item], bool]
"""Whether a scan is about a file, by its location and what was seen of it."""


@dataclass(slots=True, frozen=True)
class LeftFolder:
    """A folder that was left alone whole: its location, and what it is ("recycle bin")."""

    location: str
    what: str


@dataclass(slots=True)
class LeftFile:
    """A single file that was left alone: its location, and why, as it is counted ("system_files")."""

    location: str
    why: str

    @property
    def told(self) -> str:
        """Why it was left alone, for people."""
        return "in two folders of its store" if self.why == "on_two_roots" else self.why.replace("_", " ")


@dataclass(slots=True)
class NameFigures:
    """How many files and bytes a scan saw of one kind; of the names that were read for them, how many without doubt."""

    files: int = 0
    bytes: int = 0
    names: int = 0
    certain: int = 0


@dataclass(slots=True)
class Found:
    """What the rules made of what was seen, before any conflict is settled. `waits` are locations of what is not at rest yet.

    `files` are those put to the rules that stay where they are.
    """

    proposals: list[Proposal] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)
    absent: list[Absent] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    folders: list[LeftFolder] = field(default_factory=list)
    files: list[LeftFile] = field(default_factory=list)
    kinds: dict[str, NameFigures] = field(default_factory=dict)
    waits: list[str] = field(default_factory=list)

    def leave(self, one: Bundle, store: str, why: str) -> None:
        """Leave all files of a bundle where they are."""
        self.leave_files([join(store, item.rel) for item in one.items()], why)

    def leave_files(self, locations: Sequence[str], why: str) -> None:
        """Leave files where they are."""
        self.files += [LeftFile(location, why) for location in locations]

    def keep(self, among: Among) -> set[str]:
        """Leave nothing but the bundles that `among` means a file of, and return the locations of their files."""
        bundles = [*self.proposals, *(one.proposal for one in self.undecided)]
        meant = [each for each in bundles if any(among(each.location(item), item) for item in each.bundle.items())]
        about = {each.location(item) for each in meant for item in each.bundle.items()}
        chosen = {id(each) for each in meant}
        self.proposals = [each for each in self.proposals if id(each) in chosen]
        self.undecided = [one for one in self.undecided if id(one.proposal) in chosen]
        self.absent = [each for each in self.absent if each.path in about]
        return about
