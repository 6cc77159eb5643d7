"""Likely episodes: each way of numbering reads the name it is shown with, and days are read in every order."""

import pytest

from reshelve.planner.recognise.broadcast_dates import read_day
from reshelve.planner.recognise.likely_episodes import WAYS, read_likely, split_season
from reshelve.planner.recognise.two_alphabets import latin_part

READ_AS: dict[str, tuple[int | None, list[int]]] = {
    "Show 2nd Season 24": (2, [24]),
    "Show Second Season 05": (2, [5]),
    "Show S02 (05)": (2, [5]),
    "Show.2.Sezon.7.Bolum": (2, [7]),
    "Show 3a Temp Ep 02": (3, [2]),
    "Show T2 Cap 8": (2, [8]),
    "Show T02E08": (2, [8]),
    "Show Season One Episode Two": (1, [2]),
    "Show Se.1 afl.2-3-4": (1, [2, 3, 4]),
    "Show.Season.2of5.3of9": (2, [3]),
    "Show C2E101": (2, [101]),
    "Show Series 2 - 05 Storm": (2, [5]),
    "Show [2.10]": (2, [10]),
    "Show [HDTV][Cap.104]": (1, [4]),
    "Show1x02": (1, [2]),
    "ShowS01E02": (1, [2]),
    "Show S02 03": (2, [3]),
    "Show.S0201": (2, [1]),
    "Show.Series.2.Part.11": (2, [11]),
    "Show Stagione 6 (2016) 720p Episodio 13": (6, [13]),
    "Show ep. 1-5": (None, [1, 2, 3, 4, 5]),
    "Show Episode Two": (None, [2]),
    "Show Part 5 of 9": (1, [5]),
    "Show 5 of 9": (1, [5]),
    "Show 79.Bolum": (None, [79]),
    "Show part 1 to part 3": (None, [1, 2, 3]),
    "Show.Part.06": (None, [6]),
    "Show Part 5 Storm": (None, [5]),
    "Show.Part.3.720p.HDTV": (None, [3]),
    "Show #1-4": (None, [1, 2, 3, 4]),
    "4-13 Storm": (4, [13]),
    "Show 4-13 Storm": (4, [13]),
    "Show 1.05 Storm": (1, [5]),
    "Show SP01": (0, [1]),
    "[Group] Show 01v2": (None, [1]),
    "Show - 1042 VOSTFR": (None, [1042]),
    "Show - 07 [720p]": (None, [7]),
    "Show.02.09": (2, [9]),
    "Show-2017-01_13": (1, [13]),
    "[Group] Show (9)": (None, [9]),
    "Show {01} Storm": (None, [1]),
    "[Group].Show.01.[0123ABCD]": (None, [1]),
    "[Group] Show 01-12 (BD)": (None, list(range(1, 13))),
    "[Group] Show-05": (None, [5]),
    "[Group] 06 Show (720p)": (None, [6]),
    "show05": (None, [5]),
    "Show.101.102.hdtv": (1, [1, 2]),
    "Show.102.HDTV": (1, [2]),
}


def test_every_way_has_its_example_here() -> None:
    assert [way.example for way in WAYS] == list(READ_AS)


@pytest.mark.parametrize("name", READ_AS)
def test_a_way_reads_its_example(name: str) -> None:
    facts = read_likely(name)
    assert facts is not None
    assert (facts.get("season"), facts["episodes"]) == READ_AS[name]
    assert facts.get("show", "Show").capitalize() == "Show"


@pytest.mark.parametrize(
    "name", ["Quiet Harbor", "10 Quiet Harbors", "Quiet Harbor 1080p x264", "Part of Harbor", "Harbor 2.0 Storm"]
)
def test_what_counts_nothing_is_no_episode(name: str) -> None:
    assert read_likely(name) is None


@pytest.mark.parametrize("name", ["Show ep. 1-99999999", "Show - 1-5000", "Show #1-9999", "Show part 1 to 99"])
def test_a_huge_range_is_not_believed(name: str) -> None:
    assert len((read_likely(name) or {"episodes": []})["episodes"]) <= 60


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Show.2024.05.17.Guest", "2024-05-17"),
        ("Show 2024-05-17", "2024-05-17"),
        ("Show.2012.13.02", "2012-02-13"),
        ("Show.05-17-2024", "2024-05-17"),
        ("Show.17.05.2024", "2024-05-17"),
        ("Show.03.04.2024", "2024-04-03"),
        ("Show May 17 2024", "2024-05-17"),
        ("Show 17th May, 2024", "2024-05-17"),
        ("Show 20240517", "2024-05-17"),
        ("Show.240517.HDTV", "2024-05-17"),
        ("Show.2024.02.31", None),
        ("Show.1080p.264000", None),
        ("Show 2024", None),
    ],
)
def test_days(name: str, day: str | None) -> None:
    found = read_day(name)
    assert (found.iso if found else None) == day


@pytest.mark.parametrize(
    ("title", "part"),
    [
        ("Show Name", "Show Name"),
        ("夏天 Show Name", "Show Name"),
        ("Show Name 夏天", "Show Name"),
        ("О лете (Of Summer)", "Of Summer"),
        ("夏天", "夏天"),
        ("Amélie", "Amélie"),
        ("夏天 2", "夏天 2"),
    ],
)
def test_of_two_alphabets_the_latin_one(title: str, part: str) -> None:
    assert latin_part(title) == part


@pytest.mark.parametrize(
    ("title", "show", "season"),
    [
        ("Show 2nd Season", "Show", 2),
        ("Show Second Season OVA", "Show", 2),
        ("Show S2", "Show", 2),
        ("Show Season 3", "Show", 3),
        ("Show 2", "Show 2", None),
    ],
)
def test_a_season_in_a_title(title: str, show: str, season: int | None) -> None:
    assert split_season(title) == (show, season)
