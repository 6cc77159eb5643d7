"""`DRY_RUN`: commands that would change files show what they would do, and nothing is done."""

from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import lay


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "w").mkdir()
    return lay(tmp_path / "w")


def files(place: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(place)): path.read_bytes()
        for path in sorted(place.rglob("*"))
        if path.is_file() and ".reshelve" not in path.parts
    }


@pytest.mark.parametrize("on", ["true", "1", "Yes", " on "])
def test_apply_shows_its_plan_and_does_nothing(place: Path, monkeypatch: pytest.MonkeyPatch, on: str) -> None:
    assert call(place, "scan").code == 0
    assert call(place, "plan", "-o", "plan.json").code == 0
    before = files(place)
    monkeypatch.setenv("DRY_RUN", on)
    for args in (["apply", "--yes"], ["apply"], ["apply", "plan.json", "--yes"]):
        came = call(place, *args)
        assert came.code == 0 and "Plan: " in came.out and came.out.endswith("Nothing was done: DRY_RUN is on.\n"), came
    assert call(place, "apply", "--yes", "-q").out == "Nothing was done: DRY_RUN is on.\n"
    events = call(place, "apply", "--yes", "--json").events
    assert events[-1]["type"] == "summary" and events[-1]["exit"] == 0 and not [one for one in events if one["type"] == "run"]
    assert files(place) == before


@pytest.mark.parametrize("args", [["apply"], ["apply", "--yes"], ["organize", "inbox", "--into", "shelf", "--yes"]])
def test_a_dry_run_of_a_command_shows_its_plan_and_does_nothing(place: Path, args: list[str]) -> None:
    assert call(place, "scan").code == 0
    before = files(place)
    came = call(place, *args, "--dry-run")
    assert came.code == 0 and "Plan: " in came.out and came.out.endswith("Nothing was done: this was a dry run.\n"), came
    assert files(place) == before


def test_what_takes_back_is_not_done_either(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert call(place, "scan").code == 0
    assert call(place, "apply", "--yes").code == 0
    after = files(place)
    monkeypatch.setenv("DRY_RUN", "true")
    came = call(place, "undo", "--yes")
    assert came.code == 0 and "DRY_RUN is on" in came.out and files(place) == after
    monkeypatch.setenv("DRY_RUN", "false")
    assert call(place, "undo", "--yes").code == 0 and files(place) != after


def test_organize_makes_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("DRY_RUN", "true")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/Heat (1995).mkv").write_text("x")
    came = call(tmp_path, "organize", "in", "--into", "out", "--yes")
    assert (
        came.code == 0
        and "DRY_RUN is on" in came.out
        and not (tmp_path / "out").exists()
        and (tmp_path / "in/Heat (1995).mkv").exists()
    )


def test_a_word_that_is_neither_stops(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert call(place, "scan").code == 0
    before = files(place)
    monkeypatch.setenv("DRY_RUN", "ture")
    came = call(place, "apply", "--yes")
    assert came.code == 1 and "error[dry-run]" in came.err and files(place) == before


def test_programs_that_call_the_library_are_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from reshelve import api
    from reshelve.schemas.problems import ReshelveError

    assert call(place, "scan").code == 0
    monkeypatch.setenv("DRY_RUN", "1")
    session = api.open_workspace(place)
    layout, digest = api.layout_with_digest(place / "layout.yaml", facts=True)
    with pytest.raises(ReshelveError) as refused:
        session.runs.apply(session.plans.make(layout, digest=digest))
    assert refused.value.kind == "declined" and [problem.code for problem in refused.value.problems] == ["dry-run"]


def kept(place: Path) -> dict[str, bytes]:
    return {str(path.relative_to(place)): path.read_bytes() for path in (place / ".reshelve/runs").rglob("*") if path.is_file()}


def test_what_forgets_for_good_only_tells_it(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for command in ("scan", "apply", "undo"):
        assert call(place, command, "--yes" if command != "scan" else "-q").code == 0

    def dry(*command: str) -> str:
        before = kept(place)
        monkeypatch.setenv("DRY_RUN", "true")
        came = call(place, *command)
        monkeypatch.delenv("DRY_RUN")
        assert came.code == 0 and came.out.endswith("Nothing was done: DRY_RUN is on.\n"), (command, came)
        assert kept(place) == before
        return came.out

    assert " would be planned again.\n" in dry("release")
    assert call(place, "release").out.startswith("Released: ")
    for command in ("apply", "undo"):
        assert call(place, command, "--yes").code == 0
    assert call(place, "release").code == 0
    assert "  apply  " in dry("log", "prune", "--keep", "1", "--also-undoable", "--yes")
    remembered = call(place, "cache", "stats").out
    assert " would be forgotten.\n" in dry("cache", "clear")
    assert dry("cache", "clear", "--answers").startswith("0 things would be forgotten.\n")
    assert call(place, "cache", "stats").out == remembered


def test_a_notice_is_not_dropped(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (place / "reshelve.yaml").open("a") as file:
        file.write('notify:\n  ops: {kind: webhook, url: "http://127.0.0.1:9/x", on: [success]}\n')
    assert call(place, "scan").code == 0
    assert call(place, "trust", "--yes").code == 0
    assert call(place, "apply", "--yes").code == 0
    waiting = [event["id"] for event in call(place, "notify", "queue", "--json").events if event["type"] == "notice"]
    assert len(waiting) == 1
    monkeypatch.setenv("DRY_RUN", "true")
    came = call(place, "notify", "drop", waiting[0])
    assert came.code == 0 and came.out == "1 notice would be dropped.\nNothing was done: DRY_RUN is on.\n"
    assert waiting[0] in call(place, "notify", "queue").out
    assert call(place, "notify", "drop", "none").code == 1


def test_programs_that_call_the_library_to_forget_are_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from reshelve import api
    from reshelve.schemas.problems import ReshelveError

    assert call(place, "scan").code == 0
    monkeypatch.setenv("DRY_RUN", "1")
    session = api.open_workspace(place)
    for forget in (
        lambda: session.history.release(),
        lambda: session.pruning.prune(session.pruning.choose(keep=1)),
        lambda: session.notices.drop([]),
    ):
        with pytest.raises(ReshelveError) as refused:
            forget()
        assert refused.value.kind == "declined" and [problem.code for problem in refused.value.problems] == ["dry-run"]
