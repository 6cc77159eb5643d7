"""Names made of facts, where a file's own name tells nothing, read back as the same thing."""

import pytest

from reshelve.planner.recognise.recogniser import NameRecogniser
from reshelve.planner.rules.clear_filename import clear_name

HASH = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
MADE = [
    (f"Quiet.Harbor.S02E05.1080p.WEB-GRP/{HASH}.mkv", "Quiet Harbor - S02E05.mkv"),
    (f"Quiet.Harbor.2011.S02E05E06.720p/{HASH}.mkv", "Quiet Harbor (2011) - S02E05-E06.mkv"),
    (f"Salt.and.Thunder.2011.720p.BluRay/{HASH}.MKV", "Salt and Thunder (2011).MKV"),
    ("Salt and Thunder (2011)/movie.mp4", "Salt and Thunder (2011).mp4"),
]
KEPT = [
    "Quiet.Harbor.S02E05.1080p.mkv",
    "Quiet Harbor/Season 2/05 - The Storm.mkv",
    "Salt.and.Thunder.2011.720p/Salt and Thunder.mkv",
    f"{HASH}.mkv",
    f"Downloads/{HASH}.mkv",
    "Album/index.mp3",
]


@pytest.mark.parametrize(("rel", "made"), MADE)
def test_a_name_that_tells_nothing_is_made_of_facts_and_reads_back(rel: str, made: str) -> None:
    reading = NameRecogniser().read(rel)
    assert clear_name(rel.rpartition("/")[2], reading) == made
    again = NameRecogniser().read(made)
    told = ("kind", "title", "year", "season", "episodes")
    assert again.certain
    assert {name: reading.facts.get(name) for name in told} == {name: again.facts.get(name) for name in told}


@pytest.mark.parametrize("rel", KEPT)
def test_a_name_that_tells_something_is_kept(rel: str) -> None:
    assert clear_name(rel.rpartition("/")[2], NameRecogniser().read(rel)) is None


@pytest.mark.parametrize("tail", ["de.srt", "EN.SRT"])
def test_a_subtitle_keeps_its_language_in_a_name_made_of_facts(tail: str) -> None:
    rel = f"Salt and Thunder (2011)/movie.{tail}"
    assert clear_name(f"movie.{tail}", NameRecogniser().read(rel)) == f"Salt and Thunder (2011).{tail}"
