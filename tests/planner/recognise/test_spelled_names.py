"""Names are spelled out so that every reader can read them; a guess is asked about, and what is written plainly stays."""

import pytest

from reshelve.planner.recognise.recogniser import NameRecogniser
from reshelve.planner.recognise.spelled_names import plain_name
from reshelve.planner.recognise.title_text import without_scene_group

READ = NameRecogniser().read


@pytest.mark.parametrize(
    ("folder", "stem", "spelled", "guessed"),
    [
        ("", "@Films_Harbor 2009", "Harbor 2009", True),
        ("", "quiet-harbor-2009", "quiet harbor 2009", True),
        ("", "HARBOR_t00", "HARBOR", False),
        ("Harbor Trilogy", "1. Harbor", "Harbor", False),
        ("Harbor Trilogy", "02 Harbor 2 (2011)", "Harbor 2 (2011)", False),
        ("Harbor Collection", "1 Harbor (2009)", "Harbor (2009)", True),
        ("Harbor Collection", "3-Harbor (2009)", "Harbor (2009)", True),
        ("Harbor Collection", "[01] Harbor (2009)", "Harbor (2009)", False),
    ],
)
def test_spelled_as_others_write_it(folder: str, stem: str, spelled: str, guessed: bool) -> None:
    assert plain_name(stem, folder) == (spelled, guessed)


@pytest.mark.parametrize(
    ("folder", "stem"),
    [
        ("", "Spider-Man"),
        ("", "9-1-1"),
        ("", "Open Road - 05"),
        ("", "4-13-12"),
        ("Movies", "12 Roads (1995)"),
        ("Harbor Collection", "12 Roads (1995)"),
        ("Show Collection", "05 - Storm"),
    ],
)
def test_written_plainly(folder: str, stem: str) -> None:
    assert plain_name(stem, folder) == (stem, False)


@pytest.mark.parametrize(
    ("stem", "bare"),
    [
        ("grp-harbor-s02e05", "harbor-s02e05"),
        ("4sf-harbor.s02e05.1080p", "harbor.s02e05.1080p"),
        ("killers-quiet.harbor.s02e05", "quiet.harbor.s02e05"),
        ("group-quiet.harbor.s02e05", "quiet.harbor.s02e05"),
    ],
)
def test_a_group_in_front_goes(stem: str, bare: str) -> None:
    assert without_scene_group(stem) == bare


@pytest.mark.parametrize(
    "stem", ["mary-kate.s01e02.720p", "mr-harbor.s01e02", "spider-road.2011.720p", "Grp-harbor.s01e02", "u-571.2000.720p"]
)
def test_a_word_of_the_title_stays(stem: str) -> None:
    assert without_scene_group(stem) == stem


@pytest.mark.parametrize(
    "name",
    ["quiet-harbor-s02e05.mkv", "grp-harbor.s02e05.mkv", "@Films Harbor S01E02.mkv", "Harbor Collection/1 Harbor (2009).mkv"],
)
def test_a_guessed_title_is_asked_about(name: str) -> None:
    reading = READ(name)
    assert "title" in reading.facts
    assert not reading.certain


def test_a_name_that_says_nothing_in_the_folder_of_a_season_is_asked_about() -> None:
    assert not READ("Harbor.S01.720p.HDTV-GRP/title_t00.mkv").certain
    assert READ("Harbor (2009)/title_t00.mkv").certain
