"""A file in the folder of its own show or film: what its name says beyond doubt by itself stays so where it was filed."""

from collections.abc import Callable

from reshelve.planner.recognise.episodes import read_show, season_of_folder
from reshelve.planner.recognise.folder_names import folder_reading
from reshelve.planner.recognise.name_reading import FOLDER, Reading
from reshelve.planner.recognise.same_title import same_title
from reshelve.planner.recognise.title_text import DATABASES

_OF_SHOW = frozenset({"show", "title"})
"""What the folder of a show settles where a name says the same."""


def reading_at_home(folders: list[str], read_alone: Callable[[], Reading | None]) -> Reading | None:
    """Return what a name says without its folders, and what they add, where they are its home; None where they are not.

    A home says nothing that the name does not: "Title (Year)" of a film, or the show's folder and in it the season's.
    """
    if not folders:
        return None
    season = season_of_folder(folders[-1])
    if season is None:
        return _film(folders[-1], read_alone)
    alone = read_alone() if len(folders) > 1 else None
    if alone is None or alone.doubtful - _OF_SHOW or alone.facts.get("kind") != "episode" or "show" not in alone.facts:
        return None
    show, facts = read_show(folders[-2]), alone.facts
    day = facts.get("date", "")
    if not same_title(show.get("show", ""), facts["show"]) or _differ(show.get("year"), facts.get("year")):
        return None
    if facts.get("season", season) != season or (day and season > 99 and not day.startswith(f"{season}-")):
        return None
    for fact in _OF_SHOW:
        alone.forget(fact)
    alone.doubtful = frozenset()
    known = {fact: show[fact] for fact in (*_OF_SHOW, "year", "show_year", *DATABASES) if fact in show}
    alone.add(FOLDER, {**known, "season": None if day else season})
    return alone


def _film(folder: str, read_alone: Callable[[], Reading | None]) -> Reading | None:
    above = folder_reading(folder)
    if above is None or above.doubtful or above.facts["kind"] == "episode" or "year" not in above.facts:
        return None
    alone = read_alone()
    if alone is None or not alone.certain or alone.facts["kind"] != above.facts["kind"]:
        return None
    same = same_title(above.facts["title"], alone.facts["title"])
    return alone if same and not _differ(above.facts["year"], alone.facts.get("year")) else None


def _differ(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and one != other
