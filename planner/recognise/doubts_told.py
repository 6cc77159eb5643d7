"""Why a fact is not certain, in words for people."""

from pathlib import PurePosixPath

from reshelve.planner.recognise.extension_tables import media_type
from reshelve.planner.recognise.likely_episodes import is_broadcast_alone
from reshelve.planner.recognise.name_reading import FOLDER, GUESS, OF_ONE_KIND, PARSE, Reading
from reshelve.planner.recognise.subtitle_tags import without_tags
from reshelve.planner.recognise.unexplained_pieces import bracketed_title, unexplained

_TELLING = ("year", "season", "date", "quality", "episodes")


def why_doubtful(name: str, reading: Reading, rel: str = "") -> str:
    """Return why a fact of the reading of a path is not certain, "" where it is."""
    if name not in reading.doubtful:
        return ""
    value, source = reading.facts.get(name), reading.sources.get(name)
    others = [str(other) for other in reading.alternatives.get(name, ()) if other != value]
    if others:
        return f"it may also be {' or '.join(dict.fromkeys(others))}"
    if name in OF_ONE_KIND and "kind" in reading.doubtful:
        return "it depends on the kind, which is not certain"
    if name == "kind" and reading.alternatives:
        return f"its {' and '.join(sorted(reading.alternatives))} can be read in several ways"
    path = PurePosixPath(rel)
    if name == "kind" and is_broadcast_alone(path.stem, reading.facts):
        return "it comes from television, and the name gives neither a year nor an episode"
    if name == "kind" and not any(fact in reading.facts for fact in _TELLING):
        return "the name is a title alone, without a year, season or quality"
    if name == "kind" and "disc_folder" in reading.facts:
        return "a disc of a season, or one of several, may be called so, too"
    if source in (PARSE, GUESS) and name != "kind":
        return f"only {source} reads that from the name"
    if source == FOLDER:
        return "only a folder's name says it"
    if name != "kind":
        return "the name can be read in another way"
    stem = without_tags(path.stem) if media_type(path.suffix.removeprefix(".")) == "subtitle" else path.stem
    return _unclear(stem, reading) or "other files have such names, too"


def _unclear(stem: str, reading: Reading) -> str:
    """Say which part of a name could mean something else, "" where none stands out."""
    if group := bracketed_title(stem, reading.facts):
        return f"{group} may be the name of a release group, not the title"
    if left := unexplained(stem, reading.facts):
        what = " ".join(left)
        return f"{what} in the name is not explained by what was read from it"
    return ""
