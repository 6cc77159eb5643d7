"""Wholes: what belongs to a show, album or card, whose seasons, discs or clips are folders: `tvshow.nfo`, `MEDIAPRO.XML`."""

import re
from functools import cache

from reshelve.planner.bundles.folder_files import Folder, Named, Tree
from reshelve.planner.recognise.episodes import season_of_folder
from reshelve.planner.recognise.extension_tables import companions, disc_words, numbering, side_words

_OF_SHOW = re.compile(
    r"(?:tvshow|series|show)\.(?:nfo|jpg|jpeg|png|webp|xml)\Z"
    r"|\.plexmatch\Z|(?:season[ ._-]?(?:\d{1,4}|all|specials)|specials)(?:[ ._-]\w+)?\.(?:jpg|jpeg|png|webp|tbn)\Z",
    re.IGNORECASE,
)
_CLIP_EACH = "clpr"
"""The folder in which some cameras give each clip a folder of its own: "BPAV/CLPR/700_0001_01/700_0001_01.MP4"."""
_PACK = re.compile(r"(?<![^\W_])(?:s\d{1,2}|season[ ._-]?\d{1,2})(?![^\W_])", re.IGNORECASE)


def is_theme(one: Named) -> bool:
    """Say whether a sound is the theme that media servers play for a show or film."""
    return one.key == "theme" and one.media == "audio"


def is_of_show(one: Named) -> bool:
    """Say whether a file belongs to a whole show by its name, wherever in it it lies."""
    return _OF_SHOW.match(one.name) is not None or is_theme(one)


def is_of_card(one: Named) -> bool:
    """Say whether a file is of a whole camera card by its name."""
    return one.name.casefold() in companions()["card"]


def is_season_pack(name: str) -> bool:
    """Say whether a folder's name is that of a release of a whole season: "Show.S01.1080p-GRP"."""
    return _PACK.search(name) is not None


def is_of_season(name: str) -> bool:
    """Say whether a folder is one season's by its name: "Season 1", "Staffel 2", or a release of a whole one.

    A stray in it, that nobody knows, keeps none of what is of them all from its episodes.
    """
    return season_of_folder(name) is not None or is_season_pack(name)


def is_part(name: str) -> bool:
    """Say whether a folder's name is that of a season or a disc, and nothing more."""
    return _part().fullmatch(name) is not None


@cache
def _part() -> re.Pattern[str]:
    table = numbering()
    season = "|".join(sorted(table["season"] | table["season_folder"], key=len, reverse=True))
    counter, specials = "|".join(table["season_counter"]), "|".join(table["specials_folder"])
    disc = rf"(?:{disc_words()}|vol(?:ume)?|part|teil|{side_words()})[ ._-]*(?:\d{{1,2}}|[a-d]|one|two|three|four)\b.*"
    seasons = rf"(?:{season})[ ._-]*\d{{1,4}}|\d{{1,4}}[.]?[ ._-](?:{season})|第?\d{{1,3}}(?:{counter})"
    return re.compile(rf"(?:{seasons}|{specials}|{disc})", re.IGNORECASE)


def parts(folder_path: str, tree: Tree) -> list[Folder]:
    """Return the seasons, discs or folders of clips directly below a folder."""
    clips = companions()["clip_folders"]
    found = [one for one in tree.below(folder_path) if one.last in clips or is_part(one.path.rpartition("/")[2])]
    return found or [one for name in (_CLIP_EACH.upper(), _CLIP_EACH) for one in tree.below(f"{folder_path}/{name}")]


def may_be_parts_of(folder: str) -> list[str]:
    """Return the folders whose seasons, discs or clips the mains of `folder` may be: this one and the one above."""
    above = folder.rpartition("/")[0]
    top, _, last = above.rpartition("/")
    return [path for path in (folder, above, top if last.lower() == _CLIP_EACH else "") if path]


def holds_parts(folder: Folder, tree: Tree) -> bool:
    """Say whether a folder that is nobody's top holds seasons, discs or folders of clips."""
    return folder.path != "" and bool(parts(folder.path, tree))


def is_show(folder: Folder, tree: Tree) -> bool:
    """Say whether a folder is a show's: there are episodes in folders of seasons in it, and no tracks in folders of discs."""
    within = parts(folder.path, tree) if folder.path else []
    return any(part.films for part in within) and all(len(part.mains) == len(part.films) for part in within)


def levels_up(target_folder: str) -> int:
    """Return how many folders above that of a season, disc or clips its whole has its own folder: 0 or 1."""
    above, slash, last = target_folder.rpartition("/")
    return 1 if slash and above and is_part(last) else 0
