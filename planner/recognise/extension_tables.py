"""The tables of planner/media: what an extension says of a file, and how subtitle names write languages."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from reshelve.schemas.patterns import globs

MediaType = Literal["video", "audio", "image", "subtitle", "document", "other"]

_VOLUME = re.compile(r"[rz]\d{2,3}|\d{2,3}")
_TYPES = ("video", "audio", "image", "subtitle", "document")
_NOTHING: Mapping[str, str] = {}
_ADDED: ContextVar[Mapping[str, str]] = ContextVar("added extensions", default=_NOTHING)
"""What one workspace adds, by extension, for as long as something is done in it."""


@cache
def _words(table: str) -> dict[str, frozenset[str]]:
    rows: dict[str, frozenset[str]] = {}
    for line in _lines(table):
        word, _, rest = line.partition(":")
        rows[word] = frozenset(rest.split())
    return rows


def _lines(table: str) -> list[str]:
    text = files("reshelve.planner").joinpath("media", table).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and line[0] != "#"]


@cache
def _type_by_extension() -> dict[str, str]:
    return {ext: kind for kind in _TYPES for ext in _words("extensions.txt")[kind]}


def media_type(ext: str) -> MediaType:
    """Return what kind of file an extension (without its dot, any case) stands for; "other" when that is not known."""
    ext = ext.lower()
    return cast("MediaType", _ADDED.get().get(ext) or _type_by_extension().get(ext, "other"))


@contextmanager
def adding(media: Mapping[str, Sequence[str]]) -> Iterator[None]:
    """Let extensions stand for the kinds of file they are listed under, before what the table says of them."""
    before = _ADDED.set({ext.lower().removeprefix("."): kind for kind, exts in media.items() for ext in exts})
    try:
        yield
    finally:
        _ADDED.reset(before)


def adds(ext: str) -> bool:
    """Say whether an extension (in lower case) is one that `adding` tells the kind of."""
    return ext in _ADDED.get()


def is_sidecar(ext: str) -> bool:
    """Say whether files of this extension (any case) travel with a main file of the same name."""
    ext = ext.lower()
    return media_type(ext) in {"subtitle", "image"} or ext in _words("extensions.txt")["sidecar"]


def is_disc(ext: str) -> bool:
    """Say whether an extension (any case) is that of a whole disc in one file."""
    return ext.lower() in _words("extensions.txt")["disc"]


def is_foreign(stem: str, ext: str) -> bool:
    """Say whether a name ends (in any case) as no film or track does: in a program, a link, an archive or one of its volumes.

    What only travels with a main, such as a checksum, is none itself either.
    """
    ext = ext.lower()
    words = _words("extensions.txt")
    if adds(ext):
        return False
    if ext in words["foreign"] or ext in words["sidecar"]:
        return True
    if _VOLUME.fullmatch(ext) is None:
        return False
    # "r00" is a volume of an archive; "001" is one of what the name has before it, and else a number like any other.
    inner = halves(stem)[1]
    return not ext.isdigit() or inner in words["foreign"] or media_type(inner) != "other"


def is_packed(name: str) -> bool:
    """Say whether a file name is that of an archive, or of one of its volumes: what is in it is found once it is unpacked."""
    stem, ext = halves(name)
    packed = _words("extensions.txt")["packed"]
    if ext in packed or _VOLUME.fullmatch(ext) is None or adds(ext):
        return ext in packed and not adds(ext)
    return not ext.isdigit() or halves(stem)[1] in packed


def is_partial(name: str) -> bool:
    """Say whether a file name is that of a download still under way, or of a file that a program is still making."""
    endings, names = _partial()
    _, dot, ext = name.rpartition(".")
    return (dot != "" and ext.lower() in endings) or names.match(name) is not None


@cache
def _partial() -> tuple[frozenset[str], re.Pattern[str]]:
    words = _words("extensions.txt")
    return words["partial"], globs(sorted(words["partial_names"]), ignore_case=True)


@cache
def languages() -> dict[str, str]:
    """Return the code of each language by its codes and names in lower case: "en", "eng" and "english" are all "en"."""
    return {word: line.split()[0] for line in _lines("languages.txt") for word in line.split()}


@cache
def regions() -> dict[tuple[str, ...], dict[str, str]]:
    """Return the codes that words for a region make of languages, the longest first: ("latin", "american") makes "es" "es-419"."""
    rows = sorted(_words("regions.txt").items(), key=lambda row: -row[0].count("."))
    return {tuple(words.split(".")): {code.partition("-")[0]: code for code in codes} for words, codes in rows}


@cache
def numbering() -> dict[str, frozenset[str]]:
    """Return the words, as regular expressions, that stand for a "season", for an "episode", and only "after" a number."""
    return _words("numbering.txt")


def disc_words() -> str:
    """Return what matches the words for a disc in the names of folders: "cd", "digital media"."""
    return "|".join(word.replace(".", "[ ._-]") for word in sorted(numbering()["disc_folder"], key=len, reverse=True))


def side_words() -> str:
    """Return what matches the words for a side of a record in the names of folders."""
    return "|".join(sorted(numbering()["side_folder"], key=len, reverse=True))


def release_words() -> dict[str, frozenset[str]]:
    """Return words that are as often of a release as of a title, by where they are."""
    return _words("release_words.txt")


def companions() -> dict[str, frozenset[str]]:
    """Return which extensions and names go with what; the words are those of the table."""
    return _words("companions.txt")


def junk_globs() -> list[str]:
    """Return the globs of what releases come with and nobody asked for; one that ends in "/" is a folder's."""
    return _lines("junk.txt")


def weights() -> dict[str, frozenset[str]]:
    """Return the extensions of files that are "light", and of those that are "heavy"."""
    return _words("weights.txt")


def halves(name: str) -> tuple[str, str]:
    """Return (stem, extension in lower case without its dot) of a file name; white space at its end is not the extension's."""
    stem, dot, ext = name.rstrip().rpartition(".")
    if not dot or not stem or len(ext) > 11 or " " in ext:
        return name.rstrip(), ""
    return stem, ext.lower()
