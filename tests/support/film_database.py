"""TMDB and TheTVDB on the loopback: a few invented works, in the form of each service, and all that a service may do wrong."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "0123456789abcdef-hush"
TOKEN = "a.token.hush"

FILMS: list[dict[str, Any]] = [
    {"id": 949, "title": "Quiet Harbor", "original_title": "Stiller Hafen", "release_date": "1995-12-15"},
    {"id": 7, "title": "The Quiet Harbor Road", "original_title": "The Quiet Harbor Road", "release_date": "2001-01-01"},
    {"id": 31, "title": "Twice", "original_title": "Twice", "release_date": "1972-03-01"},
    {"id": 32, "title": "Twice", "original_title": "Twice", "release_date": "1986-05-02"},
    {"id": 33, "title": "Undated", "original_title": "Undated", "release_date": ""},
]
SHOWS: list[dict[str, Any]] = [
    {"id": 60, "name": "Moss Clock", "original_name": "Kokedokei", "first_air_date": "2005-10-01"},
    {"id": 61, "name": "Late Lamp", "original_name": "Late Lamp", "first_air_date": "2019-01-07"},
    {"id": 62, "name": "One Autumn", "original_name": "One Autumn", "first_air_date": "2012-09-01"},
]
SEASONS = {
    60: {0: ["2005-09-01"], 1: ["2005-10-01", "2005-10-08", "2005-10-15"], 2: ["2007-04-07", "2007-04-14"]},
    61: {1: ["2019-01-07", "2019-01-08"], 2: ["2020-01-06", "2020-01-07", "2020-01-07"]},
    62: {1: ["2012-09-01", "2012-09-08"]},
}
"""The days on which the episodes of each season of a show were aired."""


class Service(http.server.BaseHTTPRequestHandler):
    """Answers as TMDB (below /3) and TheTVDB (below /v4) do, or as its server is told: status, headers and text, or nothing."""

    def do_GET(self) -> None:
        server: Any = self.server
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        server.seen.append((parts.path, query, dict(self.headers)))
        if (told := server.answers.pop(0) if server.answers else None) == "hang":
            server.hang.wait(20)
            return
        status, headers, body = told or (200, {}, None)
        if body is None:
            family, _, rest = parts.path[1:].partition("/")
            found = _tmdb(server, rest, query) if family == "3" else _tvdb(server, rest, query)
            status, body = (status, json.dumps(found)) if found is not None else (404, "{}")
        self._say(status, headers, body.encode())

    def do_POST(self) -> None:
        server: Any = self.server
        server.logins.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        status = 200 if server.logins[-1]["apikey"] == KEY else 401
        self._say(status, {}, json.dumps({"status": "success", "data": {"token": TOKEN}}).encode())

    def _say(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        del args


def _tmdb(server: Any, path: str, query: dict[str, str]) -> Any:
    what, *rest = path.split("/")
    if what == "search":
        title, date, by_year = (
            ("title", "release_date", "primary_release_year")
            if rest == ["movie"]
            else ("name", "first_air_date", "first_air_date_year")
        )
        among = server.films if rest == ["movie"] else SHOWS
        words = query["query"].lower()
        works = [each for each in among if words in f"{each[title]}\n{each[f'original_{title}']}".lower()]
        works = [each for each in works if each[date].startswith(query.get(by_year, ""))]
        page = int(query.get("page", 1))
        pages = -(-len(works) // 20)
        return {"page": page, "results": works[(page - 1) * 20 : page * 20], "total_pages": pages, "total_results": len(works)}
    if what == "movie":
        return next((each for each in server.films if str(each["id"]) == rest[0]), None)
    if rest[0] == "episode_group":
        return server.groups.get(rest[1])
    show = next((each for each in SHOWS if str(each["id"]) == rest[0]), None)
    if show is None:
        return None
    seasons = SEASONS[show["id"]]
    if rest[1:] == ["episode_groups"]:
        told = [{"id": id_, "type": group["type"], "name": "An order"} for id_, group in server.groups.items()]
        return {"id": show["id"], "results": told if show["id"] == 60 else []}
    if rest[1:2] == ["season"]:
        days = seasons.get(int(rest[2]))
        told = [{"episode_number": number, "air_date": day} for number, day in enumerate(days or (), 1)]
        return {"season_number": int(rest[2]), "episodes": told} if days else None
    told = [{"season_number": number, "air_date": days[0], "episode_count": len(days)} for number, days in seasons.items()]
    return {**show, "seasons": told}


def order(*episodes: tuple[int, int], kind: int = 2) -> dict[str, Any]:
    """Return an order of a show at TMDB, with one group of specials before it."""
    told = [{"season_number": season, "episode_number": episode, "order": at} for at, (season, episode) in enumerate(episodes)]
    specials = [{"season_number": 0, "episode_number": 1, "order": 0}]
    return {"type": kind, "groups": [{"order": 0, "episodes": specials}, {"order": 1, "episodes": told}]}


def _tvdb(server: Any, path: str, query: dict[str, str]) -> Any:
    what, *rest = path.split("/")
    if what == "search":
        films = query["type"] == "movie"
        works = [_tvdb_work(each) for each in (server.films if films else SHOWS)]
        words = query["query"].lower()
        found = [each for each in works if words in "\n".join([each["name"], *each["aliases"]]).lower()]
        return {"status": "success", "data": [each for each in found if query.get("year", each["year"]) == each["year"]]}
    work = next((each for each in (SHOWS if what == "series" else server.films) if str(each["id"]) == rest[0]), None)
    if work is None:
        return None
    if rest[1:2] == ["episodes"]:
        return _tvdb_episodes(server, work["id"], rest[2], int(query["page"]))
    told = _tvdb_work(work)
    aliases = [{"language": "eng", "name": each} for each in told["aliases"]]
    return {"status": "success", "data": {"id": work["id"], "name": told["name"], "year": told["year"], "aliases": aliases}}


def _tvdb_work(work: dict[str, Any]) -> dict[str, Any]:
    name, original = work.get("title", work.get("name")), work.get("original_title", work.get("original_name"))
    year = (work.get("release_date") or work.get("first_air_date") or "")[:4]
    told = {"tvdb_id": str(work["id"]), "name": original, "year": year, "aliases": [name]}
    return {**told, "translations": {"eng": name, "deu": f"{name} auf Deutsch"}}


def _tvdb_episodes(server: Any, show: int, kind: str, page: int) -> Any:
    rows = []
    through = 0
    for season, days in SEASONS[show].items():
        for episode, day in enumerate(days, 1):
            through += bool(season)
            absolute = through if season else 0
            row = {"id": show * 1000 + season * 100 + episode, "aired": day, "absoluteNumber": absolute if server.counts else None}
            own = {"seasonNumber": season, "number": episode}
            rows.append(
                {**row, **(own if kind == "official" else {"seasonNumber": int(season > 0), "number": absolute or episode})}
            )
    size = 4
    more = f"/series/{show}/episodes/{kind}?page={page + 1}" if len(rows) > (page + 1) * size else None
    return {"data": {"series": {"id": show}, "episodes": rows[page * size : (page + 1) * size]}, "links": {"next": more}}


@contextmanager
def film_database() -> Iterator[Any]:
    """Give a server that answers as TMDB at its `url`, as TheTVDB at its `tvdb`.

    `seen` is what was asked, `logins` who logged in, `answers` what is said instead, once each. `counts`: TheTVDB's episodes have
    absolute numbers. `groups` are the orders that TMDB has of one show.
    """
    server: Any = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    server.daemon_threads, server.block_on_close = True, False
    server.seen, server.logins, server.answers, server.hang = [], [], [], threading.Event()
    server.films, server.groups, server.counts = [*FILMS], {}, True
    server.url = f"http://127.0.0.1:{server.server_port}/3"
    server.tvdb = f"http://127.0.0.1:{server.server_port}/v4"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.hang.set()
        server.shutdown()
        server.server_close()
