"""Notices on the command line: consent, a test, a run that is told of, and what waits."""

import json
import sys
from pathlib import Path

import pytest

from tests.support.hook_stub import SECRET, stub
from tests.support.shellcalls import call
from tests.support.shellplaces import WORKSPACE, lay


def test_a_run_is_told_of_once_consented_to_and_ends_as_it_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "w"
    folder.mkdir()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOOK_TOKEN", SECRET)
    with stub() as server:
        url = f"http://127.0.0.1:{server.server_port}/hook"
        lay(
            folder,
            workspace=WORKSPACE + f"notify:\n  home: {{kind: webhook, url: '{url}', token_env: HOOK_TOKEN, on: [success]}}\n",
        )
        assert call(folder, "scan").code == 0
        assert call(folder, "apply", "--yes").code == 0 and server.seen == []
        [waiting] = [event for event in call(folder, "notify", "queue", "--json").events if event["type"] == "notice"]
        assert "reshelve trust" in waiting["why"]
        assert call(folder, "notify", "test").code == 1 and server.seen == []
        assert "$HOOK_TOKEN" in call(folder, "trust", "--yes").out
        assert call(folder, "notify", "test").code == 0 and len(server.seen) == 1
        assert call(folder, "notify", "send", "--now").out == "Nothing waits.\n"
        assert server.seen[1][2]["notices"][0]["run"] == waiting["run"]
        assert call(folder, "undo", "--yes").code == 0 and len(server.seen) == 3
        server.answer = (500, {})
        assert call(folder, "redo", "--yes").code == 0
        assert call(folder, "notify", "send", "--now").code == 1
        assert "1 notice not delivered yet: reshelve notify queue" in call(folder, "status").out
        assert "(2 tries: " in call(folder, "notify", "queue").out
        [waiting] = [event for event in call(folder, "notify", "queue", "--json").events if event["type"] == "notice"]
        assert call(folder, "notify", "drop", waiting["id"]).code == 0
        assert call(folder, "notify", "drop", waiting["id"]).code != 0
        assert call(folder, "notify", "test", "nobody").code == 64
    assert not [path for path in (folder / ".reshelve").rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert json.dumps(server.seen[0][2]).count("test") > 0


def test_players_are_told_of_the_folders_that_runs_and_undos_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "w"
    folder.mkdir()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("KEY", SECRET)
    made = tmp_path / "made.json"
    program = [sys.executable, "-c", f"import sys; open({str(made)!r}, 'w').write(sys.stdin.read())"]
    with stub() as server:
        player = f"{{kind: jellyfin, url: 'http://127.0.0.1:{server.server_port}', token_env: KEY, map: {{'{folder}': /data}}}}"
        after = f"after:\n  films: {player}\n  mine: {{kind: program, program: {json.dumps(program)}}}\n"
        lay(folder, workspace=WORKSPACE + after)
        assert call(folder, "scan").code == 0
        assert call(folder, "apply", "--yes").code == 0
        assert server.seen == [] and not made.exists()
        asked = call(folder, "trust", "--yes").out
        assert "send names of folders to http://127.0.0.1" in asked and "$KEY" in asked and f'run "{sys.executable}"' in asked
        tested = call(folder, "notify", "test")
        assert tested.err == "" and tested.out == "Delivered to after.films.\nDelivered to after.mine.\n"
        assert call(folder, "notify", "send", "--now").code == 0
        told = [body for path, _, body in server.seen if path == "/Library/Media/Updated"]
        [run] = json.loads(made.read_text())["runs"]
        assert run["report"]["run"] == run["run"] and all(str(folder) in each for each in run["folders"])
        paths = {update["Path"]: update["UpdateType"] for update in told[0]["Updates"]}
        assert len(paths) == len(run["folders"]) and all(path.startswith("/data/") for path in paths)
        assert call(folder, "undo", "--yes").code == 0
        undone = {update["Path"]: update["UpdateType"] for update in server.seen[-1][2]["Updates"]}
        assert undone.keys() == paths.keys() and "Deleted" in undone.values()
        seen = len(server.seen)
        assert call(folder, "apply", "--yes").code == 0 and len(server.seen) == seen
    assert not [path for path in (folder / ".reshelve").rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


def test_what_listens_to_sonarr_is_told_of_a_run_and_of_its_undo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "w"
    folder.mkdir()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("KEY", SECRET)
    (folder / "inbox").mkdir()
    (folder / "inbox/Dark.S01E02.1080p.mkv").write_bytes(b"12345")
    with stub() as server:
        url = f"http://127.0.0.1:{server.server_port}/sonarr"
        lay(folder, workspace=WORKSPACE + f"after:\n  x: {{kind: sonarr-webhook, url: '{url}', user: ana, password_env: KEY}}\n")
        assert f"send names of files to http://127.0.0.1:{server.server_port}, with $KEY" in call(folder, "trust", "--yes").out
        assert call(folder, "scan").code == 0
        assert call(folder, "apply", "--yes").code == 0
        assert call(folder, "undo", "--yes").code == 0
    mine = [body for _, _, body in server.seen if body["series"]["title"] == "Dark"]
    came, went = (body for body in mine if body["episodes"][0]["episodeNumber"] == 2)
    assert (came["eventType"], went["eventType"]) == ("Download", "EpisodeFileDelete")
    assert came["episodeFile"]["sourcePath"] == str(folder / "inbox/Dark.S01E02.1080p.mkv") and came["episodeFile"]["size"] == 5
    assert came["episodeFile"]["path"] == went["episodeFile"]["path"] and came["series"]["path"] == went["series"]["path"]


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("after: {x: {kind: plex, url: 'http://nas'}}", "needs `token_env`"),
        ("after: {x: {kind: plex, token_env: T}}", "either `url` or `url_env`"),
        ("after: {x: {kind: kodi, url: 'http://nas', token_env: T}}", "has no key `token_env`"),
        ("after: {x: {kind: plex, url: 'http://nas', token_env: T, user: ana, password_env: P}}", "has no key `password_env`"),
        ("after: {x: {kind: sonarr-webhook, url: 'http://nas', user: ana}}", "needs `password_env`"),
        ("after: {x: {kind: radarr-webhook, url: 'http://nas', token_env: T, password_env: P}}", "only one of them"),
        ("after: {x: {kind: program}}", "needs `program:`"),
        ("after: {x: {kind: program, program: [./hook]}}", "a whole path"),
        ("after: {x: {kind: program, program: [hook], url: 'http://nas'}}", "has no key `url`"),
        ("after: {x: {kind: jellyfin, url: 'http://nas', token_env: T, map: {media: /data}}}", "whole paths"),
        ("notify: {x: {kind: email, server: mail.example.org}}", "needs `server`, `from` and `to`"),
        ("notify: {x: {kind: email, server: 'smtp://mail', from: a@b, to: [c@d]}}", "host:port"),
        ("notify: {x: {kind: email, server: mail, from: a@b, to: [c@d], tls: none}}", "on this machine"),
        ("notify: {x: {kind: email, server: mail, from: 'A <a@b>', to: [c@d]}}", "a plain address"),
        ("notify: {x: {kind: email, server: mail, from: a@b, to: [c@d], user: ana}}", "needs `password_env`"),
        ("notify: {x: {kind: slack, url_env: U, to: [c@d]}}", "has no key `to`"),
        ("notify: {x: {kind: email, server: mail, from: a@b, to: [c@d], url: 'http://x'}}", "has no key `url`"),
    ],
)
def test_a_receiver_that_cannot_be_meant_is_told_where_it_stands(tmp_path: Path, block: str, said: str) -> None:
    lay(tmp_path, workspace=WORKSPACE + block + "\n")
    came = call(tmp_path, "validate")
    assert came.code != 0 and said in came.err and f"reshelve.yaml:{(WORKSPACE + block).count(chr(10)) + 1}:" in came.err
