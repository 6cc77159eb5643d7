"""Junk: what releases come with and nobody asked for, known by the globs of planner/media/junk.txt."""

import re
from functools import cache

from reshelve.planner.bundles.bundle import Member
from reshelve.planner.bundles.sidecars import work
from reshelve.planner.recognise.extension_tables import halves, junk_globs, media_type
from reshelve.planner.recognise.extras import extra_folder
from reshelve.schemas.inventory import Item
from reshelve.schemas.patterns import globs

_NUMBERED = re.compile(r"(.+?)(?:_\d{1,3}| ?\(\d{1,3}\))(\.[^.]+)\Z")

_CODE = re.compile(r"(?:s\d+)?e\d+|\d+x\d+")


def is_junk(name: str) -> bool:
    """Say whether a name is one that only files of releases have: junk beside a film or track, somebody's file elsewhere.

    So is one of these with the number that a name gets which was taken: `proof_1.jpg`, `etrg (2).mp4`.
    """
    return _is_listed(_patterns()[0], name)


def is_junk_video(name: str) -> bool:
    """Say whether a video is an advertisement of a release, by a name that is listed with a video's ending: "RARBG.com.mp4"."""
    return _is_listed(_patterns()[2], name)


def _is_listed(patterns: re.Pattern[str], name: str) -> bool:
    numbered = _NUMBERED.match(name)
    return patterns.match(name) is not None or (numbered is not None and patterns.match("".join(numbered.groups())) is not None)


def stays_behind(member: Member, main: Item, *, is_episode: bool) -> bool:
    """Say whether junk does not travel with its main.

    An advertisement beside a film would be shown as another version of it. What a release of one episode came with would stand
    among all episodes of a season, where nobody could tell whose it is, unless its own name does.
    """
    folder = main.rel.rpartition("/")[0].rpartition("/")[2]
    code = _code(halves(main.rel.rpartition("/")[2])[0]) if is_episode else ""
    name = member.item.rel.rpartition("/")[2]
    nameless = code != "" and _code(folder) == code and member.name != "" and _code(halves(name)[0]) != code
    return member.is_junk and (nameless or is_junk_video(name))


def was_left_behind(rel: str) -> bool:
    """Say whether a file is what stays of the release of one episode that was filed: "Show.S01E02-GRP/Sample/sample.mkv"."""
    above, _, name = rel.rpartition("/")
    last = above.rpartition("/")[2]
    inside = is_junk_folder(last) or extra_folder(last) == "sample"
    release = above.rpartition("/")[0].rpartition("/")[2] if inside else last
    return (inside or is_junk(name)) and _CODE.fullmatch(_code(release)) is not None


def _code(stem: str) -> str:
    """Return what numbers the episode that a name says it is: "s01e02"."""
    return work(stem).rpartition(" ")[2]


def is_junk_folder(name: str) -> bool:
    """Say whether a folder of this name, beside a film, holds nothing but what its release came with."""
    return _patterns()[1].match(name) is not None


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    listed = junk_globs()
    folders = [one.rstrip("/") for one in listed if one.endswith("/")]
    names = [one for one in listed if not one.endswith("/")]
    videos = [one for one in names if media_type(halves(one)[1]) == "video"]
    return globs(names, ignore_case=True), globs(folders, ignore_case=True), globs(videos, ignore_case=True)
