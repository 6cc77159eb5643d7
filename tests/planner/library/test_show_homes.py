"""Homes: what has a folder goes there, on whichever root and however it is spelled; what may have one is for a person."""

from typing import Any

from tests.support.readers import TreeReader
from tests.support.scanning import Told, film, moves, reasons, scanned, workspace

EPISODES = {
    "name": "episodes",
    "when": {"kind": "episode"},
    "place": "tv:{{ show }}{% if show_year %} ({{ show_year }}){% endif %}/Season {{ '%02d' % season }}/{{ filename }}",
}
FILMS = {"name": "films", "when": {"kind": "movie"}, "place": "movies:{{ title }} ({{ year }})/{{ filename }}"}
SPACE = workspace(EPISODES, FILMS)


def episode(show: str, year: int | None = None, **more: Any) -> dict[str, Any]:
    given = {} if year is None else {"show_year": year, "year": year}
    return {"kind": "episode", "show": show, "title": show, "season": 1, "episodes": [1], **given, **more}


def scan(told: dict[str, dict[str, Any]], *roots: TreeReader, space: Any = SPACE) -> Any:
    inbox = TreeReader("inbox", {rel: f"of {rel}" for rel in told})
    return scanned(space, inbox, *(roots or (TreeReader("tv"), TreeReader("movies"))), told=Told(told))


def test_a_folder_with_tags_on_the_second_root_is_the_shows() -> None:
    roots = TreeReader("tv/a", {"Other/": None}, order=0), TreeReader("tv/b", {"Show (2011) {tvdb-5}/Season 01/x": "y"}, order=1)
    result = scan({"s.mkv": episode("show")}, *roots)
    assert moves(result) == {"inbox:s.mkv": "tv:Show (2011) {tvdb-5}/Season 01/s.mkv"}
    assert result.layout.files["tv:Show (2011) {tvdb-5}/Season 01/s.mkv"].facts == episode("Show", 2011)


def test_a_number_that_disagrees_makes_another_show_and_one_that_agrees_the_same() -> None:
    standing = TreeReader("tv", {"Show {tvdb-5}/": None})
    told = {"a.mkv": episode("Show", tvdb="6"), "b.mkv": episode("Called Otherwise", tvdb="5")}
    assert moves(scan(told, standing)) == {
        "inbox:a.mkv": "tv:Show/Season 01/a.mkv",
        "inbox:b.mkv": "tv:Show {tvdb-5}/Season 01/b.mkv",
    }


def test_films_too_have_a_folder_however_they_are_spelled() -> None:
    standing = TreeReader("movies", {"Amélie (2001) [imdbid-tt0211915]/x": "y"})
    told = {"a.mkv": film("amelie", 2001), "b.mkv": film("Heat", 1995), "c.mkv": film("heat", 1995), "d.mkv": film("Heat", 1995)}
    assert moves(scan(told, standing)) == {
        "inbox:a.mkv": "movies:Amélie (2001) [imdbid-tt0211915]/a.mkv",
        "inbox:b.mkv": "movies:Heat (1995)/b.mkv",
        "inbox:c.mkv": "movies:Heat (1995)/c.mkv",
        "inbox:d.mkv": "movies:Heat (1995)/d.mkv",
    }


def test_a_show_is_not_taken_for_a_film_of_its_name() -> None:
    roots = TreeReader("tv", {"Fargo/": None}), TreeReader("movies", {"Fargo (1996)/": None})
    told = {"a.mkv": episode("Fargo"), "b.mkv": film("Fargo", 1996)}
    assert moves(scan(told, *roots)) == {"inbox:a.mkv": "tv:Fargo/Season 01/a.mkv", "inbox:b.mkv": "movies:Fargo (1996)/b.mkv"}


def test_what_may_be_in_several_folders_is_for_a_person_who_is_told_which() -> None:
    standing = TreeReader("tv", {"The Office (UK)/": None, "The Office (US)/": None, "Friends/": None})
    result = scan({"a.mkv": episode("The Office"), "b.mkv": episode("Fiends")}, standing)
    assert moves(result) == {}
    assert reasons(result) == {
        "inbox:a.mkv": "rule episodes: 'The Office' may be in 'The Office (UK)' or 'The Office (US)'",
        "inbox:b.mkv": "rule episodes: 'Fiends' may be in 'Friends'",
    }
    assert [item.suggestion.to for item in result.layout.review if item.suggestion] == [
        "tv:The Office/Season 01/a.mkv",
        "tv:Fiends/Season 01/b.mkv",
    ]


def test_a_year_that_another_file_gives_does_not_choose_between_folders_of_two_years() -> None:
    told = {"a.mkv": episode("Show"), "b.mkv": episode("Show", 2003), "c.mkv": episode("Fourth"), "d.mkv": episode("Fourth", 2003)}
    result = scan(told, TreeReader("tv", {"Show (1978)/": None, "Show (2003)/": None}), TreeReader("movies"))
    assert moves(result) == {
        "inbox:b.mkv": "tv:Show (2003)/Season 01/b.mkv",
        "inbox:c.mkv": "tv:Fourth (2003)/Season 01/c.mkv",
        "inbox:d.mkv": "tv:Fourth (2003)/Season 01/d.mkv",
    }
    assert reasons(result)["inbox:a.mkv"] == "rule episodes: 'Show' may be in 'Show (1978)' or 'Show (2003)'"


def test_two_shows_of_one_name_in_one_scan_are_asked_about_where_a_name_gives_no_year() -> None:
    told = {"new.mkv": episode("House of Cards", 2013), "which.mkv": episode("House of Cards", episodes=[2])}
    asked = {"inbox:which.mkv": "rule episodes: 'House of Cards' may be in 'House of Cards (1990)' or 'House of Cards (2013)'"}
    shelf = TreeReader("tv", {"House of Cards (1990)/Season 01/x.mkv": "x"})
    result = scan(told, shelf)
    assert (reasons(result), list(moves(result))) == (asked, ["inbox:new.mkv"])
    told |= {"old.mkv": episode("House of Cards", 1990)}
    assert reasons(scan(told, shelf)) == asked


def test_one_show_of_a_name_in_one_scan_is_meant_by_it() -> None:
    told = {"new.mkv": episode("House of Cards", 1990), "which.mkv": episode("House of Cards", episodes=[2])}
    assert not reasons(scan(told, TreeReader("tv", {"House of Cards (1990)/Season 01/x.mkv": "x"})))
    assert not reasons(scan(told))


def test_a_film_is_renamed_out_of_the_folder_it_is_in() -> None:
    library = TreeReader("inbox", {"Heat/Heat.mkv": "x"})
    place = {**FILMS, "place": "inbox:{{ title }} ({{ year }})/{{ filename }}"}
    result = scanned(workspace(place), library, told=Told({"Heat/Heat.mkv": film("Heat", 1995)}))
    assert moves(result) == {"inbox:Heat/Heat.mkv": "inbox:Heat (1995)/Heat.mkv"}


def test_a_folder_named_after_more_than_its_film_is_taken_as_the_rule_writes_it() -> None:
    place = {**FILMS, "place": "movies:{{ title }} ({{ year }}) {{ quality }}/{{ filename }}"}
    standing = TreeReader("movies", {"Heat (1995) 1080p/": None})
    told = {"a.mkv": film("Heat", 1995) | {"quality": "2160p"}}
    assert moves(scan(told, standing, space=workspace(place))) == {"inbox:a.mkv": "movies:Heat (1995) 2160p/a.mkv"}


def test_folders_that_facts_decide_are_asked_as_well() -> None:
    place = {**FILMS, "place": "movies:{{ language }}/{{ title }} ({{ year }})/{{ filename }}"}
    standing = TreeReader("movies", {"fr/Amélie (2001)/": None})
    told = {"a.mkv": film("amelie", 2001) | {"language": "fr"}, "b.mkv": film("amelie", 2001) | {"language": "de"}}
    assert moves(scan(told, standing, space=workspace(place)))["inbox:a.mkv"] == "movies:fr/Amélie (2001)/a.mkv"


def test_scanning_again_after_it_is_done_finds_nothing_to_do() -> None:
    standing = TreeReader("tv", {"Show (2011) {tvdb-5}/Season 01/a.mkv": "x"})
    place = {**EPISODES, "place": str(EPISODES["place"]).replace("tv:", "{{ store }}:")}
    space = workspace(place).model_copy(update={"scan": {"tv": workspace(place).scan["inbox"]}})
    rel = "Show (2011) {tvdb-5}/Season 01/a.mkv"
    assert moves(scanned(space, standing, told=Told({rel: episode("Show", 2011)}))) == {}


def test_a_show_that_another_shelf_of_the_store_has_is_named() -> None:
    space = workspace({**EPISODES, "place": "tv:TV/{{ show }}/Season {{ '%02d' % season }}/{{ filename }}"})
    roots = TreeReader("tv/a", {"TV/Other/x.mkv": "o"}, order=0), TreeReader("tv/b", {"Series/Luther/Season 1/x.mkv": "l"}, order=1)
    music = TreeReader("tv/c", {"Music/Moby/01.mp3": "m"}, order=2)
    result = scan({"a.mkv": episode("Luther"), "b.mkv": episode("Moby", episodes=[2])}, *roots, music, space=space)
    because = {entry.source: entry.because for entry in result.layout.files.values()}
    told = "rule episodes, facts from the file name"
    assert because == {"inbox:a.mkv": f"{told}; a new folder, though there is 'Series/Luther'", "inbox:b.mkv": told}
