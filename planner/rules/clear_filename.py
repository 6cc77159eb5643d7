"""Naming: a name made of facts, for files whose own name does not tell what they are."""

from collections.abc import Mapping
from typing import Any

from reshelve.planner.recognise.extension_tables import halves, media_type
from reshelve.planner.recognise.film_parts import part_after
from reshelve.planner.recognise.name_reading import FOLDER, Reading
from reshelve.planner.recognise.title_text import says_nothing
from reshelve.planner.rules.free_names import own_halves

_FILMS = frozenset({"movie", "documentary", "standup"})


def clear_name(name: str, reading: Reading) -> str | None:
    """Return a name that tells what a file is, to be read back from it alone; None where its own does, or none can be made."""
    stem, tail = own_halves(name) if media_type(halves(name)[1]) == "subtitle" else (halves(name)[0], "")
    kind = reading.facts.get("kind")
    # The parts of a film in folders of their own, CD1 and CD2, may have one name.
    parted = kind in _FILMS and reading.sources.get("part") == FOLDER and part_after(stem, 0) is None
    if not says_nothing(stem) and not parted and not (kind == "episode" and reading.sources.get("episodes") == FOLDER):
        return None
    told = _told(reading.facts) if says_nothing(stem) or kind == "episode" else f"{stem} CD{reading.facts['part']}"
    ext = tail[1:] or (name.rstrip().rpartition(".")[2] if halves(name)[1] else "")
    return f"{told}.{ext}" if told and ext else told


def _told(facts: Mapping[str, Any]) -> str | None:
    kind, title = facts.get("kind"), facts.get("show") or facts.get("title")
    if not title:
        return None
    if kind == "episode":
        year = f" ({facts['show_year']})" if "show_year" in facts else ""
        numbers = _numbers(facts)
        ending = f" - {facts['episode_title']}" if facts.get("episode_title") else ""
        return f"{title}{year} - {numbers}{ending}" if numbers else None
    if kind in _FILMS:
        year = f" ({facts['year']})" if "year" in facts else ""
        part = f" CD{facts['part']}" if "part" in facts else ""
        return f"{title}{year}{part}"
    return None


def _numbers(facts: Mapping[str, Any]) -> str | None:
    episodes = facts.get("episodes")
    if episodes and "season" in facts:
        first, last = f"S{facts['season']:02d}E{episodes[0]:02d}", f"-E{episodes[-1]:02d}" if len(episodes) > 1 else ""
        return first + last
    return str(facts["date"]) if facts.get("date") else None
