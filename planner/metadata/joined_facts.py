"""How what a file says of itself joins what its name says."""

from collections.abc import Mapping
from typing import Any

from reshelve.planner.metadata.media_facts import INSIDE, TAGS, level
from reshelve.planner.recognise.album_artists import of_several, without_guests
from reshelve.planner.recognise.name_reading import FOLDER, Reading
from reshelve.planner.recognise.same_title import same_title

METADATA = "metadata"
"""The source of a fact that a file tells of itself."""


def merged(reading: Reading, inside: Mapping[str, Any], medium: str, wanted: frozenset[str]) -> Reading:
    """Return a reading with the wanted facts from inside the file.

    Of a sound, its tags count and its name fills the gaps; where they disagree, the fact is doubtful. Of all else the
    name counts, and the file fills the gaps.
    """
    told = {name: value for name, value in _spoken(reading, inside, medium).items() if name in wanted & INSIDE[medium]}
    facts, sources = dict(reading.facts), dict(reading.sources)
    doubtful, alternatives = set(reading.doubtful), dict(reading.alternatives)
    for name, value in told.items():
        named = facts.get(name)
        if name == "album_artist" and named is None:
            named = _folders_artist(reading)
        if named is not None and not (medium == "audio" and name in TAGS):
            continue
        if named is not None and name == "artist" and _is_named(named, value, inside.get("album_artist")):
            continue
        if named is not None and _alike(named, value):
            doubtful.discard(name)
        elif named is not None:
            doubtful.add(name)
            alternatives[name] = [*alternatives.get(name, []), named]
        facts[name] = value
        sources[name] = FOLDER if name == "album_artist" and value == _folders_artist(reading) else METADATA
    return Reading(facts, sources, frozenset(doubtful), alternatives)


def _spoken(reading: Reading, inside: Mapping[str, Any], medium: str) -> dict[str, Any]:
    """Return what a file says in the words of facts: its level of quality; of a book who wrote it, and the book's own title."""
    told = dict(inside)
    if medium == "video" and "width" in told and "height" in told:
        told["quality"] = level(told["width"], told["height"])
    if reading.facts.get("kind") == "audiobook":
        told["author"] = told.get("album_artist") or told.get("artist")
        told["title"] = told.get("album") or told.get("title")
    if reading.facts.get("kind") == "music":
        told["album_artist"] = _of_album(reading, inside)
    return {name: value for name, value in told.items() if value is not None}


def _of_album(reading: Reading, inside: Mapping[str, Any]) -> str | None:
    """Return whose album a track is of, as tags say it, else who plays it if it has guests; None where its folders say it.

    A folder of several artists' albums, or of the artist who plays, is kept to, whatever the tags call the album's artist.
    """
    if reading.sources.get("album_artist") == FOLDER:
        return None
    artist, told = str(inside.get("artist") or ""), str(inside.get("album_artist") or "")
    bare = without_guests(artist)
    folder = _folders_artist(reading)
    if folder is not None and (artist or told) and any(_alike(folder, one) for one in (told, bare) if one):
        return folder
    if told:
        return of_several(told) or without_guests(told)
    return bare if bare != artist else None


def _folders_artist(reading: Reading) -> str | None:
    return reading.facts.get("artist") if reading.sources.get("artist") == FOLDER else None


def _is_named(named: str, artist: str, of_album: str | None) -> bool:
    """Say whether a name gives the artist of the album, where the tags give guests, or others, too."""
    return _alike(named, of_album) or (artist != without_guests(artist) and _alike(named, without_guests(artist)))


def _alike(named: Any, told: Any) -> bool:
    return same_title(str(named), str(told))
