"""TMDB and TheTVDB on the loopback: a few invented works, in the form of each service, and all that a service may do wrong."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "0123456789abcdef-hush"

FILMS: list[dict[str, Any]] = [
    {"id": 949, "title": "Quiet Harbor", "original_title": "Stiller Hafen", "release_date": "1995-12-15"},
    {"id": 7, "title": "The Quiet Harbor Road", "original_title": "The Quiet Harbor Road", "release_date": "2001-01-01"},
    {"id": 31, "title": "Twice", "original_title": "Twice", "release_date": "1972-03-01"},
    {"id": 32, "title": "Twice", "original_title": "Twice", "release_date": "1986-05-02"},
    {"id": 33, "title": "Undated", "original_title": "Undated", "release_date": ""},
]


class Service(http.server.BaseHTTPRequestHandler):
    """Answers as TMDB does, or as its server is told: a status with headers, text that is none, or nothing at all."""

    def do_GET(self) -> None:
        server: Any = self.server
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        server.seen.append((parts.path, query, dict(self.headers)))
        told = server.answers.pop(0) if server.answers else None
        if told == "hang":
            server.hang.wait(20)
            return
        status, headers, body = told or (200, {}, None)
        if body is None:
            found = self._found(parts.path, query)
            status, body = (status, json.dumps(found)) if found is not None else (404, "{}")
        self._say(status, headers, body.encode())

    def _found(self, path: str, query: dict[str, str]) -> Any:
        server: Any = self.server
        if path == "/3/search/movie":
            words = query["query"].lower()
            works = [each for each in server.films if words in each["title"].lower() or words in each["original_title"].lower()]
            if "primary_release_year" in query:
                works = [each for each in works if each["release_date"].startswith(query["primary_release_year"])]
            page = int(query.get("page", 1))
            some = works[(page - 1) * 20 : page * 20]
            return {"page": page, "results": some, "total_pages": -(-len(works) // 20), "total_results": len(works)}
        if path.startswith("/3/movie/"):
            return next((each for each in server.films if str(each["id"]) == path.rpartition("/")[2]), None)
        return None

    def _say(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        del args


@contextmanager
def film_database() -> Iterator[Any]:
    """Give a server whose `url` answers as TMDB; `seen` is what was asked, `answers` what is said instead, once each."""
    server: Any = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    server.daemon_threads, server.block_on_close = True, False
    server.seen, server.answers, server.hang, server.films = [], [], threading.Event(), [*FILMS]
    server.url = f"http://127.0.0.1:{server.server_port}/3"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.hang.set()
        server.shutdown()
        server.server_close()
