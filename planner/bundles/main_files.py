"""Mains: what of a folder others travel with, its films, episodes and tracks; later parts of a film go with its first."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from reshelve.planner.bundles.bundle import Member, Members
from reshelve.planner.bundles.sidecars import Lead, Names, work
from reshelve.planner.recognise.extension_tables import halves, is_partial, is_sidecar, media_type
from reshelve.planner.recognise.extras import extra_folder, extra_name
from reshelve.schemas.inventory import Item

_PART = re.compile(r"[ ._-]*[(\[]?(?P<word>cd|dvd|dis[ck]|part|pt)[ ._-]?0?(?P<number>\d{1,2}|[a-d])[)\]]?\Z", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass
class Folder:
    """The files of one folder: its mains, the films among them, and by which names they are followed."""

    path: str
    files: list[Item] = field(default_factory=list)
    mains: list[Item] = field(default_factory=list)
    films: list[Item] = field(default_factory=list)
    names: Names = field(default_factory=Names)

    @property
    def only(self) -> Item | None:
        """The one film of this folder; a store's own top is nobody's folder."""
        return self.films[0] if len(self.films) == 1 and self.path else None

    @property
    def home(self) -> Item | None:
        """The film that this folder's own art and extras go with: the only one, or the first of its versions."""
        return self.films[0] if self.versions_of else self.only

    @cached_property
    def versions_of(self) -> str:
        """The film or episode that all several films here are versions of, " - 2160p" and " - 1080p"; "" when there is none."""
        of = {work(halves(item.rel.rpartition("/")[2])[0]) for item in self.films} if len(self.films) > 1 and self.path else set()
        return of.pop() if len(of) == 1 else ""

    @property
    def first_track(self) -> Item | None:
        """The first track of a folder of music."""
        return self.mains[0] if self.mains and not self.films and self.path else None


def find_mains(folder: Folder, members: Members) -> None:
    """Fill in the mains of a folder and the names they are followed by; later parts of a film become members of its first."""
    names = {item.rel.rpartition("/")[2] for item in folder.files}
    above, _, last = folder.path.rpartition("/")
    in_extras = extra_folder(last, above) is not None and above != ""
    tracks = []
    for item in folder.files:
        name = item.rel.rpartition("/")[2]
        stem, ext = halves(name)
        kind = media_type(ext)
        if name[0] == "." or f"{name}.aria2" in names or is_partial(name):
            continue
        if kind == "video" and not in_extras and extra_name(stem) is None:
            folder.films.append(item)
        elif kind == "audio":
            tracks.append(item)
    _stack_parts(folder, members)
    # Films come first: what is named after a film and its own sound track is the film's, and so is the sound track.
    for item in folder.films:
        folder.names.add(halves(item.rel.rpartition("/")[2])[0], Lead(item))
    folder.mains += folder.films
    for item in tracks:
        stem, ext = halves(item.rel.rpartition("/")[2])
        if not (folder.films and is_sidecar(ext) and folder.names.owner(stem)):
            folder.names.add(stem, Lead(item))
            folder.mains.append(item)
    for item in folder.mains:
        members.setdefault(item.rel, [])


def _stack_parts(folder: Folder, members: Members) -> None:
    """Make CD2, part 2… members of the first part, where they differ in nothing else."""
    stacks: dict[tuple[str, str, str], dict[str, tuple[Item, str, str]]] = {}
    for item in folder.films:
        name = item.rel.rpartition("/")[2]
        stem, ext = halves(name)
        part = _PART.search(stem)
        # "part 2" may be a film of its own; after a year it is a piece of one.
        if part and (part["word"].lower() not in {"part", "pt"} or _YEAR.search(stem, 0, part.start())):
            stack = stacks.setdefault((stem[: part.start()].casefold(), part["word"].lower(), ext), {})
            stack[part["number"].lower()] = (item, stem, part.group())
    later: set[str] = set()
    for stack in stacks.values():
        first, _, cut = stack.get("1") or stack.get("a") or (None, "", "")
        if first is None:
            continue
        for item, stem, piece in stack.values():
            if item is not first:
                suffix = piece + item.rel.rpartition("/")[2][len(stem) :]
                members.setdefault(first.rel, []).append(Member(item, suffix, cut=cut))
                folder.names.add(stem, Lead(first, piece, cut))
                later.add(item.rel)
    if later:
        folder.films = [item for item in folder.films if item.rel not in later]
