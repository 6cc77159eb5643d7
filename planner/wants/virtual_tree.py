"""The virtual tree: all folders of a plan; each knows what is in it, what the plan takes out of it, and what it brings in.

Folders are one tree even where a root lies inside another, so that one place has one `Folder` whatever store names it.
A folder is read only when somebody asks what is free in it, and nothing below a missing folder is looked at.
"""

from reshelve.planner.ports.store_reader import Reader, Readers
from reshelve.planner.wants.want import Folder


class Tree:
    """All folders a plan looks at, by root and path."""

    def __init__(self, readers: Readers) -> None:
        self._folding: dict[str, bool] = {}
        self._folders: dict[str, dict[str, Folder]] = {}
        by_path: dict[str, Reader] = {}
        usable = (reader for reader in readers.values() if reader.root.available)
        for reader in sorted(usable, key=lambda each: (len(each.root.address), each.root.key)):
            path = reader.root.address.rstrip("/")
            if path in by_path:
                same = self._folders[by_path[path].root.key][""]
                self._folders[reader.root.key] = {"": same}
                continue
            self._folders[reader.root.key] = {"": self._top(reader, path, by_path)}
            by_path[path] = reader

    def _top(self, reader: Reader, path: str, by_path: dict[str, Reader]) -> Folder:
        ancestor, _, name = path.rpartition("/")
        above: Folder | None = None
        outer = ancestor
        while outer:
            holder = by_path.get(outer)
            if holder is not None:
                above = self.folder(holder, ancestor[len(outer) + 1 :])
                break
            outer = outer.rpartition("/")[0]
        top = Folder(reader, "", name, above, self._folding)
        top.kept = True
        if above is not None:
            above.adopt(above.key(name), top)
        return top

    def folder(self, reader: Reader, rel: str, *, look: bool = False) -> Folder:
        """Return the folder `rel` of a root; with `look`, its standing is known. Raises OSError where it cannot be read."""
        known = self._folders[reader.root.key]
        found = known.get(rel)
        if found is None:
            way = [rel]
            above = rel.rpartition("/")[0]
            while above not in known:
                way.append(above)
                above = above.rpartition("/")[0]
            found = known[above]
            for part in reversed(way):
                if look and found.looked is None:
                    # Looked at from the top, a missing folder answers for all below it without being asked.
                    found.standing()
                found = known[part] = self._child(found, part.rpartition("/")[2])
        if look:
            found.standing()
        return found

    def _child(self, above: Folder, name: str) -> Folder:
        key = above.key(name)
        child = above.children.get(key) if above.children else None
        if child is None:
            if above.folds:
                # Known by the name it has on disk, so that one folder has one place in the plan.
                name = above.find(name) or name
            rel = f"{above.rel}/{name}" if above.rel else name
            child = Folder(above.reader, rel, name, above, above.folding)
            above.adopt(key, child)
        return child
