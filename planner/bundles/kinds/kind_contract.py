"""Kin: what a kind of bundle finds in a folder, one file that goes with another."""

from collections.abc import Callable, Iterator

from reshelve.planner.bundles.bundle import Member
from reshelve.planner.bundles.folder_files import Folder, Tree
from reshelve.schemas.inventory import Item
from reshelve.schemas.quick_dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Kin:
    """One `member` of the bundle that `main` leads. `tail`: what the main's stem must end in, whatever it is called."""

    main: Item
    member: Member
    tail: str = ""


Gather = Callable[[Folder, Tree], Iterator[Kin]]


@dataclass(slots=True, frozen=True)
class Kind:
    """One kind of bundle. `gather` yields the kin of the files of one folder; their mains may stand in a folder around it.

    It sees a folder before its films and tracks are known, and yields what can be told from names alone.
    """

    name: str
    gather: Gather
