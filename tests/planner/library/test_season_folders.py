"""Seasons as they stand in a show's folder."""

import pytest

from reshelve.planner.library.season_folders import called_alike, is_kept_flat, is_of_one_episode, season_named, season_of


@pytest.mark.parametrize(
    ("folder", "season"),
    [
        ("Season 01", 1), ("season 1", 1), ("SEASON_01", 1), ("Season.1", 1),
        ("S01", 1), ("s1", 1), ("Series 2", 2), ("Staffel 3", 3),
        ("Saison 4", 4), ("Temporada 5", 5), ("Stagione 6", 6),
        ("Seizoen 7", 7), ("Säsong 8", 8), ("Sezon 9", 9), ("Sæson 2", 2),
        ("1. Staffel", 1), ("2nd Season", 2), ("Season One", 1),
        ("Season 10", 10), ("Season 2024", 2024), ("01", 1), ("2024", 2024),
        ("Сезон 2", 2), ("2 сезон", 2), ("Σεζόν 2", 2), ("עונה 2", 2), ("الموسم 2", 2), ("시즌 2", 2), ("シーズン2", 2),
        ("Mùa 2", 2),
        ("第2季", 2), ("第二季", 2), ("第十二季", 12), ("第2期", 2), ("Staffel II", 2), ("Season IX", 9), ("Hooaeg 2", 2),
        ("2. évad", 2),
        ("Season 2 - 2013", 2), ("Season 2-2013", 2), ("Staffel 2 - 2013", 2), ("Season 2010-2011", None), ("Season 1 - 3", None),
        ("Speciali", 0), ("Épisodes spéciaux", 0), ("Спецвыпуски", 0), ("OVA", 0), ("特典", 0), ("Odcinki specjalne", 0),
        ("Specials", 0), ("Special", 0), ("Season 00", 0), ("Season 0", 0),
        ("S00", 0), ("Season 1 (2011)", 1), ("Season 01 [1080p]", 1),
        ("Season 1 - The Beginning", 1), ("S01 1080p WEB", 1), ("Quiet Harbor Season 1", 1), ("Quiet.Harbor.S03", 3),
        ("Quiet Harbor - Season 02", 2), ("Season 01 {tvdb-5}", 1),
        ("Extras", None), ("Featurettes", None), ("Season", None),
        ("Seasoning 1", None), ("Book 2", None), ("Season Illness", None), ("1917 x", None), ("Other Show Season 1", None),
        ("Season 1-3", None), ("S01-S03", None), ("Seasons 1 & 2", None), ("Season 1 and 2", None), ("24 Hours", None),
    ],
)  # fmt: skip
def test_the_season_of_a_folder(folder: str, season: int | None) -> None:
    assert season_named(folder, "Quiet Harbor") == season


@pytest.mark.parametrize(
    ("files", "season"),
    [
        (["Quiet Harbor S02E01.mkv", "Quiet Harbor S02E02.mkv", "poster.jpg"], 2),
        (["2x01.avi"], 2),
        (["Quiet Harbor S02E01.mkv", "Quiet Harbor S03E01.mkv"], None),
        (["Quiet Harbor S02E01.srt"], None),
        (["01 Pilot.mkv"], None),
        ([], None),
    ],
)
def test_the_season_whose_episodes_a_folder_holds(files: list[str], season: int | None) -> None:
    assert season_of(files) == season


def test_a_release_of_one_episode_is_no_season() -> None:
    assert is_of_one_episode("Quiet.Harbor.S02E01.1080p-GRP")
    assert not is_of_one_episode("Book 2")


def test_a_show_is_kept_flat_when_its_episodes_stand_in_its_own_folder() -> None:
    assert is_kept_flat(["poster.jpg", "Quiet Harbor S01E01.mkv"])
    assert is_kept_flat(["Quiet Harbor 1x02.avi"])
    assert is_kept_flat(["01 - Pilot.mp4"])
    assert not is_kept_flat(["poster.jpg", "tvshow.nfo", "theme.mp3", "Trailer.mkv", "Quiet Harbor S01E01.srt"])


@pytest.mark.parametrize(
    ("folders", "number", "name"),
    [
        ({"Season 1": 1}, 2, "Season 2"),
        ({"Season 01": 1}, 2, "Season 02"),
        ({"S01": 1, "S02": 2}, 3, "S03"),
        ({"season 1": 1}, 12, "season 12"),
        ({"1. Staffel": 1}, 2, "2. Staffel"),
        ({"1": 1}, 2, "2"),
        ({"2020": 2020}, 2021, "2021"),
        ({"Quiet Harbor Series 1": 1}, 2, "Quiet Harbor Series 2"),
        ({"S01": 1, "Season 2": 2, "Season 3": 3, "Specials": 0}, 4, "Season 4"),
        ({"1st season": 1}, 2, ""),
        ({"Season One": 1}, 2, ""),
        ({"Season 1 (2008)": 1}, 2, ""),
        ({"Season 1": 1}, 0, ""),
        ({"Specials": 0}, 1, ""),
    ],
)
def test_a_new_season_is_called_as_the_others_are(folders: dict[str, int], number: int, name: str) -> None:
    assert called_alike(folders, number, "Quiet Harbor") == name
