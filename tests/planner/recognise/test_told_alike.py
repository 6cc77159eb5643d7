"""A name tells the same, as surely, whatever is changed of it that tells nothing."""

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from reshelve.planner.recognise.recogniser import NameRecogniser

READ = NameRecogniser().read
NAMES = [line.split("|", 6)[6] for line in Path(__file__).with_name("own_names.txt").read_text(encoding="utf-8").splitlines()[1:]]
_MOVED_IN = "Downloads/complete"


def _in_a_folder_for_anything(name: str) -> str:
    return name if "/" in name else f"{_MOVED_IN}/{name}"


def _in_a_folder_of_its_own_name(name: str) -> str:
    above, slash, last = name.rpartition("/")
    return f"{above}{slash}{last.rpartition('.')[0]}/{last}"


def _of_another_make(name: str) -> str:
    return f"{name.rpartition('.')[0]}.ts" if name.lower().endswith((".mkv", ".mp4", ".avi")) else name


def _with_a_checksum(name: str) -> str:
    stem, dot, ext = name.rpartition(".")
    return f"{stem} [53880203]{dot}{ext}" if name[0] == "[" and not name.startswith("[S0") else name


def _by_a_group_of_a_year(name: str) -> str:
    stem, dot, ext = name.rpartition(".")
    return f"{stem}2020{dot}{ext}" if stem.endswith(("-GRP", "-Grp", "-NEXT", "-AMIABLE", "-SPARKS")) else name


def _with_its_letters_apart(name: str) -> str:
    return unicodedata.normalize("NFD", name)


CHANGES = [
    _in_a_folder_for_anything,
    _in_a_folder_of_its_own_name,
    _of_another_make,
    _with_a_checksum,
    _by_a_group_of_a_year,
    _with_its_letters_apart,
]


def _told(name: str) -> tuple[dict[str, object], bool]:
    reading = READ(name)
    # What an episode is called places nothing.
    return {fact: value for fact, value in reading.facts.items() if fact != "episode_title"}, reading.certain


@pytest.mark.parametrize("change", CHANGES)
def test_a_name_tells_the_same(change: Callable[[str], str]) -> None:
    pairs = [(name, change(name)) for name in NAMES if change(name) != name and "/Subs/" not in name]
    assert pairs
    assert [(other, _told(other)) for _, other in pairs] == [(other, _told(name)) for name, other in pairs]


@pytest.mark.parametrize(
    ("name", "title", "year"),
    [
        ("www.SomeSite.pics.-.Harbor.Lights.(2012).1080p.x264.mkv", "Harbor Lights", 2012),
        ("Harbor.Lights.2012.1080p.BluRay.x265-GRP2020.mkv", "Harbor Lights", 2012),
        ("Harbor_Lights_-_Directors_Cut_-_2012.mkv", "Harbor Lights", 2012),
        ("harbor.lights.-.quiet.waters.2012.bdrip.x264.avi", "harbor lights - quiet waters", 2012),
    ],
)
def test_a_film_is_sure(name: str, title: str, year: int) -> None:
    reading = READ(name)
    assert reading.certain
    assert (reading.facts["title"], reading.facts["year"]) == (title, year)


@pytest.mark.parametrize("word", ["dc", "om", "pl", "ita", "3d", "VR180", "SE"])
def test_a_short_word_before_the_year_is_of_the_title_or_not(word: str) -> None:
    for stem in ("harbor.lights.{}.1999.1080p.bluray.x264-grp", "harbor lights {} (1999)"):
        for spelled in (str.lower, str.upper):
            assert "title" in READ(f"{spelled(stem.format(word))}.mkv").doubtful


def test_two_numbers_with_an_underscore_between_them_are_a_season_and_an_episode() -> None:
    for name in ("Pwer-04_05.avi", "office_03_19.mkv", "Show_Name_03_19.avi"):
        assert READ(name).certain


def test_dates_read_the_same_with_underscores() -> None:
    assert READ("Dry_Creek_4_March_2011.avi").facts == READ("Dry Creek 4 March 2011.avi").facts


@pytest.mark.parametrize(
    ("name", "title", "year"),
    [
        ("Harbor Race 2000 (1975).mkv", "Harbor Race 2000", 1975),
        ("Class of 1984 (1982).mkv", "Class of 1984", 1982),
        ("Quiet Harbor 2.0 (2008).mkv", "Quiet Harbor 2.0", 2008),
        ("Gullman or (The Unexpected Harbor) (2014).mkv", "Gullman or (The Unexpected Harbor)", 2014),
        ("quiet+harbor+(2020).mkv", "quiet harbor", 2020),
    ],
)
def test_a_film_as_media_servers_want_it_is_sure(name: str, title: str, year: int) -> None:
    reading = READ(name)
    assert reading.certain
    assert (reading.facts["kind"], reading.facts["title"], reading.facts["year"]) == ("movie", title, year)


@pytest.mark.parametrize("mark", ["S01E05", "1x05"])
def test_a_number_before_the_mark_is_of_the_title(mark: str) -> None:
    reading = READ(f"Harbor 7 {mark}.avi")
    assert reading.certain
    assert (reading.facts["show"], reading.facts["season"], reading.facts["episodes"]) == ("Harbor 7", 1, [5])


def test_a_word_of_its_kind_between_others_is_of_the_title() -> None:
    reading = READ("The.Great.Documentary.Mystery.2015.mkv")
    assert reading.facts["title"] == "The Great Documentary Mystery"
    assert "kind" in reading.doubtful
    assert READ("Harbor.A.BBC.Documentary.2015.mkv").facts["title"] == "Harbor"
    assert READ("ARTE Doku - Harbor (2019).mkv").facts["title"] == "Harbor"


def test_how_a_film_is_seen_in_depth_is_of_no_title() -> None:
    for form in ("3D Half-OU", "3D H-SBS", "3D HSBS"):
        reading = READ(f"Quiet Harbor {form} (2019).mkv")
        assert not reading.certain or reading.facts["title"] == "Quiet Harbor"


@pytest.mark.parametrize("title", ["Web Harbor", "Cam Harbor", "Dual Harbor", "Studio 60", "Harbor 5", "The 100"])
@pytest.mark.parametrize("form", ["{} - S02E05 - The Storm.mkv", "{} [2x05] The Storm.mkv", "{}/Season 02/{} - S02E05.mkv"])
def test_a_title_like_a_number_or_a_release_is_one(title: str, form: str) -> None:
    reading = READ(form.format(title, title))
    assert reading.certain
    assert (reading.facts["show"], reading.facts["season"], reading.facts["episodes"]) == (title, 2, [5])
    assert "show_year" not in reading.facts


@pytest.mark.parametrize(
    "name", ["Harbor 2049 - S02E05.mkv", "Harbor.2049.S02E05.1080p.WEB.x264-GRP.mkv", "Harbor 2049/Season 2/05.mkv"]
)
def test_a_year_to_come_is_of_the_title(name: str) -> None:
    facts = READ(name).facts
    assert (facts["show"], facts["season"], facts["episodes"], facts.get("show_year")) == ("Harbor 2049", 2, [5], None)


@pytest.mark.parametrize("name", ["Minato 100 - Episode 07.mkv", "Minato 100 [07].mkv", "Minato 100 #07.mkv"])
def test_a_number_of_the_title_tells_no_season(name: str) -> None:
    facts = READ(name).facts
    assert (facts["show"], facts["episodes"], facts.get("season")) == ("Minato 100", [7], None)
