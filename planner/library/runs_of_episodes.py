"""Runs of episodes: what every name of a folder begins with, whatever its number, is the show's name and no episode's title."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reshelve.planner.recognise.episodes import read_episode
from reshelve.planner.recognise.extension_tables import halves
from reshelve.planner.recognise.kind_words import bare_show
from reshelve.planner.recognise.name_reading import FILE, FOLDER, GUESS, PARSE, Reading
from reshelve.planner.recognise.opinions import doubts_of_absolute
from reshelve.planner.recognise.release_words import is_suspect
from reshelve.planner.recognise.title_text import without_scene_group
from reshelve.planner.recognise.unexplained_pieces import doubts
from reshelve.planner.recognise.video_names import contradicted

_FEWEST = 3
"""So many episodes of one name are a run: two may be the halves of something."""
_SETTLED = frozenset({"kind", "show", "title", "year", "show_year"})
"""What a run tells. Which season and which episodes, each name has to tell by itself."""


def settle_runs(readings: dict[str, Reading]) -> None:
    """Make certain which show the episodes of a run are of. Changes the readings, which are by path.

    A run is three episodes or more in one folder, whose names are the same up to a mark of season and episode. Readers that take
    "Show - Words - 01" for the show's name and an episode's title are refuted by "Show - Words - 02"; a year after the mark of
    only some is no year of the show.
    """
    asking = {rel.rpartition("/")[0] for rel, reading in readings.items() if _is_open(reading)}
    runs: dict[tuple[object, ...], dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for rel, reading in readings.items() if asking else ():
        folder, _, name = rel.rpartition("/")
        if folder in asking and reading.facts.get("kind") == "episode" and (own := _own(halves(name)[0])):
            runs[folder, own["show"], own.get("show_year"), own.get("season")][rel] = own
    for run in runs.values():
        if len({tuple(own["episodes"]) for own in run.values()}) >= _FEWEST:
            for rel, own in run.items():
                if _is_open(readings[rel]):
                    readings[rel] = _settled(rel, readings[rel], own)


def _is_open(reading: Reading) -> bool:
    """Say whether an episode's show is in doubt, or its year one that others read from somewhere in the name."""
    if reading.facts.get("kind") != "episode":
        return False
    return bool(reading.doubtful) or reading.sources.get("show_year") in (PARSE, GUESS)


def _own(stem: str) -> Mapping[str, Any] | None:
    """Return what a stem says beyond doubt if it says a show and an episode; nothing of it may be a group's or a channel's."""
    facts = read_episode(stem) if without_scene_group(stem) == stem else None
    if facts is None or not facts["episodes"] or "show" not in facts or bare_show(facts["show"])[1] is not None:
        return None
    return None if is_suspect(facts["show"]) else facts


def _settled(rel: str, reading: Reading, own: Mapping[str, Any]) -> Reading:
    """Return a reading with the show that its run tells, as it is where a doubt is left."""
    facts, sources = reading.facts, reading.sources
    if not reading.doubtful <= _SETTLED or facts.get("episodes") != own["episodes"]:
        return reading
    if sources.get("show") == FOLDER and facts["show"] != own["show"]:
        return reading
    told = Reading({name: value for name, value in facts.items() if name not in _SETTLED or sources.get(name) == FOLDER})
    told.sources = {name: sources[name] for name in told.facts}
    told.add(FILE, own)
    stem = halves(rel.rpartition("/")[2])[0]
    left = doubts(stem, told.facts) | contradicted(told, rel.split("/")[:-1])
    if "season" not in told.facts:
        left |= doubts_of_absolute(stem, told.facts)
    if left or told.facts.get("season") != facts.get("season"):
        return reading
    return replace(told, unanimous=reading.unanimous)
