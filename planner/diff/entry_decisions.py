"""The diff: what each entry comes to when the layout is held against what was observed.

An entry whose source's place is itself a target (a chain, a swap) is judged after that target: what stands there may be
what the layout put there, and then it is no longer the source it was.
"""

from reshelve.planner.buckets.storage_classes import Classes
from reshelve.planner.diff.kept_beside import holds_source, holds_text, kept_beside, kept_with_bundle
from reshelve.planner.diff.lost_entries import Lost
from reshelve.planner.diff.packing import damage, holds, member_of
from reshelve.planner.observing.identity import differences, is_entry, same_file, told_apart
from reshelve.planner.wants.plan_problems import Findings
from reshelve.planner.wants.root_choice import locate
from reshelve.planner.wants.want import Rest, Want
from reshelve.planner.wants.witnesses import rest_on
from reshelve.schemas.archived_classes import is_frozen
from reshelve.schemas.differences import two_sizes
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import ALREADY_AT
from reshelve.schemas.locations import join, printable


class Diff:
    """Judges wants that know their source and destination. Reads occupied destinations only."""

    def __init__(self, findings: Findings, classes: Classes, gone: Lost) -> None:
        self._findings = findings
        self._gone = gone
        self.classes = classes
        self._wants: list[Want] = []
        self._coming: dict[str, Want] | None = None

    def judge(self, wants: list[Want]) -> None:
        """Settle every want that needs nothing done; the others stay pending, with `because` saying why they act."""
        self._wants = wants
        entangled: list[Want] = []
        occupied: list[Want] = []
        for want in wants:
            if want.state != "pending" or want.bound is None or want.deed in ("mkdir", "trash"):
                continue
            found = want.found
            if found is None:
                self._sourceless(want)
                continue
            if want.occupied:
                occupied.append(want)
            elif self._kept(want):
                continue
            if not want.occupied and self._prior(want) is None:
                self._check_source(want, found.item)
            elif self._prior(want) is not None:
                entangled.append(want)
            else:
                self._occupied(want)
        self._judge_entangled(entangled)
        for want in (*entangled, *occupied):
            if want.state == "pending" and want.deed != "trash" and want.found is not None:
                self._check_source(want, want.found.item)

    def _kept(self, want: Want) -> bool:
        """Settle a want that was kept beside its target with its bundle, or cannot be read; say whether it was either."""
        try:
            if not kept_with_bundle(want):
                return False
            want.state = "settled"
        except OSError as trouble:
            self._findings.unreadable(want, want.target, trouble)
        return True

    def _prior(self, want: Want) -> Want | None:
        """Return the want whose target is this one's source."""
        folder = want.found.folder if want.found is not None else None
        if folder is None or folder.arriving is None:
            return None
        prior = folder.arrival(want.src_name)
        return prior if prior is not want and prior is not None and prior.occupied else None

    def _judge_entangled(self, entangled: list[Want]) -> None:
        judged: set[int] = set()
        members = {id(want) for want in entangled}
        for start in entangled:
            if id(start) in judged:
                continue
            chain: list[Want] = []
            on_way: set[int] = set()
            at: Want | None = start
            while at is not None and id(at) in members and id(at) not in judged and id(at) not in on_way:
                chain.append(at)
                on_way.add(id(at))
                at = self._prior(at)
            if at is not None and id(at) in on_way:
                chain = self._around(chain, at)
            for want in reversed(chain):
                judged.add(id(want))
                if want.state == "pending":
                    self._entangled(want)

    def _around(self, chain: list[Want], at: Want) -> list[Want]:
        """Turn a chain that ends in a circle so that a member known to be settled, if any, is judged first (stands last)."""
        first = next(index for index, want in enumerate(chain) if want is at)
        tail, circle = chain[:first], chain[first:]
        for index, want in enumerate(circle):
            if self._arrived(want):
                want.state = "settled"
                return tail + circle[index + 1 :] + circle[: index + 1]
        if not any(self._will_tell(want) for want in circle):
            names = ", ".join(sorted(printable(want.target) for want in circle)[:3])
            hint = "Give the entries a `hash`, or remove them once applied."
            self._findings.say(
                "swap-untold", "Files swap places, and nothing in the layout distinguishes them.",
                f"{names}: the next plan would swap them again.", min(want.target for want in circle), hint,
            )  # fmt: skip
        return chain

    def _will_tell(self, want: Want) -> bool:
        """Say whether a later plan will see that this want of a circle was done: by its hash, or by sizes that differ."""
        prior, entry = self._prior(want), want.entry
        if entry is None or prior is None or prior.found is None:
            return False
        return entry.hash is not None or (entry.size is not None and prior.found.item.size != entry.size)

    def _arrived(self, want: Want) -> bool:
        """Say whether the target holds what the entry describes while the source's place holds something else; a copy, the same."""
        entry, found, bound = want.entry, want.found, want.bound
        if entry is None or found is None or bound is None or (want.takes and not told_apart(entry)):
            return False
        try:
            there = self._occupant(want)
            if not want.takes and there is not None and holds_source(want, there):
                return True
            arrived = told_apart(entry) and there is not None and is_entry(entry, there, bound.reader)
            return arrived and not is_entry(entry, found.item, found.reader)
        except OSError as trouble:
            self._findings.unreadable(want, want.target, trouble)
            return False

    def _entangled(self, want: Want) -> None:
        prior = self._prior(want)
        placed = prior is not None and prior.state == "settled"
        try:
            there = self._occupant(want) if want.occupied else None
            if want.found is not None and there is not None and _is_itself(want, there):
                self._occupied(want)
                return
            meant = there is not None and want.entry is not None and is_entry(want.entry, there, want.destination.reader)
            if placed and (meant or kept_beside(want)):
                want.state = "settled"
                return
            if placed and want.takes:
                assert prior is not None
                detail = f"{printable(want.source)} is where the layout wants it (from {printable(prior.source)})"
                self._findings.block(want, "source-placed", detail, "Remove one of the two entries.")
                return
        except OSError as trouble:
            self._findings.unreadable(want, want.target, trouble)
            return
        if there is not None:
            if self._arrived(want):
                want.state = "settled"
            elif want.state == "pending":
                self._occupied(want)

    def _check_source(self, want: Want, item: Item) -> None:
        """Mark a want whose source is another file than its entry describes, by size or, being of that size, by content hash."""
        entry = want.entry
        if entry is None or item.kind != "file":
            return
        if entry.size is None or entry.size == item.size:
            self._check_hash(want, item, entry.hash)
            return
        found, said = two_sizes(item.size, entry.size)
        detail = f"{printable(want.source)} is {found}, and the layout says {said}."
        hint = "Scan again, or correct `size`."
        self._findings.mark(want, "changed", "A source has changed since the layout was made.", detail, hint)

    def _check_hash(self, want: Want, item: Item, expected: str | None) -> None:
        # What is archived is thawed first, and then looked into.
        if expected is None or is_frozen(item):
            return
        try:
            found = want.origin.reader.digest(item.rel)
        except OSError as trouble:
            self._findings.unreadable(want, want.source, trouble)
            return
        if found != expected:
            detail = f"The content of {printable(want.source)} is {found}, and the layout says {expected}."
            hint = "Scan again, or correct `hash`."
            self._findings.mark(want, "changed", "A source has changed since the layout was made.", detail, hint)

    def _sourceless(self, want: Want) -> None:
        """A generated file, or an entry whose source is gone."""
        entry = want.asked
        if want.deed == "transition":
            self._class_only(want)
            return
        if not want.occupied:
            self._kept(want)
            if want.state == "pending" and want.deed != "write":
                self._lost(want)
            return
        dst = want.destination.reader
        try:
            there = self._occupant(want)
            if there is None:
                return
            if want.deed == "write":
                if holds_text(want, there) or (entry.on_conflict == "skip" and there.kind in ("file", "link")):
                    want.state = "settled"
                return
            if want.deed == "unpack" and there.kind == "dir":
                want.state = "settled"
            elif want.deed == "symlink" and there.kind == "link":
                self._lost(want)
            elif is_entry(entry, there, dst) or entry.on_conflict == "skip" or kept_beside(want):
                want.state = "settled"
            elif want.folder_instead:
                self._lost(want)
            elif there.kind not in ("file", "link"):
                self._findings.block(want, "target-taken", "a folder is there, and the source is gone", "Scan again.")
            else:
                differs = differences(entry, there, dst)
                detail = f"{printable(want.target)} is not what the layout describes ({differs}), and its source is gone"
                hint = "Correct `size` and `hash` of the entry, or remove it: what is there stays as it is."
                self._findings.block(want, "target-changed", detail, hint)
        except OSError as trouble:
            self._findings.unreadable(want, want.target, trouble)

    def _class_only(self, want: Want) -> None:
        """An entry that says nothing of its object but its class."""
        try:
            there = self._occupant(want) if want.occupied else None
        except OSError as trouble:
            self._findings.unreadable(want, want.target, trouble)
            return
        if there is None:
            detail = f"{printable(want.target)} is not there."
            self._findings.mark(want, "lost", "An object is gone.", detail, "Remove the entry, or add `from:` with its source.")
        elif there.kind != "file":
            detail = f"{printable(want.target)} is not an object"
            self._findings.block(want, "no-class", detail, "Name the objects below it.")
        elif not self.classes.differs(want, there):
            want.state = "settled"
        else:
            self.classes.change(want, there)

    def _lost(self, want: Want) -> None:
        if want.folder_instead:
            source = printable(want.source)
            self._findings.block(want, "source-is-a-folder", f"{source} is a folder", f"Write `from: {source}/` for a folder.")
            return
        if self._coming is None:
            self._coming = {each.target: each for each in self._wants if each.found is not None or each.deed == "write"}
        coming = self._coming.get(want.source)
        if coming is not None and coming.state == "pending":
            detail = f"{printable(want.source)} is brought there by this plan."
            hint = "Apply it, then plan again."
            self._findings.say("source-comes", "A source is still to come.", detail, want.target, hint, "note")
            want.state = "unknown"
            return
        self._gone.tell(want)

    def _occupied(self, want: Want) -> None:
        """Something stands at the target, and the source is there."""
        found, bound = want.origin, want.destination
        try:
            there = self._occupant(want)
            if there is None:
                return
            if _is_itself(want, there):
                if want.deed in ("pack", "unpack"):
                    detail = f"{printable(want.target)} is the name of what it would be made of"
                    self._findings.block(want, "into-itself", detail, "Choose another target.")
                    return
                if bound.occupied != bound.name and bound.folder is found.folder and want.takes:
                    # Its own name in another case: a rename, in two steps.
                    return
                want.state = "settled"
                return
            leaver = bound.folder.leaver(bound.name)
            if leaver is not None and leaver is not want and leaver.state == "pending" and want.takes:
                return
            self.compare(want, there)
        except OSError as trouble:
            self._findings.unreadable(want, want.target, trouble)

    def compare(self, want: Want, there: Item, place: str = "") -> bool:
        """Settle a want whose target (or `place`) holds the same: with `move` the source goes to the trash. Raises OSError."""
        if want.deed in ("pack", "unpack"):
            return self._archive(want, there)
        if not holds_source(want, there):
            return False
        if want.deed == "move":
            want.deed = "trash"
            want.because = f"{ALREADY_AT}{place or want.place}"
            rest_on(want, Rest(want.destination.reader, there))
            self._withdraw(want)
        else:
            want.state = "settled"
        return True

    def _archive(self, want: Want, there: Item) -> bool:
        """Settle a pack whose archive stands, or an unpack whose folder does; a folder that is to go must be in it whole."""
        if not holds(want, there):
            return False
        want.state = "settled"
        for part in want.contents.parts:
            if part.state == "pending" and part.found is not None:
                part.rests = (Rest(want.destination.reader, there, member=member_of(want, part.found.item)),)
        if want.contents.parts and (lacks := damage(want, there)):
            detail = f"{printable(want.place)} does not contain {printable(join(want.origin.reader.root.key, lacks))} as it is"
            self._findings.block(want, "archive-damaged", detail, "Keep the folder: move that archive away, then plan again.")
        return True

    def _withdraw(self, want: Want) -> None:
        """Nothing comes to the target any more; what is there stays."""
        folder, name = want.destination.folder, want.destination.name
        key = folder.key(name)
        if folder.arriving and folder.arriving.get(key) is want:
            del folder.arriving[key]

    def _occupant(self, want: Want) -> Item | None:
        """Return what stands at the target, or None where it went in the meantime. Raises OSError."""
        bound = want.destination
        item = bound.reader.stat(locate(bound.place)[1])
        if item is None:
            bound.occupied = None
        return item


def _is_itself(want: Want, there: Item) -> bool:
    """Say whether what stands at the target is the source: another name of the file, or this very name in other letters."""
    found, bound = want.origin, want.destination
    here = bound.folder is found.folder and bound.occupied == want.src_name
    return here or same_file(there, found.item)
