"""Series of comics as they stand: a new issue goes to the folder that its series has, with the year it began, however spelled."""

import re
from collections.abc import Callable

from reshelve.planner.library.title_matching import Library, works_of
from reshelve.planner.recognise.same_title import Work, normalise
from reshelve.planner.recognise.title_text import clean
from reshelve.planner.rules.place_templates import PlaceTemplate
from reshelve.planner.rules.sequence_numbers import OpenTarget
from reshelve.schemas.locations import join, split

_NAMES_A_SERIES = re.compile(r"\{\{[ ]*series[ ]*\}\}")
_YEAR = re.compile(r"\((?P<year>(?:19|20)\d\d)\)")


def settle(
    library: Callable[[str, str], Library], place: PlaceTemplate, target: str | OpenTarget
) -> tuple[str | OpenTarget, tuple[str, ...], tuple[str, ...]]:
    """Return a target in the folder of its series, and the folders that may be it instead, as `Homes.settle` does.

    An issue gives the year it appeared in, and a folder the year in which its series began: where these are not one, it may be of
    another series.
    """
    parts = place.text.partition(":")[2].split("/")
    at = next((at for at, part in enumerate(parts[:-1]) if _NAMES_A_SERIES.fullmatch(part)), None)
    if at is None or isinstance(target, OpenTarget):
        return target, (), ()
    store, rel = split(target)
    folders = rel.split("/")
    title, above = folders[at], "/".join(folders[:at])
    found = library(store, above).find(Work(title, None), film=False)
    if not found.folder and not found.candidates:
        # A name without spaces has dots for them; with spaces, its dots are its own.
        folders[at] = title if " " in title else clean(title) or title
        return join(store, "/".join(folders)), (), found.near
    year = _YEAR.search(folders[-1])
    those = (
        [found.folder]
        if found.folder
        else [each for each in found.candidates if normalise(works_of(each)[0].title) == normalise(title)]
    )
    told = [each for each in those if year is None or works_of(each)[0].year in (None, int(year["year"]))]
    if len(told) != 1:
        return target, tuple(told or those or found.candidates), ()
    folders[at] = told[0]
    return join(store, "/".join(folders)), (), ()
