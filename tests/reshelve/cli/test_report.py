"""`report monthly` from the command line: shown, kept, written as a page, and sent to who wants reports."""

from pathlib import Path

import pytest

from tests.support.hook_stub import stub
from tests.support.shellcalls import call
from tests.support.shellplaces import WORKSPACE, lay


def test_a_report_is_shown_written_and_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "w"
    folder.mkdir()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with stub() as server:
        url = f"http://127.0.0.1:{server.server_port}/hook"
        one = f"{{kind: webhook, url: '{url}', on: [report]}}"
        lay(folder, workspace=WORKSPACE + f"notify:\n  boss: {one}\n  ops: {{kind: webhook, url: '{url}'}}\n")
        assert call(folder, "trust", "--yes").code == 0
        came = call(folder, "report", "monthly", "--notify", "--html", "month.html")
        assert (came.code, came.err) == (0, "") and "Sent to boss." in came.out and "Buckets: $0.00 a month" in came.out
        [(_, _, body)] = server.seen
        server.answer = (500, {})
        late = call(folder, "report", "monthly", "--notify")
        assert late.code == 0 and "Not delivered yet to boss" in late.out and "Sent to" not in late.out
        assert body["notices"][0]["command"].startswith("report 20") and "Runs: 0" in body["notices"][0]["text"]
    assert "<title>Report: " in (folder / "month.html").read_text()
    assert call(folder, "report", "monthly", "--html", "month.html").code == 0, "a page of ours is replaced"
    (folder / "notes.html").write_text("mine")
    assert call(folder, "report", "monthly", "--html", "notes.html").code != 0
    assert (folder / "notes.html").read_text() == "mine"
    [event] = [event for event in call(folder, "report", "monthly", "--json").events if event["type"] == "month"]
    assert event["cost"] == "0.00" and (folder / f".reshelve/reports/{event['month']}.json").exists()
    assert call(folder, "report", "monthly", "--month", "soon").code == 64


def test_without_a_receiver_for_reports_it_says_so(tmp_path: Path) -> None:
    lay(tmp_path)
    came = call(tmp_path, "report", "monthly", "--notify")
    assert came.code == 0 and "No receiver under `notify:` has `on: [report]`." in came.out
