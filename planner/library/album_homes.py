"""Albums and audiobooks as they stand: in the folder that their artist's or author's own has for them, however it is called."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from reshelve.planner.library.title_matching import Library
from reshelve.planner.recognise.music_names import disc_of_folder, titled
from reshelve.planner.recognise.same_title import same_title
from reshelve.planner.rules.place_templates import PlaceTemplate
from reshelve.planner.rules.sequence_numbers import OpenTarget
from reshelve.schemas.locations import join, split
from reshelve.schemas.quick_dataclasses import dataclass

_NUMBERED = re.compile(r"(?P<word>\D+)(?P<number>\d+)")
TITLES = {"music": "album", "audiobook": "title"}
"""The fact that the folder of each kind is named after."""


@dataclass(slots=True, frozen=True)
class _Album:
    """What a place files: the folder of its artist, and what its own is called; the disc is in one of these folders, or in none."""

    store: str
    above: str
    title: str
    year: int | None
    disc: int | None
    disc_folder: str


_ARTIST_AND_ALBUM = 2
"""Folders that a place needs before there is an album to look for."""


class Albums:
    """The folders that albums and audiobooks have; `library` tells what stands in a folder of a store."""

    def __init__(self, library: Callable[[str, str], Library]) -> None:
        self._library = library
        self._settled: dict[_Album, str] = {}

    def settle(self, place: PlaceTemplate, target: str | OpenTarget, facts: Mapping[str, Any], source: str) -> str | OpenTarget:
        """Return a target in the folder that its album stands in, unchanged where it has none.

        What lies in a folder of its album in its artist's, `1986 - Album/CD1` or `Series/01 - Book`, stays there.
        """
        fact = TITLES[facts["kind"]]
        title, disc = str(facts.get(fact, "")), facts.get("disc")
        if isinstance(target, OpenTarget) or not title or fact not in place.names:
            return target
        store, rel = split(target)
        *folders, name = rel.split("/")
        inner = folders[-1] if folders and disc is not None and disc_of_folder(folders[-1]) == disc else ""
        around = folders[:-1] if inner else folders
        if len(around) < _ARTIST_AND_ALBUM or not same_title(around[-1], title):
            return target
        *above, own = around
        if self._is_kept(split(source), store, above, own, disc if inner else None):
            return join(store, f"{split(source)[1].rpartition('/')[0]}/{name}")
        album = _Album(store, "/".join(above), own, facts.get("year"), disc, inner)
        if album not in self._settled:
            self._settled[album] = self._folder(album)
        return join(store, f"{self._settled[album]}/{name}")

    def _is_kept(self, source: tuple[str, str], store: str, above: list[str], own: str, disc: int | None) -> bool:
        """Say whether a source lies in a folder of its own album below its artist's, and in its disc's if it has one."""
        folders = source[1].split("/")[:-1]
        below = folders[len(above) :]
        if source[0] != store or folders[: len(above)] != above or not below:
            return False
        if disc is not None and disc_of_folder(below[-1]) != disc:
            return False
        return any(_is_titled(folder, above[-1], own) for folder in below)

    def _folder(self, album: _Album) -> str:
        whose = album.above.rpartition("/")[2]
        standing = self._library(album.store, album.above).folders(
            lambda name: disc_of_folder(name) is None and _is_titled(name, whose, album.title, album.year)
        )
        own = standing[0] if len(standing) == 1 and album.title not in standing else album.title
        folder = f"{album.above}/{own}"
        if not album.disc_folder:
            return folder
        discs = self._library(album.store, folder).folders(lambda name: disc_of_folder(name) is not None)
        mine = [name for name in discs if disc_of_folder(name) == album.disc]
        return f"{folder}/{mine[0] if len(mine) == 1 else _called_alike(discs, album)}"


def _called_alike(discs: list[str], album: _Album) -> str:
    """Return what the folder of a disc that has none is called, in the manner of the first that stands."""
    found = _NUMBERED.fullmatch(discs[0]) if discs else None
    if found is None:
        return album.disc_folder
    made = f"{found['word']}{album.disc:0{len(found['number'])}}"
    return made if disc_of_folder(made) == album.disc and made not in discs else album.disc_folder


def _is_titled(folder: str, whose: str, title: str, year: int | None = None) -> bool:
    told = titled(folder, whose)
    return same_title(told[0], title) and (year is None or told[1] is None or told[1] == year)
