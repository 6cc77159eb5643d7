"""The manifest of projects, made of what the stores show and, for when classes changed, of what runs remember."""

from collections.abc import Mapping
from dataclasses import field, replace
from itertools import groupby
from typing import cast

from reshelve.planner.observing.identity import time_text
from reshelve.planner.observing.observe import look
from reshelve.planner.ports.store_reader import BucketReader, Readers, roots_of
from reshelve.planner.tiers.project_copies import Copies
from reshelve.planner.tiers.tier_contents import Standing, Standings, stores_of
from reshelve.schemas.archived_classes import ARCHIVED, ready_after
from reshelve.schemas.inventory import Listing, Root
from reshelve.schemas.locations import join
from reshelve.schemas.manifest import FolderCopy, Manifest, ManifestProject, NoCopy, ObjectCopy, StoreCopy, TierTotal
from reshelve.schemas.quick_dataclasses import dataclass
from reshelve.schemas.tier_settings import Tiers


@dataclass(slots=True, frozen=True)
class Remembered:
    """When runs brought an object to a place, when they last changed its class, and when they asked for it; ISO 8601 in UTC.

    `asked` is by place: when, and in which retrieval tier.
    """

    uploaded: Mapping[str, str] = field(default_factory=dict)
    transitioned: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def manifest_of(lines: Mapping[str, Tiers], readers: Readers, at_ns: int, remembered: Remembered) -> Manifest:
    """Return every project of all `lines` of tiers. What a run remembers only counts while the object is the one it made."""
    made = Manifest(_iso(at_ns))
    copies = Copies(readers)
    for name, tiers in lines.items():
        looked = {store: _look(readers, store) for store in stores_of([tiers])}
        standings = Standings(tiers, {store: listings for store, (listings, _) in looked.items()})
        blind = {store for store, (_, whole) in looked.items() if not whole}
        roots = {listing.root.key: listing.root for listings, _ in looked.values() for listing in listings}
        totals = dict.fromkeys(tiers.order, TierTotal())
        for project, found in groupby(standings.all, key=lambda each: each.project):
            mine = list(found)
            one = _project(name, project, mine, tiers, list(looked), blind, roots, remembered, readers, made.at)
            _marked(one, mine, tiers, copies, readers, roots)
            made.projects.append(one)
        for each in standings.all:
            so_far = totals[each.tier]
            totals[each.tier] = TierTotal(so_far.projects + 1, so_far.size_bytes + each.size)
        made.totals |= {tier if len(lines) == 1 else f"{name}/{tier}": total for tier, total in totals.items()}
    return made


def _project(
    line: str,
    project: str,
    mine: list[Standing],
    tiers: Tiers,
    stores: list[str],
    blind: set[str],
    roots: Mapping[str, Root],
    remembered: Remembered,
    readers: Readers,
    at: str,
) -> ManifestProject:
    rank = {tier: number for number, tier in enumerate(tiers.order)}
    ordered = sorted(mine, key=lambda each: (rank[each.tier], each.location, each.root))
    storage: dict[str, StoreCopy] = {store: NoCopy(None if store in blind else False) for store in stores}
    also: list[str] = []
    for each in ordered:
        if isinstance(storage[each.place.store], NoCopy):
            storage[each.place.store] = _copy(each, roots[each.root], readers, at, remembered)
        else:
            also.append(each.location)
    # When an archive was written says nothing of when the project was last used, where there is anything else to go by.
    last = _iso(max(each.used_ns for each in [each for each in mine if not each.place.suffix] or mine))
    return ManifestProject(project, line, list(dict.fromkeys(each.tier for each in ordered)), last, storage, also)


def _marked(
    made: ManifestProject, mine: list[Standing], tiers: Tiers, copies: Copies, readers: Readers, roots: Mapping[str, Root]
) -> None:
    """Mark each archive that holds something else than a whole folder of its project does, as far as its record tells."""
    folders = [each for each in mine if tiers.order[each.tier].form == "folder" and roots[each.root].kind == "folder"]
    for each in mine if folders else ():
        copy = made.storage.get(each.place.store)
        if not each.place.suffix or not isinstance(copy, ObjectCopy):
            continue
        if not _has_record(cast(BucketReader, readers[each.root]), each):
            continue
        other = next((folder.tier for folder in folders if copies.same(each, folder) is False), "")
        if other:
            made.storage[each.place.store] = replace(copy, differs_from=other)


def _has_record(reader: BucketReader, archive: Standing) -> bool:
    """Say whether an archive carries a record: one without would have to be read through, which a list is not worth."""
    try:
        return bool(reader.details(archive.rel).get("members"))
    except OSError:
        return False


def _thaw(each: Standing, readers: Readers, at: str, remembered: Remembered) -> tuple[str, str]:
    """Return how the thaw of an object stands, and about when it can be read. Services that list no thaws are asked for one."""
    item = each.files[0][1]
    place = join(each.root, item.rel)
    if each.storage_class not in ARCHIVED or place not in remembered.asked:
        return each.restored, ""
    try:
        found = readers[each.root].stat(item.rel)
    except OSError:
        found = item
    restored = found.restored if found is not None else ""
    asked, tier = remembered.asked[place]
    ready = ready_after(each.storage_class, tier, asked)
    if restored:
        return restored, ready if restored == "ongoing" else ""
    return ("expired" if ready and ready < at else ""), ""


def _copy(each: Standing, root: Root, readers: Readers, at: str, remembered: Remembered) -> StoreCopy:
    if root.kind != "bucket":
        used = _iso(each.used_ns)
        return FolderCopy(
            each.location,
            tier=each.tier,
            size_bytes=each.size,
            files=len(each.files),
            light_files=each.light_files,
            heavy_files=each.heavy_files,
            last_used=used,
        )
    bucket, _, prefix = root.path.removeprefix("s3://").partition("/")
    key = f"{prefix.strip('/')}/{each.rel}".lstrip("/") + ("" if each.place.suffix else "/")
    place = join(root.key, each.files[0][1].rel)
    written = _iso(each.used_ns)
    changed = remembered.transitioned.get(place) if each.storage_class not in ("", "STANDARD") else None
    uploaded = remembered.uploaded.get(place, written) if changed is not None else written
    kind = each.storage_class or "STANDARD"
    thawed, ready = _thaw(each, readers, at, remembered)
    return ObjectCopy(
        bucket=bucket,
        key=key,
        tier=kind,
        size_bytes=each.size,
        uploaded_at=uploaded,
        transitioned_at=changed,
        stands_in=each.tier,
        thawed=thawed,
        thaw_ready=ready,
        objects=len(each.files),
    )


def _look(readers: Readers, store: str) -> tuple[list[Listing], bool]:
    listings = [look(reader) for reader in roots_of(readers, store)]
    return [each for each in listings if each.root.available], bool(listings) and not any(
        "" in each.unreadable for each in listings
    )


def _iso(time_ns: int) -> str:
    return time_text(time_ns) or ""
