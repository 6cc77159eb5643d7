"""What was filed reads the same where it was filed, as surely: a second look neither moves it nor asks about it."""

from pathlib import Path

import pytest

from reshelve.planner.recognise.name_reading import Reading
from reshelve.planner.recognise.recogniser import NameRecogniser

READ = NameRecogniser().read
NAMES = [line.split("|", 6)[6] for line in Path(__file__).with_name("own_names.txt").read_text(encoding="utf-8").splitlines()[1:]]
NUMBERED = [
    "[VCB-Studio] Re Zero kara Hajimeru Isekai Seikatsu [21][Ma10p_1080p][x265_flac].mkv",
    "[Group]_Quiet_Harbor_IS_-_07_[H264][720p][EB7838FC].mkv",
    "Quiet.Harbor.2025.09.01.The.Million.Pound.Scam.1080p.HDTV.H264-GRP.mkv",
    "1p-episode-122-sub.mkv",
    "[Raws] Quiet Harbor #957 (NBN 1280x720 x264 AAC).mp4",
    "Series.2025.09.01.The.Million.Pound.Scam.1080p.HDTV.H264-GRP.mkv",
]
PLACING = ("kind", "show", "season", "episodes", "date")


def home(reading: Reading, name: str) -> str | None:
    """Return where the preset for libraries files what a name says beyond doubt; None for what it leaves for review."""
    facts = reading.facts
    year = f" ({facts['year']})" if facts.get("year") else ""
    if facts["kind"] == "movie" and reading.certain and year:
        return f"Movies/{facts['title']}{year}/{name}"
    if facts["kind"] != "episode" or reading.doubtful - {"title"} or "show" not in facts:
        return None
    season = facts.get("date", "")[:4] or f"{facts.get('season', 1):02}"
    return f"TV Shows/{facts['show']}{year}/Season {season}/{name}"


@pytest.mark.parametrize("rel", [*NAMES, *NUMBERED])
def test_a_filed_name_reads_as_it_did(rel: str) -> None:
    name = rel.rpartition("/")[2]
    first = READ(name)
    filed = home(first, name)
    if filed is None:
        return
    second = READ(filed)
    assert second.certain, second.doubtful
    assert home(second, name) == filed
    told = {fact: first.facts[fact] for fact in PLACING if fact in first.facts}
    assert {fact: second.facts[fact] for fact in told} == told


def test_the_names_that_once_did_not_are_filed() -> None:
    assert [name for name in NUMBERED if home(READ(name), name) is None] == []


@pytest.mark.parametrize(
    "rel",
    [
        "Other Show/Season 01/[Grp] Quiet Harbor [21][1080p].mkv",
        "Quiet Harbor (1999)/Season 01/Quiet Harbor (2012) - 21 [1080p].mkv",
        "Quiet Harbor/Season 02/Quiet Harbor S01E05.mkv",
    ],
)
def test_folders_that_say_otherwise_are_no_home(rel: str) -> None:
    assert not READ(rel).certain
