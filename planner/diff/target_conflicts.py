"""Conflicts: what each want may do about what stands in its way, decided on the virtual tree; what is blocked holds up the rest.

A bundle goes whole or not at all. A place that was to be vacated and is not blocks whoever was to come to it.
"""

from collections import deque
from dataclasses import replace

from reshelve.planner.buckets.thaws import Thawing
from reshelve.planner.buckets.transfer_routes import unfit
from reshelve.planner.diff.entry_decisions import Diff
from reshelve.planner.diff.kept_beside import around_number, holds_text, link_text, numbered_beside
from reshelve.planner.diff.packing import disturbed, is_part
from reshelve.planner.observing.identity import same_file
from reshelve.planner.ports.copied_before import Copied, CopiedBefore
from reshelve.planner.rules.free_names import split_name, with_number
from reshelve.planner.wants.lost_attributes import unpreserved
from reshelve.planner.wants.plan_problems import Findings
from reshelve.planner.wants.reads_before_leaving import circle_of_readers
from reshelve.planner.wants.root_choice import locate
from reshelve.planner.wants.storable_names import StorableNames
from reshelve.planner.wants.virtual_tree import Tree
from reshelve.planner.wants.want import STAYING, Bound, Decided, Folder, Found, Want
from reshelve.schemas.inventory import Item
from reshelve.schemas.locations import encode_path, join, parent, printable


class Conflicts:
    """Resolves pending wants against the virtual tree. `trashings` are the replaced files put away for them."""

    def __init__(
        self, findings: Findings, diff: Diff, tree: Tree, thawing: Thawing, copied: CopiedBefore, *, strict: bool = False
    ) -> None:
        self._copied = copied
        self._findings = findings
        self._thawing = thawing
        self._strict = strict
        self._diff = diff
        self._tree = tree
        self._storable = StorableNames()
        self._queue: deque[Want] = deque()
        self._through: dict[int, list[Want]] = {}
        self._beside: set[int] = set()
        self.trashings: list[Want] = []

    def settle(self, wants: list[Want]) -> None:
        """Decide every pending want: what it waits for, or why it is left."""
        for want in wants:
            if want.group is not None and want.state in STAYING:
                self._queue.append(want)
        self._spread()
        for pack, other in list(disturbed(wants, self._tree)):
            if pack.state == "pending":
                detail = f"{printable(other.target)} comes into {printable(pack.source)}, which this plan packs"
                hint = "Choose a target outside it." if other is pack else "Apply that first, with --only; then plan again."
                self._block(pack, "into-itself" if other is pack else "folder-changes", detail, hint)
        self._spread()
        for want in wants:
            if want.state == "pending":
                self._guarded(want)
                if self._queue:
                    self._spread()
        while circle := circle_of_readers(wants):
            sources = ", ".join(sorted(printable(want.source) for want in circle)[:3])
            detail = f"{sources}: each replaces a file that must be read first"
            for want in circle:
                self._block(want, "entangled", detail, "Move one of them instead, or apply them one after the other.")
            self._spread()

    def _spread(self) -> None:
        """Carry what was given up to the bundle, and to whoever was to come where it stays."""
        while self._queue:
            left = self._queue.popleft()
            if left.decided.trashing is not None:
                left.decided.trashing.state = "dropped"
            for mate in left.group or ():
                if mate.state == "pending":
                    if is_part(mate):
                        # Nothing comes into a folder that is packed, so nobody waits for its place.
                        mate.state = "dropped"
                    elif left.state == "skipped":
                        self._skip(mate, f"{printable(left.target)} stays, and this file travels with it")
                    elif left.state == "waiting":
                        self._thawing.along(mate, left)
                        self._queue.append(mate)
                    else:
                        detail = f"it travels with {printable(left.target)}, which stays"
                        self._block(mate, "bundle", detail, "Settle that one first.")
            if left.found is not None and left.takes and left.found.folder is not None:
                follower = left.found.folder.arrival(left.src_name)
                if follower is not None and follower.state == "pending" and follower.decided.after is left:
                    follower.decided = replace(follower.decided, after=None)
                    self._guarded(follower)
            for waiting in self._through.pop(id(left), ()):
                if waiting.state == "pending":
                    self._guarded(waiting)

    def give_up(self, want: Want, code: str, detail: str, hint: str) -> None:
        """Block a want that was decided already, and carry that on to whoever counted on it."""
        self._block(want, code, detail, hint)
        self._spread()

    def _block(self, want: Want, code: str, detail: str, hint: str = "") -> None:
        self._findings.block(want, code, detail, hint)
        self._queue.append(want)

    def _skip(self, want: Want, why: str) -> None:
        detail = f"{printable(want.source)} is left where it is: {why}."
        self._findings.mark(want, "skipped", "Skipped, because of `on_conflict: skip`.", detail, severity="note")
        self._queue.append(want)

    def _guarded(self, want: Want) -> None:
        try:
            self._resolve(want)
        except OSError as trouble:
            self._findings.unreadable(want, want.target, trouble)
            self._queue.append(want)

    def _resolve(self, want: Want) -> None:
        for end, used in ((want.found, want.takes), (want.bound, want.deed != "trash")):
            if end is not None and used and not end.reader.root.writable:
                root = end.reader.root
                why = root.why or "it cannot be written to"
                self._block(want, "read-only", f"{root.key}: {printable(why)}", "Make it writable, or use another store.")
                return
        found = want.found
        wrong = unfit(want) or (unpreserved(want) if self._strict else None)
        if wrong is not None:
            self._block(want, *wrong)
            return
        if self._thawing.holds(want):
            self._queue.append(want)
            return
        if found is not None and found.item.kind == "link" and not want.decided.text:
            want.decided = replace(want.decided, text=encode_path(found.reader.read_link(found.item.rel)))
        if want.deed in ("trash", "transition"):
            return
        bound = want.destination
        folder = bound.folder
        if want.deed == "mkdir":
            folder = self._tree.folder(bound.reader, locate(want.place)[1], look=True)
        elif not self._deed_fits(want, folder):
            return
        if not self._way_is_free(want, folder) or want.deed == "mkdir":
            return
        if not want.occupied:
            return
        if found is not None and found.folder is folder and folder.key(want.src_name) == folder.key(bound.name):
            return
        leaver = folder.leaver(bound.name)
        if leaver is not None and leaver.state == "pending":
            want.decided = replace(want.decided, after=leaver)
            return
        self._conflict(want, compared=leaver is None)

    def _deed_fits(self, want: Want, folder: Folder) -> bool:
        """Check that this kind of transfer can be done between these file systems."""
        if want.deed == "symlink":
            want.decided = replace(want.decided, text=link_text(want))
        if want.deed not in ("hardlink", "reflink") or want.found is None or want.found.folder is None:
            return True
        if want.found.folder.fs[0] != folder.fs[0]:
            detail = f"{printable(want.source)} and {printable(want.target)} are on different file systems"
            self._block(want, f"cannot-{want.deed}", detail, "Use `transfer: copy` or `symlink`.")
        elif want.found.item.kind != "file":
            detail = f"{printable(want.source)} is a symbolic link"
            self._block(want, f"cannot-{want.deed}", detail, "Use `transfer: copy` or `move`.")
        return want.state == "pending"

    def _way_is_free(self, want: Want, folder: Folder) -> bool:
        """Check that the folder is there or can be made, perhaps after something leaves its place."""
        obstacle = obstacle_of(folder)
        if obstacle == "none":
            return True
        if isinstance(obstacle, Want) and obstacle.state == "pending":
            self._through.setdefault(id(obstacle), []).append(want)
            return True
        detail = f"a folder is needed at {printable(_taken_by(folder))}, but something else is there, or will be"
        self._block(want, "not-a-folder", detail, "Move that away, or choose another target.")
        return False

    def _conflict(self, want: Want, *, compared: bool) -> None:
        """Something stays at the target: do as `on_conflict` says."""
        entry, bound = want.asked, want.destination
        dst = bound.reader
        there = dst.stat(locate(want.place)[1])
        if there is None:
            return
        if want.deed == "write" and holds_text(want, there):
            want.state = "settled"
            return
        if not compared and want.found is not None and self._diff.compare(want, there):
            if want.state != "pending":
                self._queue.append(want)
            return
        if bound.occupied != bound.name:
            names = f"{printable(bound.occupied or '')} is there, and {printable(bound.name)}"
            detail = f"{names} would be the same name on that file system"
            self._block(want, "names-fold", detail, "Choose another name, or move that away.")
        elif want.deed == "unpack" and there.kind == "dir":
            detail = f"a folder is at {printable(want.place)} already, with no file of {printable(want.source)} in it"
            self._block(want, "target-taken", detail, f"Rename or remove {printable(want.place)}, then try again.")
        elif there.kind not in ("file", "link"):
            what = "a folder" if there.kind == "dir" else "a device, socket or pipe"
            self._block(want, "target-taken", f"{what} is at {printable(want.place)}", "Choose another target.")
        elif entry.on_conflict == "skip":
            self._skip(want, f"another file is at {printable(want.place)}")
        elif entry.on_conflict == "replace" and entry.over is not None and dst.digest(there.rel) != entry.over:
            detail = f"{printable(want.place)} no longer has the content that was to be replaced"
            self._block(want, "over-differs", detail, "Scan or sync again: the newer file stays as it is.")
        elif entry.on_conflict == "replace":
            self._replace(want, there)
        elif want.deed == "write":
            detail = f"{printable(want.place)} holds something else than the layout's `content`"
            hint = "Say `on_conflict: replace` to write it again, or `skip` to leave what is there."
            self._block(want, "target-taken", detail, hint)
        elif want.deed in ("copy", "reflink") and (changed := self._changed(want)) is not None:
            self._block(want, "target-changed", changed.changed(want.place), changed.ways_on)
        elif entry.on_conflict == "keep-both":
            self._keep_both(want)
        elif want.deed == "pack" and dst.record(there.rel):
            detail = f"the archive at {printable(want.place)} does not match the folder as it is now"
            self._block(want, "archive-differs", detail, "Set `on_conflict: replace` to pack again, or choose another target.")
        else:
            hint = "Choose another target, or set `on_conflict` to `keep-both`, `skip` or `replace`."
            self._block(want, "target-taken", f"another file is at {printable(want.place)}", hint)

    def _changed(self, want: Want) -> Copied | None:
        """Return by which run a want was carried out, though its copy is not the same any more; None where it was not."""
        copied = self._copied(want.place) if want.found is not None else None
        return copied if copied is not None and copied.is_of(want.origin.item, want.origin.reader) else None

    def _replace(self, want: Want, there: Item) -> None:
        bound = want.destination
        folder = bound.folder
        trashing = Want("trash", want.target, want.place, None, f"replaced by {want.source or 'the `content` of its entry'}")
        trashing.found = Found(bound.reader, there, folder)
        if folder.leaving is None:
            folder.leaving = {}
        folder.leaving[folder.key(bound.name)] = trashing
        want.decided = replace(want.decided, after=trashing, trashing=trashing)
        self.trashings.append(trashing)
        self._guarded(trashing)
        if trashing.state == "waiting":
            self._thawing.along(want, trashing)
            self._queue.append(want)
        elif trashing.state != "pending":
            self._block(want, "read-only", f"what is at {printable(want.place)} cannot be moved to the trash")

    def _keep_both(self, want: Want) -> None:
        """Give the want, and what in its bundle bears its main file's name, one suffix that is free for all of them."""
        if self._kept_before(want):
            return
        fixed = ("trash", "mkdir", "write")
        bundle = [
            mate
            for mate in want.group or (want,)
            if mate.state == "pending" and mate.deed not in fixed and id(mate) not in self._beside
        ]
        renamed: list[tuple[Want, str, str]] = []
        for mate in bundle:
            halves = around_number(mate) or (split_name(mate.destination.name) if mate is want else None)
            if halves is not None:
                renamed.append((mate, *halves))
        number = 1
        while any(_is_taken(mate.destination.folder, with_number(stem, rest, number)) for mate, stem, rest in renamed):
            number += 1
        for mate, stem, rest in renamed:
            name = with_number(stem, rest, number)
            if len(renamed) > 1 and not name.startswith(stem):
                detail = f"{printable(mate.destination.name)} is too long to get a number that its whole bundle can share"
                self._block(mate, "name-too-long", detail, "Choose a shorter target.")
                return
            if fault := self._storable.fault(mate.destination.folder, name):
                self._block(mate, *fault)
                return
            _rename(mate, name)
            self._beside.add(id(mate))
            mate.because = f"{mate.because}; kept beside what is there".removeprefix("; ")

    def _kept_before(self, want: Want) -> bool:
        """Settle a want whose content an earlier plan kept beside the target already. Raises OSError."""
        dst, folder = want.destination.reader, want.destination.folder
        for name, there in numbered_beside(want):
            if want.found is None or folder.leaver(name) is not None:
                continue
            if same_file(there, want.found.item):
                want.state = "settled"
                return True
            if self._diff.compare(want, there, join(dst.root.key, there.rel)):
                return True
        return False


def obstacle_of(folder: Folder) -> "Want | str":
    """Return what keeps a folder from standing: "none", the want that must leave its place first, or "fixed". Raises OSError."""
    way: list[Folder] = []
    at: Folder | None = folder
    while at is not None and at.obstacle == "unknown":
        way.append(at)
        if at.standing() == "there" or at.is_root:
            break
        at = at.above
    for each in reversed(way):
        each.obstacle = _obstacle(each)
    return folder.obstacle


def _obstacle(folder: Folder) -> "Want | str":
    if folder.standing() == "there":
        return "none"
    above = folder.above
    if folder.is_root or above is None:
        return "fixed"
    coming = above.arrival(folder.name)
    if coming is not None and coming.state == "pending":
        return "fixed"
    if folder.standing() == "taken":
        leaver = above.leaver(folder.name)
        return leaver if leaver is not None and leaver.state == "pending" else "fixed"
    return above.obstacle


def _taken_by(folder: Folder) -> str:
    """Return the place of the topmost folder on the way that cannot be made."""
    at = folder
    while at.above is not None and not at.is_root and at.above.obstacle not in ("none", "unknown"):
        at = at.above
    return join(at.reader.root.key, at.rel)


def _is_taken(folder: Folder, name: str) -> bool:
    return folder.find(name) is not None or folder.arrival(name) is not None


def _rename(want: Want, name: str) -> None:
    bound = want.destination
    folder = bound.folder
    arriving = folder.arriving if folder.arriving is not None else {}
    old = folder.key(bound.name)
    if arriving.get(old) is want:
        del arriving[old]
    above = parent(locate(want.place)[1])
    want.bound = Bound(bound.reader, folder, name, join(bound.reader.root.key, f"{above}/{name}" if above else name))
    if want.decided.trashing is not None:
        want.decided.trashing.state = "dropped"
    want.decided = Decided(text=want.decided.text)
    arriving[folder.key(name)] = want
    folder.arriving = arriving
