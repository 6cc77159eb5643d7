"""From decisions to layout entries: uploads, downloads, conflict copies and renames are ordinary entries, with their reasons."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from typing import cast

from reshelve.planner.sync.decisions import (
    DOWN,
    UP,
    Conflict,
    Decision,
    Download,
    Remove,
    RenamedHere,
    RenamedThere,
    Sides,
    Upload,
)
from reshelve.planner.sync.sync_left_out import IGNORE
from reshelve.planner.sync.sync_places import SharedPlace
from reshelve.schemas.facts import Facts
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Absent, Entry, Layout
from reshelve.schemas.locations import join
from reshelve.schemas.quick_dataclasses import dataclass

BOTH = (*UP, *DOWN)


@dataclass(slots=True, frozen=True)
class Project:
    """One project as both its sides have it: what stands at each name."""

    name: str
    here: SharedPlace
    there: SharedPlace
    here_items: dict[str, Item] = field(default_factory=dict)
    there_items: dict[str, Item] = field(default_factory=dict)


Because = Callable[[str], str]
"""Says of a name in the bucket who put it there and when, "" where nothing is known."""


def add_entries(
    layout: Layout, project: Project, decisions: Iterable[Decision], said: Because, ways: tuple[type, ...] = BOTH
) -> None:
    """Add to a layout what decisions come to, as far as they are of `ways` (UP, DOWN or BOTH)."""
    maker = _Maker(layout, project, said)
    up, down = set(UP) <= set(ways), set(DOWN) <= set(ways)
    for decision in decisions:
        match decision:
            case Upload() if up:
                maker.send(decision.name, decision.name, decision.content, "sync: shared from here", decision.over)
            case Download() if down:
                maker.fetch(decision.name, decision.over)
            case Conflict():
                if up and not decision.sent:
                    why = f"sync: both changed {decision.name}; yours, beside theirs"
                    maker.send(decision.copy if decision.kept else decision.name, decision.copy, decision.mine, why)
                if down and not decision.kept:
                    maker.move(
                        project.here, decision.name, decision.copy, decision.mine, f"sync: both changed {decision.name}; yours"
                    )
                if down:
                    maker.fetch(decision.name, decision.mine if decision.kept else "", "; both changed it")
            case Remove() if up:
                maker.remove(decision.name, decision.content, "sync: removed here, and now for all")
            case RenamedHere() if up:
                maker.move(project.there, decision.was, decision.name, decision.content, "sync: renamed here")
            case RenamedThere() if down:
                maker.move(project.here, decision.was, decision.name, decision.content, "sync: renamed in the bucket")
            case _:
                pass


def add_clean_up(layout: Layout, project: Project, sides: Sides) -> None:
    """Add the removal of everything that stands in the bucket, of exactly what was seen; what is here is left alone.

    What is here too goes only while that stands, under its own name if it is there.
    """
    maker = _Maker(layout, project, lambda _: "")
    holders: dict[str, str] = {}
    for name in sorted(sides.here, reverse=True):
        holders[sides.here[name]] = name
    for name in sorted(project.there_items):
        content = sides.there.get(name, "")
        holder = name if sides.here.get(name) == content else holders.get(content, "")
        copies = [project.here.location(project.name, holder)] if holder else []
        maker.remove(name, content, "sync: cleaned up", copies)


def add_ignore(layout: Layout, project: Project) -> None:
    """Add the file by which git leaves a project's shared folder alone."""
    layout.files[project.here.location(project.name, IGNORE)] = Entry(
        content="*\n", on_conflict="skip", because="sync: git leaves this folder alone"
    )


def add_ignore_lines(layout: Layout, store: str, text: str, over: str) -> None:
    """Add the list by which git leaves keys and people's own settings alone, in place of the one whose content is `over`."""
    because = "sync: git leaves keys and your own settings alone"
    layout.files[join(store, IGNORE)] = Entry(
        content=text, on_conflict="replace" if over else "fail", over=over or None, because=because
    )


class _Maker:
    def __init__(self, layout: Layout, project: Project, said: Because) -> None:
        self._layout = layout
        self._project = project
        self._said = said

    def send(self, source: str, target: str, content: str, because: str, over: str = "") -> None:
        project = self._project
        entry = Entry(
            project.here.location(project.name, source),
            transfer="copy",
            on_conflict="replace" if over else "fail",
            over=over or None,
            size=project.here_items[source].size,
            hash=content,
            facts=cast(Facts, {"project": project.name}),
            because=because,
        )
        self._layout.files[project.there.location(project.name, target)] = entry

    def fetch(self, name: str, over: str, more: str = "") -> None:
        project = self._project
        said = self._said(name)
        entry = Entry(
            project.there.location(project.name, name),
            transfer="copy",
            on_conflict="replace" if over else "fail",
            over=over or None,
            size=project.there_items[name].size,
            because=f"sync: {said or 'shared by somebody'}{more}",
        )
        self._layout.files[project.here.location(project.name, name)] = entry

    def move(self, side: SharedPlace, name: str, to: str, content: str, because: str) -> None:
        project = self._project
        items = project.here_items if side is project.here else project.there_items
        entry = Entry(side.location(project.name, name), size=items[name].size, hash=content, because=because)
        self._layout.files[side.location(project.name, to)] = entry

    def remove(self, name: str, content: str, because: str, copies: Sequence[str] = ()) -> None:
        project = self._project
        item = project.there_items[name]
        known = content if content.startswith("xxh3:") else None
        path = project.there.location(project.name, name)
        self._layout.absent.append(Absent(path, size=item.size, hash=known, copies=list(copies), because=because))
