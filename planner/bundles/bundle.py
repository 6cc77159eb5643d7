"""Bundles: a main file and what travels with it. Made by reshelve.planner.bundles.bundling."""

from dataclasses import field
from typing import Literal

from reshelve.schemas.inventory import Item
from reshelve.schemas.quick_dataclasses import dataclass

ExtensionCase = Literal["", "lower", "upper"]
"""How extensions are written: as they are, or all in one case."""


@dataclass(slots=True)
class Member:
    """One file that travels with a main.

    `suffix` follows the main's stem (".en.forced.srt", "-poster.jpg"), or its `whole` name ("x.jpg" + ".json"). A file that is not
    named after the main has `name`, its own whole name, and keeps it. `folder` lies below the main's target folder ("" or
    "Extras"), or below the one that is `up` folders above it. `cut` is what the main's own stem ends in and this name does not
    (" CD1", beside a suffix " CD2.avi"). While the main's stem is `of`, the member keeps its own name. `is_junk`: it is what a
    release comes with and nobody asked for. `case` is how its extension is written where it is named after the main.
    """

    item: Item
    suffix: str
    folder: str = ""
    name: str = ""
    cut: str = ""
    whole: bool = False
    of: str = ""
    up: int = 0
    is_junk: bool = False
    case: ExtensionCase = ""

    def beside(self, main: str) -> str:
        """Return this member's relative path when its main's is `main`."""
        above, _, name = main.rpartition("/")
        for _ in range(self.up):
            above = above.rpartition("/")[0]
        stem, dot, _ = name.rpartition(".")
        stem = stem if dot and stem else name
        if self.of == stem:
            own = self.item.rel.rpartition("/")[2]
        else:
            own = self.name or f"{name if self.whole else stem.removesuffix(self.cut) if self.cut else stem}{self.suffix}"
        if self.case and not self.name:
            own = _with_case(own, self.case)
        return "/".join(part for part in (above, self.folder, own) if part)


@dataclass(slots=True)
class Bundle:
    """One main and its members, sorted by path. `is_film`: the main is a film or an episode; `leads`: one of those or a track.

    `joins`: the folder with the mains that this extra or picture belongs to alike, should all of them go to one place; `of_whole`:
    it belongs to the whole show, album or card of which that folder is, or holds, the seasons, discs or clips. `tail` is what the
    main's stem ends in, whatever it is called: by it the segments of one recording are known ("_001").
    """

    main: Item
    members: list[Member] = field(default_factory=list)
    is_film: bool = False
    joins: str = ""
    leads: bool = False
    of_whole: bool = False
    tail: str = ""
    is_junk: bool = False

    def items(self) -> list[Item]:
        """Return the main and all members."""
        return [self.main, *(member.item for member in self.members)]

    def write_extensions(self, case: ExtensionCase) -> None:
        """Have the extensions of all members written as that of the main is."""
        for member in self.members:
            member.case = case

    def keep_names(self, *, among_others: bool) -> None:
        """Let every member keep its name, and with one that does not tell the main its folder below that, too.

        `among_others`: other mains come to stand beside this one. Then the folder tells: "Subs/Show.S01E02/2_English.srt".
        """
        home, _, name = self.main.rel.rpartition("/")
        stem = name.rpartition(".")[0] or name
        for member in self.members:
            folder, _, own = member.item.rel.rpartition("/")
            if member.beside(self.main.rel).rpartition("/")[2] == own:
                continue
            member.name = own
            below = folder[len(home) :].strip("/") if not home or f"{folder}/".startswith(f"{home}/") else ""
            told = stem in below.split("/") or not among_others
            member.folder = below if told else f"{below or 'Subs'}/{stem}"

    def take_in(self, other: "Bundle", up: int = 0) -> None:
        """Make a bundle that joins this one's folder members of this one: all keep their names, and their folder of extras.

        They go beside this main, or into the folder that is `up` folders above it.
        """
        for item in (other.main, *(member.item for member in other.members)):
            path, _, name = item.rel.rpartition("/")
            self.members.append(Member(item, "", folder=path[len(other.joins) + 1 :], name=name, up=up, is_junk=other.is_junk))
        self.members.sort(key=lambda member: member.item.rel)


def _with_case(name: str, case: ExtensionCase) -> str:
    stem, dot, ext = name.rpartition(".")
    return f"{stem}.{ext.lower() if case == 'lower' else ext.upper()}" if dot and stem else name


Members = dict[str, list[Member]]
"""Members by the path of their main."""


def with_tail(name: str, tail: str) -> str:
    """Return a file name or path whose stem ends in `tail`, unchanged where it does already."""
    above, slash, last = name.rpartition("/")
    stem, dot, ext = last.rpartition(".")
    if not dot or not stem:
        stem, dot, ext = last, "", ""
    return name if stem.casefold().endswith(tail.casefold()) else f"{above}{slash}{stem}{tail}{dot}{ext}"
