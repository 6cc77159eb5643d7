"""Why a fact is not certain: each doubt of a reading has its reason, and what is certain has none."""

import pytest

from reshelve.planner.recognise.doubts_told import why_doubtful
from reshelve.planner.recognise.name_reading import Reading
from reshelve.planner.recognise.recogniser import NameRecogniser


@pytest.mark.parametrize(
    ("name", "fact", "why"),
    [
        ("Some Show 101.mkv", "kind", "it may also be movie"),
        ("Some Show 101.mkv", "title", "it may also be Some Show 101"),
        ("Some Show 101.mkv", "season", "it depends on the kind, which is not certain"),
        ("Heat.mkv", "kind", "the name is a title alone, without a year, season or quality"),
        ("Top.Motors.HDTV.XviD-GRP.avi", "kind", "it comes from television, and the name gives neither a year nor an episode"),
        (
            "Top.Motors.PDTV-GRP/Top.Motors.PDTV-GRP.avi",
            "kind",
            "it comes from television, and the name gives neither a year nor an episode",
        ),
        ("Top.Motors.2011.HDTV.XviD-GRP.avi", "kind", ""),
        ("Top.Motors.15x01.HDTV.XviD-GRP.avi", "kind", ""),
        ("Alien.1979.mkv", "year", ""),
        ("(500) Days of Summer (2009).mkv", "kind", "its title can be read in several ways"),
        ("(500) Days of Summer (2009).mkv", "year", "the name can be read in another way"),
        ("Film.2001.Extra.99.x264.mkv", "kind", "Extra 99 in the name is not explained by what was read from it"),
        ("Film.2001.Extra.99.x264.en.forced.srt", "kind", "Extra 99 in the name is not explained by what was read from it"),
        ("[REC] (2007).mkv", "kind", "[REC] may be the name of a release group, not the title"),
    ],
)
def test_reasons(name: str, fact: str, why: str) -> None:
    assert why_doubtful(fact, NameRecogniser().read(name), name) == why


def test_every_doubtful_fact_has_a_reason() -> None:
    facts = {"kind": "movie", "title": "A", "year": 1999}
    for source in ("file name", "folder name", "parsett", "guessit"):
        reading = Reading(facts, dict.fromkeys(facts, source), frozenset(facts))
        assert all(why_doubtful(fact, reading) for fact in facts)
