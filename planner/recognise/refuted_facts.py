"""Refuted facts: what other readers say of a name and where it stands in the name shows that it cannot be."""

import re
from collections.abc import Mapping
from typing import Any

from reshelve.planner.recognise.likely_episodes import OF_TWO, is_of_event, is_of_television
from reshelve.planner.recognise.plain_names import until_mark
from reshelve.planner.recognise.release_words import season_at_end
from reshelve.planner.recognise.same_title import same_title
from reshelve.planner.recognise.title_text import is_past

_SEASON_OF_YEAR = re.compile(r"(?<![^\W_])(?:s(?:eason|eries)?[ ._]?(?:19|20)\d\d|(?:19|20)\d\dx\d)", re.IGNORECASE)
_FIRST_YEAR = 1900
_YEAR_TO_COME = re.compile(r"(?<![^\W_])20[3-9]\d(?![^\W_])")
_LAST_NUMBER = re.compile(r"(?<=[^\W\d] )\d{3,4}\Z")
_DISC_OF = re.compile(r"(?<![^\W_])(?:cd|dis[ck])[ ._]?\d[ ._]?of[ ._]?\d(?![^\W_])", re.IGNORECASE)
CHAPTER = re.compile(r"(?<![^\W_])episode[ ._](?:\d{1,2}|[ivx]+)[ ._]+(?:-[ ._]+)?(?=[^\W\d_])", re.IGNORECASE)
"""A film of a saga counts its episodes in full words, and has a year."""


def without_refuted(facts: Mapping[str, Any], stem: str, own: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what another reader says of a stem without what cannot be, beside what we say of it ourselves.

    No season is a year unless it is written as a season. No show's year stands after the mark of its episode, no date is told where
    we see an episode's number and no date, and a number such as 2049 is none of season 20. Nor is a year part of another word.
    """
    facts = _without_glued_year(facts, stem, own)
    if facts.get("kind") != "episode":
        if "year" in facts and "year" not in own and str(own.get("title", "")).startswith(f"{facts['year']} "):
            # "2001 A Space Odyssey" begins with a number: a year in front stands in brackets or before a dash.
            return {}
        # "Part 4" of what was taken from television is an episode.
        on_television = own.get("episodes") and [facts.get("part")] == own["episodes"] and is_of_television(stem)
        return {} if on_television else facts
    dropped: set[str] = set()
    season, episodes = facts.get("season"), facts.get("episodes") or []
    if season is None and "season" in own and is_of_television(stem):
        # "205-206" of what was taken from television is of season 2.
        return {} if episodes == [100 * own["season"] + one for one in own["episodes"]] else facts
    if episodes and season == own.get("season", -1) and episodes == [100 * season + one for one in own.get("episodes", ())]:
        # "Temporada 2 [Cap.205]" says the season twice.
        return {}
    if season is not None and season >= _FIRST_YEAR and _SEASON_OF_YEAR.search(stem) is None:
        dropped |= {"season"}
    to_come = _YEAR_TO_COME.search(stem)
    if to_come and season is not None and not is_past(to_come[0]) and [100 * season + one for one in episodes] == [int(to_come[0])]:
        return {}
    counted = _LAST_NUMBER.search(str(own.get("title", "")))
    if season is not None and "season" not in own and counted and int(counted[0]) // 100 == season:
        # A number that is of the title tells no season: "Harbor 100 - Episode 7".
        dropped |= {"season"}
    if own.get("kind") == "movie" and "year" in own and (CHAPTER.search(stem) or OF_TWO.search(stem)):
        return {}
    if own.get("kind") == "movie" and (_DISC_OF.search(stem) or is_of_event(stem)):
        return {}
    if own.get("episodes"):
        year = facts.get("year")
        if year is not None and "year" not in own and str(year) not in until_mark(stem):
            dropped |= {"year", "show_year"}
        if "date" not in own:
            dropped |= {"date"}
    left = {name: value for name, value in facts.items() if name not in dropped}
    title, ours = str(facts.get("title", "")), str(own.get("title", ""))
    short = season_at_end().sub("", title)
    if short != title and "season" in own and same_title(short, ours):
        left |= {"title": ours, "show": ours, "season": own["season"]}
    return left


def _without_glued_year(facts: Mapping[str, Any], stem: str, own: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return facts without a year that stands in the stem only as part of a word, as in the group "GRP2020"."""
    year = str(facts.get("year", "none"))
    if year not in stem or "year" in own or re.search(rf"(?<![^\W_]){year}(?![^\W_])", stem):
        return facts
    return {name: value for name, value in facts.items() if name not in {"year", "show_year"}}
