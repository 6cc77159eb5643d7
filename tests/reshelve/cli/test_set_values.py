"""`--set` and `set:`: declared with their defaults, remembered by the layout, and refused where nothing knows the name."""

from pathlib import Path

import pytest

from reshelve.schemas.documents.layout_files import load_layout, save_layout
from reshelve.schemas.layout import Layout
from tests.support.shellcalls import call
from tests.support.shellplaces import lay

WORKSPACE = """\
version: 1
set: {project: New_Project, code: }
stores:
  inbox: {path: inbox}
  lib: {path: lib}
scan:
  inbox:
    rules:
      - {name: coded, when: {code: {known: true}}, place: "lib:{{ project }}/{{ code }}_{{ filename }}"}
      - {name: plain, place: "lib:{{ project }}/{{ filename }}"}
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for folder in ("inbox", "lib"):
        (tmp_path / folder).mkdir()
    (tmp_path / "inbox" / "a.mov").write_text("clip")
    (tmp_path / "reshelve.yaml").write_text(WORKSPACE)
    return tmp_path


def targets(place: Path) -> list[str]:
    return list(load_layout(place / "layout.yaml").files)


def test_a_default_holds_until_a_value_is_given(place: Path) -> None:
    assert call(place, "scan").code == 0
    assert targets(place) == ["lib:New_Project/a.mov"]
    assert call(place, "scan", "--set", "project=kai", "--set", "code=ACM").code == 0
    assert targets(place) == ["lib:kai/ACM_a.mov"]


def test_the_next_scan_goes_on_with_what_was_given(place: Path) -> None:
    call(place, "scan", "--set", "project=kai")
    before = (place / "layout.yaml").read_text()
    assert 'set:\n  project: "kai"\n' in before
    assert call(place, "scan").code == 0
    assert (place / "layout.yaml").read_text() == before
    assert call(place, "fmt", "--check").code == 0


def test_what_is_remembered_is_said_until_it_is_forgotten(place: Path) -> None:
    first = call(place, "scan", "--set", "project=kai", "--set", "device=drone")
    assert "Remembered" not in first.out
    came = call(place, "scan")
    assert "Remembered from an earlier --set: device=drone, project=kai." in came.out
    assert (
        "Remembered from an earlier --set: device=drone. Forget one with: reshelve scan --set device="
        in call(place, "scan", "--set", "project=lou").out
    )
    assert call(place, "scan", "--set", "device=", "--set", "project=").code == 0
    assert targets(place) == ["lib:New_Project/a.mov"]
    assert load_layout(place / "layout.yaml").values == {} and "Remembered" not in call(place, "scan").out


def test_a_name_that_nothing_declares_is_refused(place: Path) -> None:
    came = call(place, "scan", "--set", "projet=kai")
    assert came.code == 64 and "Did you mean project?" in came.err
    assert not (place / "layout.yaml").exists()


def test_a_fact_may_be_given(place: Path) -> None:
    assert call(place, "scan", "--set", "device=drone").code == 0


@pytest.mark.parametrize("fault", ["{knd: movie}", "{kind: movi}", "{season: {over: many}}"])
def test_a_slip_stops_validate_scan_and_check(place: Path, fault: str) -> None:
    call(place, "scan")
    (place / "reshelve.yaml").write_text(WORKSPACE.replace("{code: {known: true}}", fault))
    for command in (["validate"], ["scan"], ["check"], ["check", "--offline"]):
        came = call(place, *command)
        assert came.code == 1, command
        assert "reshelve.yaml:9:" in came.out + came.err, command


def test_values_are_kept_by_every_way_of_reading(tmp_path: Path) -> None:
    layout = Layout(dirs=["lib:x"], values={"project": "a: b # \u00e9", "code": "007", "none": "null"})
    path = tmp_path / "layout.yaml"
    save_layout(layout, path)
    assert load_layout(path) == layout
    path.write_text(path.read_text().replace("set:", "set: # mine"))
    assert load_layout(path) == layout


def test_a_value_that_a_rule_asks_for_and_nobody_gave_is_named_with_how_to_give_it(tmp_path: Path) -> None:
    lay(tmp_path, {"inbox/a.mp4": "a", "inbox/t.txt": "t"}, ASKING)
    told = call(tmp_path, "scan").out
    assert "inbox:a.mp4: rule clips: client is not set (give it with --set client=…)" in told
    assert "inbox:t.txt: no rule matched" in told, "a value would change nothing for it"
    assert "client is not set (give it with --set client=…)" in call(tmp_path, "explain", "inbox:a.mp4").out
    told = call(tmp_path, "scan", "--set", "client=Acme").out
    assert "rule clips: job is not set (give it with --set job=…)" in told, "what its place needs is told the same way"
    assert "1 to file" in call(tmp_path, "scan", "--set", "job=J7").out


ASKING = """\
version: 1
stores:
  inbox: {path: inbox}
  tv: {path: tv}
set: {client: , job: }
scan:
  inbox:
    rules:
      - {name: clips, when: {media: video, client: {known: true}}, place: "tv:{{ client }}/{{ job }}/{{ filename }}"}
"""
