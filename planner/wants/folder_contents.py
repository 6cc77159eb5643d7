"""A folder as a source: its files, links and folders, each a want of its own, that go together or not at all."""

from reshelve.planner.ports.store_reader import Reader
from reshelve.planner.wants.plan_problems import LOST, Findings
from reshelve.planner.wants.root_choice import Group, TwoRoots, find_item, locate
from reshelve.planner.wants.virtual_tree import Tree
from reshelve.planner.wants.want import Contents, Folder, Found, Want
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Entry
from reshelve.schemas.locations import join, printable


def expand(want: Want, groups: dict[str, Group], tree: Tree, findings: Findings) -> None:
    """Give `want`, whose source is a folder, a part for everything in it, to be merged into the target folder.

    Where the folder is gone the want is settled when its target folder is there, else lost. Its folders leave once empty.
    """
    found = source_folder(want, groups, findings)
    if want.state != "pending":
        return
    base = want.target.rstrip("/")
    store, base_rel = locate(base)
    group = groups.get(store)
    if group is None:
        findings.no_store(want, store, sorted(groups))
        return
    try:
        if found is None:
            _without_source(want, group, tree, base_rel, findings)
            return
        reader, item = found
        top = tree.folder(reader, item.rel)
        for target in (tree.folder(each, base_rel) for each in group.usable):
            if _inside(target, top):
                if target is top:
                    want.state = "settled"
                else:
                    detail = f"{printable(want.target)} is inside {printable(want.source)}"
                    findings.block(want, "into-itself", detail, "Choose a target outside it.")
                return
        listing = reader.walk(item.rel)
    except OSError as trouble:
        findings.unreadable(want, want.source, trouble)
        return
    if listing.unreadable:
        place, reason = min(listing.unreadable.items())
        findings.unreadable(want, join(reader.root.key, place), OSError(0, reason))
        return
    _parts(want, reader, item, listing.items, store, base_rel, findings)


def source_folder(want: Want, groups: dict[str, Group], findings: Findings) -> tuple[Reader, Item] | None:
    """Return the folder a want's source means, and its root; None where it is gone, or with the want's state set to say why."""
    store, rel = locate(want.source)
    rel = rel.rstrip("/")
    group = groups.get(store)
    if group is None:
        findings.no_store(want, store, sorted(groups))
        return None
    try:
        found = find_item(group, rel)
    except TwoRoots as two:
        detail = f"{printable(want.source)} is on {' and '.join(two.keys)}"
        findings.block(want, "two-roots", detail, "Name its files, or keep one of them.")
        return None
    except OSError as trouble:
        findings.unreadable(want, want.source, trouble)
        return None
    if found is None and group.away:
        for root in group.away:
            findings.away(want, root)
        return None
    if found is not None and found[1].kind != "dir":
        findings.block(want, "not-a-folder", f"{printable(want.source)} is not a folder", "Leave out the `/` at its end.")
        return None
    return found


def _without_source(want: Want, group: Group, tree: Tree, rel: str, findings: Findings) -> None:
    if any(tree.folder(reader, rel, look=True).standing() == "there" for reader in group.usable):
        want.state = "settled"
    elif group.away:
        for root in group.away:
            findings.away(want, root)
    else:
        detail = f"{printable(want.source)} is not there, nor is its target."
        findings.mark(want, "lost", "A source is gone.", detail, LOST)


def _inside(folder: Folder, top: Folder) -> bool:
    at: Folder | None = folder
    while at is not None:
        if at is top:
            return True
        at = at.above
    return False


def _parts(want: Want, reader: Reader, top: Item, items: list[Item], store: str, base_rel: str, findings: Findings) -> None:
    asked = want.asked
    entry = Entry(source=want.source, transfer=asked.transfer, on_conflict=asked.on_conflict, storage_class=asked.storage_class)
    entry.facts = asked.facts
    parts: list[Want] = []
    skip = len(top.rel) + 1 if top.rel else 0
    source_store = locate(want.source)[0]
    for item in [top, *items]:
        if item is not top and item.rel == top.rel:
            continue
        target = join(store, f"{base_rel}/{item.rel[skip:]}") if item is not top else join(store, base_rel)
        source = join(source_store, item.rel)
        if item.kind == "other":
            detail = f"{printable(source)} is a device, socket or pipe"
            findings.block(want, "special-file", detail, "Name the files to move one by one.")
            return
        if item.kind == "dir":
            part = Want("mkdir", target, source + "/", None, want.because)
        else:
            part = Want(want.deed, target, source, entry, want.because)
        part.found, part.group = Found(reader, item), parts
        parts.append(part)
    want.state = "dropped"
    want.contents = Contents(parts)
