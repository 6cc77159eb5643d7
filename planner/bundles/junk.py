"""Junk: what releases come with and nobody asked for, known by the globs of planner/media/junk.txt."""

import re
from functools import cache

from reshelve.planner.recognise.extension_tables import halves, junk_globs, media_type
from reshelve.schemas.patterns import globs

_NUMBERED = re.compile(r"(.+?)(?:_\d{1,3}| ?\(\d{1,3}\))(\.[^.]+)\Z")


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
