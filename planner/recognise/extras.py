"""Extras: samples, trailers and what else comes with a film without being one."""

import re

from reshelve.planner.recognise.extension_tables import companions

_FOLDERS = {
    "sample": "sample",
    "samples": "sample",
    "trailer": "trailer",
    "trailers": "trailer",
    "extra": "extra",
    "extras": "extra",
    "bonus": "extra",
    "bonus features": "extra",
    "bonus material": "extra",
    "bonusmaterial": "extra",
    "bonusmateriaal": "extra",
    "special features": "extra",
    "featurette": "featurette",
    "featurettes": "featurette",
    "behind the scenes": "behind the scenes",
    "deleted scenes": "deleted scene",
    "deleted and extended scenes": "deleted scene",
    "extended scenes": "deleted scene",
    "extra features": "extra",
    "dvd extras": "extra",
    "blu ray extras": "extra",
    "bluray extras": "extra",
    "proof": "sample",
}
_FOLDERS_OF_A_FILM = {
    "interviews": "interview",
    "scenes": "scene",
    "shorts": "short",
    "clips": "clip",
    "other": "other",
    "backdrops": "backdrop",
    "deleted": "deleted scene",
    "making of": "behind the scenes",
}
_APART = re.compile(r"[._-]+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_WORDS = {"behindthescenes": "behind the scenes", "deleted": "deleted scene", "deletedscene": "deleted scene"}
_SUFFIX = re.compile(
    r"(?:[-_]|(?<=\S)\.|(?<=\S) )(?P<word>sample|trailer)\d?\Z|"
    r"-(?P<plex>behindthescenes|deleted|deletedscene|featurette|interview|scene|short|clip|extra|other)\d?\Z",
    re.IGNORECASE,
)
_CREDITLESS = re.compile(
    r"(?<![^\W_])(?:nc[ ._-]?(?:op|ed)|(?:creditless|textless)[ ._-]*(?:op|ed|openings?|endings?))\d*[a-z]?(?:v\d)?(?![^\W_])",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"(?:(?P<alone>sample|trailer)\d?\Z|(?P<begins>sample)[-_.])", re.IGNORECASE)


def extra_folder(name: str, parent: str = "") -> str | None:
    """Return what kind of extras a folder holds, or None. "Shorts" and the like only do below a `parent` named after a film."""
    said = _APART.sub(" ", name.lower().replace("&", "and"))
    kind = _FOLDERS.get(said)
    if kind is None and said in _FOLDERS_OF_A_FILM and _YEAR.search(parent.rpartition("/")[2]):
        kind = _FOLDERS_OF_A_FILM[said]
    return kind


def is_subtitle_folder(name: str) -> bool:
    """Say whether a folder holds the subtitles of the films beside it, in any language."""
    return name.casefold() in companions()["subtitle_folders"]


def extra_name(stem: str) -> tuple[str, str] | None:
    """Return (kind of extra, stem of the film it says it belongs to, or "") of a file's stem, or None when it names no extra."""
    found = _SUFFIX.search(stem)
    if found:
        word = (found["word"] or found["plex"]).lower()
        return _WORDS.get(word, word), stem[: found.start()]
    found = _WHOLE.match(stem)
    if found:
        return (found["alone"] or found["begins"]).lower(), stem[found.end() :] if found["begins"] else ""
    return None


def is_creditless(stem: str) -> bool:
    """Say whether a video is the opening or ending of a show without its credits: "Show - NCOP1", "Show - Creditless Ending"."""
    return _CREDITLESS.search(stem) is not None
