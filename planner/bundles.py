"""Bundles: a main file and what travels with it, told by names and folders alone.

A file follows another only when it can be no one else's: named after it, the same episode or film beyond doubt, or beside
the one film of a folder. What belongs to several alike joins them. All others are on their own. Work grows with the number of
files: one dictionary of stems a folder.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from planner.discs import disc_index, disc_top
from planner.recognise.extras import SUBTITLE_FOLDERS, extra_folder, extra_name
from planner.recognise.tables import halves, is_partial, is_sidecar, media_type
from planner.sidecars import Lead, Names, spoken, work
from schemas.inventory import Item


@dataclass(slots=True)
class Member:
    """One file that travels with a main.

    `suffix` follows the main's stem (".en.forced.srt", "-poster.jpg"). A file that is not named after the main has
    `name`, its own whole name, and keeps it. `folder` lies below the main's target folder ("" or "Extras"). `cut` is what the
    main's own stem ends in and this name does not (" CD1", beside a suffix " CD2.avi").
    """

    item: Item
    suffix: str
    folder: str = ""
    name: str = ""
    cut: str = ""

    def beside(self, main: str) -> str:
        """Return this member's relative path when its main's is `main`."""
        above, slash, name = main.rpartition("/")
        stem, dot, _ = name.rpartition(".")
        stem = stem if dot and stem else name
        own = self.name or f"{stem.removesuffix(self.cut) if self.cut else stem}{self.suffix}"
        return f"{above}{slash}{f'{self.folder}/' if self.folder else ''}{own}"


@dataclass(slots=True)
class Bundle:
    """One main and its members, sorted by path. `is_film`: the main is a film or an episode.

    `joins`: the folder with the films or episodes that this extra or picture belongs to alike, should all of them go to one place.
    """

    main: Item
    members: list[Member] = field(default_factory=list)
    is_film: bool = False
    joins: str = ""

    def take_in(self, other: "Bundle") -> None:
        """Make a bundle that joins this one's folder members of this one: all keep their names, and their folder of extras."""
        for item in (other.main, *(member.item for member in other.members)):
            path, _, name = item.rel.rpartition("/")
            self.members.append(Member(item, "", folder=path[len(other.joins) + 1 :], name=name))
        self.members.sort(key=lambda member: member.item.rel)


@dataclass
class _Folder:
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


_FOLDER_ART = frozenset(
    [
        *("poster", "folder", "cover", "fanart", "backdrop", "background", "banner", "landscape", "thumb", "clearlogo"),
        *("clearart", "logo", "disc", "discart", "movie", "front"),
    ]
)
_ALBUM_ART = frozenset(["cover", "folder", "front", "back", "album", "albumart", "albumartsmall", "cd", "disc", "inlay"])
_ALBUM_LISTS = frozenset(["m3u", "m3u8", "cue", "log", "pls", "nfo", "sfv"])
_PART = re.compile(r"[ ._-]*[(\[]?(?P<word>cd|dvd|dis[ck]|part|pt)[ ._-]?0?(?P<number>\d{1,2}|[a-d])[)\]]?\Z", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")

_LEADS = ("video", "subtitle")

_Members = dict[str, list[Member]]
"""Members by the path of their main."""


def bundle(items: Sequence[Item]) -> list[Bundle]:
    """Return the bundles of one root's items, sorted by their mains' paths: every item but folders is in exactly one.

    Symbolic links and special files are never members; each is a bundle of its own, for the caller to leave alone.
    """
    folders: dict[str, _Folder] = {}
    discs: dict[str, list[Item]] = {}
    alone: list[Item] = []
    for item in items:
        if item.kind == "dir":
            continue
        path = item.rel.rpartition("/")[0]
        top = disc_top(path)
        if item.kind != "file":
            alone.append(item)
        elif top is not None:
            discs.setdefault(top, []).append(item)
        else:
            folders.setdefault(path, _Folder(path)).files.append(item)
    members: _Members = {}
    for folder in folders.values():
        _find_mains(folder, members)
    taken = {member.item.rel for stack in members.values() for member in stack}
    made: list[Bundle] = []
    for folder in folders.values():
        left = [item for item in folder.files if item.rel not in members and item.rel not in taken]
        unowned = _follow_unowned([item for item in left if not _follow(item, folder, folders, members)], members)
        made += [Bundle(item, members.get(item.rel, []), joins=_joined(item, folder, folders)) for item in unowned]
    for folder in folders.values():
        films = {item.rel for item in folder.films}
        made += [Bundle(item, members[item.rel], item.rel in films) for item in folder.mains]
    made += [Bundle(item) for item in alone]
    made += [_disc(files) for files in discs.values()]
    for one in made:
        _tell_apart(one)
    made.sort(key=lambda one: one.main.rel)
    return made


def _find_mains(folder: _Folder, members: _Members) -> None:
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


def _stack_parts(folder: _Folder, members: _Members) -> None:
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


def _follow(item: Item, folder: _Folder, folders: dict[str, _Folder], members: _Members) -> bool:
    """Put a file that is no main with the main it belongs to; False when there is none beyond doubt."""
    name = item.rel.rpartition("/")[2]
    if name[0] == "." or is_partial(name):
        return False
    stem, ext = halves(name)
    kind = media_type(ext)
    above, _, last = folder.path.rpartition("/")
    if kind == "video" or (extra_folder(last, above) and above in folders):
        return _follow_as_extra(item, stem, folder, folders, members)
    found = None
    if kind == "image":
        found = folder.names.owner_of_art(stem)
    elif kind == "subtitle":
        found = folder.names.owner(stem) or folder.names.owner_by_work(stem) or _owner_above(stem, folder, folders)
    elif is_sidecar(ext):
        found = folder.names.owner(stem)
    if found is not None:
        lead, chain = found
        members[lead.main.rel].append(Member(item, lead.piece + chain + name[len(stem) :], cut=lead.cut))
        return True
    home = None
    if (kind == "image" or ext == "nfo") and stem.casefold() in _FOLDER_ART:
        home = folder.home
    if folder.versions_of and is_sidecar(ext) and work(stem) == folder.versions_of:
        # Named after the film, and so of every version of it: it keeps its name beside them.
        home = folder.home
    if home is None and (ext in _ALBUM_LISTS or (kind == "image" and stem.casefold() in _ALBUM_ART)):
        home = folder.first_track
    if home is not None:
        members[home.rel].append(Member(item, "", name=name))
    return home is not None


def _owner_above(stem: str, folder: _Folder, folders: dict[str, _Folder]) -> tuple[Lead, str] | None:
    """Return the main of a subtitle in Subs/ or in a folder of Subs/ that is named after it, and the chain after its stem."""
    above, _, last = folder.path.rpartition("/")
    if last.lower() in SUBTITLE_FOLDERS and above in folders:
        home = folders[above]
        found = home.names.owner(stem) or home.names.owner_by_work(stem)
        return found or ((Lead(home.only), spoken(stem)) if home.only else None)
    top, _, subs = above.rpartition("/")
    if subs.lower() in SUBTITLE_FOLDERS and top in folders:
        lead = folders[top].names.of_stem(last)
        return (lead, spoken(stem)) if lead else None
    return None


def _follow_as_extra(item: Item, stem: str, folder: _Folder, folders: dict[str, _Folder], members: _Members) -> bool:
    """Put a sample, trailer or other extra with the film it is named after, or with the only film of its own folder."""
    above, _, last = folder.path.rpartition("/")
    name = item.rel.rpartition("/")[2]
    inside = last if extra_folder(last, above) and above in folders else ""
    home = folders[above] if inside else folder
    of = (extra_name(stem) or ("", ""))[1]
    found = (home.names.owner(of) or home.names.owner_by_work(of)) if of else None
    if found and not inside and name.startswith(of):
        members[found[0].main.rel].append(Member(item, name[len(of) :]))
        return True
    main = found[0].main if found else home.home
    if main is not None:
        members[main.rel].append(Member(item, "", folder=inside, name=name))
    return main is not None


def _joined(item: Item, folder: _Folder, folders: dict[str, _Folder]) -> str:
    """Return the folder whose films or episodes an unowned extra or picture belongs to alike; "" when it is none of theirs."""
    above, _, last = folder.path.rpartition("/")
    inside = extra_folder(last, above) is not None and above in folders
    home = folders[above] if inside else folder
    name = item.rel.rpartition("/")[2]
    if not home.films or name[0] == "." or is_partial(name):
        return ""
    stem, ext = halves(name)
    is_art = media_type(ext) == "image" and stem.casefold() in _FOLDER_ART
    is_nameless = media_type(ext) == "video" and extra_name(stem) in (("sample", ""), ("trailer", ""))
    return home.path if inside or is_art or is_nameless else ""


def _follow_unowned(unowned: list[Item], members: _Members) -> list[Item]:
    """Put what found no main with the extra, .idx or subtitle it is named after; return what still stands alone."""
    names = Names()
    rels = {item.rel for item in unowned}
    lone: list[Item] = []
    for item in sorted(unowned, key=_lead_rank):
        name = item.rel.rpartition("/")[2]
        stem, ext = halves(name)
        own = name[0] != "." and not is_partial(name) and f"{item.rel}.aria2" not in rels
        found = None
        if own and is_sidecar(ext):
            found = names.owner_of_art(stem) if media_type(ext) == "image" else names.owner(stem)
        if found is not None:
            lead, chain = found
            members.setdefault(lead.main.rel, []).append(Member(item, chain + name[len(stem) :]))
            continue
        lone.append(item)
        if own and media_type(ext) in _LEADS:
            names.add(stem, Lead(item))
    return lone


def _lead_rank(item: Item) -> tuple[int, int]:
    """Return where an item stands among those that others may be named after: extras, indexes, subtitles, short names first."""
    stem, ext = halves(item.rel)
    kind = media_type(ext)
    return (_LEADS.index(kind) if kind in _LEADS else len(_LEADS), 2 * len(stem) + (ext != "idx"))


def _disc(files: Iterable[Item]) -> Bundle:
    """Return a whole disc as one bundle: its index leads, everything else keeps its place beside it."""
    files = list(files)
    made = Bundle(disc_index(files))
    home = made.main.rel.rpartition("/")[0]
    for item in files:
        if item is not made.main:
            path, _, name = item.rel.rpartition("/")
            made.members.append(Member(item, "", folder=path[len(home) + 1 :] if path.startswith(f"{home}/") else "", name=name))
    return made


def _tell_apart(made: Bundle) -> None:
    """Sort a bundle's members, and number those that would come to one name before their extensions."""
    if len(made.members) < 2:
        return
    made.members.sort(key=lambda member: member.item.rel)
    taken = {made.main.rel.casefold()}
    for member in made.members:
        stem, dot, ext = (member.name or member.suffix).rpartition(".")
        count = 1
        while (place := member.beside(made.main.rel).casefold()) in taken:
            count += 1
            if member.name:
                member.name = f"{stem}.{count}{dot}{ext}"
            else:
                member.suffix = f"{stem}.{count}{dot}{ext}"
        taken.add(place)
