"""The copies of backups in a session: what other folders and buckets lack of them, and which of those that came are whole."""

from collections.abc import Sequence

from reshelve.planner.backups.backup_scanner import inside, item_at, standing
from reshelve.schemas.backup_manifest import Manifest
from reshelve.schemas.layout import Entry, Layout
from reshelve.schemas.locations import join, split
from reshelve.schemas.problems import Problem
from reshelve.session.backup_overview import Desk, damaged, fault_since, unlike
from reshelve.session.session_context import Context


class Copies:
    """The copies of the backups that a workspace declares. They are made by plans, from archives that were verified."""

    def __init__(self, context: Context) -> None:
        self._desk = Desk(context)

    def missing(self, names: Sequence[str]) -> dict[str, Layout]:
        """Return for each destination of copies, by its store, the layout that brings the verified archives there that it lacks.

        Archives that its retention would not keep are not brought.
        """
        found: dict[str, Layout] = {}
        for subject, memory, readers in self._desk.each(names):
            mine = {
                name: (inside(folder, name), stored)
                for folder in dict.fromkeys((subject.to, subject.weekly))
                for name, stored in standing(folder, memory, readers).items()
            }
            for folder in subject.copies:
                there = standing(folder, memory, readers)
                every = {name: stored for name, (_, stored) in mine.items()} | there
                stays = {kept.name for kept in self._desk.retained(subject, every, memory) if kept.reasons}
                layout = found.setdefault(split(folder)[0], Layout())
                for name in sorted(stays - there.keys()):
                    item = item_at(readers, mine[name][0])
                    if item is not None:
                        because = f"backups {subject.set}: a copy"
                        target = inside(folder, name)
                        layout.files[target] = Entry(source=mine[name][0], transfer="copy", size=item[1].size, because=because)
        return found

    def settle(self, names: Sequence[str], store: str) -> tuple[int, list[Problem]]:
        """Compare the archives in the folders of copies in one store with those they are copies of, and mark what is the same.

        Returns how many were marked.
        """
        marked = 0
        problems: list[Problem] = []
        for subject, memory, readers in self._desk.each(names):
            before = marked
            for folder in subject.copies:
                if split(folder)[0] != store:
                    continue
                known = standing(folder, memory, readers)
                for own in dict.fromkeys((subject.to, subject.weekly)):
                    for name in sorted(standing(own, memory, readers).keys() - known.keys()):
                        mark = memory.marks[own][name]
                        source = item_at(readers, inside(own, name))
                        there = item_at(readers, inside(folder, name))
                        if source is None or there is None:
                            continue
                        if why := fault_since(*source, mark):
                            problems.append(damaged(join(source[0].root.key, source[1].rel), why))
                            continue
                        if why := unlike(source, there):
                            problems.append(damaged(join(there[0].root.key, there[1].rel), why))
                            continue
                        manifest = Manifest(subject.of, mark.kind, mark.taken, mark.since)
                        memory.marks.setdefault(folder, {})[name] = self._desk.mark(there[1], manifest)
                        marked += 1
            if marked != before:
                self._desk.save(subject, memory)
        return marked, problems

    def damaged(self, names: Sequence[str], layout: Layout) -> list[Problem]:
        """Return what is wrong by now with the archives that a layout of `missing` is to copy. What was not touched is not read."""
        problems: list[Problem] = []
        wanted = {entry.source for entry in layout.files.values()}
        for subject, memory, readers in self._desk.each(names):
            for folder in dict.fromkeys((subject.to, subject.weekly)):
                for name, mark in memory.marks.get(folder, {}).items():
                    location = inside(folder, name)
                    there = item_at(readers, location) if location in wanted else None
                    why = fault_since(*there, mark) if there is not None else "is gone"
                    if location in wanted and why:
                        problems.append(damaged(location, why))
        return problems
