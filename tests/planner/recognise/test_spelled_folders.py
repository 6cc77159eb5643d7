"""Folders are spelled out so that every reader can read them; what is no season, part or pack stays as it is."""

import pytest

from reshelve.planner.recognise.folder_names import GENERIC
from reshelve.planner.recognise.recogniser import NameRecogniser
from reshelve.planner.recognise.spelled_folders import show_of_pack, spelled_folder, spelled_folders

READ = NameRecogniser().read

SPELLED = [
    ("Harbor Season One", "Harbor S01"),
    ("Harbor - Season II", "Harbor S02"),
    ("Harbor [Season 2] [720p]", "Harbor S02 [720p]"),
    ("Harbor - Staffel 3", "Harbor S03"),
    ("Harbor - 3. Staffel", "Harbor S03"),
    ("Harbor 4ª Temporada", "Harbor S04"),
    ("Harbor Stagione 2 1080p WEB-DL", "Harbor S02 1080p WEB-DL"),
    ("Гавань (1 сезон)", "Гавань S01"),
    ("港口 第二季", "港口 S02"),
    ("Season Two", "Season 2"),
]


@pytest.mark.parametrize(("folder", "spelled"), SPELLED)
def test_a_season_is_spelled_as_releases_spell_it(folder: str, spelled: str) -> None:
    assert spelled_folder(folder) == spelled


@pytest.mark.parametrize(
    "folder", ["Season 2", "Harbor S02", "Harbor.S01.720p-GRP", "Four Seasons", "Best of 10 Series", "Harbor 2"]
)
def test_other_folders_stay_as_they_are(folder: str) -> None:
    assert spelled_folder(folder) == folder


@pytest.mark.parametrize(
    "folder",
    [
        "Harbor - The Complete Series",
        "Harbor Complete",
        "Harbor (Complete Series)",
        "Harbor Seasons 1-5",
        "Harbor S01-S05 1080p BluRay",
        "Harbor [1080p BluRay x265]",
    ],
)
def test_a_folder_of_seasons_is_called_after_its_show(folder: str) -> None:
    assert show_of_pack(folder) == "Harbor"


@pytest.mark.parametrize("folder", ["The Complete Harbor", "A Complete Harbor", "Limited Harbor", "Harbor (2010)"])
def test_a_word_of_a_pack_may_be_of_the_title(folder: str) -> None:
    assert show_of_pack(folder) == folder


def test_a_disc_is_of_what_the_folder_above_it_holds() -> None:
    assert spelled_folders(["Harbor (2010)", "CD2"], GENERIC)[:2] == (["Harbor (2010)"], 2)
    assert spelled_folders(["Movies", "CD2"], GENERIC)[0] == ["Movies", "CD2"]


@pytest.mark.parametrize("name", ["Harbor/2/05 Low Tide.mkv", "Harbor/Book Two/05.mkv", "Harbor/Season 1/Disc 2/05.mkv"])
def test_what_a_guess_gave_is_asked_about(name: str) -> None:
    reading = READ(name)
    assert reading.facts["show"] == "Harbor"
    assert not reading.certain
