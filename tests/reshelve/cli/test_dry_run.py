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
