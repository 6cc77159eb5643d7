"""Heeding download clients: what is not complete is left alone, and what is complete stays where its client has it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Literal

from reshelve.planner.bundles.bundle import Bundle
from reshelve.planner.layouts.proposal import Proposal
from reshelve.planner.ports.downloads import Download, Downloads
from reshelve.planner.ports.store_reader import Reader, Readers, roots_of
from reshelve.planner.recognise.name_reading import Reading
from reshelve.planner.scanners.scan_findings import Found
from reshelve.schemas.locations import split, store_of
from reshelve.schemas.problems import Problem

Why = Literal["", "being_downloaded", "other_downloads", "client_silent"]
WORDS: Mapping[Why, str] = {
    "": "",
    "being_downloaded": "its download client says that it is not complete",
    "other_downloads": "its download has none of the `categories:` that are filed",
    "client_silent": "the download client of its store does not answer, and may be writing to it",
}
"""Why a file is left where it is, as an explanation says it."""


def leave_downloads(found: Found, downloads: Downloads, readers: Readers) -> None:
    """Let go of what is not complete yet, is not wanted, or may be under way at a client that does not answer.

    Nothing of a download is put into the trash.
    """
    if not downloads:
        return
    found.proposals = [each for each in found.proposals if _goes(each, found, downloads)]
    found.undecided = [one for one in found.undecided if _goes(one.proposal, found, downloads)]
    held = {one.path for one in found.absent if _is_held(one.path, downloads, readers)}
    found.absent = [one for one in found.absent if one.path not in held]
    found.leave_files(sorted(held), "in_a_download")
    for store, (client, trouble) in sorted(downloads.silent.items()):
        detail = f"`{client}` does not say what it is downloading: {trouble}. Files in {store} are left alone."
        hint = f"Start it, or correct the address or password in `clients: {client}`."
        found.problems.append(
            Problem("client-silent", "A download client does not answer.", detail, store, hint, severity="warning")
        )


def kept_seeding(proposals: Iterable[Proposal], downloads: Downloads) -> Iterator[Proposal]:
    """Yield proposals, those of a client's files as hard links: the client has them where they are. Nothing is copied unasked."""
    for each in proposals:
        if each.transfer == "move" and each.source != each.target and _of(each.reader, each.bundle, downloads):
            yield replace(each, transfer="hardlink")
        else:
            yield each


def why_left(reader: Reader, bundle: Bundle, downloads: Downloads, store: str) -> Why:
    """Return why a bundle is left where it is as far as clients know, "" if it is not."""
    its = _of(reader, bundle, downloads)
    if not all(one.complete for one in its):
        return "being_downloaded"
    if not all(one.wanted for one in its):
        return "other_downloads"
    return "client_silent" if store in downloads.silent else ""


def add_download_facts(reading: Reading, downloads: Downloads, root_key: str, rel: str) -> None:
    """Add to what a name tells what clients say of the file."""
    for one in downloads.of(root_key, rel):
        facts = {"download_category": one.category or None, "download_tags": list(one.tags) or None}
        reading.add("the download client", facts)


def _goes(each: Proposal, found: Found, downloads: Downloads) -> bool:
    """Say whether a bundle may be filed as far as clients know; what is not is left, and told."""
    if each.source == each.target or each.follows:
        return True
    why = why_left(each.reader, each.bundle, downloads, each.store)
    if not why:
        return True
    found.leave(each.bundle, each.store, why)
    if why != "other_downloads":
        found.waits.append(each.source)
    return False


def _of(reader: Reader, bundle: Bundle, downloads: Downloads) -> list[Download]:
    return [one for item in bundle.items() for one in downloads.of(reader.root.key, item.rel)]


def _is_held(location: str, downloads: Downloads, readers: Readers) -> bool:
    store, rel = split(location)
    keys = (reader.root.key for reader in roots_of(readers, store_of(store)))
    return any(downloads.of(key, rel.rstrip("/")) for key in keys)
