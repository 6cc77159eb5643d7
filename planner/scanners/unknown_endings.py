"""Unknown endings: a file is not taken for a film or an episode because its name says so, if its ending is of nothing to watch."""

from dataclasses import replace

from reshelve.planner.recognise.disc_folders import disc_top
from reshelve.planner.recognise.extension_tables import halves, is_disc, media_type
from reshelve.planner.recognise.name_reading import Reading

_WATCHED = frozenset({"episode", "movie", "documentary", "standup"})


def with_doubt(rel: str, reading: Reading) -> Reading:
    """Return the reading of a file, its kind doubted where that is something to watch and its ending is not known as such.

    A name alone may be a release's, whose last word is no ending ("Show.S01E01.1080p.WEB-GRP"). A file on a disk has one, or is
    what a program left: a script, a job, a locked or renamed film. `media:` in reshelve.yaml adds endings.
    """
    if reading.facts.get("kind") not in _WATCHED or "kind" in reading.doubtful:
        return reading
    ext = halves(rel.rpartition("/")[2])[1]
    if media_type(ext) != "other" or is_disc(ext) or disc_top(rel) is not None:
        return reading
    others = reading.alternatives | {"kind": [*reading.alternatives.get("kind", ()), "other"]}
    return replace(reading, doubtful=reading.doubtful | {"kind"}, alternatives=others)
