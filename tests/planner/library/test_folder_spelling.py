"""The folder of a release spells what a file's name has in lower case."""

import pytest

from reshelve.planner.library.folder_spelling import spell_by_folders
from reshelve.planner.recognise.name_reading import Reading


@pytest.mark.parametrize(
    ("rel", "title", "spelled"),
    [
        ("The.Wire.S02.1080p-GRP/the.wire.s02e01.mkv", "the wire", "The Wire"),
        ("The.Wire.S02.1080p-GRP/Disc 1/the.wire.s02e01.mkv", "the wire", "The Wire"),
        ("S.W.A.T.2017.S02/swat.s02e01.mkv", "swat", "S.W.A.T."),
        ("Grey's Anatomy S01/greys.anatomy.s01e01.mkv", "greys anatomy", "Grey's Anatomy"),
        ("Amélie.2001.720p/amelie.2001.mkv", "amelie", "Amélie"),
        ("THE.WIRE.S02/the.wire.s02e01.mkv", "the wire", "the wire"),
        ("Wire.S02/the.wire.s02e01.mkv", "the wire", "the wire"),
        ("The.Wires.S02/the.wire.s02e01.mkv", "the wire", "the wire"),
        ("Downloads/the.wire.s02e01.mkv", "the wire", "the wire"),
        ("The.Wire.S02/The.wire.s02e01.mkv", "The wire", "The wire"),
        ("24.S01/24.s01e01.mkv", "24", "24"),
    ],
)
def test_a_title_in_lower_case_is_spelled_as_its_folder_begins(rel: str, title: str, spelled: str) -> None:
    reading = Reading({"show": title, "title": title})
    spell_by_folders({rel: reading})
    assert (reading.facts["show"], reading.facts["title"]) == (spelled, spelled)


def test_the_title_of_an_episode_stays() -> None:
    reading = Reading({"show": "the wire", "title": "ebb tide"})
    spell_by_folders({"The.Wire.S02/the.wire.s02e01.ebb.tide.mkv": reading})
    assert reading.facts == {"show": "The Wire", "title": "ebb tide"}
