"""Witnesses: what a thing rests on that goes to the trash only because its content stands elsewhere.

Planning looks there once, and a plan may wait; so the operation carries what was seen, and the run looks again
(reshelve.executors.verbs.witness_checks).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reshelve.planner.ports.store_reader import Reader
from reshelve.planner.wants.virtual_tree import Tree
from reshelve.planner.wants.want import Rest, Want
from reshelve.schemas.inventory import Item, tells_changes
from reshelve.schemas.locations import join, printable
from reshelve.schemas.verbs import Holding, Witness


def rest_on(want: Want, rest: Rest) -> None:
    """Note that a want may go to the trash because its content stands there too."""
    want.rests = (*want.rests, rest)


def witness_of(rest: Rest) -> Witness:
    """Return what a run is to confirm of what a want rests on; what comes there has its number by then."""
    if rest.seen is not None:
        return rest.seen
    holding: Holding = "within" if rest.member else "same"
    if rest.by is not None:
        made = rest.by.origin.item
        seen = made.size, made.mtime_ns, made.ino
        return Witness(rest.by.place, *seen, op=rest.by.index, holding=holding, member=rest.member)
    assert rest.item is not None
    assert rest.reader is not None
    return witness_at(rest.reader, rest.item, rest.member)


def witness_at(reader: Reader, item: Item, member: str = "") -> Witness:
    """Return what a run is to confirm of an item that holds a content; `member` is where, in an archive."""
    proof = item.ctime_ns if tells_changes(item.fs) else -1
    seen = item.size, item.mtime_ns, item.ino
    return Witness(join(reader.root.key, item.rel), *seen, proof, holding="within" if member else "same", member=member)


def rest_on_backups(wants: Iterable[Want], later: Mapping[str, Sequence[Witness]]) -> None:
    """Note of archives that are to go, by location, for which later backups they do; those have to stand as they were verified."""
    for want in wants if later else ():
        if want.deed == "trash" and want.state == "pending":
            for seen in later.get(want.source, ()):
                rest_on(want, Rest(seen=seen))


def content_of(want: Want) -> str:
    """Return the content hash of what rests on another file; "" for what has none, or is itself copied or packed first.

    Raises OSError.
    """
    if want.found is None or want.found.item.kind != "file" or not want.found.item.size:
        return ""
    if all(rest.seen is not None for rest in want.rests):
        return ""  # what it goes for holds something else
    if all(rest.by is not None and (rest.by.deed == "pack" or rest.by.source == want.source) for rest in want.rests):
        return ""
    return want.found.reader.digest(want.found.item.rel)


def unsupported(wants: Iterable[Want], tree: Tree) -> Iterator[tuple[Want, str]]:
    """Yield each thing that is to go while what it rests on is to leave its place in the same plan. Raises OSError."""
    for want in wants:
        for rest in want.rests if want.state == "pending" and want.deed == "trash" else ():
            if rest.reader is None or rest.item is None or rest.reader.root.kind == "bucket":
                continue
            above, _, name = rest.item.rel.rpartition("/")
            leaver = tree.folder(rest.reader, above).leaver(name)
            if leaver is not None and leaver.state == "pending":
                yield want, f"the same content at {printable(join(rest.reader.root.key, rest.item.rel))} leaves in this plan too"
                break
