"""Sources: every entry of a layout bound to the file it means, and to what it would take from where."""

from reshelve.planner.diff.packing import bind_pack, bind_unpack, join_parts, layer_of
from reshelve.planner.observing.identity import is_absent
from reshelve.planner.ports.store_reader import Reader
from reshelve.planner.wants.folder_contents import expand
from reshelve.planner.wants.only_exclude import Selection, leaders_of
from reshelve.planner.wants.plan_problems import Findings, folder_place
from reshelve.planner.wants.root_choice import Group, TwoRoots, find_item, locate
from reshelve.planner.wants.virtual_tree import Tree
from reshelve.planner.wants.want import Contents, Deed, Found, Want
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Absent, Entry, Layout
from reshelve.schemas.locations import bound_fault, fault, is_kept, join, printable, shown
from reshelve.schemas.operations.make_dir import DECLARED
from reshelve.schemas.verbs import Layer


class Sources:
    """Binds entries to what is observed. One `stat` a source; a group's roots are each asked.

    `copies` are the things that should be gone, with the copies that must be kept of each.
    """

    def __init__(self, groups: dict[str, Group], tree: Tree, findings: Findings, held: frozenset[tuple[str, str]]) -> None:
        self._groups = groups
        self._tree = tree
        self._findings = findings
        self._held = held
        self.copies: list[tuple[Want, list[str]]] = []

    def bind(self, layout: Layout, selection: Selection) -> list[Want]:
        """Return a want for every entry, sorted by target, its bundle known and its source observed."""
        chosen = selection.of(layout)
        targets = sorted(layout.files) if selection.everything else sorted(filter(chosen, layout.files))
        wants = [want for target in targets if (want := self._wanted(target, layout.files[target])) is not None]
        _group(wants, layout.files)
        join_parts(wants, self._findings)
        folders = (each for each in sorted(set(layout.dirs)) if selection.takes(each) and self._sound(each, each, ""))
        for each in sorted({each.rstrip("/") for each in folders}):
            want = Want("mkdir", each, "", None, DECLARED)
            self._hold(want, each, "")
            wants.append(want)
        for absent in sorted(layout.absent, key=lambda each: each.path):
            if selection.takes(absent.path) and self._sound(absent.path, absent.path, ""):
                wants += self._absent(absent, layout)
        expanded = [part for want in wants for part in want.contents.parts]
        return wants + expanded

    def _wanted(self, target: str, entry: Entry) -> Want | None:
        source = entry.source
        if entry.pack is not None or entry.unpack is not None:
            return self._archive(target, entry)
        if target[-1:] == "/" and (source is None or source[-1:] != "/"):
            detail = f"{printable(target)}: the target of a file must not end in /"
            self._findings.refuse(target, source or "", "bad-location", detail, "Leave out the `/` at its end.")
            return None
        if source is None:
            if not self._sound(target, target, ""):
                return None
            deed: Deed = "write" if entry.content is not None else "transition"
            want = Want(deed, target, "", entry, entry.because or "")
            self._hold(want, target, "")
            return want
        if not self._sound(target, target, source) or not self._sound(source, target, source):
            return None
        deed = entry.transfer
        want = Want(deed, target, source, entry, entry.because or "")
        if self._hold(want, target, source):
            return want
        if source[-1] == "/":
            expand(want, self._groups, self._tree, self._findings)
            for part in want.contents.parts:
                self._take(part)
            return want
        self._observe(want)
        return want

    def _archive(self, target: str, entry: Entry) -> Want | None:
        """Return the want of an entry that packs or unpacks."""
        source = entry.source if entry.pack is not None else entry.unpack
        assert source is not None
        if entry.pack is not None and target[-1:] == "/":
            detail = f"{printable(target)}: an archive is a file: its name must not end in /"
            self._findings.refuse(target, source, "bad-location", detail, "Leave out the `/` at its end.")
            return None
        if not self._sound(target, target, source) or not self._sound(source, target, source):
            return None
        deed: Deed = "pack" if entry.pack is not None else "unpack"
        want = Want(deed, target.rstrip("/"), source, entry, entry.because or "")
        if self._hold(want, target, source):
            return want
        if deed == "unpack":
            self._observe(want)
            if want.state == "pending":
                bind_unpack(want, self._findings)
                self._bind_layers(want, entry)
            return want
        bind_pack(want, self._groups, self._findings)
        self._take(want)
        for part in want.contents.parts:
            self._take(part)
        return want

    def _bind_layers(self, want: Want, entry: Entry) -> None:
        """Give an unpack the backups that are unpacked over it: each of them stands, or nothing is unpacked."""
        layers: list[Layer] = []
        for location in entry.then:
            if want.state != "pending":
                return
            found = self.look(want, location) if self._sound(location, want.target, location) else None
            layer = layer_of(join(found[0].root.key, found[1].rel), found[1]) if found is not None else None
            if layer is not None:
                layers.append(layer)
            elif want.state == "pending":
                what = "is no archive" if found else "is not there"
                detail = f"{printable(location)} {what}, and is unpacked over {printable(want.source)}"
                self._findings.block(want, "not-an-archive", detail, "Restore another time, or plan again once it is there.")
        want.contents = Contents(layers=tuple(layers))

    def _hold(self, want: Want, target: str, source: str) -> bool:
        """Leave a want as it is where an undo holds it, and say whether one does."""
        if not self._held or (target, source) not in self._held:
            return False
        want.state = "held"
        self._findings.held.append(target or source)
        return True

    def _sound(self, location: str, target: str, source: str) -> bool:
        if _is_plain(location):
            return True
        wrong = fault(location)
        rel = locate(location)[1] if wrong is None else ""
        if wrong is None and is_kept(rel, is_target=location == target):
            wrong = "this name is reserved for reshelve"
        if wrong is None and rel == "" and location == target:
            wrong = "a store's own top folder cannot be a target"
        if wrong is not None:
            self._findings.refuse(target, source, "bad-location", f"{shown(location)}: {wrong}", "Change it in the layout.")
        return wrong is None

    def _observe(self, want: Want) -> None:
        found = self.look(want, want.source)
        if found is None or want.state != "pending":
            return
        reader, item = found
        if item.kind == "dir":
            # The file is gone: perhaps to its target. The diff tells, by what stands there.
            want.folder_instead = True
        elif item.kind == "other":
            detail = f"{printable(want.source)} is a device, socket or pipe"
            self._findings.block(want, "special-file", detail, "Leave it where it is.")
        else:
            want.found = Found(reader, item)
            self._take(want)

    def look(self, want: Want, location: str) -> tuple[Reader, Item] | None:
        """Return the item at a location, and its root; None with the want's state set where that cannot be told."""
        store, rel = locate(location)
        group = self._groups.get(store)
        if group is None:
            self._findings.no_store(want, store, sorted(self._groups))
            return None
        try:
            found = find_item(group, rel)
        except TwoRoots as two:
            hint = "Keep one of them, or, if they are no one collection, give each folder a store of its own. Then plan again."
            self._findings.block(want, "two-roots", f"{printable(location)} is on {' and '.join(two.keys)}", hint)
            return None
        except OSError as trouble:
            self._findings.unreadable(want, folder_place(store, rel), trouble)
            return None
        if found is None and group.away:
            for root in group.away:
                self._findings.away(want, root, spared=bool(group.usable))
        return found

    def _take(self, want: Want) -> None:
        """Note in the virtual tree what a want takes from where."""
        found = want.found
        if found is None or want.deed == "mkdir" or want.state != "pending":
            return
        above, _, name = found.item.rel.rpartition("/")
        try:
            folder = found.folder = self._tree.folder(found.reader, above)
            if folder.folds or folder.reader is not found.reader:
                # One place has one name in a plan: as it is written on disk, in the innermost root that holds it.
                name = folder.find(name) or name
                found.reader, found.item.rel = folder.reader, f"{folder.rel}/{name}" if folder.rel else name
            if not want.takes:
                return
            leaving = folder.leaving
            if leaving is None:
                leaving = folder.leaving = {}
            other = leaving.setdefault(folder.key(name), want)
        except OSError as trouble:
            self._findings.unreadable(want, folder_place(found.reader.root.key, found.item.rel), trouble)
            return
        if other is not want:
            if want.entry is None or other.entry is None:
                # What moves away is gone as well: the transfer does what `absent` asks, or a packed folder.
                (want if want.entry is None else other).state = "dropped"
                leaving[folder.key(name)] = other if want.entry is None else want
                return
            hint = "Name it once, or use `transfer: copy` for one of them."
            for one, another in ((other, want), (want, other)):
                if one.state == "pending":
                    detail = f"{printable(one.source)} is also to go to {printable(another.target)}"
                    self._findings.block(one, "source-twice", detail, hint)

    def _absent(self, absent: Absent, layout: Layout) -> list[Want]:
        findings = self._findings
        if absent.path[-1:] == "/":
            hint = "Name the files; folders they empty go with `tidy`."
            findings.refuse(absent.path, "", "absent-folder", "only files can be absent", hint)
            return []
        if absent.path in layout.files and absent.mtime is None and absent.hash is None:
            detail = "the layout also wants a file here"
            findings.refuse(absent.path, "", "absent-wanted", detail, "Give `mtime` or `hash` to say which file is meant.")
            return []
        if not all(self._sound(copy, absent.path, "") for copy in absent.copies):
            return []
        want = Want("trash", absent.path, absent.path, None, absent.because or "absent")
        if self._hold(want, "", absent.path):
            return [want]
        found = self.look(want, absent.path)
        if found is None:
            if want.state == "pending":
                want.state = "settled"
            return [want]
        reader, item = found
        try:
            meant = is_absent(absent, item, reader)
        except OSError as trouble:
            findings.unreadable(want, absent.path, trouble)
            return [want]
        except (ValueError, OverflowError):
            findings.block(want, "bad-time", f"{absent.mtime!r} is not a time", "Write it as 2026-09-01T10:00:00Z.")
            return [want]
        if not meant:
            want.state = "settled"
            return [want]
        want.found = Found(reader, item)
        self._take(want)
        if absent.copies:
            self.copies.append((want, absent.copies))
        return [want]


def _is_plain(location: str) -> bool:
    """Say quickly that nothing about a location's form needs a closer look; most need none."""
    return not (
        "/." in location or ":." in location or "//" in location or ":/" in location or "%:" in location or "\0" in location
        or location[-1:] in ":/" or ":" not in location or bound_fault(location)
    )  # fmt: skip


def _group(wants: list[Want], files: dict[str, Entry]) -> None:
    leaders = leaders_of(files)
    if not leaders:
        return
    bundles: dict[str, list[Want]] = {leader: [] for leader in leaders.values()}
    for want in wants:
        bundle = bundles.get(leaders.get(want.target, want.target))
        if bundle is not None:
            bundle.append(want)
            want.group = bundle
    for leader, bundle in bundles.items():
        # The main file first: the rest follows it.
        bundle.sort(key=lambda want: (want.target != leader, want.target))
        for want in bundle:
            # What travels with a file goes where it goes for the same reason.
            want.because = want.because or files[leader].because or ""
