"""Looking up as a person does it: what names leave in doubt is asked once, settled for certain or left with its candidates."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.film_database import KEY, film_database
from tests.support.shellcalls import Came, call

RULES = """\
version: 1
stores: {inbox: {path: inbox}, movies: {path: movies}}
scan:
  inbox:
    rules:
      - name: films
        when: {kind: movie, year: {known: true}}
        place: "movies:{{ title }} ({{ year }})/{{ filename }}"
"""


@pytest.fixture(autouse=True)
def environ(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("TMDB_API_KEY", "TVDB_API_KEY", "TVDB_PIN"):
        monkeypatch.delenv(name, raising=False)


def lay(folder: Path, *names: str, lookup: str) -> Path:
    (folder / "inbox").mkdir(parents=True)
    (folder / "movies").mkdir()
    for name in names:
        (folder / "inbox" / name).write_text(name)
    (folder / "reshelve.yaml").write_text(f"{RULES}lookup: {lookup}\n")
    return folder


def at(server: Any, more: str = "") -> str:
    return f"{{providers: [tmdb], base_url: {{tmdb: '{server.url}'}}{more}}}"


def layout(folder: Path) -> str:
    return (folder / "layout.yaml").read_text()


def test_the_year_of_the_only_film_of_a_title_is_a_fact(tmp_path: Path) -> None:
    with film_database() as server:
        folder = lay(tmp_path / "w", "Quiet.Harbor.1080p.mkv", "Certain (2001).mkv", lookup=at(server))
        assert call(folder, "scan").code == 0 and not server.seen
        came = call(folder, "scan", "--lookup")
        assert came.code == 0 and "Looked up at TMDB: 1 settled; 1 request, 0 answers remembered." in came.out
        assert "not endorsed or certified by TMDB" in came.out
        [(path, query, _)] = server.seen
        assert (path, query) == ("/3/search/movie", {"query": "Quiet Harbor", "language": "en-US"})
        assert '"movies:Quiet Harbor (1995)/Quiet.Harbor.1080p.mkv"' in layout(folder)
        again = call(folder, "scan", "--lookup")
        assert len(server.seen) == 1 and "nothing was asked, 1 answer remembered" in again.out
    before = layout(folder)
    assert call(folder, "scan").code == 0 and layout(folder) == before
    told = call(folder, "explain", "inbox/Quiet.Harbor.1080p.mkv").out
    assert "year           1995  (from TMDB as of 2" in told and "not endorsed" in told


def test_of_several_films_of_a_title_none_is_taken(tmp_path: Path) -> None:
    with film_database() as server:
        folder = lay(tmp_path / "w", "Twice.1080p.mkv", "Unheard.Film.720p.mkv", "Undated.720p.mkv", lookup=at(server))
        came = call(folder, "scan", "--lookup")

        assert "Looked up at TMDB: 1 still in doubt, 2 not found; 3 requests" in came.out
        assert "TMDB has 2 films of this title: Twice (1972), Twice (1986)" in came.out
        reviewed = call(folder, "review", answers="q\n")
        assert "Twice (1972), Twice (1986)" in reviewed.out


def refused(came: Came) -> str:
    assert came.code == 0
    return came.out + came.err


def test_without_the_network_it_is_as_without_lookups_and_said_once(tmp_path: Path) -> None:
    names = [f"Film.Number{number}.1080p.mkv" for number in range(5)]
    with film_database() as server:
        folder = lay(tmp_path / "w", *names, lookup=at(server))
    told = refused(call(folder, "scan", "--lookup"))
    assert told.count("lookup-failed") == 1 and "TMDB: it cannot be reached" in told
    assert "5 to review" in told


def test_no_key_is_said_and_none_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with film_database() as server:
        folder = lay(tmp_path / "w", "Quiet.Harbor.1080p.mkv", lookup=at(server, ", key_env: {tmdb: MINE}"))
        told = refused(call(folder, "scan", "--lookup"))
        assert "$MINE is not set" in told and not server.seen
        monkeypatch.setenv("MINE", KEY)
        came = call(folder, "scan", "--lookup")
        assert came.code == 7 and "send titles of films and shows and $MINE to http://127.0.0.1" in came.err
        assert call(folder, "trust", "--yes").code == 0
        server.answers = [(401, {}, '{"status_message": "Invalid API key"}')]
        told = refused(call(folder, "scan", "--lookup"))
        assert "it does not take the key" in told and KEY not in told
        assert refused(call(folder, "scan", "--lookup")) and server.seen[-1][1]["api_key"] == KEY
        monkeypatch.setenv("MINE", f"a.{KEY}.c")
        (folder / "inbox" / "Twice.1080p.mkv").write_text("x")
        call(folder, "scan", "--lookup")
        assert server.seen[-1][2]["Authorization"] == f"Bearer a.{KEY}.c" and "api_key" not in server.seen[-1][1]
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not [text for text in kept if KEY.encode() in text]


def test_every_scan_asks_with_consent_only(tmp_path: Path) -> None:
    with film_database() as server:
        folder = lay(tmp_path / "w", "Quiet.Harbor.1080p.mkv", lookup=at(server, ", always: true"))
        assert "Looking up is off" in call(folder, "scan").out and not server.seen
        assert call(folder, "trust", "--yes").code == 0
        assert "1 settled" in call(folder, "scan").out and len(server.seen) == 1
        assert "1 to review" in call(folder, "scan", "--no-lookup").out


def test_there_must_be_a_database_to_ask(tmp_path: Path) -> None:
    folder = lay(tmp_path / "w", lookup="null")
    came = call(folder, "scan", "--lookup")
    assert came.code == 64 and "lookup: {providers: [tmdb]}" in came.err
