"""Bundling: who travels with whom, told by names and folders alone.

A file follows another only when it can be no one else's: named after it, the same episode or film beyond doubt, or beside
the one film of a folder. What belongs to several alike joins them. All others are on their own. Work grows with the number of
files: one dictionary of stems a folder.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from posixpath import relpath

from reshelve.planner.bundles.album_files import is_of_album
from reshelve.planner.bundles.bundle import Bundle, Member, Members
from reshelve.planner.bundles.folder_files import Folder, Named, Tree, named
from reshelve.planner.bundles.junk import is_junk, is_junk_folder, is_junk_video
from reshelve.planner.bundles.kinds.bundle_kind_list import KINDS
from reshelve.planner.bundles.main_files import THEMES, find_mains, is_sound_of_film_above
from reshelve.planner.bundles.sidecars import Lead, Names, film, work
from reshelve.planner.bundles.subtitle_folders import is_of_a_part, owner_above
from reshelve.planner.bundles.whole_show_files import holds_parts, is_of_card, is_of_show, is_season_pack, is_show, is_theme
from reshelve.planner.left_alone.known_names import is_hidden
from reshelve.planner.recognise.copy_names import original_of
from reshelve.planner.recognise.disc_folders import beside_disc, disc_index, disc_top
from reshelve.planner.recognise.extension_tables import halves, is_partial, is_sidecar, media_type
from reshelve.planner.recognise.extras import extra_folder, extra_name, is_creditless
from reshelve.planner.recognise.subtitle_tags import spoken, spoken_whole
from reshelve.schemas.inventory import Item

_FOLDER_ART = frozenset(
    [
        *("poster", "folder", "cover", "fanart", "backdrop", "background", "banner", "landscape", "thumb", "clearlogo"),
        *("clearart", "logo", "disc", "discart", "movie", "front", "season", "keyart", "characterart"),
        *("movieset-poster", "movieset-fanart", "movieset-logo", "movieset-banner", "movieset-landscape", "movieset-clearart"),
    ]
)
_NUMBERED = re.compile(r"(?P<art>poster|fanart|backdrop|background|banner|landscape|thumb|cover)[ _-]?\d{1,2}\Z")
_FILM_NOTES = frozenset(["movie.xml", "mymovies.xml", "dvdid.xml", "tmm.nfo", ".plexmatch"])
"""What managers of films write beside one, whatever it is called."""
_ART_FOLDERS = frozenset(["extrafanart", "extrathumbs", THEMES])
"""Folders of a film or show that media servers read beside it."""
_FONT_FOLDERS = frozenset(["fonts", "font"])
_FONTS = frozenset(["ttf", "otf", "ttc", "pfb", "woff", "woff2"])
"""The typefaces that subtitles are written in."""
_ALBUM_FOLDERS = frozenset(["artwork", "scans", "scan", "covers", "booklet", "art"])

_LEADS = ("video", "subtitle")
"""What others may be named after though it is no main: an extra, a subtitle whose film is not there."""


def bundle(items: Sequence[Item]) -> list[Bundle]:
    """Return the bundles of one root's items, sorted by their mains' paths: every item but folders is in exactly one.

    Symbolic links and special files are never members. A link may lead, so that what belongs to it can be left with it.
    """
    tree = Tree()
    discs: dict[str, list[Item]] = {}
    alone: list[Item] = []
    for item in items:
        if item.kind == "dir":
            continue
        path = item.rel.rpartition("/")[0]
        top = disc_top(item.rel)
        if item.kind == "other" or (top is not None and item.kind != "file"):
            alone.append(item)
        elif top is not None:
            discs.setdefault(top, []).append(item)
        else:
            tree.setdefault(path, Folder(path)).files.append(item)
    beside: dict[str, list[Item]] = {}
    for path in [path for path in tree if discs]:
        if (top := beside_disc(path, discs)) is not None:
            beside.setdefault(top, []).extend(tree.pop(path).files)
    stand_ins = _stand_ins(discs, tree)
    members: Members = {}
    tails: dict[str, str] = {}
    folders = [tree[path] for path in sorted(tree)]
    taken = _kin(folders, tree, members, tails)
    kin_mains = list(members)
    for folder in folders:
        find_mains(folder, tree, members, taken)
    taken |= {member.item.rel for stack in members.values() for member in stack}
    made: list[Bundle] = []
    for folder in folders:
        left = [item for item in folder.files if item.rel not in members and item.rel not in taken]
        lone = [item for item in left if item.kind != "file" or not _follow(item, folder, tree, members)]
        unowned = _follow_unowned(lone, folder, members)
        made += [_lone(item, members, folder, tree) for item in unowned]
    leads: set[str] = set()
    for folder in folders:
        films = {item.rel for item in folder.films}
        leads |= {item.rel for item in folder.mains}
        made += [
            Bundle(item, members[item.rel], item.rel in films, leads=True, tail=tails.get(item.rel, ""))
            for item in folder.mains
            if item is not folder.disc
        ]
    by_rel = {item.rel: item for folder in folders for item in folder.files}
    made += [Bundle(by_rel[rel], members[rel], tail=tails.get(rel, "")) for rel in kin_mains if rel not in leads]
    made += [Bundle(item) for item in alone]
    made += [_disc(files, beside.get(top, ()), members.get(stand_ins.get(top, ""), ())) for top, files in discs.items()]
    for one in made:
        _tell_apart(one)
    made.sort(key=lambda one: one.main.rel)
    return made


def _kin(folders: Iterable[Folder], tree: Tree, members: Members, tails: dict[str, str]) -> set[str]:
    """Put what the kinds find with its mains, each file once; return what goes with another."""
    taken: set[str] = set()
    for kind in KINDS:
        for folder in folders:
            for kin in kind.gather(folder, tree):
                main, member = kin.main.rel, kin.member.item
                if member.kind != "file" or main in taken or member.rel in taken or member.rel in members:
                    continue
                members.setdefault(main, []).append(kin.member)
                taken.add(member.rel)
                if kin.tail:
                    tails[main] = kin.tail
    return taken


def _lone(item: Item, members: Members, folder: Folder, tree: Tree) -> Bundle:
    """Return the bundle of what found no main, with where it joins others."""
    made = Bundle(item, members.get(item.rel, []))
    name = item.rel.rpartition("/")[2]
    if item.kind == "file" and not is_hidden(name) and not is_partial(name):
        one = named(item)
        made.joins, made.of_whole = _joined(one, folder, tree)
        made.is_junk = bool(made.joins) and _is_junk(one, folder)
    return made


def _follow(item: Item, folder: Folder, tree: Tree, members: Members) -> bool:
    """Put a file that is no main with the main it belongs to; False when there is none beyond doubt."""
    one = named(item)
    if is_hidden(one.name) or is_partial(one.name):
        return False
    above, _, last = folder.path.rpartition("/")
    if (one.media == "video" and not is_junk_video(one.name)) or (extra_folder(last, above) and above in tree):
        return _follow_as_extra(one, folder, tree, members)
    found = _owner(one, folder, tree)
    if found is not None:
        lead, chain = found
        members[lead.main.rel].append(Member(item, lead.piece + chain + one.name[len(one.stem) :], cut=lead.cut))
        return True
    whole = folder.names.of_whole(one.name)
    if whole is not None:
        members[whole[0].rel].append(Member(item, whole[1], whole=True))
        return True
    home, inside = _home(one, folder, tree)
    if home is None and is_sidecar(one.ext) and (of_film := folder.names.of_film(one.stem)) is not None:
        home = of_film.main
    if home is not None:
        members[home.rel].append(Member(item, "", folder=inside, name=one.name, is_junk=_is_junk(one, folder)))
    return home is not None


def _owner(one: Named, folder: Folder, tree: Tree) -> tuple[Lead, str] | None:
    """Return the main that a file is named after, or for a subtitle or sound track the only one it can be of; and its chain."""
    names = folder.names
    if one.media == "image":
        return names.owner_of_art(one.stem)
    if one.media == "subtitle":
        found = names.owner(one.stem) or names.owner_loosely(one.stem) or names.owner_by_work(one.stem)
        found = found or owner_above(one.stem, folder, tree)
        if found is None and folder.only is not None and spoken_whole(one.stem) and not is_of_a_part(one.stem, folder):
            return Lead(folder.only), spoken(one.stem)
        return found
    if one.media == "audio":
        if is_theme(one):
            return None
        if is_sound_of_film_above(one, folder, tree):
            above = tree[folder.path.rpartition("/")[0]]
            of_only = (Lead(above.only), spoken(one.stem)) if above.only else None
            return _spoken_by_folder(above.names.owner(one.stem), folder.last) or of_only
        found = names.owner(one.stem) or names.owner_by_work(one.stem)
        return found or ((Lead(folder.only), spoken(one.stem)) if folder.only else None)
    return names.owner_of_document(one.stem) if is_sidecar(one.ext) else None


def _spoken_by_folder(found: tuple[Lead, str] | None, folder: str) -> tuple[Lead, str] | None:
    """Return what was found with the language that a folder gives, where the name gives none: "Rus Sound/Film.mka" is ".ru"."""
    return (found[0], spoken(folder)) if found is not None and not found[1] and spoken_whole(folder) else found


def _home(one: Named, folder: Folder, tree: Tree) -> tuple[Item | None, str]:
    """Return the main that a file keeps its own name beside, and the folder of it that it keeps: art, lists, what releases add."""
    if folder.home and (_is_folder_art(one) or one.name.casefold() in _FILM_NOTES):
        return folder.home, ""
    if folder.home is not None and is_theme(one):
        return folder.home, ""
    if folder.versions_of and is_sidecar(one.ext) and film(one.stem) == folder.versions_of:
        # Named after the film, and so of every version of it: it keeps its name beside them.
        return folder.home, ""
    if folder.only is not None and one.key == "chapters":
        return folder.only, ""
    # A pdf is a book of its own, but where it is called as what is heard here, or as its folder.
    is_booklet = one.ext == "pdf" and (one.key == folder.last or folder.names.of_stem(one.stem) is not None)
    if (is_booklet or is_of_album(one)) and folder.first_track is not None and not is_of_show(one) and not is_show(folder, tree):
        return folder.first_track, ""
    above = tree.above(folder)
    if above is not None and folder.last in _ALBUM_FOLDERS and above.first_track and (one.media == "image" or one.ext == "pdf"):
        return above.first_track, folder.path.rpartition("/")[2]
    if above is not None and above.home is not None and _is_of_work(one, folder.last):
        return above.home, folder.path.rpartition("/")[2]
    if _is_junk(one, folder):
        if folder.home or folder.first_track:
            return folder.home or folder.first_track, ""
        if above is not None and is_junk_folder(folder.last):
            return above.home or above.first_track, folder.path.rpartition("/")[2]
    return None, ""


def _is_folder_art(one: Named) -> bool:
    """Say whether a picture or note is of the film or show of its folder by its name: "poster.jpg", "fanart2.jpg", "movie.nfo"."""
    numbered = _NUMBERED.match(one.key) if one.media == "image" else None
    return numbered is not None or ((one.media == "image" or one.ext == "nfo") and one.key in _FOLDER_ART)


def _is_of_work(one: Named, folder: str) -> bool:
    """Say whether a file in a folder of this name, beside films, episodes or their seasons, is theirs: art, scans, typefaces."""
    if folder in _FONT_FOLDERS:
        return one.ext in _FONTS
    is_scan = folder in _ALBUM_FOLDERS and (one.media == "image" or one.ext == "pdf")
    return is_scan or (folder in _ART_FOLDERS and one.media in ("image", "audio"))


def _is_junk(one: Named, folder: Folder) -> bool:
    """Say whether a file is what releases come with: by its name or its folder's, or a scene's note on the only film."""
    is_note = one.ext == "nfo" and folder.films and one.key not in _FOLDER_ART and not is_of_show(one)
    return bool(is_note) or is_junk(one.name) or is_junk_folder(folder.last)


def _follow_as_extra(one: Named, folder: Folder, tree: Tree, members: Members) -> bool:
    """Put a sample, trailer or other extra with the film it is named after, or with the only film of its own folder."""
    above, _, last = folder.path.rpartition("/")
    inside = last if extra_folder(last, above) and above in tree else ""
    home = tree[above] if inside else folder
    kind, of = extra_name(one.stem) or ("", "")
    found = (home.names.owner(of) or home.names.owner_by_work(of)) if of else None
    is_sample = kind == "sample" or extra_folder(last, above) == "sample"
    if found and not inside and one.name.startswith(of):
        members[found[0].main.rel].append(Member(one.item, one.name[len(of) :], is_junk=is_sample))
        return True
    main = found[0].main if found else home.home or (_first_version(home, of) if of else None)
    if main is not None:
        members[main.rel].append(Member(one.item, "", folder=inside, name=one.name, is_junk=is_sample))
    return main is not None


def _first_version(folder: Folder, of: str) -> Item | None:
    """Return the first of the versions of a film here that an extra names, beside films that are none of it."""
    named_film = film(of)
    stems = ((item, halves(item.rel.rpartition("/")[2])[0]) for item in folder.films)
    return next((item for item, stem in stems if named_film and film(stem) == named_film and not original_of(stem)), None)


def _joined(one: Named, folder: Folder, tree: Tree) -> tuple[str, bool]:
    """Return the folder whose mains something unowned belongs to alike ("" when it is none of theirs), and whether as a whole.

    What is of a whole show goes to the show's folder, though it lies with the episodes of one season.
    """
    above, _, last = folder.path.rpartition("/")
    is_art = _is_folder_art(one)
    inside = extra_folder(last, above) is not None or is_junk_folder(last) or _is_of_work(one, last.casefold())
    home = tree.get(above, Folder(above)) if inside else folder
    if not home.films and holds_parts(home, tree):
        is_of_it = inside or is_art or is_of_show(one) or is_of_card(one)
        return (home.path, True) if is_of_it or (is_of_album(one) and one.ext != "nfo") else ("", False)
    if not home.films:
        return "", False
    if is_of_show(one) or is_of_card(one):
        return home.path, True
    is_nameless = one.media == "video" and (extra_name(one.stem) in (("sample", ""), ("trailer", "")) or is_creditless(one.stem))
    if inside or (is_art and one.media == "image") or one.name.casefold() == "season.nfo" or is_nameless:
        return home.path, False
    is_note = one.ext == "nfo" and is_season_pack(last) and not work(one.stem)
    return (folder.path, False) if folder.path and (is_note or is_junk(one.name)) else ("", False)


def _follow_unowned(unowned: list[Item], folder: Folder, members: Members) -> list[Item]:
    """Put what found no main with the extra, .idx or subtitle it is named after; return what still stands alone."""
    if not unowned:
        return []
    names = Names()
    extras = {member.item.rel: (main.rel, member) for main in folder.mains for member in members[main.rel]}
    for rel in extras:
        stem, ext = halves(rel.rpartition("/")[2])
        if media_type(ext) == "video" and rel.rpartition("/")[0] == folder.path:
            names.add(stem, Lead(extras[rel][1].item))
    rels = {item.rel for item in unowned}
    lone: list[Item] = []
    for item in sorted(unowned, key=_lead_rank):
        name = item.rel.rpartition("/")[2]
        stem, ext = halves(name)
        own = name[0] != "." and not is_partial(name) and f"{item.rel}.aria2" not in rels
        found = None
        if own and is_sidecar(ext):
            found = names.owner_of_art(stem) if media_type(ext) == "image" else names.owner_of_document(stem)
        if found is not None:
            lead, chain = found
            rest = chain + name[len(stem) :]
            main, extra = extras.get(lead.main.rel, (lead.main.rel, None))
            members.setdefault(main, []).append(Member(item, rest) if extra is None else _after(extra, item, rest))
            continue
        if own and (whole := names.of_whole(name)) is not None:
            main, extra = extras.get(whole[0].rel, (whole[0].rel, None))
            rest = name[len(halves(name[: -len(whole[1])])[0]) :]
            members.setdefault(main, []).append(Member(item, whole[1], whole=True) if extra is None else _after(extra, item, rest))
            continue
        lone.append(item)
        if own and media_type(ext) in _LEADS:
            names.add(stem, Lead(item))
    return lone


def _after(extra: Member, item: Item, rest: str) -> Member:
    """Return what goes with an extra, beside it and called as it is: "Film-trailer.nfo"."""
    own = item.rel.rpartition("/")[2] if extra.name else ""
    return replace(extra, item=item, suffix=f"{halves(extra.suffix)[0]}{rest}", name=own)


def _lead_rank(item: Item) -> tuple[int, int, bool]:
    """Return where an item stands among those that others may be named after: extras, indexes, subtitles, short names first."""
    stem, ext = halves(item.rel)
    kind = media_type(ext)
    return (_LEADS.index(kind) if kind in _LEADS else len(_LEADS), len(stem), ext != "idx")


def _stand_ins(discs: dict[str, list[Item]], tree: Tree) -> dict[str, str]:
    """Let each disc that is alone in a folder stand there as a film called as the folder is; return the paths of these by disc."""
    homes: dict[str, list[str]] = {}
    for top in discs:
        homes.setdefault(top.rpartition("/")[0], []).append(top)
    stand_ins: dict[str, str] = {}
    for home, tops in homes.items():
        if home and len(tops) == 1:
            folder = tree.setdefault(home, Folder(home))
            rel = f"{home}/{home.rpartition('/')[2]}.iso"
            if all(item.rel.casefold() != rel.casefold() for item in folder.files):
                folder.disc = replace(discs[tops[0]][0], rel=rel)
                stand_ins[tops[0]] = rel
    return stand_ins


def _disc(files: list[Item], beside: Iterable[Item], members: Iterable[Member]) -> Bundle:
    """Return a whole disc as one bundle: its index leads, everything else keeps its name and its place beside it."""
    made = Bundle(disc_index(files))
    home = made.main.rel.rpartition("/")[0]
    junk = {member.item.rel for member in members if member.is_junk}
    for item in (*files, *beside, *(member.item for member in members)):
        if item is not made.main:
            path, _, name = item.rel.rpartition("/")
            steps = [step for step in relpath(path or ".", home).split("/") if step != "."]
            folder = "/".join(step for step in steps if step != "..")
            made.members.append(Member(item, "", folder, name, up=steps.count(".."), is_junk=item.rel in junk))
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
