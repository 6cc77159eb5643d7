"""Files whose name says episode or film, and whose ending is of nothing to watch."""

import pytest

from reshelve.planner.recognise.recogniser import NameRecogniser
from reshelve.planner.scanners.unknown_endings import with_doubt


def doubted(rel: str) -> bool:
    return "kind" in with_doubt(rel, NameRecogniser().read(rel)).doubtful


@pytest.mark.parametrize(
    "rel",
    ["Show.S01E01.foo", "Show.S01E01.mkv.aBcD1234", "Show.S01E01.mkv.SABnzbd_nzo_abc", "Show.S01E01", "Heat.1995.1080p.x264-GRP"],
)
def test_an_ending_of_nothing_to_watch_is_a_doubt(rel: str) -> None:
    assert doubted(rel)


@pytest.mark.parametrize(
    "rel",
    [
        *("Show.S01E01.mkv", "Show.S01E01.en.srt", "Show.S01E01.strm", "Heat (1995).iso", "Heat (1995)/VIDEO_TS/VIDEO_TS.IFO"),
        *("Show.S01E01.exe", "notes.txt", "Song.mp3"),
    ],
)
def test_no_other_reading_is_doubted_for_its_ending(rel: str) -> None:
    assert not doubted(rel)
