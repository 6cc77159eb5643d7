"""`doctor` on the environment: variables that the workspace names and nobody set, and settings that say nothing."""

from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import WORKSPACE, lay

NAMED = """notify:
  ops: {kind: slack, url_env: SLACK_WEBHOOK}
  home: {kind: webhook, url: "http://127.0.0.1:9/hook", token_env: SHARED_TOKEN}
  mail: {kind: email, server: localhost, tls: none, from: a@example.org, to: [b@example.org], password_env: SMTP_PASSWORD}
after:
  films: {kind: plex, url_env: PLEX_URL, token_env: SHARED_TOKEN}
  room: {kind: kodi, url: "http://127.0.0.1:9", user: kodi, password_env: KODI_PASSWORD}
clients: {qb: {kind: qbittorrent, url: "http://127.0.0.1:9", user: admin, password_env: QB_PASSWORD}}
lookup: {providers: [tmdb, tvdb], key_env: {tvdb: MY_TVDB}}
suggest: {provider: gemini}
"""
VARIABLES = {
    "SLACK_WEBHOOK": "notify.ops",
    "SHARED_TOKEN": "notify.home, after.films",
    "SMTP_PASSWORD": "notify.mail",
    "PLEX_URL": "after.films",
    "KODI_PASSWORD": "after.room",
    "QB_PASSWORD": "clients.qb",
    "TMDB_API_KEY": "lookup (tmdb)",
    "MY_TVDB": "lookup (tvdb)",
    "GEMINI_API_KEY": "suggest",
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("TZ", raising=False)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return lay(tmp_path / "w")


def test_every_variable_that_the_workspace_names_is_told_once_while_it_is_not_set(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(place, workspace=WORKSPACE + NAMED)
    assert call(place, "trust", "--yes").code == 0
    came = call(place, "doctor")
    assert came.code == 1
    for name, keys in VARIABLES.items():
        assert came.out.count(f"BAD  ${name}: not set; needed by {keys}\n") == 1
    assert "correct the address or password" not in came.out
    for name in VARIABLES:
        monkeypatch.setenv(name, "https://hush-0123456789")
    came = call(place, "doctor")
    assert "not set" not in came.out and "hush" not in came.out + came.err


@pytest.mark.parametrize("zone", ["Mars/Base", "Europa/Berlin", "NOWHERE"])
def test_a_time_zone_that_the_system_takes_for_utc_is_told(place: Path, monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)
    came = call(place, "doctor")
    assert came.code == 1 and f"BAD  TZ: no time zone is called {zone}, so times are in UTC" in came.out


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", "EST5EDT", ":/etc/localtime", ""])
def test_a_time_zone_that_is_one_is_nothing_to_tell(place: Path, monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)
    assert call(place, "doctor").code == 0


def test_dry_run_is_told_and_what_is_neither_true_nor_false_is_wrong(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRY_RUN", "true")
    came = call(place, "doctor")
    assert came.code == 0 and "ok   DRY_RUN: on: plans are shown, and nothing is done" in came.out
    monkeypatch.setenv("DRY_RUN", "perhaps")
    came = call(place, "doctor")
    assert came.code == 1 and "BAD  DRY_RUN: neither true nor false" in came.out
