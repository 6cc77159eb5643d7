"""Whatever JSON a database answers, it gives plain works and numbers, or no answer: nothing else comes out, and nothing raises."""

import json
from typing import Any
from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reshelve.executors.lookup import tmdb, tvdb
from reshelve.executors.lookup.provider_contract import NoAnswerError
from reshelve.executors.lookup.remembered_requests import Requests, parsed
from reshelve.schemas.lookup_settings import Lookup
from tests.support.shares import examples

_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 1 << 50),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["2020-01-01", "1995", "5f15"]),
)
_KEYS = st.sampled_from(
    [
        *("results", "total_pages", "id", "title", "name", "original_title", "original_name", "release_date", "seasons", "groups"),
        *("episodes", "season_number", "episode_number", "order", "type", "air_date", "data", "tvdb_id", "aliases", "translations"),
        *("year", "links", "next", "seasonNumber", "number", "absoluteNumber", "aired"),
    ]
)
_JSON = st.recursive(
    _LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_KEYS, inner, max_size=6)), max_leaves=25
)
_TVDB = tvdb.Tvdb(Lookup(providers=["tvdb"]), "http://127.0.0.1:1", "", "", Requests.__new__(Requests))
_PARSERS = {
    "search": lambda said: tmdb._search(said, "movie"),
    "work": lambda said: tmdb._work_in(said, "tv"),
    "seasons": tmdb._seasons,
    "episodes": tmdb._episodes,
    "groups": tmdb._absolute_groups,
    "order": tmdb._absolute_order,
    "tvdb search": _TVDB._search,
    "tvdb work": tvdb._work_in,
    "tvdb episodes": tvdb._episodes,
}


def plain(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(plain, value))
    return value is None or isinstance(value, bool | int | str)


@pytest.mark.drawn
@settings(max_examples=examples(300), deadline=None, derandomize=True)
@given(said=_JSON, name=st.sampled_from(sorted(_PARSERS)))
def test_nothing_but_plain_values_comes_out(said: Any, name: str) -> None:
    try:
        told = parsed(json.dumps(said).encode(), _PARSERS[name])
    except NoAnswerError:
        return
    assert plain(told) and plain(json.loads(json.dumps(told)))


@pytest.mark.drawn
@settings(max_examples=examples(100), deadline=None, derandomize=True)
@given(
    works=st.lists(
        st.fixed_dictionaries(
            {"id": st.integers(0, 1 << 39), "title": st.text(max_size=9), "original_title": st.text(max_size=9)},
            optional={"release_date": st.one_of(st.none(), st.text(max_size=10), st.dates().map(str))},
        ),
        max_size=5,
    )
)
def test_titles_are_one_line_and_years_are_years(works: list[dict[str, Any]]) -> None:
    told = parsed(json.dumps({"results": works, "total_pages": 1}).encode(), lambda said: tmdb._search(said, "movie"))
    for id_, titles, year in told[1] if told else ():
        assert id_.isdigit() and titles and all(title == " ".join(title.split()) for title in titles)
        assert not [mark for mark in "".join(titles) if category(mark) in ("Cc", "Cs", "Zl", "Zp") or mark in "\u202e\u2066\u061c"]
        assert year is None or 1870 <= year < 2200
