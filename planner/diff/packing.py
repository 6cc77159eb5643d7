"""Packing and unpacking: one archive made of a folder, or a folder of one archive, each a want of its own kind.

A packed folder is read whole, as the plan saw it: whatever else takes a file out of it waits until it is packed, and nothing may
come into it in the same plan. With `transfer: move` every file of it goes to the trash after, together or not at all.
"""

import errno
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import cast

from reshelve.planner.backups.backup_left_out import LeftOut
from reshelve.planner.buckets.transfer_routes import project_of
from reshelve.planner.left_alone.known_names import is_strewn
from reshelve.planner.ports.store_reader import BucketReader, Reader
from reshelve.planner.wants.folder_contents import source_folder
from reshelve.planner.wants.plan_problems import Findings
from reshelve.planner.wants.root_choice import Group, locate
from reshelve.planner.wants.virtual_tree import Tree
from reshelve.planner.wants.want import Contents, Folder, Found, Rest, Want
from reshelve.planner.wants.witnesses import rest_on
from reshelve.schemas.archive_record import content_of, format_of, link_fault, record_of
from reshelve.schemas.archived_classes import is_frozen
from reshelve.schemas.backup_manifest import Manifest
from reshelve.schemas.inventory import Item
from reshelve.schemas.layout import Backup
from reshelve.schemas.locations import decode_path, encode_path, join, printable
from reshelve.schemas.operations import Pack, Unpack
from reshelve.schemas.verbs import Layer, Member


def bind_pack(want: Want, groups: dict[str, Group], findings: Findings) -> None:
    """Give a want its folder and members and, with `transfer: move`, a part for each file to go after; or say why it is left."""
    if want.asked.transfer not in ("move", "copy"):
        detail = f"`transfer: {want.asked.transfer}` cannot make an archive"
        findings.block(want, "cannot-pack", detail, "Use `transfer: copy`, or `move` to remove the folder afterwards.")
        return
    found = source_folder(want, groups, findings)
    if found is None:
        return
    reader, top = found
    if reader.root.kind == "bucket":
        detail = f"{printable(want.source)} is in a bucket, and only folders of this machine are packed"
        findings.block(want, "cannot-pack", detail, "Bring it to a folder first.")
        return
    try:
        backup = want.asked.backup
        left_out = LeftOut(top.rel, backup.exclude, backup.leave) if backup is not None else None
        listing = reader.walk(top.rel, left_out.enter if left_out is not None else None)
        if listing.unreadable:
            place, reason = min(listing.unreadable.items())
            findings.unreadable(want, join(reader.root.key, place), OSError(0, reason))
            return
        items = [top, *(item for item in listing.items if item.rel != top.rel)]
        skip = len(top.rel) + 1 if top.rel else 0
        if left_out is not None:
            items = [top, *left_out.kept(items[1:])]
        if backup is not None and backup.take is not None:
            taken = frozenset(backup.take)
            items = [top, *(item for item in items[1:] if encode_path(item.rel[skip:]) in taken)]
        members = [_member(reader, item, item.rel[skip:]) for item in items]
    except OSError as trouble:
        findings.unreadable(want, want.source, trouble)
        return
    for item, member in zip(items, members, strict=True):
        if isinstance(member, str):
            hint = "Move it out of the folder, or remove it; then plan again."
            findings.block(want, "cannot-pack", f"{printable(join(reader.root.key, item.rel))} {member}", hint)
            return
    packed = tuple(member for member in members if isinstance(member, Member))
    want.found = Found(reader, replace(top, size=sum(member.size for member in packed if member.kind == "file")))
    parts = list(_leaving(want, reader, items)) if want.asked.transfer == "move" else []
    want.contents = Contents(parts, members=packed)


def _member(reader: Reader, item: Item, rel: str) -> Member | str:
    """Return an item as a member, or why it cannot be packed so that it comes back when unpacked. Raises OSError."""
    text = ""
    if item.kind == "other":
        return "is a device, socket or pipe, which cannot be packed"
    if item.kind == "link":
        text = reader.read_link(item.rel)
        wrong = link_fault(rel, text)
        if wrong:
            return f"is a link to {printable(text)}, which {wrong}: such links are not unpacked"
    kind = item.kind
    return Member(encode_path(rel), kind, item.size, item.mtime_ns, item.ino, item.mode & 0o7777, encode_path(text))


def _leaving(want: Want, reader: Reader, items: Iterable[Item]) -> Iterator[Want]:
    store = locate(want.source)[0]
    for item in items:
        location = join(store, item.rel)
        part = Want("trash", location, location, None, f"packed into {want.target}")
        part.found, part.archive = Found(reader, item), want.target
        if item.kind == "dir":
            part.state = "dropped"
        else:
            rest_on(part, Rest(by=want, member=member_of(want, item)))
        yield part


def member_of(want: Want, item: Item) -> str:
    """Return the path in the archive (document form) of an item of the folder that a want packs."""
    folder = want.origin.item
    return encode_path(item.rel[len(folder.rel) + 1 :] if folder.rel else item.rel)


def is_part(want: Want) -> bool:
    """Say whether a want lets a file of a packed folder go: where that is left, so is the file, without a word of its own."""
    return want.deed == "trash" and want.entry is None and want.group is not None


def join_parts(wants: Sequence[Want], findings: Findings) -> None:
    """Let what is packed and what goes after stand or fall together, with the bundle of the archive, if it has one."""
    unpacked = {want.target for want in wants if want.deed == "unpack"}
    for want in wants:
        if want.deed == "pack" and want.contents.parts:
            if want.source.rstrip("/") in unpacked and want.state == "pending":
                detail = f"the layout also wants {printable(want.source)} unpacked where it is"
                findings.block(want, "packed-and-unpacked", detail, "Remove one of the two entries.")
            group = want.group = want.group if want.group is not None else [want]
            for part in want.contents.parts:
                if part.state != "dropped":
                    group.append(part)
                    part.group = group


def bind_unpack(want: Want, findings: Findings) -> None:
    """Check what an unpack reads, once that is observed."""
    if want.found is None and not want.folder_instead:
        return
    if want.found is None or want.found.item.kind != "file":
        findings.block(want, "not-an-archive", f"{printable(want.source)} is not a file", "Name the archive itself.")
    elif format_of(want.found.item.rel) is None:
        detail = f"{printable(want.source)} is neither .tar.gz nor .zip"
        findings.block(want, "not-an-archive", detail, "Unpack it by other means, or give it its right name.")


def layer_of(place: str, item: Item) -> Layer | None:
    """Return an archive as it is unpacked over others, or None where it is none."""
    form = format_of(item.rel)
    return Layer(place, form, item.size, item.mtime_ns, item.ino) if item.kind == "file" and form is not None else None


def holds(want: Want, there: Item) -> bool:
    """Say whether what stands at the target is what would be made: an archive of these members, or a folder. Raises OSError.

    A folder without a single file is not what an archive holds, unless that has none either.
    """
    if want.deed == "unpack":
        return there.kind == "dir" and not is_hollow(want, there)
    return there.kind == "file" and want.destination.reader.record(there.rel) == record_of(want.contents.members)


def is_hollow(want: Want, there: Item) -> bool:
    """Say whether a folder holds no file, but those that systems leave in every one, and is to hold some. Raises OSError."""
    reader, folders = want.destination.reader, [there.rel]
    members: list[Member] = []
    while folders:
        folder = folders.pop()
        for name in reader.names(folder) or ():
            rel = f"{folder}/{name}"
            item = reader.stat(rel)
            if item is not None and item.kind == "dir":
                folders.append(rel)
                members.append(Member(encode_path(rel[len(there.rel) + 1 :]), "dir", 0, 0, 0, 0))
            elif item is not None and not is_strewn(name):
                return False
    return want.found is None or want.origin.reader.record(want.origin.item.rel) != record_of(members)


def damage(want: Want, there: Item) -> str:
    """Read a standing archive through and say which file of the folder it does not hold, "" where it holds all. Raises OSError.

    Asked before the folder goes. An object that this machine itself put there, or has read, need not be read again; one that is
    archived cannot be: OSError(EAGAIN).
    """
    reader, folder, dst = want.origin.reader, want.origin.item, want.destination.reader
    above = f"{folder.rel}/" if folder.rel else ""
    rels = {member.rel: above + decode_path(member.rel) for member in want.contents.members if member.kind == "file"}
    wanted = {member: reader.digest(rel) for member, rel in rels.items()}
    if dst.root.kind == "bucket":
        verified = cast(BucketReader, dst).verified(there.rel)
        if verified == content_of(wanted):
            return ""
        if is_frozen(there):
            unverified = "was never verified by this machine to contain this folder"
            why = "was verified to contain something else" if verified else unverified
            raise BlockingIOError(errno.EAGAIN, f"is archived ({there.storage_class}), and {why}, so the folder stays")
    held = {member.rel: content for member, content in dst.archived(there.rel)}
    return next((rels[member] for member, content in wanted.items() if held.get(member) != content), "")


def unfit(want: Want) -> str:
    """Say what is wrong with the archive that stands for a folder, read through; "" where it holds all of it."""
    reader, dst = want.origin.reader, want.destination.reader
    try:
        there = dst.stat(locate(want.place)[1])
        lacks = damage(want, there) if there is not None else ""
    except OSError as trouble:
        return f"cannot be verified: {trouble.strerror or trouble}"
    if lacks:
        return f"does not hold {printable(join(reader.root.key, lacks))} as it is"
    return "" if there is not None else "is not there"


def leavers(want: Want, tree: Tree) -> Iterator[Want]:
    """Yield what takes away a member of a folder that is to be packed: it waits. Raises OSError."""
    if want.deed != "pack" or want.found is None:
        return
    above = want.found.item.rel
    for member in want.contents.members:
        if member.kind != "dir":
            folder, _, name = "/".join(filter(None, (above, decode_path(member.rel)))).rpartition("/")
            leaver = tree.folder(want.found.reader, folder).leaver(name)
            if leaver is not None and leaver.state == "pending":
                yield leaver


def disturbed(wants: Iterable[Want], tree: Tree) -> Iterator[tuple[Want, Want]]:
    """Yield each pending pack with a pending want that comes into its folder: itself, where its archive would. Raises OSError."""
    tops: dict[int, Want] = {}
    everything = list(wants)
    for want in everything:
        if want.deed == "pack" and want.state == "pending" and want.found is not None:
            tops[id(tree.folder(want.found.reader, want.found.item.rel))] = want
    if not tops:
        return
    for want in everything:
        if want.state == "pending" and want.deed != "trash":
            at: Folder | None = want.bound.folder if want.bound is not None else None
            while at is not None:
                if id(at) in tops and not _is_left_out(tops[id(at)], want):
                    yield tops[id(at)], want
                at = at.above


def _is_left_out(pack: Want, other: Want) -> bool:
    """Say whether what comes into the folder that `pack` is made of comes to where nothing is backed up."""
    backup = pack.asked.backup
    if backup is None or other.bound is None:
        return False
    folder = other.bound.folder
    above = f"{folder.rel}/" if folder.rel else ""
    return LeftOut(pack.origin.item.rel, backup.exclude, backup.leave).holds(above + other.bound.name)


def _manifest(backup: Backup) -> str:
    return Manifest(backup.of, backup.kind, backup.taken, backup.since or "", tuple(backup.deleted)).text()


def operation(want: Want, needs: tuple[int, ...], storage_class: str) -> Pack | Unpack:
    """Return the operation that carries out a pack or an unpack; `storage_class` is that of an archive in a bucket."""
    item, dst, entry = want.origin.item, want.destination.reader, want.asked
    if want.deed == "pack":
        assert entry.pack is not None
        return Pack(
            want.src_place,
            want.place,
            entry.pack,
            item.size,
            want.contents.members,
            upload=dst.root.kind == "bucket",
            storage_class=storage_class,
            because=want.because,
            needs=needs,
            project=project_of(entry),
            manifest=_manifest(entry.backup) if entry.backup is not None else "",
        )
    form = format_of(item.rel)
    assert form is not None
    return Unpack(want.src_place, want.place, form, item.size, item.mtime_ns, item.ino, want.because, needs, want.contents.layers)
