"""Why a fact is not certain, in words for people."""

from reshelve.planner.recognise.name_reading import FOLDER, GUESS, OF_ONE_KIND, PARSE, Reading

_TELLING = ("year", "season", "date", "quality", "episodes")


def why_doubtful(name: str, reading: Reading) -> str:
    """Return why a fact of a reading is not certain, "" where it is."""
    if name not in reading.doubtful:
        return ""
    value, source = reading.facts.get(name), reading.sources.get(name)
    others = [str(other) for other in reading.alternatives.get(name, ()) if other != value]
    if others:
        return f"it may also be {' or '.join(dict.fromkeys(others))}"
    if name in OF_ONE_KIND and "kind" in reading.doubtful:
        return "it depends on the kind, which is not certain"
    if name == "kind" and reading.alternatives:
        return f"the name can be read in several ways ({', '.join(sorted(reading.alternatives))})"
    if name == "kind" and not any(fact in reading.facts for fact in _TELLING):
        return "the name is a title alone, without a year, season or quality"
    if source in (PARSE, GUESS) and name != "kind":
        return f"only {source} reads that from the name"
    return "only a folder's name says it" if source == FOLDER else "the name can mean something else"
