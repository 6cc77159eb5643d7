"""A saved plan that is applied unasked: read without its facts, which its run and all that tells of it have nevertheless."""

import json
from pathlib import Path

import pytest

from reshelve.executors.state.workspace_state import State
from reshelve.schemas.plan import Plan
from tests.support.shellcalls import call
from tests.support.shellplaces import lay, scanned


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return lay(tmp_path)


def _saved(place: Path) -> bytes:
    scanned(place)
    call(place, "plan", "-o", "plan.json")
    return (place / "plan.json").read_bytes()


def test_the_report_of_its_run_has_the_facts(place: Path) -> None:
    text = _saved(place)
    assert call(place, "apply", "plan.json", "--yes").code == 0
    (folder,) = (place / ".reshelve" / "runs").iterdir()
    assert (folder / "plan.json").read_bytes() == text
    planned = [one.get("facts") for one in json.loads(text)["operations"]]
    assert [one.get("facts") for one in json.loads((folder / "report.json").read_text())["results"]] == planned
    assert any(planned)
    assert "facts" in call(place, "assets", "--json").out


def test_a_file_that_changes_after_it_was_read_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody saves over the plan between its reading and the run: there is no run, and nothing was touched."""
    text = _saved(place)
    prepare = State.prepare_run

    def meanwhile(state: State, plan: Plan, folder: Path) -> None:
        (place / "plan.json").write_bytes(text.replace(b'"because":"', b'"because":"!', 1))
        prepare(state, plan, folder)

    monkeypatch.setattr(State, "prepare_run", meanwhile)
    before = sorted(place.rglob("inbox/**/*"))
    came = call(place, "apply", "plan.json", "--yes")
    assert came.code == 5, came
    assert "the plan changed since it was read" in came.err
    assert sorted(place.rglob("inbox/**/*")) == before
    assert not list((place / ".reshelve" / "runs").iterdir())
