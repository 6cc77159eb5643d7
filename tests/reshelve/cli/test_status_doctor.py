"""`status` and `doctor`: how things stand."""

from pathlib import Path

import pytest

from tests.support.shellcalls import call
from tests.support.shellplaces import applied, lay


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return lay(tmp_path)


def test_status_and_doctor_say_how_things_stand(place: Path) -> None:
    applied(place)
    came = call(place, "status")
    assert came.code == 0 and "Layout: 4 entries" in came.out and "Last run:" in came.out
    assert call(place, "doctor").code == 0
    (place / "tv").rename(place / "gone")
    ill = call(place, "doctor")
    assert ill.code == 1 and "BAD  tv" in ill.out


def test_status_shows_the_rest_when_the_layout_is_broken(place: Path) -> None:
    (place / "layout.yaml").write_text("version: 1\nfiles: [\n")
    came = call(place, "status")
    assert came.code == 0 and "Layout: 1 problem: reshelve validate" in came.out and "free of" in came.out
    assert "layout: 1 problem\n" in call(place, "doctor").out


def test_doctor_does_not_mind_an_optional_store_that_is_away(place: Path) -> None:
    text = (place / "reshelve.yaml").read_text()
    (place / "reshelve.yaml").write_text(text.replace("stores:\n", "stores:\n  spare: {path: nowhere, optional: true}\n"))
    came = call(place, "doctor", "--json")
    assert came.code == 0
    spare = next(event for event in came.events if event.get("what") == "spare")
    assert spare["how"].startswith("not available, and optional: ") and not spare["advice"]


def test_doctor_and_status_mind_an_optional_store_that_may_be_misspelt(place: Path) -> None:
    text = (place / "reshelve.yaml").read_text()
    (place / "reshelve.yaml").write_text(text.replace("stores:\n", "stores:\n  spare: {path: moviez, optional: true}\n"))
    assert call(place, "doctor").code == 0, "the folder beside it is another store's"
    (place / "movie").mkdir()
    mean = f"Did you mean {place}/movie? Then correct the path of spare (reshelve.yaml:3). Else connect its disk."
    came = call(place, "doctor")
    assert came.code == 1 and "BAD  spare: not available, and optional: " in came.out and mean in came.out
    assert mean in call(place, "status").out and mean in call(place, "validate").err


def test_an_overlay_names_itself_as_where_a_path_is_written(place: Path) -> None:
    (place / "reshelve.local.yaml").write_text("stores:\n  movies: {path: movis}\n")
    assert "(reshelve.local.yaml)" in call(place, "doctor").out
    told = call(place, "validate").err
    assert "--> reshelve.local.yaml:2:" in told and f"Did you mean {place}/movies?" in told


def test_how_many_there_are_to_look_at_stands_beside_them(tmp_path: Path) -> None:
    (tmp_path / "reshelve.yaml").write_text("version: 1\nstors: {}\n")
    came = call(tmp_path, "doctor")
    assert came.code == 1 and "to look at." in came.err and "to look at." not in came.out


def test_check_tells_all_that_validate_tells_of_a_document(tmp_path: Path) -> None:
    rules = '[{name: a, when: {ext: mkv}, place: "tv:{{ nope }}/x"}]'
    text = f"version: 1\nstores: {{inbox: {{path: i}}, tv: {{path: t}}}}\nscann: 1\nscan: {{inbox: {{rules: {rules}}}}}\n"
    (tmp_path / "reshelve.yaml").write_text(text)
    told = [
        sorted(event["code"] for event in call(tmp_path, *words).events if event["type"] == "problem")
        for words in (["validate", "--json"], ["check", "--json"], ["check", "--offline", "--json"])
    ]
    assert told[0] == ["document-unknown-key", "rule-name"] == told[1] == told[2]


@pytest.mark.parametrize("command", ["doctor", "health", "status"])
def test_advice_of_several_lines_keeps_its_lines(place: Path, command: str) -> None:
    applied(place)
    (run,) = (place / ".reshelve/runs").iterdir()
    (run / "plan.json").unlink()
    (run / "plan.json").mkdir()
    (run / "report.json").unlink()
    (run / "journal.ndjson").write_text("")
    came = call(place, command)
    assert run.name[-12:] in came.out + came.err
    assert "\\x0a" not in came.out + came.err


def test_doctor_names_a_program_that_will_never_be_run(place: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    inside, outside = place / "told.sh", tmp_path_factory.mktemp("bin") / "told.sh"
    for program in (inside, outside):
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    file = place / "reshelve.yaml"
    text = file.read_text()

    def found(program: Path) -> str:
        file.write_text(f"{text}after: {{mine: {{kind: program, program: [{program}]}}}}\n")
        assert call(place, "trust", "--yes").code == 0
        return " ".join(call(place, "doctor").out.split())

    assert f"BAD after.mine: {inside}: the program lies in the workspace's folder" in found(inside)
    assert "move it out of the workspace's folder, and name it by its whole path there; then test it" in found(inside)
    assert "reshelve notify test after.mine" in found(inside)
    assert "the program cannot be run: No such file" in found(outside.with_name("none.sh"))
    assert "install it, or name it by its whole path; then test it" in found(outside.with_name("none.sh"))
    assert "BAD" not in found(outside)
    outside.chmod(0o644)
    assert "the program cannot be run: Permission denied" in found(outside)
    assert f"chmod u+x {outside}; then test it" in found(outside)
