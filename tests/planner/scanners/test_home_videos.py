"""What a household took itself is no film and no show, and is not taken for one where a name or a folder lets it be seen."""

import pytest

from reshelve.planner.library.show_homes import Homes
from reshelve.planner.recognise.recogniser import NameRecogniser
from reshelve.planner.scanners.home_videos import doubt_days, judged
from tests.support.readers import TreeReader
from tests.support.scanning import moves, reasons, scanned, workspace


def kind(rel: str) -> str:
    """Return the kind of a name, "?" in front where it is in doubt."""
    readings = {rel: judged(rel, NameRecogniser().read(rel))}
    doubt_days(readings, Homes({}), [], "inbox")
    reading = readings[rel]
    return f"{'' if 'kind' not in reading.doubtful else '?'}{reading.facts['kind']}"


@pytest.mark.parametrize(
    "folder",
    [
        *("Home Videos", "home_videos", "Heimvideos", "Familienvideos 2014", "Videos privat", "2019 Vidéos de famille"),
        *(
            "Vídeos caseros",
            "Filmini di famiglia",
            "Familievideo's",
            "Filmy rodzinne",
            "Домашнее видео",
            "Home Videos/Summer",
            "x/Family Videos/y",
        ),
    ],
)
@pytest.mark.parametrize("name", ["Ballet (2017) long.mp4", "Zoo 2013 Berlin.mp4", "Opa 2012-05-06.mp4", "Weihnachten 2014.mkv"])
def test_a_folder_says_what_is_in_it(folder: str, name: str) -> None:
    assert kind(f"{folder}/{name}") == "other"


def test_what_is_named_as_a_film_should_be_is_asked_about_there() -> None:
    assert kind("Home Movies/Up (2009).mkv") == "?movie"


@pytest.mark.parametrize("word", ["PL", "RUS", "YIFY", "RARBG", "HQ", "VHS", "Napisy", "OmU", "Full Movie", "v2", "Colorized"])
def test_a_word_of_releases_after_a_year_tells_of_no_household(word: str) -> None:
    for stem in (f"Harbor 1998 {word}", f"Rocky.1976.{word.replace(' ', '.')}"):
        rel = f"{stem}.mkv"
        assert "home video" not in judged(rel, NameRecogniser().read(rel)).alternatives.get("kind", ())


@pytest.mark.parametrize("name", ["Heat.1995.1080p.BluRay.x264-GRP.mkv", "Bluey.S01E01.mkv"])
def test_a_release_in_such_a_folder_is_asked_about(name: str) -> None:
    assert kind(f"Home Videos/{name}").startswith("?")


@pytest.mark.parametrize(
    ("rel", "found"),
    [
        ("Home Movies/Season 1/Home.Movies.S01E01.mkv", "episode"),
        ("Home Movie (2008)/Home Movie (2008).mkv", "movie"),
        ("Videos/Heat (1995).mkv", "movie"),
        ("My Videos/Heat (1995).mkv", "movie"),
        ("Harbor.2012.05.06.mkv", "episode"),
        ("Home Videos/song.mp3", "music"),
    ],
)
def test_what_is_called_so_itself_is_none_of_them(rel: str, found: str) -> None:
    assert kind(rel) == found


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Urlaub 2019 Dänemark.mp4",
            "Urlaub 2019 Japan.mp4",
            "Weihnachten 2015 bei Oma.mp4",
            "Segeln 2011 Kroatien 1080p.mp4",
            "Drone 2019 Island 4K.mp4",
        ),
        *("Weihnachten (2015) bei Oma.mp4", "Videos/Zoo 2013 Berlin.mp4", "Race.2023.Monaco.Grand.Prix.1080p.mkv"),
    ],
)
def test_words_after_a_year_that_tell_of_no_release_are_a_doubt(name: str) -> None:
    assert kind(name) == "?movie"


@pytest.mark.parametrize(
    "name",
    [
        *("Heat (1995).mkv", "Heat.1995.mkv", "Heat 1995 1080p.mkv", "Heat.1995.Criterion.1080p.mkv", "Heat 1995 Uncut German.mkv"),
        *("Heat (1995) - Final Vision.mkv", "Heat (1995) [Final].mkv", "Heat.1995.720p.YIFY.mkv", "Heat.1995.Castellano.avi"),
        *("Heat.1995.Some.Words.BluRay.mkv", "Heat.1995.Some.Words-GRP.mkv", "Heat.1995.cd1.avi", "Heat (1995).mkv.mkv"),
        *("Movies/Heat 1995 some words.mkv", "Filme/Heat 1995 some words.mkv", "Heat (1995)/Heat (1995) some words.mkv"),
    ],
)
def test_a_film_is_a_film(name: str) -> None:
    assert not kind(name).startswith("?movie") or "title" in NameRecogniser().read(name).doubtful


@pytest.mark.parametrize(
    "name",
    [
        "Opa 2012-05-06.mp4",
        "Taufe Max 12.05.2013.mp4",
        "Videos/Meeting 2023-05-06.mp4",
        "Oma 2012-05-06 im Zoo.mp4",
    ],
)
def test_a_day_alone_makes_no_show(name: str) -> None:
    assert kind(name) == "?episode"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "The Daily Show 2015-03-04.mkv",
            "Late Hour.2015.03.04.720p.HDTV.mkv",
            "Harbor - 2020-05-03 - Storm.mp4",
            "TV/Opa 2012-05-06.mp4",
        ),
        *(
            "Opa/Opa 2012-05-06.mp4",
            "Opa/Season 2012/Opa 2012-05-06.mp4",
            "Opa 2012-05-06.ts",
            "Opa 5th Mar 2025 1080 (Group).mkv",
            "A Show of Many Words 2012-05-06.mp4",
        ),
    ],
)
def test_television_is_television(name: str) -> None:
    assert kind(name) == "episode"


def test_a_show_that_has_its_folder_is_known() -> None:
    rule = {"name": "shows", "when": {"kind": "episode"}, "place": "tv:{{ show }}/{{ filename }}"}
    tree, shelf = {"Harbor 2012-05-06.mp4": "1", "Opa 2012-05-06.mp4": "2"}, TreeReader("tv", {"Harbor/x.mkv": "3"})
    result = scanned(workspace(rule), TreeReader("inbox", dict(tree)), shelf, told=NameRecogniser())
    assert list(moves(result)) == ["inbox:Harbor 2012-05-06.mp4"]
    assert reasons(result) == {"inbox:Opa 2012-05-06.mp4": "rule shows: kind is not certain (kind: 'episode' or 'home video')"}
