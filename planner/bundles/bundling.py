"""Bundling: who travels with whom, told by names and folders alone.

A file follows another only when it can be no one else's: named after it, the same episode or film beyond doubt, or beside
the one film of a folder. What belongs to several alike joins them. All others are on their own. Work grows with the number of
files: one dictionary of stems a folder.
"""

from collections.abc import Iterable, Sequence
from posixpath import relpath

from reshelve.planner.bundles.bundle import Bundle, Member, Members
from reshelve.planner.bundles.main_files import Folder, find_mains
from reshelve.planner.bundles.sidecars import Lead, Names, spoken, work
from reshelve.planner.recognise.disc_folders import beside_disc, disc_index, disc_top
from reshelve.planner.recognise.extension_tables import halves, is_partial, is_sidecar, media_type
from reshelve.planner.recognise.extras import SUBTITLE_FOLDERS, extra_folder, extra_name
from reshelve.schemas.inventory import Item

_FOLDER_ART = frozenset(
    [
        *("poster", "folder", "cover", "fanart", "backdrop", "background", "banner", "landscape", "thumb", "clearlogo"),
        *("clearart", "logo", "disc", "discart", "movie", "front"),
    ]
)
_ALBUM_ART = frozenset(["cover", "folder", "front", "back", "album", "albumart", "albumartsmall", "cd", "disc", "inlay"])
_ALBUM_LISTS = frozenset(["m3u", "m3u8", "cue", "log", "pls", "nfo", "sfv"])

_LEADS = ("video", "subtitle")
"""What others may be named after though it is no main: an extra, a subtitle whose film is not there."""


def bundle(items: Sequence[Item]) -> list[Bundle]:
    """Return the bundles of one root's items, sorted by their mains' paths: every item but folders is in exactly one.

    Symbolic links and special files are never members; each is a bundle of its own, for the caller to leave alone.
    """
    folders: dict[str, Folder] = {}
    discs: dict[str, list[Item]] = {}
    alone: list[Item] = []
    for item in items:
        if item.kind == "dir":
            continue
        path = item.rel.rpartition("/")[0]
        top = disc_top(item.rel)
        if item.kind != "file":
            alone.append(item)
        elif top is not None:
            discs.setdefault(top, []).append(item)
        else:
            folders.setdefault(path, Folder(path)).files.append(item)
    beside: dict[str, list[Item]] = {}
    for path in [path for path in folders if discs]:
        if (top := beside_disc(path, discs)) is not None:
            beside.setdefault(top, []).extend(folders.pop(path).files)
    members: Members = {}
    for folder in folders.values():
        find_mains(folder, members)
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
    made += [_disc(files, beside.get(top, ())) for top, files in discs.items()]
    for one in made:
        _tell_apart(one)
    made.sort(key=lambda one: one.main.rel)
    return made


def _follow(item: Item, folder: Folder, folders: dict[str, Folder], members: Members) -> bool:
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


def _owner_above(stem: str, folder: Folder, folders: dict[str, Folder]) -> tuple[Lead, str] | None:
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


def _follow_as_extra(item: Item, stem: str, folder: Folder, folders: dict[str, Folder], members: Members) -> bool:
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


def _joined(item: Item, folder: Folder, folders: dict[str, Folder]) -> str:
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


def _follow_unowned(unowned: list[Item], members: Members) -> list[Item]:
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


def _lead_rank(item: Item) -> tuple[int, int, bool]:
    """Return where an item stands among those that others may be named after: extras, indexes, subtitles, short names first."""
    stem, ext = halves(item.rel)
    kind = media_type(ext)
    return (_LEADS.index(kind) if kind in _LEADS else len(_LEADS), len(stem), ext != "idx")


def _disc(files: list[Item], beside: Iterable[Item]) -> Bundle:
    """Return a whole disc as one bundle: its index leads, everything else keeps its place beside it."""
    made = Bundle(disc_index(files))
    home = made.main.rel.rpartition("/")[0]
    for item in (*files, *beside):
        if item is not made.main:
            path, _, name = item.rel.rpartition("/")
            steps = [step for step in relpath(path or ".", home).split("/") if step != "."]
            made.members.append(Member(item, "", "/".join(step for step in steps if step != ".."), name, up=steps.count("..")))
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
