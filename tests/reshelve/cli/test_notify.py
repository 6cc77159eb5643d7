"""Notices on the command line: consent, a test, a run that is told of, and what waits."""

import json
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
        [waiting] = [event for event in call(folder, "notify", "queue", "--json").events if event["type"] == "notice"]
        assert call(folder, "notify", "drop", waiting["id"]).code == 0
        assert call(folder, "notify", "drop", waiting["id"]).code != 0
        assert call(folder, "notify", "test", "nobody").code == 64
    assert not [path for path in (folder / ".reshelve").rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert json.dumps(server.seen[0][2]).count("test") > 0
