"""Weighing: who is asked, who is believed, and what stays in doubt."""

from collections.abc import Callable
from typing import Any

from reshelve.planner.recognise.agreeing_readers import Facts, agree, weigh
from reshelve.planner.recognise.name_reading import FILE, GUESS, PARSE

SHOW: dict[str, Any] = {"kind": "episode", "show": "Show", "title": "Show", "season": 1, "episodes": [2]}
FILM: dict[str, Any] = {"kind": "movie", "title": "Show", "year": 2010}
OTHER: dict[str, Any] = {**SHOW, "show": "The Show", "title": "The Show"}


def says(facts: Facts) -> Callable[[], Facts]:
    return lambda: facts


def never() -> Facts:
    raise AssertionError("was asked all the same")


def test_opinions_agree_on_one_place() -> None:
    assert agree(SHOW, {**SHOW, "title": "show", "year": 2010})
    assert agree(FILM, {**FILM, "kind": "documentary"})
    assert agree({**FILM, "title": "Pokémon"}, {**FILM, "title": "Pokemon"})
    assert not agree({**FILM, "title": "!!!"}, {**FILM, "title": "???"})
    assert not agree(SHOW, {**SHOW, "episodes": [3]})
    assert not agree(SHOW, {**SHOW, "season": None})
    assert not agree(FILM, {**FILM, "year": 2011})
    assert not agree(FILM, SHOW)
    assert not agree(FILM, {})


def accounted(_: Facts) -> bool:
    return True


def left_over(_: Facts) -> bool:
    return False


def test_guessit_is_not_asked_once_two_agree_on_a_name_accounted_for() -> None:
    reading = weigh((FILE, SHOW), says(SHOW), never, accounted)
    assert reading is not None
    assert (reading.facts, reading.doubtful, reading.unanimous) == (SHOW, frozenset(), False)
    assert set(reading.sources.values()) == {FILE}


def test_guessit_may_bear_us_out_alone() -> None:
    reading = weigh((FILE, SHOW), says(FILM), says(SHOW), accounted)
    assert reading is not None
    assert not reading.doubtful


def test_what_leaves_something_over_needs_both() -> None:
    borne_out, denied = (weigh((FILE, FILM), says(FILM), says(other), left_over) for other in (FILM, SHOW))
    assert borne_out is not None and not borne_out.doubtful and borne_out.unanimous
    assert denied is not None and denied.doubtful


def test_a_day_beside_season_and_episode_is_no_dispute() -> None:
    assert agree({**SHOW, "date": "2020-01-02"}, SHOW)
    assert not agree({**SHOW, "date": "2020-01-02"}, {**SHOW, "date": "2020-02-01"})
    assert not agree({**SHOW, "date": "2020-01-02", "episodes": []}, {**SHOW, "episodes": []})


def test_two_others_that_agree_are_certain_where_we_see_nothing() -> None:
    sure, unsure = (weigh(None, says(SHOW), says(SHOW), accounts) for accounts in (accounted, left_over))
    assert sure is not None and not sure.doubtful
    assert unsure is not None and unsure.doubtful == {"kind"}
    assert set(sure.sources.values()) == {PARSE}


def test_two_others_against_us_are_taken_and_doubted() -> None:
    reading = weigh((FILE, SHOW), says(OTHER), says(OTHER), accounted)
    assert reading is not None
    assert reading.facts["show"] == "The Show"
    assert reading.doubtful >= {"show", "title"}
    assert reading.alternatives["title"] == ["Show"]


def test_an_episode_that_only_we_see_stays_ours() -> None:
    reading = weigh((FILE, SHOW), says(FILM), says(FILM), accounted)
    assert reading is not None
    assert reading.facts["kind"] == "episode"
    assert reading.alternatives["kind"] == ["movie"]


def test_a_lone_opinion_is_doubtful_throughout() -> None:
    reading = weigh(None, says({}), says(SHOW), accounted)
    assert reading is not None
    assert reading.doubtful == SHOW.keys()
    assert set(reading.sources.values()) == {GUESS}


def test_nobody_says_nothing() -> None:
    assert weigh(None, says({}), says({}), accounted) is None
