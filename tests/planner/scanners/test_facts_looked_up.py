"""What databases settle in a scan: only what keeps rules from placing a file, only for certain, and as facts with their source."""

from pathlib import Path
from typing import Any

import pytest

from reshelve.planner.explanation import ExplainRequest, explain
from reshelve.planner.recognise.recogniser import NameRecogniser
from reshelve.planner.scan import ScanResult
from reshelve.schemas.layout import Layout
from tests.support.looking_up import DAY, Recordings
from tests.support.readers import NOW_NS, TreeReader, readers
from tests.support.scanning import Told, cite, film, moves, reasons, scanned, workspace

FILMS = {
    "name": "films",
    "when": {"kind": "movie", "year": {"known": True}},
    "place": "movies:{{ title }} ({{ year }})/{{ filename }}",
}
EPISODES = {
    "name": "episodes",
    "when": {"kind": "episode"},
    "place": "tv:{{ show }}/Season {{ '%02d' % season }}/{{ show }} E{{ '%02d' % episodes[0] }}.{{ ext }}",
}
MOSS = {
    "show": "Moss Clock",
    "year": 2005,
    "episodes": [
        {"season": season, "episode": episode, "number": number, "date": f"2005-10-{number:02d}"}
        for number, (season, episode) in enumerate([(1, 1), (1, 2), (1, 3), (2, 1), (2, 2)], 1)
    ],
}


def show(**more: Any) -> dict[str, Any]:
    return {"kind": "episode", "show": "Moss Clock", "title": "Moss Clock", **more}


def asked(databases: Recordings, told: Told, *rules: Any, before: Layout | None = None) -> ScanResult:
    inbox = TreeReader("inbox", {name: name.encode() for name in told.facts})
    return scanned(workspace(*(rules or (FILMS, EPISODES))), inbox, told=told, before=before, lookup=databases.lookup)


def test_the_year_of_the_only_film_of_a_title(tmp_path: Path) -> None:
    databases = Recordings(tmp_path, tmdb=[{"film": "Quiet Harbor", "year": 1995}, {"film": "Quiet Harbor Two", "year": 1999}])
    result = asked(databases, Told({"a.mkv": {"kind": "movie", "title": "quiet harbor"}}))
    assert moves(result) == {"inbox:a.mkv": "movies:quiet harbor (1995)/a.mkv"}
    entry = result.layout.files["movies:quiet harbor (1995)/a.mkv"]
    assert entry.because == f"rule films, facts from the file name and TMDB as of {DAY}"
    assert entry.facts == {"kind": "movie", "title": "quiet harbor", "year": 1995, "tmdb": "1"}
    assert (result.looked_up.settled, result.looked_up.by) == (1, {"TMDB"})


CERTAIN: list[tuple[dict[str, Any], set[str]]] = [
    (film("Quiet Harbor"), set()),
    ({"kind": "movie", "title": "Quiet Harbor"}, {"kind"}),
    ({"kind": "movie", "title": "Quiet Harbor"}, {"title"}),
    ({"kind": "movie", "title": "Quiet Harbor", "extra": "trailer"}, set()),
    ({"kind": "movie"}, set()),
    ({"kind": "other", "title": "Quiet Harbor"}, set()),
    (show(season=1, episodes=[1]), set()),
    (show(), set()),
    (show(episodes=[4]), {"show"}),
    (show(episodes=[0]), set()),
    ({"kind": "music", "title": "Quiet Harbor"}, set()),
]


@pytest.mark.parametrize(("facts", "doubtful"), CERTAIN, ids=range(len(CERTAIN)))
def test_nothing_is_asked_of_what_is_certain_or_would_not_be_settled(
    tmp_path: Path, facts: dict[str, Any], doubtful: set[str]
) -> None:
    databases = Recordings(tmp_path, tmdb=[{"film": "Quiet Harbor", "year": 1995}, MOSS])
    asked(databases, Told({"a.mkv": facts}, {"a.mkv": doubtful}))
    assert not databases.asked


def test_nothing_is_asked_that_no_rule_wants(tmp_path: Path) -> None:
    databases = Recordings(tmp_path, tmdb=[{"film": "Quiet Harbor", "year": 1995}, MOSS])
    told = Told({"a.mkv": {"kind": "movie", "title": "Quiet Harbor"}, "b.mkv": show(episodes=[4])})
    plain = {"name": "plain", "when": {"kind": ["movie", "episode"]}, "place": "movies:{{ title }}/{{ filename }}"}
    mine = {"name": "mine", "when": {"kind": ["movie", "episode"]}, "review": True}
    music = {"name": "music", "when": {"kind": "music"}, "place": "movies:{{ title }}"}
    gone = {"name": "gone", "when": {"kind": "movie", "year": {"under": 2000}}, "absent": True}
    for rules in ([plain, FILMS, EPISODES], [mine, FILMS, EPISODES], [music, gone]):
        result = asked(databases, told, *rules)
        assert not databases.asked and not result.layout.absent


def test_several_films_of_a_title_are_candidates(tmp_path: Path) -> None:
    works = [{"film": "Twice", "year": year} for year in (1972, 1986, 2001, 2002, 2003, 2004)]
    databases = Recordings(tmp_path, tmdb=works[:2], tvdb=[{"film": "Twice", "year": 1972}])
    result = asked(databases, Told({"a.mkv": {"kind": "movie", "title": "Twice"}}))
    said = "no rule matched (year is not known); TMDB has 2 films of this title: Twice (1972), Twice (1986)"
    assert reasons(result) == {"inbox:a.mkv": said} and len(databases.asked) == 1
    assert (result.looked_up.in_doubt, result.looked_up.settled) == (1, 0)
    many = asked(Recordings(tmp_path, tmdb=works), Told({"a.mkv": {"kind": "movie", "title": "Twice"}}))
    assert (reasons(many)["inbox:a.mkv"] or "").endswith("Twice (2003) and more")


def test_the_next_database_is_asked_for_what_one_lacks(tmp_path: Path) -> None:
    told = Told({"a.mkv": {"kind": "movie", "title": "Twice"}, "b.mkv": {"kind": "movie", "title": "Undated"}})
    for first in ([], None, [{"film": "The Twice", "year": 1950}, {"film": "Undated"}]):
        databases = Recordings(tmp_path, tmdb=first, tvdb=[{"film": "Twice", "year": 1972}, {"film": "Undated", "year": 1980}])
        result = asked(databases, told)
        assert moves(result)["inbox:a.mkv"] == "movies:Twice (1972)/a.mkv"
        assert moves(result)["inbox:b.mkv"] == "movies:Undated (1980)/b.mkv"
        assert result.layout.files["movies:Undated (1980)/b.mkv"].because == (
            f"rule films, facts from the file name and TheTVDB as of {DAY}"
        )


def test_a_film_is_asked_for_by_its_id(tmp_path: Path) -> None:
    databases = Recordings(
        tmp_path, tmdb=[{"film": "Twice", "year": 1972, "id": "31"}, {"film": "Twice", "year": 1986, "id": "32"}]
    )
    result = asked(databases, Told({"a.mkv": {"kind": "movie", "title": "Twice", "tmdb": "32"}}))
    assert moves(result) == {"inbox:a.mkv": "movies:Twice (1986)/a.mkv"}
    other = Recordings(tmp_path, tmdb=[{"film": "Twice", "year": 2001}], tvdb=[{"film": "Twice", "year": 1972, "id": "5"}])
    result = asked(other, Told({"a.mkv": {"kind": "movie", "title": "Twice", "tvdb": "5"}}))
    assert moves(result) == {"inbox:a.mkv": "movies:Twice (1972)/a.mkv"}


def test_one_question_is_asked_once(tmp_path: Path) -> None:
    databases = Recordings(tmp_path, tmdb=[MOSS])
    result = asked(databases, Told({f"{number}.mkv": show(episodes=[number]) for number in range(1, 6)}))
    assert moves(result) == {
        "inbox:1.mkv": "tv:Moss Clock/Season 01/Moss Clock E01.mkv",
        "inbox:2.mkv": "tv:Moss Clock/Season 01/Moss Clock E02.mkv",
        "inbox:3.mkv": "tv:Moss Clock/Season 01/Moss Clock E03.mkv",
        "inbox:4.mkv": "tv:Moss Clock/Season 02/Moss Clock E01.mkv",
        "inbox:5.mkv": "tv:Moss Clock/Season 02/Moss Clock E02.mkv",
    }


def test_an_episode_by_number_or_date(tmp_path: Path) -> None:
    facts = {
        "two.mkv": show(episodes=[2, 3]),
        "across.mkv": show(episodes=[3, 4]),
        "beyond.mkv": show(episodes=[9]),
        "day.mkv": show(date="2005-10-04"),
        "no day.mkv": show(date="2005-12-04"),
    }
    result = asked(Recordings(tmp_path, tvdb=[MOSS]), Told(facts, {"two.mkv": {"episodes"}}))
    assert moves(result) == {
        "inbox:two.mkv": "tv:Moss Clock/Season 01/Moss Clock E02.mkv",
        "inbox:day.mkv": "tv:Moss Clock/Season 02/Moss Clock E01.mkv",
    }
    assert result.layout.files["tv:Moss Clock/Season 02/Moss Clock E01.mkv"].facts == {
        **show(season=2, episodes=[1], date="2005-10-04"),
        "tvdb": "1",
    }
    told = reasons(result)
    assert told["inbox:across.mkv"] == "rule episodes: season is not known; Moss Clock has these episodes in several seasons"
    assert told["inbox:beyond.mkv"] == told["inbox:no day.mkv"] == "rule episodes: season is not known"
    assert result.looked_up.unknown == 2
    other = asked(Recordings(tmp_path, tvdb=[MOSS]), Told({"a.mkv": show(episodes=[4], show_year=1999)}))
    assert not moves(other) and moves(asked(Recordings(tmp_path, tvdb=[MOSS]), Told({"a.mkv": show(episodes=[4], show_year=2005)})))


def test_two_episodes_of_one_day_stay_in_doubt(tmp_path: Path) -> None:
    twice = {**MOSS, "episodes": [{"season": 1, "episode": number, "date": "2005-10-01"} for number in (1, 2)]}
    result = asked(Recordings(tmp_path, tvdb=[twice]), Told({"a.mkv": show(date="2005-10-01")}))
    said = "rule episodes: season is not known; TheTVDB has the one aired on 2005-10-01 as S01E01 or S01E02"
    assert reasons(result) == {"inbox:a.mkv": said}


def test_which_title_is_the_films(tmp_path: Path) -> None:
    told = Told({"a.mkv": film("Heat Wave", 1995)}, {"a.mkv": {"title"}})
    told.alternatives["a.mkv"] = {"title": ["Heat"]}
    one = asked(Recordings(tmp_path, tmdb=[{"film": "HEAT", "year": 1995}, {"film": "Heat Wave", "year": 2022}]), told)
    assert moves(one) == {"inbox:a.mkv": "movies:HEAT (1995)/a.mkv"}
    both = asked(Recordings(tmp_path, tmdb=[{"film": "Heat", "year": 1995}, {"film": "Heat Wave", "year": 1995}]), told)
    assert (reasons(both)["inbox:a.mkv"] or "").endswith("TMDB has 2 films of this title: Heat Wave (1995), Heat (1995)")


def test_what_was_told_before_stands_where_nobody_tells_it_now(tmp_path: Path) -> None:
    told = Told({"a.mkv": {"kind": "movie", "title": "Twice"}})
    first = asked(Recordings(tmp_path, tmdb=[{"film": "Twice", "year": 1972}]), told)
    assert asked(Recordings(tmp_path, tmdb=None), told, before=first.layout).layout == first.layout
    again = asked(Recordings(tmp_path, tmdb=None), told)
    assert not moves(again) and [problem.code for problem in again.problems] == ["lookup-failed"]


def test_explain_says_where_facts_are_from(tmp_path: Path) -> None:
    databases = Recordings(tmp_path, tmdb=[{"film": "Quiet Harbor", "year": 1995}, *[{"film": "Twice", "year": y} for y in (1, 2)]])
    inbox = TreeReader("inbox", {"Quiet.Harbor.1080p.mkv": "1", "Twice.1080p.mkv": "2"})
    space = workspace(FILMS)
    request = ExplainRequest(space, readers(inbox), NameRecogniser(), None, cite, NOW_NS, lookup=databases.lookup)
    told = explain(request, "inbox:Quiet.Harbor.1080p.mkv")
    assert told.target == "movies:Quiet Harbor (1995)/Quiet.Harbor.1080p.mkv"
    [year] = [fact for fact in told.facts if fact.name == "year"]
    assert (year.source, year.certain) == (f"TMDB as of {DAY}", True) and "not endorsed" in told.credits[0]
    doubt = explain(request, "inbox:Twice.1080p.mkv")
    assert doubt.because == "no rule matched (year is not known); TMDB has 2 films of this title: Twice (1), Twice (2)"


def test_titles_reach_no_other_place(tmp_path: Path) -> None:
    told = Told({"a.mkv": film("Twice", 1995)}, {"a.mkv": {"title"}})
    told.alternatives["a.mkv"] = {"title": ["../../etc/Twice"]}
    result = asked(Recordings(tmp_path, tmdb=[{"film": "../../etc/Twice", "year": 1995}]), told)
    [target] = result.layout.files
    assert target.startswith("movies:") and ".." not in target.split("/")


def test_another_article_is_another_film(tmp_path: Path) -> None:
    result = asked(
        Recordings(tmp_path, tmdb=[{"film": "The Heat", "year": 2013}]), Told({"a.mkv": {"kind": "movie", "title": "Heat"}})
    )
    assert reasons(result) == {
        "inbox:a.mkv": "no rule matched (year is not known); TMDB has no film of this title, but The Heat (2013)"
    }


@pytest.mark.parametrize("deed", [{"absent": True}, {"leave": True}, {"review": True}])
def test_no_rule_but_one_with_a_place_comes_to_match(tmp_path: Path, deed: dict[str, Any]) -> None:
    old = {"name": "old", "when": {"kind": "movie", "year": {"under": 1990}}, **deed}
    told = Told({"a.mkv": {"kind": "movie", "title": "Twice"}, "b.mkv": {"kind": "movie", "title": "Late"}})
    databases = Recordings(tmp_path, tmdb=[{"film": "Twice", "year": 1972}, {"film": "Late", "year": 2020}])
    result = asked(databases, told, old, FILMS)
    assert moves(result) == {"inbox:b.mkv": "movies:Late (2020)/b.mkv"} and not result.layout.absent
    told = f"TMDB as of {DAY} says year 1972, with which rule old would match: that is left to you"
    said = f"no rule matched (year is not known); {told}"
    assert reasons(result) == {"inbox:a.mkv": said}


def test_nothing_is_replaced_on_a_databases_word(tmp_path: Path) -> None:
    told = Told({"a.mkv": {"kind": "movie", "title": "Twice"}, "b.mkv": film("Late", 2020)})
    roots = [
        TreeReader("inbox", {"a.mkv": "new a", "b.mkv": "new b"}),
        TreeReader("movies", {"Twice (1972)/a.mkv": "old a", "Late (2020)/b.mkv": "old b"}),
    ]
    databases = Recordings(tmp_path, tmdb=[{"film": "Twice", "year": 1972}])
    result = scanned(workspace(FILMS, on_conflict="replace"), *roots, told=told, lookup=databases.lookup)
    by_source = {entry.source: target for target, entry in result.layout.files.items()}
    assert by_source["inbox:b.mkv"] == "movies:Late (2020)/b.mkv"
    assert by_source.get("inbox:a.mkv") != "movies:Twice (1972)/a.mkv"
    assert not [thing for thing in result.layout.absent if "Twice" in thing.path]
