"""Episodes whose own names shorten the title that the folder of their release gives."""

import pytest

from reshelve.planner.recognise.abbreviated_titles import shortens
from reshelve.planner.recognise.name_reading import Reading
from reshelve.planner.recognise.recogniser import NameRecogniser


def read(rel: str) -> Reading:
    return NameRecogniser().read(rel)


@pytest.mark.parametrize(
    ("rel", "show"),
    [
        ("Game.of.Stones.S01E01.720p.HDTV-X/got.s01e01.mkv", "got"),
        ("Game.of.Stones.S01E01.720p.HDTV-X/gos.s01e01.720p.hdtv-x.mkv", "Game of Stones"),
        ("The.Expance.S01E01.720p-GRP/expance.s01e01.mkv", "expance"),
        ("Alpha.Show.S01E01-E02.1080p-G/alpha.s01e01e02.mkv", "Alpha Show"),
        ("Law.and.Order.SVU.S01.HDTV-X/svu.s01e01.hdtv-x.mkv", "Law and Order SVU"),
        ("Show.Name.S01.720p/sn.s01e01.mkv", "Show Name"),
        ("Show.Name.S01.720p/CD1/sn.s01e01.mkv", "Show Name"),
        ("Show.Name.2023.S01.720p/show.name.s01e01.mkv", "show name"),
        ("Show.Name.S02.720p/sn.s01e01.mkv", "sn"),
        ("Show.Name.S01-S03.720p/sn.s01e01.mkv", "sn"),
        ("Show.S01E01.720p/Show.Name.S01E01.mkv", "Show Name"),
        ("Downloads/got.s01e01.mkv", "got"),
    ],
)
def test_the_show_of_a_release(rel: str, show: str) -> None:
    assert read(rel).facts["show"] == show


def test_a_folder_of_this_episode_and_another_show_is_a_doubt() -> None:
    told = read("Game.of.Stones.S01E01.720p.HDTV-X/qrst.s01e01.mkv")
    assert "show" in told.doubtful and told.alternatives["show"] == ["Game of Stones"]
    assert "show" not in read("Game.of.Stones.S01.720p.HDTV-X/qrst.s01e01.mkv").doubtful
    assert "show" not in read("Game.of.Stones.S01E02.720p.HDTV-X/qrst.s01e01.mkv").doubtful


def test_what_shortens_a_title() -> None:
    assert (
        shortens("gos", "Game of Stones") and shortens("SVU", "Law and Order SVU") and shortens("Star Trek", "Star Trek Discovery")
    )
    assert not shortens("got", "Game of Stones") and not shortens("Discovery Star", "Star Trek Discovery")
    assert not shortens("Star Trek Discovery", "Star Trek")


@pytest.mark.parametrize("more", ["COMPLETE", "UNCUT", "GERMAN.DUBBED", "iNTERNAL", "Director's.Cut", "HDR"])
def test_what_a_folder_says_of_its_release_is_not_of_the_show(more: str) -> None:
    own = read(f"Show.Name.{more}.S01.1080p/Show.Name.S01E01.mkv")
    assert own.facts["show"] == "Show Name" and own.certain
    short = read(f"Show.Name.{more}.S01.1080p/sn.s01e01.mkv")
    assert short.facts["show"] == "Show Name" and "show" in short.doubtful
