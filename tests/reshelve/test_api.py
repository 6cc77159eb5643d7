"""The Python API: values in, values out, nothing printed and nobody asked."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from reshelve import api
from reshelve.schemas.problems import ReshelveError
from tests.support.shellplaces import lay, tree

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)


def test_the_example_of_the_docstring(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = tree(lay(tmp_path))
    session = api.open_workspace(tmp_path, environ={}, now=lambda: NOW)
    layout = session.layouts.scan().layout
    report = session.runs.apply(session.plans.make(layout))
    assert report.outcome == "done" and report.counts["move"] == 4 and report.started.startswith("2026-09-01T12:00:00")
    assert not session.plans.make(layout).can_apply()
    assert session.runs.apply(session.history.plan_undo(report.run)).outcome == "done"
    assert tree(tmp_path) == before
    assert capfd.readouterr() == ("", "")


def test_one_folder_is_observed_and_organized(tmp_path: Path) -> None:
    source = tmp_path / "show"
    source.mkdir()
    (source / "Nordlys.S01E01.mkv").write_text("one")
    assert [item.rel for item in api.observe_folder(source).items] == ["Nordlys.S01E01.mkv"]
    session = api.open_organize(source, tmp_path / "tv", environ={"XDG_STATE_HOME": str(tmp_path / "state")})
    plan = session.plans.make(session.layouts.scan().layout, command="organize")
    assert [operation.op for operation in plan.operations] == ["mkdir", "mkdir", "mkdir", "move"]
    assert not (tmp_path / "tv").exists() and session.setting.state.runs() == []
    assert [path for path in (tmp_path / "state").rglob("*") if path.name in ("plan.json", "journal.ndjson")] == []


def test_proposed_layouts_are_checked_before_anything_else() -> None:
    sound = b'version: 1\nfiles:\n  "tv:a.mkv": {from: "inbox:a.mkv"}\n'
    assert api.layout_problems(sound) == []
    for bad in (b'"/etc/passwd": {from: "inbox:a"}', b'"tv:a": {from: "inbox:../../a"}', b"prose, not yaml: ["):
        assert api.layout_problems(b"version: 1\nfiles:\n  " + bad + b"\n"), bad


def test_names_are_read_without_files() -> None:
    assert api.parse("Heat.1995.mkv").facts["title"] == "Heat"


def test_a_missing_layout_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ReshelveError) as refused:
        api.load_layout(tmp_path / "layout.yaml")
    assert refused.value.problems[0].hint == "reshelve scan"


def test_a_finished_run_is_told_as_done_though_its_hashes_cannot_be_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError(5, "Input/output error")

    session = api.open_workspace(lay(tmp_path), environ={}).scanning(transfer="copy")
    plan = session.plans.make(session.layouts.scan().layout)
    monkeypatch.setattr("reshelve.executors.state.workspace_state.State.run", broken)
    report = session.runs.apply(plan)
    assert report.outcome == "done" and report.counts["copy"] == 4


def test_values_given_to_one_call_do_not_stay(tmp_path: Path) -> None:
    session = api.open_workspace(lay(tmp_path), environ={})
    copying = session.scanning(transfer="copy", exclude=["Heat*"])
    assert {entry.transfer for entry in copying.layouts.scan().layout.files.values()} == {"copy"}
    assert {entry.transfer for entry in session.layouts.scan().layout.files.values()} == {"move"}
    assert len(session.layouts.scan().layout.files) == len(copying.layouts.scan().layout.files) + 1
