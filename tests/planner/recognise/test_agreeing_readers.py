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


def test_guessit_is_not_asked_once_two_agree() -> None:
    reading = weigh((FILE, SHOW), says(SHOW), never)
    assert reading is not None
    assert (reading.facts, reading.doubtful) == (SHOW, frozenset())
    assert set(reading.sources.values()) == {FILE}


def test_what_is_not_plain_needs_guessit() -> None:
    borne_out, denied = (weigh((FILE, FILM), says(FILM), says(other), quick=False) for other in (FILM, SHOW))
    assert borne_out is not None and not borne_out.doubtful
    assert denied is not None and denied.doubtful


def test_guessit_may_bear_us_out_alone() -> None:
    reading = weigh((FILE, SHOW), says(FILM), says(SHOW))
    assert reading is not None
    assert not reading.doubtful


def test_two_others_that_agree_are_certain_where_we_see_nothing() -> None:
    reading = weigh(None, says(SHOW), says(SHOW))
    assert reading is not None
    assert not reading.doubtful
    assert set(reading.sources.values()) == {PARSE}


def test_two_others_against_us_are_taken_and_doubted() -> None:
    reading = weigh((FILE, SHOW), says(OTHER), says(OTHER))
    assert reading is not None
    assert reading.facts["show"] == "The Show"
    assert reading.doubtful >= {"show", "title"}
    assert reading.alternatives["title"] == ["Show"]


def test_an_episode_that_only_we_see_stays_ours() -> None:
    reading = weigh((FILE, SHOW), says(FILM), says(FILM))
    assert reading is not None
    assert reading.facts["kind"] == "episode"
    assert reading.alternatives["kind"] == ["movie"]


def test_a_lone_opinion_is_doubtful_throughout() -> None:
    reading = weigh(None, says({}), says(SHOW))
    assert reading is not None
    assert reading.doubtful == SHOW.keys()
    assert set(reading.sources.values()) == {GUESS}


def test_nobody_says_nothing() -> None:
    assert weigh(None, says({}), says({})) is None
