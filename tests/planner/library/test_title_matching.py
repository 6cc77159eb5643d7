"""The library that stands: by number, by title however spelled, by likeness; what could be two folders is for a person."""

import pytest

from reshelve.planner.library.title_matching import Found, Library, works_of
from reshelve.planner.recognise.same_title import Work

FOLDERS = [
    *("24", "1923", "1899", "The Office (UK)", "The Office (US)", "House of Cards (US)", "Law & Order", "Friends", "Fargo"),
    *("Game of Thrones (2011) {tvdb-121361}", "Battlestar Galactica (1978)", "Battlestar Galactica (2004)", "Doctor Who"),
    *("American Horror Story", "Pokémon", "S.W.A.T. (2017)", "Office, The", "Show 2011", "Same (2001)", "Same (2001) {tvdb-7}"),
]
SHOWS: list[tuple[Work, str, tuple[str, ...]]] = [
    (Work("24"), "24", ()),
    (Work("1923"), "1923", ()),
    (Work("1923", 2022), "1923", ()),
    (Work("1899"), "1899", ()),
    (Work("fargo"), "Fargo", ()),
    (Work("Fargo 2"), "", ()),
    (Work("game.of.thrones"), "Game of Thrones (2011) {tvdb-121361}", ()),
    (Work("Game of Throns"), "Game of Thrones (2011) {tvdb-121361}", ()),
    (Work("Game of Thrones", 2012), "", ()),
    (Work("Game of Thrones", None, frozenset({("tvdb", "9")})), "", ()),
    (Work("GoT", None, frozenset({("tvdb", "121361")})), "Game of Thrones (2011) {tvdb-121361}", ()),
    (Work("GoT", 2010, frozenset({("tvdb", "121361"), ("imdb", "tt1")})), "Game of Thrones (2011) {tvdb-121361}", ()),
    (Work("Law and Order"), "Law & Order", ()),
    (Work("law_&_order"), "Law & Order", ()),
    (Work("Pokemon"), "Pokémon", ()),
    (Work("SWAT"), "S.W.A.T. (2017)", ()),
    (Work("Battlestar Galactica", 2004), "Battlestar Galactica (2004)", ()),
    (Work("Battlestar Galactica"), "", ("Battlestar Galactica (1978)", "Battlestar Galactica (2004)")),
    (Work("Battlestar Galactica", 1980), "", ()),
    (Work("Doctor Who", 2005), "Doctor Who", ()),
    (Work("House of Cards"), "House of Cards (US)", ()),
    (Work("House of Cards US"), "House of Cards (US)", ()),
    (Work("The Office"), "Office, The", ()),
    (Work("The Office", None, frozenset({("tvdb", "1")})), "Office, The", ()),
    (Work("Show", 2011), "Show 2011", ()),
    (Work("Fiends"), "", ("Friends",)),
    (Work("American Horror Stories"), "", ("American Horror Story",)),
    (Work("Same", 2001), "", ("Same (2001)", "Same (2001) {tvdb-7}")),
    (Work("Same", 2001, frozenset({("tvdb", "7")})), "Same (2001) {tvdb-7}", ()),
    (Work("Something Else"), "", ()),
    (Work("!!!"), "", ()),
]
FILMS: list[tuple[Work, str, tuple[str, ...]]] = [
    (Work("Heat", 1995), "Heat (1995) [imdbid-tt0113277] [1080p]", ()),
    (Work("Heat", 1986), "", ()),
    (Work("Héat", 1995), "Heat (1995) [imdbid-tt0113277] [1080p]", ()),
    (Work("Aliens", 1986), "", ()),
    (Work("Blade Runner", 1982), "", ("Blade Runner",)),
    (Work("Blade Runner 2049", 2017), "Blade Runner 2049 (2017)", ()),
    (Work("Lord of the Rings The Felowship", 2001), "The Lord of the Rings - The Fellowship (2001)", ()),
    (Work("The Lord of the Rings The Two Towers", 2002), "", ()),
]
FILM_FOLDERS = [
    *("Heat (1995) [imdbid-tt0113277] [1080p]", "Alien (1979)", "Blade Runner", "Blade Runner 2049 (2017)"),
    "The Lord of the Rings - The Fellowship (2001)",
]


@pytest.mark.parametrize(("work", "folder", "candidates"), SHOWS)
def test_shows(work: Work, folder: str, candidates: tuple[str, ...]) -> None:
    found = Library(FOLDERS, lambda _: True).find(work, film=False)
    assert (found.folder, found.candidates) == (folder, candidates)


@pytest.mark.parametrize(("work", "folder", "candidates"), FILMS)
def test_films(work: Work, folder: str, candidates: tuple[str, ...]) -> None:
    assert Library(FILM_FOLDERS, lambda _: True).find(work, film=True) == Found(folder, candidates)


@pytest.mark.parametrize(
    ("title", "year", "film", "folders", "expected"),
    [
        ("Ghosts", None, False, ["Ghosts (2019)", "Ghosts (US)"], Found(candidates=("Ghosts (2019)", "Ghosts (US)"))),
        ("Ghosts", 2019, False, ["Ghosts (2019)", "Ghosts (US)"], Found("Ghosts (2019)")),
        ("Ghosts", None, False, ["Ghosts", "Ghosts (US)"], Found("Ghosts")),
        ("Ghosts US", None, False, ["Ghosts (2019)", "Ghosts (US)"], Found("Ghosts (US)")),
        ("Ghosts", None, False, ["Ghosts (US) {tvdb-1}", "Ghosts (UK)"], Found(candidates=("Ghosts (UK)", "Ghosts (US) {tvdb-1}"))),
        ("A Visit", 2015, True, ["The Visit (2015)"], Found(candidates=("The Visit (2015)",))),
        ("Visit", 2015, True, ["The Visit (2015)"], Found("The Visit (2015)")),
        ("Visit, The", 2015, True, ["The Visit (2015)"], Found("The Visit (2015)")),
        ("The Visit", 2015, True, ["A Visit (2015)", "The Visit (2015)"], Found("The Visit (2015)")),
        ("A Visit", 2016, True, ["The Visit (2015)"], Found()),
        ("House", None, False, ["House M.D."], Found(near=("House M.D.",))),
        ("House M.D.", None, False, ["House"], Found(near=("House",))),
        ("House", None, False, ["House", "House M.D."], Found("House")),
        ("House", None, False, ["Full House", "Household"], Found()),
        ("Agents of Shell", None, False, ["Pell's Agents of S.H.E.L.L"], Found(near=("Pell's Agents of S.H.E.L.L",))),
        ("Pells Agents of Shell", None, False, ["Agents of S.H.E.L.L"], Found(near=("Agents of S.H.E.L.L",))),
        ("Harbour", None, False, ["Pell's Harbour", "Quiet Harbour"], Found(near=("Pell's Harbour",))),
        ("Quiet Harbour", None, False, ["Beyond the Quiet Harbour"], Found(near=("Beyond the Quiet Harbour",))),
        ("S.H.E.L.L.", None, False, ["Shell Games", "Shellfish"], Found(near=("Shell Games",))),
        ("24", None, False, ["24 Live", "1924"], Found(near=("24 Live",))),
        ("Pell's Harbour", 2010, True, ["Harbour (2010)", "Harbour (1999)"], Found(near=("Harbour (2010)",))),
    ],
)
def test_which_of_folders_called_alike(title: str, year: int | None, film: bool, folders: list[str], expected: Found) -> None:
    assert Library(folders, lambda _: True).find(Work(title, year), film=film) == expected


def test_a_file_is_no_folder() -> None:
    assert Library(["Show"], lambda _: False).find(Work("Show"), film=False) == Found()


@pytest.mark.parametrize(
    ("folders", "empty", "title", "expected"),
    [
        (["Mr Pell and Sons", "Mr. Pell & Sons"], {"Mr Pell and Sons"}, "Mr Pell and Sons", Found("Mr. Pell & Sons")),
        (["Mr Pell and Sons", "Mr. Pell & Sons"], {"Mr. Pell & Sons"}, "Mr. Pell & Sons", Found("Mr Pell and Sons")),
        (["Mr Pell and Sons"], {"Mr Pell and Sons"}, "Mr Pell and Sons", Found("Mr Pell and Sons")),
        (["Quiet Harbour", "Quiet Harbours"], {"Quiet Harbour"}, "Quiet Harbour", Found("Quiet Harbour")),
        (["House", "House (US)"], {"House"}, "House", Found("House")),
    ],
)
def test_an_empty_folder_gives_way_to_one_of_the_same_title(
    folders: list[str], empty: set[str], title: str, expected: Found
) -> None:
    library = Library(folders, lambda _: True, empty.__contains__)
    assert library.find(Work(title), film=False) == expected


def test_what_a_folder_means() -> None:
    assert works_of("Heat (1995) {tmdb-949} [1080p]") == [Work("Heat", 1995, frozenset({("tmdb", "949")}))]
    assert works_of("1923") == [Work("1923")]
    assert works_of("2012 (2009)") == [Work("2012", 2009)]
    assert works_of("Show [tvdbid-5]") == [Work("Show", None, frozenset({("tvdb", "5")}))]
    assert Work("Blade Runner 2049") in works_of("Blade Runner 2049")


def test_asking_does_not_compare_with_every_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    from rapidfuzz import process

    compared = 0
    extract = process.extract

    def counting(query: str, choices: list[str], **more: object) -> object:
        nonlocal compared
        compared += len(list(choices))
        return extract(query, choices, **more)

    monkeypatch.setattr(process, "extract", counting)
    letters = "abcdefghijklmnopqrst"
    titles = [f"{a}{b}{c} words {c}{a}{b}" for a in letters for b in letters for c in letters]
    library = Library(titles, lambda _: True)
    for title in titles[:100]:
        library.find(Work(f"{title}x"), film=False)
    assert compared < 100 * 100
