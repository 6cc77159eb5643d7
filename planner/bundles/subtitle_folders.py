"""Folders of subtitles: whose the subtitles in Subs/ are, or in a folder named after an episode, a film or a language."""

from reshelve.planner.bundles.folder_files import Folder, Tree
from reshelve.planner.bundles.sidecars import Lead, film, numbered, squashed
from reshelve.planner.recognise.extension_tables import halves
from reshelve.planner.recognise.extras import is_subtitle_folder
from reshelve.planner.recognise.subtitle_tags import language_of, spoken, spoken_whole, without_tags
from reshelve.planner.recognise.title_text import says_nothing
from reshelve.schemas.inventory import Item


def owner_above(stem: str, folder: Folder, tree: Tree) -> tuple[Lead, str] | None:
    """Return the main of a subtitle in Subs/, or in a folder named after it or a language, and the chain after its stem."""
    above, _, last = folder.path.rpartition("/")
    if is_subtitle_folder(last) and above in tree:
        home = tree[above]
        found = home.names.owner(stem) or home.names.owner_by_work(stem)
        only = home.only if not is_of_a_part(stem, home) else None
        return found or ((Lead(only), spoken(stem)) if only and not _names_another(stem, only) else None)
    top, _, subs = above.rpartition("/")
    if is_subtitle_folder(subs) and top in tree:
        return _owner_by_folder(stem, last, tree[top])
    if folder.path and not folder.films and above in tree and tree[above].films:
        # Without a Subs/ around it, a folder is one of subtitles only by a name that says so, and with nothing of its own to watch.
        is_told = language_of(last) is not None and spoken_whole(last)
        found = _owner_by_folder(stem, last, tree[above]) if is_told or spoken_whole(stem) else None
        only = tree[above].only
        return None if found and is_told and found[0].main is only and not _is_short_for(stem, only) else found
    return None


def _owner_by_folder(stem: str, last: str, home: Folder) -> tuple[Lead, str] | None:
    """Return the main in `home` of a subtitle in a folder named `last`, after a main or a language, and its chain."""
    lead = home.names.of_stem(last)
    if lead is not None:
        return lead, spoken(stem)
    if spoken_whole(last):
        found = home.names.owner(stem) or home.names.owner_by_work(stem)
        if found is not None:
            return found[0], spoken(last) + found[1].removeprefix(spoken(last))
        flags = spoken(stem) if spoken_whole(stem) else ""
        of_only = home.only is not None and not _names_another(stem, home.only)
        return (Lead(home.only), spoken(last) + flags.removeprefix(spoken(last))) if home.only and of_only else None
    work_above = home.names.owner_by_work(last)
    return (work_above[0], spoken(stem)) if work_above else None


def _names_another(stem: str, main: Item) -> bool:
    """Say whether a subtitle that is not named after a main gives the title and year of another film, or another episode."""
    told, own = film(without_tags(stem)), halves(main.rel.rpartition("/")[2])[0]
    if not told:
        return False
    if (number := numbered(told)) is not None:
        return numbered(film(own)) not in (None, number)
    return not (squashed(own).startswith(told.rpartition(" ")[0]) or told.startswith(squashed(own)))


def _is_short_for(stem: str, main: Item) -> bool:
    """Say whether a subtitle's name says no more than its language, nothing, or how the name of its main begins."""
    base = without_tags(stem)
    return (
        spoken_whole(stem)
        or says_nothing(base)
        or bool(film(base))
        or squashed(main.rel.rpartition("/")[2]).startswith(squashed(base))
    )


def is_of_a_part(stem: str, folder: Folder) -> bool:
    """Say whether the number that a subtitle begins with may be that of a part of a film: "2_German" beside CD1, CD2."""
    return stem[:1].isdecimal() and folder.names.has_parts
