"""Routes: what a transfer comes to between folders and buckets, and which cannot be."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from reshelve.planner.wants.want import Want
from reshelve.schemas.inventory import Root
from reshelve.schemas.layout import Entry
from reshelve.schemas.locations import printable
from reshelve.schemas.operations.base import PutAway
from reshelve.schemas.problems import Problem

Route = Literal["folders", "upload", "download", "objects"]
"""Between folders; from a folder into a bucket; out of a bucket into a folder; from bucket to bucket."""


def route_of(source: Root, target: Root) -> Route:
    """Return the route from one root to another."""
    if source.kind == "bucket":
        return "objects" if target.kind == "bucket" else "download"
    return "upload" if target.kind == "bucket" else "folders"


def put_away_in(root: Root) -> PutAway:
    """Return how what leaves goes out of sight in a root: in a folder by a rename, which needs no word."""
    if root.kind == "folder":
        return ""
    return "marker" if root.versioned else "copy"


def project_of(entry: Entry | None) -> str:
    """Return the project that an entry's facts name, by its id or else its name; "" where they name none."""
    facts: Mapping[str, Any] = entry.facts or {} if entry is not None else {}
    return str(facts.get("project_id") or facts.get("project") or "")


def one_service(one: str, other: str) -> bool:
    """Say whether two buckets, by their file system ids, are of one service: then it can copy between them by itself."""
    return one.rpartition("/")[0] == other.rpartition("/")[0]


def parted(wants: Iterable[Want]) -> list[Problem]:
    """Say once for each bucket how many names of files with several leave for it: none of them comes back linked."""
    leaving: dict[str, list[str]] = {}
    for want in wants:
        found, bound = want.found, want.bound
        if found is None or bound is None or found.item.nlink < 2 or found.item.kind != "file":
            continue
        if want.deed == "move" and want.index >= 0 and route_of(found.reader.root, bound.reader.root) == "upload":
            leaving.setdefault(bound.reader.root.key, []).append(want.src_place)
    problems = []
    for key, places in sorted(leaving.items()):
        first = printable(min(places))
        told = f"{first} is one of several names (hard links) of a file"
        if len(places) > 1:
            told = f"{len(places):,} names of files that have several (hard links), {first} first, go into {key}"
        detail = f"{told}: what is brought back from there is a separate file."
        problems.append(Problem("links-parted", "A bucket holds no links.", detail, min(places), severity="warning"))
    return problems


def unfit(want: Want) -> tuple[str, str, str] | None:
    """Return (code, detail, hint) where a want cannot be done because of a bucket at one of its ends."""
    bound, entry = want.bound, want.entry
    if bound is None or want.deed in ("trash", "mkdir"):
        return None
    into = bound.reader.root.kind == "bucket"
    if entry is not None and entry.storage_class is not None and not into:
        return "no-class", f"{printable(want.target)} is in a folder, and only objects have a class", "Leave out `class`."
    if want.deed == "unpack":
        detail = f"{printable(want.target)} is in a bucket, and archives are only unpacked into folders"
        return ("no-unpack", detail, "Unpack it into a folder, and upload that with `from`.") if into else None
    if want.deed == "pack":
        return None
    found = want.found
    if found is None or want.deed == "transition" or route_of(found.reader.root, bound.reader.root) == "folders":
        return None
    if want.deed not in ("move", "copy"):
        detail = f"{printable(want.source)} and {printable(want.target)} are not both in folders, and only those have links"
        return f"cannot-{want.deed}", detail, "Use `transfer: copy`."
    if found.item.kind == "link":
        detail = f"{printable(want.source)} is a symbolic link, and a bucket holds none"
        return "link-into-bucket", detail, "Name the file it leads to."
    src, dst = found.reader.root, bound.reader.root
    if route_of(src, dst) == "objects" and not one_service(src.fs, dst.fs):
        detail = f"{printable(want.source)} and {printable(want.target)} are of different services"
        return "two-services", detail, "Bring it to a folder first, and from there into the other bucket."
    return None
