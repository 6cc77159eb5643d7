"""A database that fails, limits, hangs, redirects or answers nonsense costs a warning, and an old answer stands in for it."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reshelve.executors.lookup.asked_in_order import Databases
from reshelve.executors.lookup.lookup_cache import LookupCache
from reshelve.executors.lookup.remembered_requests import Patience, Requests
from reshelve.executors.lookup.tmdb import Tmdb
from reshelve.schemas.lookup_answers import WorkAsked
from reshelve.schemas.lookup_settings import Lookup
from tests.support.film_database import KEY, film_database

TWICE = WorkAsked("film", "Twice")
FOUND = json.dumps({"results": [{"id": 1, "title": "Twice", "original_title": "Twice"}], "total_pages": 1})
NONSENSE = [
    "",
    "<html>502</html>",
    "[]",
    "null",
    '{"results": 3, "total_pages": 1}',
    '{"results": [{"id": "1", "title": "A", "original_title": "A"}], "total_pages": 1}',
    '{"results": [{"id": 1, "title": ["A"], "original_title": "A"}], "total_pages": 1}',
    '{"results": [{"id": 1, "title": "A", "original_title": "A", "release_date": 7}], "total_pages": 1}',
    '{"results": [{"id": 1, "title": "A", "original_title": "A"}], "total_pages": "many"}',
    '{"results": [{"id": 1e400, "title": "A", "original_title": "A"}], "total_pages": 1}',
    "[" * 100_000,
    '{"results": [], "total_pages": 1}x',
]


class Desk:
    """Asks a server as TMDB, at a time of the test's own; `slept` is what was waited, in seconds."""

    def __init__(self, path: Path) -> None:
        self.now = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
        self.slept: list[float] = []
        self.path = path

    def asking(
        self, url: str, *, asks: bool = True, seconds: float = 5, attempts: int = 3, most: int = 100, rate: float = 2400
    ) -> Databases:
        cache = LookupCache(self.path, now=lambda: self.now)
        patience = Patience(seconds, attempts, rate, most)
        requests = Requests(cache, patience, asks=asks, clock=lambda: 0.0, sleep=self.slept.append)
        return Databases({"tmdb": lambda: Tmdb(Lookup(providers=["tmdb"]), url, KEY, requests)}, requests)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "catalog.db")


@pytest.fixture
def server() -> Iterator[Any]:
    with film_database() as serving:
        yield serving


def said(asked: Databases) -> str:
    [problem] = asked.problems()
    assert problem.severity == "warning" and KEY not in str(problem)
    return problem.detail


@pytest.mark.parametrize("text", NONSENSE, ids=range(len(NONSENSE)))
def test_an_answer_of_another_form_is_none(server: Any, desk: Desk, text: str) -> None:
    server.answers = [(200, {}, text)]
    asked = desk.asking(server.url)
    assert asked.works("tmdb", TWICE) is None and "not of the form" in said(asked)
    # It is left in peace for this scan, and asked again in the next.
    assert asked.works("tmdb", WorkAsked("film", "Undated")) is None and len(server.seen) == 1
    again = desk.asking(server.url)
    assert again.works("tmdb", TWICE) is not None and not again.problems()


def test_what_titles_hold_is_plain(server: Any, desk: Desk) -> None:
    title = "A\x1b[31m\u202eB\n C" + "x" * 1000
    works = [{"id": 1, "title": title, "original_title": ""}, {"id": 2, "title": " ", "original_title": ""}]
    server.answers = [(200, {}, json.dumps({"results": works, "total_pages": 1}))]
    found = desk.asking(server.url).works("tmdb", TWICE)
    assert found is not None and [work.id for work in found.works] == ["1"]
    assert found.works[0].titles[0].startswith("A [31m B C") and len(found.works[0].titles[0]) == 500


def test_a_huge_answer_is_not_read_to_its_end(server: Any, desk: Desk) -> None:
    server.answers = [(200, {}, FOUND + " " * (5 << 20))] * 3
    asked = desk.asking(server.url)
    assert asked.works("tmdb", TWICE) is None and "longer than 4 MiB" in said(asked)


def test_a_limit_is_kept_to(server: Any, desk: Desk) -> None:
    server.answers = [(429, {"Retry-After": "7"}, "{}"), (429, {}, "{}")]
    asked = desk.asking(server.url)
    assert asked.works("tmdb", TWICE) is not None and not asked.problems()
    assert [round(each) for each in desk.slept if each > 0.5] == [8, 2] and asked.requests == 3
    server.answers = [(429, {"Retry-After": "3600"}, "{}")]
    asked = desk.asking(server.url)
    assert asked.works("tmdb", WorkAsked("film", "Undated")) is None and "for 3600 s, which is not waited for" in said(asked)


def test_requests_keep_their_distance(server: Any, desk: Desk) -> None:
    asked = desk.asking(server.url, rate=60)
    for title in ("a", "b", "c"):
        asked.works("tmdb", WorkAsked("film", title))
    assert desk.slept == [1.0, 2.0]


def test_what_fails_for_a_while_is_tried_again(server: Any, desk: Desk) -> None:
    server.answers = [(503, {}, ""), (500, {}, "")]
    assert desk.asking(server.url).works("tmdb", TWICE) is not None
    server.answers = [(503, {}, "")] * 3
    asked = desk.asking(server.url)
    assert asked.works("tmdb", WorkAsked("film", "Undated")) is None and "it answered 503, 3 times" in said(asked)


def test_one_that_hangs_is_not_waited_for(server: Any, desk: Desk) -> None:
    server.answers = ["hang"]
    asked = desk.asking(server.url, seconds=0.2, attempts=1)
    assert asked.works("tmdb", TWICE) is None and said(asked)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_nobody_follows_to_another_host(server: Any, desk: Desk, status: int) -> None:
    with film_database() as other:
        server.answers = [(status, {"Location": f"{other.url}/search/movie?query=Twice"}, "")]
        asked = desk.asking(server.url)
        assert asked.works("tmdb", TWICE) is None and f"it answered {status}" in said(asked)
        assert not other.seen and len(server.seen) == 1


def test_a_wrong_address_is_no_miss(server: Any, desk: Desk) -> None:
    asked = desk.asking(f"{server.url}/elsewhere")
    assert asked.works("tmdb", TWICE) is None and "it answered 404" in said(asked)


def test_no_more_requests_than_are_allowed(server: Any, desk: Desk) -> None:
    asked = desk.asking(server.url, most=2)
    got = [asked.works("tmdb", WorkAsked("film", title)) for title in ("a", "b", "c", "d")]
    assert [each is None for each in got] == [False, False, True, True] and asked.requests == len(server.seen) == 2
    assert asked.problems()[0].code == "lookup-budget"
    assert desk.asking(server.url, most=0, asks=False).works("tmdb", WorkAsked("film", "a")) is not None


def test_an_answer_holds_for_half_a_year_and_then_stands_in(server: Any, desk: Desk) -> None:
    first = desk.asking(server.url).works("tmdb", TWICE)
    desk.now += timedelta(days=179)
    asked = desk.asking(server.url)
    assert asked.works("tmdb", TWICE) == first and (asked.requests, asked.remembered) == (0, 1)
    desk.now += timedelta(days=2)
    server.answers = [(503, {}, "")] * 3
    asked = desk.asking(server.url)
    assert asked.works("tmdb", TWICE) == first and said(asked)  # with the day it was fetched
    assert desk.asking(server.url, asks=False).works("tmdb", TWICE) == first
    fresh = desk.asking(server.url).works("tmdb", TWICE)
    assert fresh is not None and (fresh.day, len(server.seen)) == ("2027-05-28", 5)


def test_a_miss_is_asked_again_after_a_day(server: Any, desk: Desk) -> None:
    unheard = WorkAsked("film", "Unheard")
    for hours, requests in ((0, 1), (23, 1), (2, 2)):
        desk.now += timedelta(hours=hours)
        assert desk.asking(server.url).works("tmdb", unheard) is not None
        assert len(server.seen) == requests
    desk.now -= timedelta(days=300)
    desk.asking(server.url).works("tmdb", unheard)
    assert len(server.seen) == 3  # the clock was wrong: an answer from the future is none


def test_what_was_found_lately_is_not_asked_for_again(server: Any, desk: Desk) -> None:
    desk.asking(server.url).works("tmdb", TWICE)
    lately = WorkAsked("film", "Twice", lately=True)
    desk.asking(server.url).works("tmdb", lately)
    assert len(server.seen) == 1
    desk.now += timedelta(days=2)
    desk.asking(server.url).works("tmdb", TWICE)
    assert len(server.seen) == 1
    desk.asking(server.url).works("tmdb", lately)
    assert len(server.seen) == 2


def test_no_key_is_kept(server: Any, desk: Desk, tmp_path: Path) -> None:
    asked = desk.asking(server.url)
    assert asked.works("tmdb", TWICE) is not None and server.seen[0][1]["api_key"] == KEY
    assert not [path for path in tmp_path.iterdir() if KEY.encode() in path.read_bytes()]


def test_what_is_remembered_in_another_form_is_said_and_not_used(server: Any, desk: Desk) -> None:
    desk.asking(server.url).works("tmdb", TWICE)
    catalog = sqlite3.connect(desk.path)
    with catalog:
        catalog.execute('UPDATE lookups SET answer = \'[1, [["1", ["Twice"]]]]\'')
    catalog.close()
    asked = desk.asking(server.url)
    assert asked.works("tmdb", TWICE) is None and "damaged" in said(asked)


def test_another_endpoints_answers_are_its_own(server: Any, desk: Desk) -> None:
    desk.asking(server.url).works("tmdb", TWICE)
    with film_database() as other:
        other.films = []
        found = desk.asking(other.url).works("tmdb", TWICE)
        assert found is not None and found.works == () and len(other.seen) == 1
