"""Every database that something is sent to answers the same questions about the same works with the same facts."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from reshelve.executors.lookup.asked_in_order import Databases
from reshelve.executors.lookup.database_list import databases_of
from reshelve.executors.lookup.lookup_cache import LookupCache
from reshelve.schemas.lookup_answers import NAMES, EpisodeAsked, KnownWork, WorkAsked
from reshelve.schemas.lookup_settings import KEYS, Lookup, Service
from tests.support.film_database import KEY, TOKEN, film_database, order

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
ABSOLUTE = order((1, 1), (1, 2), (1, 3), (2, 1), (2, 2))


@pytest.fixture
def server() -> Iterator[Any]:
    with film_database() as serving:
        serving.groups = {"5f1573a33852020036d50619": ABSOLUTE, "5ad2557a0e0a266c25015a52": order((2, 1), kind=3)}
        yield serving


@pytest.fixture(params=get_args(Service))
def database(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def asking(server: Any, database: str, *, key: str = KEY, **more: Any) -> Databases:
    url = server.url if database == "tmdb" else server.tvdb
    told = {"providers": [database], "base_url": {database: url}, "key_env": {database: KEYS[database]}, **more}  # type: ignore[index]
    environ = {KEYS[database]: key} if key else {}  # type: ignore[index]
    return databases_of(Lookup.model_validate(told), None, environ, LookupCache(":memory:", now=lambda: NOW), asks=True)  # type: ignore[arg-type]


def test_films_of_a_title(server: Any, database: str) -> None:
    found = asking(server, database).works(database, WorkAsked("film", "Twice"))
    assert found is not None and (found.by, found.day, found.more) == (NAMES[database], "2026-11-28", False)
    assert [(work.id, work.titles[0], work.year) for work in found.works] == [("31", "Twice", 1972), ("32", "Twice", 1986)]
    one = asking(server, database).works(database, WorkAsked("film", "Twice", 1986))
    assert one is not None and [work.id for work in one.works] == ["32"]


def test_titles_that_a_work_is_known_by(server: Any, database: str) -> None:
    found = asking(server, database).works(database, WorkAsked("show", "Kokedokei"))
    assert found is not None and [work.id for work in found.works] == ["60"]
    assert {"Moss Clock", "Kokedokei"} <= set(found.works[0].titles) and found.works[0].titles[0] == "Moss Clock"


def test_by_its_id(server: Any, database: str) -> None:
    asked = asking(server, database)
    film = asked.works(database, WorkAsked("film", "Anything", id="949"))
    assert film is not None and [(work.id, work.year) for work in film.works] == [("949", 1995)]
    for unknown in ("12345", "no id", "../31"):
        gone = asked.works(database, WorkAsked("film", "Anything", id=unknown))
        assert gone is not None and gone.works == ()
    assert not asked.problems() and not [path for path, _, _ in server.seen if ".." in path]


def test_what_is_not_known(server: Any, database: str) -> None:
    asked = asking(server, database)
    for lately in (False, True):
        found = asked.works(database, WorkAsked("film", "Unheard", lately=lately))
        assert found is not None and found.works == ()
    assert len(server.seen) == 1 and not asked.problems()
    undated = asked.works(database, WorkAsked("film", "Undated"))
    assert undated is not None and undated.works[0].year is None


@pytest.mark.parametrize(
    ("show", "asked", "found"),
    [
        ("60", {"number": 3}, [(1, 3)]),
        ("60", {"number": 4}, [(2, 1)]),
        ("60", {"number": 6}, []),
        ("62", {"number": 2}, [(1, 2)]),
        ("62", {"number": 3}, []),
        ("61", {"date": "2019-01-08"}, [(1, 2)]),
        ("61", {"date": "2020-01-06"}, [(2, 1)]),
        ("61", {"date": "2020-01-07"}, [(2, 2), (2, 3)]),
        ("61", {"date": "2019-05-05"}, []),
        ("61", {"date": "2001-05-05"}, []),
        ("999", {"number": 1}, []),
        ("no id", {"number": 1}, []),
        ("999", {"date": "2019-01-08"}, []),
    ],
)
def test_episodes(server: Any, database: str, show: str, asked: dict[str, Any], found: list[tuple[int, int]]) -> None:
    asks = asking(server, database)
    said = asks.episodes(database, EpisodeAsked(show, **asked))
    assert said is not None and list(said.found) == found and not asks.problems()


def test_tmdbs_orders_that_disagree_are_both_told(server: Any) -> None:
    server.groups["60ea741fa6c1040047de4bb0"] = order((1, 1), (1, 2), (2, 1))
    said = asking(server, "tmdb").episodes("tmdb", EpisodeAsked("60", 3))
    assert said is not None and said.found == ((1, 3), (2, 1))
    agreed = asking(server, "tmdb").episodes("tmdb", EpisodeAsked("60", 2))
    assert agreed is not None and agreed.found == ((1, 2),)


def test_of_several_seasons_tmdb_tells_nothing_without_an_order(server: Any) -> None:
    server.groups = {}
    said = asking(server, "tmdb").episodes("tmdb", EpisodeAsked("60", 4))
    assert said is not None and said.found == ()


def test_thetvdbs_own_order_where_episodes_have_no_number(server: Any) -> None:
    server.counts = False
    said = asking(server, "tvdb").episodes("tvdb", EpisodeAsked("60", 4))
    assert said is not None and said.found == ((2, 1),)


def test_more_films_than_are_read(server: Any) -> None:
    server.films = [{"id": n, "title": f"Up {n}", "original_title": f"Up, {n}", "release_date": "2009-01-01"} for n in range(101)]
    found = asking(server, "tmdb").works("tmdb", WorkAsked("film", "Up"))
    assert found is not None and found.more and len(found.works) == 100 and len(server.seen) == 5
    assert asking(server, "tvdb").works("tvdb", WorkAsked("film", "Up")).more  # type: ignore[union-attr]


def test_what_is_in_doubt_is_not_read_to_its_end(server: Any) -> None:
    server.films = [{"id": n, "title": "Heat", "original_title": "Heat", "release_date": "1995-01-01"} for n in range(50)]
    found = asking(server, "tmdb").works("tmdb", WorkAsked("film", "heat"))
    assert found is not None and found.more and len(server.seen) == 1


def test_language_and_region_are_asked_for(server: Any) -> None:
    asking(server, "tmdb", language="de-DE", region="DE").works("tmdb", WorkAsked("film", "Quiet Harbor"))
    assert server.seen[-1][1].items() >= {"language": "de-DE", "region": "DE"}.items()
    found = asking(server, "tvdb", language="de").works("tvdb", WorkAsked("film", "Quiet Harbor", 1995))
    assert found is not None and found.works[0].titles[0] == "Quiet Harbor auf Deutsch"


def test_the_key_goes_where_it_belongs(server: Any) -> None:
    asking(server, "tmdb").works("tmdb", WorkAsked("film", "Twice"))
    assert server.seen[-1][1]["api_key"] == KEY
    asking(server, "tmdb", key=f"a.{KEY}.c").works("tmdb", WorkAsked("film", "Twice"))
    assert "api_key" not in server.seen[-1][1] and server.seen[-1][2]["Authorization"] == f"Bearer a.{KEY}.c"
    asked = asking(server, "tvdb")
    for title in ("Twice", "Undated"):
        asked.works("tvdb", WorkAsked("film", title))
        assert server.seen[-1][2]["Authorization"] == f"Bearer {TOKEN}" and KEY not in str(server.seen[-1])
    assert server.logins == [{"apikey": KEY}]


def test_a_pin_goes_with_the_key(server: Any) -> None:
    config = Lookup.model_validate({"providers": ["tvdb"], "base_url": {"tvdb": server.tvdb}, "key_env": {"tvdb": "TVDB_API_KEY"}})
    environ = {"TVDB_API_KEY": KEY, "TVDB_PIN": "1234"}
    asked = databases_of(config, None, environ, LookupCache(":memory:", now=lambda: NOW), asks=True)  # type: ignore[arg-type]
    assert asked.works("tvdb", WorkAsked("film", "Quiet Harbor")) is not None
    assert server.logins == [{"apikey": KEY, "pin": "1234"}]


def test_a_key_that_is_not_taken(server: Any) -> None:
    server.answers = [(401, {}, "{}")]
    for database in get_args(Service):
        asked = asking(server, database, key="wrong-hush")
        assert asked.works(database, WorkAsked("film", "Twice")) is None
        [problem] = asked.problems()
        assert "it does not take the key" in problem.detail and "wrong-hush" not in str(problem)


def test_works_are_values(server: Any) -> None:
    found = asking(server, "tmdb").works("tmdb", WorkAsked("film", "Quiet Harbor", 1995))
    assert found is not None and found.works == (KnownWork("949", ("Quiet Harbor", "Stiller Hafen"), 1995),)
