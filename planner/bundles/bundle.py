"""Bundles: a main file and what travels with it. Made by reshelve.planner.bundles.bundling."""

from dataclasses import dataclass, field

from reshelve.schemas.inventory import Item


@dataclass(slots=True)
class Member:
    """One file that travels with a main.

    `suffix` follows the main's stem (".en.forced.srt", "-poster.jpg"). A file that is not named after the main has
    `name`, its own whole name, and keeps it. `folder` lies below the main's target folder ("" or "Extras"), or below the folder
    that is `up` levels above it. `cut` is what the main's own stem ends in and this name does not (" CD1", beside a suffix
    " CD2.avi").
    """

    item: Item
    suffix: str
    folder: str = ""
    name: str = ""
    cut: str = ""
    up: int = 0

    def beside(self, main: str) -> str:
        """Return this member's relative path when its main's is `main`."""
        above, _, name = main.rpartition("/")
        for _ in range(self.up):
            above = above.rpartition("/")[0]
        stem, dot, _ = name.rpartition(".")
        stem = stem if dot and stem else name
        own = self.name or f"{stem.removesuffix(self.cut) if self.cut else stem}{self.suffix}"
        return "/".join(part for part in (above, self.folder, own) if part)


@dataclass(slots=True)
class Bundle:
    """One main and its members, sorted by path. `is_film`: the main is a film or an episode.

    `joins`: the folder with the films or episodes that this extra or picture belongs to alike, should all of them go to one place.
    """

    main: Item
    members: list[Member] = field(default_factory=list)
    is_film: bool = False
    joins: str = ""

    def items(self) -> list[Item]:
        """Return the main and all members."""
        return [self.main, *(member.item for member in self.members)]

    def take_in(self, other: "Bundle") -> None:
        """Make a bundle that joins this one's folder members of this one: all keep their names, and their folder of extras."""
        for item in (other.main, *(member.item for member in other.members)):
            path, _, name = item.rel.rpartition("/")
            self.members.append(Member(item, "", folder=path[len(other.joins) + 1 :], name=name))
        self.members.sort(key=lambda member: member.item.rel)


Members = dict[str, list[Member]]
"""Members by the path of their main."""
