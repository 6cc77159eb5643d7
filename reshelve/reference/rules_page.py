"""The page about rules: attributes, facts, matches, and what places are made of."""

from collections.abc import Iterator, Mapping

from reshelve import api
from reshelve.planner.metadata.media_facts import INSIDE
from reshelve.planner.recognise.name_reading import Reading
from reshelve.planner.rules.condition_matching import ATTRIBUTES
from reshelve.planner.rules.place_filters import FILTERS
from reshelve.planner.rules.place_templates import OFFERED
from reshelve.reference.markdown_tables import code, fenced, table
from reshelve.reference.schema_keys import keys, section
from reshelve.reference.workspace_page import LINKS
from reshelve.schemas.documents.yaml_flow import flow
from reshelve.schemas.fact_vocabulary import FACTS, MEDIA

ASKED: Mapping[str, tuple[str, str]] = {
    "name": ("the file's name", "name: {glob: 'DJI_*'}"),
    "stem": ("the name without its extension", "stem: {regex: '_final$'}"),
    "ext": ("the extension, without its dot", "ext: [mkv, mp4]"),
    "path": ("the path below the store", "path: {glob: 'old/**'}"),
    "store": ("the store's name", "store: inbox"),
    "size": ("the size", "size: {over: 1GB}"),
    "age": ("how long ago it was last modified", "age: {over: 30d}"),
    "media": (f"what the extension says: {', '.join(MEDIA)}", "media: video"),
}
"""What each attribute is, with an example of a demand."""

USED: Mapping[str, str] = {
    "filename": "the file's own name",
    "clear_filename": "the file's own name if it says what the file is, else a name made from facts",
    "stem": "the name without its extension; of a subtitle without its language and the like, too",
    "ext": "the extension, without its dot; of a subtitle with its language and the like, as in `de.forced.srt`",
    "subdir": "the folders the file is in, below the store; the only value that may have several levels",
    "store": "the store the file is in",
    "mtime": "when the file was last modified: ISO 8601, in UTC",
    "seq": "a number that distinguishes files whose names begin the same; three digits, or `{{ '%04d' % seq }}`",
}
"""What each value of a place is that is no fact."""

FILTERED: Mapping[str, tuple[str, str]] = {
    "date": ("formats a date or time (strftime), optionally in another time zone", "{{ captured | date('%Y-%m') }}"),
    "range_folder": ("the folder of a project's number: `b00-b49` for `b40`", "{{ stem | range_folder }}"),
    "sanitize": ("replaces what a file name cannot contain", "{{ title | sanitize }}"),
}
"""What each filter of our own does, with an example."""

NAMES: Mapping[str, tuple[str, ...]] = {
    "Episodes": (
        "The.Wire.S02E05.1080p.BluRay.mkv", "The Wire - S02E05-E06 - Undertow.mkv", "The.Daily.Show.2015.11.16.720p.mkv",
        "[Group] Mushishi - 05.mkv", "TV/The Wire {tvdb-79126}/Season 02/05.mkv",
    ),
    "Films": ("Heat (1995) 1080p.mkv", "Heat.1995.CD1.avi", "Movies/Heat (1995) {tmdb-949}/heat.mkv"),
    "Documentaries and stand-up": ("BBC.Planet.Earth.2006.mkv", "Stand-Up/Dave Chappelle - Sticks and Stones (2019).mkv"),
    "What travels with a film": ("Heat (1995).en.srt", "Heat (1995)-trailer.mkv"),
    "Music and audiobooks": ("Nina Simone - Pastel Blues/03 - Sinnerman.flac", "Ann Leckie - Ancillary Justice/01.m4b"),
    "Camera clips and pictures": (
        "GOPR0042.MP4", "DJI_20260131140500_0042_D.MP4", "A001C042_260131_R1AB.mov", "IMG_20260131_140500.jpg",
        "Screen Recording 2026-01-31 at 14.05.00.mov",
    ),
    "Generated pictures": ("ComfyUI_00001_.png", "legacy_1700000000_00001_.png"),
}  # fmt: skip
"""Names that tell facts, by the kind of file. What each tells is read from it."""


def blocks() -> Mapping[str, str]:
    """Return what is generated on the page, by the name of its line. Raises KeyError for what has no words here."""
    links = {name: link.removeprefix("rules.md") for name, link in LINKS.items()}
    return {
        "attributes": table(
            ("attribute", "what it is", "example"),
            [(code(name), ASKED[name][0], code(ASKED[name][1])) for name in sorted(ATTRIBUTES)],
        ),
        "facts": table(("fact", "type", "what it is", "example"), _facts()),
        "inside": table(
            ("medium", "facts inside"), [(medium, ", ".join(code(one) for one in sorted(held))) for medium, held in INSIDE.items()]
        ),
        "names": "\n\n".join(_names()),
        "condition": keys("workspace", "Condition", links),
        "match": section("workspace", "Match", links),
        "rule": keys("workspace", "Rule", links),
        "values": table(("value", "what it is"), [(code(name), USED[name]) for name in sorted(OFFERED)]),
        "filters": table(
            ("filter", "what it does", "example"), [(code(name), FILTERED[name][0], code(FILTERED[name][1])) for name in FILTERS]
        ),
    }


def _facts() -> Iterator[tuple[str, str, str, str]]:
    for name, known in FACTS.items():
        values = f": {', '.join(known.values)}" if known.values else ""
        yield code(name), known.holds, known.meaning + values, code(f"{name}: {known.example}")


def _names() -> Iterator[str]:
    for kind, names in NAMES.items():
        lines = (f"{name}\n    {_told(api.parse(name))}" for name in names)
        yield f"### {kind}\n\n{fenced(chr(10).join(lines))}"


def _told(reading: Reading) -> str:
    told = ", ".join(f"{name} {flow(value)}" for name, value in reading.facts.items() if value != [] and name != "kind")
    kind = reading.facts.get("kind", "other")
    return f"{kind}: {told}" + ("" if reading.certain else " (not certain)")
