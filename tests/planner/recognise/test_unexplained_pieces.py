"""A serial number is a word of a title like any other: it leaves nothing over that would make a reading uncertain."""

import pytest

from reshelve import api


@pytest.mark.parametrize("name", ["Show.000123.S01E02.1080p.mkv", "Film.0000123.1999.1080p.mkv"])
def test_a_serial_number_is_a_word_of_the_title(name: str) -> None:
    reading = api.parse(name)
    assert reading.certain
    assert reading.facts["title"] == name.replace(".", " ")[: len(str(reading.facts["title"]))]


@pytest.mark.parametrize("title", ["100 Days", "1984", "300 Hours - 720p"])
def test_a_number_apart_that_no_file_reaches_is_of_the_episodes_title(title: str) -> None:
    reading = api.parse(f"Open Road/Season 05/S05E04 - {title}.mkv")
    assert reading.certain
    assert {name: reading.facts[name] for name in ("show", "season", "episodes")} == {
        "show": "Open Road",
        "season": 5,
        "episodes": [4],
    }
    assert "show_year" not in reading.facts


@pytest.mark.parametrize("name", ["S05E04 - 7 Days", "S05E04-08 - Days", "S05E04 - 1984 - S05E09"])
def test_a_number_that_may_be_the_last_episode_is_a_doubt(name: str) -> None:
    reading = api.parse(f"Open Road/Season 05/{name}.mkv")
    assert not reading.certain or reading.facts["episodes"] != [4]


def test_special_is_a_label_only_at_the_end_of_a_title() -> None:
    assert api.parse("Order.and.Law.Special.Cases.Squad.S03E01.720p.HDTV-X.mkv").certain
    assert not api.parse("Order.and.Law.Special.S03E01.720p.HDTV-X.mkv").certain
    assert not api.parse("Order.and.Law.Special.2.S03E01.720p.HDTV-X.mkv").certain


@pytest.mark.parametrize(
    "name", ["Open.Road.S09E01.1984.720p.HDTV-X", "Open.Road.9x01.1984", "Open.Road.S09E01.A.Storm.2018.720p.WEB-X"]
)
def test_a_year_after_the_mark_is_not_the_shows(name: str) -> None:
    reading = api.parse(f"{name}.mkv")
    assert reading.certain
    assert (reading.facts["show"], reading.facts.get("show_year"), reading.facts.get("year")) == ("Open Road", None, None)
    above = api.parse(f"Open Road (2004)/Season 09/{name}.mkv")
    assert above.certain and above.facts["show_year"] == 2004


def test_a_year_before_the_mark_is_the_shows() -> None:
    assert api.parse("Open.Road.1996.S12E08.1984.720p.HDTV-X.mkv").facts["show_year"] == 1996


_CHECKSUMS = ["AE80CE70", "53880203", "00000007", "73920957"]
"""Eight hexadecimal digits: of forty such sums one has no letter."""


@pytest.mark.parametrize(
    "name",
    [
        "[Group] Open Road - 01 (1080p) [{}].mkv",
        "Open.Road.S05.720p.HDTV.x264-GRP/[Group] Open Road - 01 (1080p) [{}].mkv",
        "Open Road/Season 5/[Group] Open Road - 12 [720p][{}].mkv",
        "[Group] Open Road Movie (BD 1920x1080 HEVC FLAC) ({}).mkv",
        "[Group] Open Road (2004) [1080p] [{}].mkv",
    ],
)
def test_a_checksum_tells_nothing_whatever_its_digits_are(name: str) -> None:
    first, *others = [api.parse(name.format(checksum)) for checksum in _CHECKSUMS]
    assert [(other.facts, other.certain) for other in others] == [(first.facts, first.certain)] * len(others)


def test_eight_digits_that_are_a_day_are_no_checksum() -> None:
    assert not api.parse("Open.Road.S05.720p.HDTV.x264-GRP/[Group] Open Road - 01 (1080p) [20240310].mkv").certain


@pytest.mark.parametrize(
    ("name", "title", "numbers"),
    [
        ("$(Open Road) `id` ; Nights %s%n (1975).mkv", "$(Open Road) `id` ; Nights %s%n", (None, [])),
        ("Roads(s) of the Bay (1975).mkv", "Roads(s) of the Bay", (None, [])),
        (r"\\Open Road\..\..\x (1975) [1080p].mkv", r"\\Open Road\..\..\x", (None, [])),
        ("Open Road (Ann Gray, 1967) [Vhs.Rip].mkv", "Open Road", (None, [])),
        ("Open Road (Jean-Luc O'Gray, 1967).mkv", "Open Road", (None, [])),
        (
            "OPEN ROAD - Nights of Rain (2022) 10bit.m1080p.BRRip.H265.MKV.AC3-5.1 [Grp].mkv",
            "OPEN ROAD - Nights of Rain",
            (None, []),
        ),
        ("Open Road S02E01-Storm-S02E02-Calm.mkv", "Open Road", (2, [1, 2])),
        ("1889-S03E14-720p-HDTV-X264-GRP.mkv", "1889", (3, [14])),
        ("Open Road 100 - 09 [1080p].mkv", "Open Road 100", (None, [9])),
        (
            "Open.Road.Special.Cases.S11.1080p.BluRay.x264-GRP/[Grp] Open Road Special Cases - 01 (1080p) [78F31190].mkv",
            "Open Road Special Cases",
            (11, [1]),
        ),
        ("BBC Open Road/Season 2/BBC.Open.Road.S02E04.Crossroads.480p.WEBRip.AAC2.0.x264.mkv", "Open Road", (2, [4])),
    ],
)
def test_what_stands_in_the_title_or_is_told_twice_is_sure(name: str, title: str, numbers: tuple[int | None, list[int]]) -> None:
    reading = api.parse(name)
    assert reading.certain
    assert reading.facts["title"] == title
    assert (reading.facts.get("season"), reading.facts.get("episodes", [])) == numbers


@pytest.mark.parametrize(
    "name",
    [
        "Open Road S02E01-Storm-S03E02-Calm.mkv",
        "02.04.24 - S01E01 - The Open Road.mkv",
        "Open Road 2 - 03 [720p].mkv",
        "Open Road 100 09 [1080p].mkv",
        "Open Road (Nights of Rain) 1967.mkv",
        "(Open) Road (1967).mkv",
        "Open Road (Ann Gray, 1967) 1971.mkv",
        # In brackets is a word of so many letters that it cannot be tried in every way.
        f"Open Road - ({'a' * 80}) 1999 1080p.mkv",
        "Open Road - Nights of Rain 2013 1080i DTS-HD 5.1.ts",
    ],
)
def test_what_could_be_read_otherwise_is_in_doubt(name: str) -> None:
    assert not api.parse(name).certain
