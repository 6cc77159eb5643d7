"""Sources that are kept, each by its `transfer`: what was filed is not filed again, by a scan, a watch or `organize`."""

import os
from pathlib import Path

import pytest

from tests.support.shellcalls import call

WORKSPACE = """version: 1
watch: {settle: 0s, unsure: 0s}
stores: {inbox: {path: inbox}, library: {path: library}}
scan:
  inbox:
    transfer: TRANSFER
    rules:
      - {name: numbered, when: {ext: mov}, place: "library:shots/x_{{ seq }}.{{ ext }}"}
      - {name: films, when: {ext: mp4}, place: "library:films/{{ filename }}"}
"""
NAMES = ("one/a.mp4", "two/a.mp4", "one/a.srt", "b.mov", "c.mov")
TRANSFERS = ("copy", "hardlink", "symlink")


@pytest.fixture(params=TRANSFERS)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    (tmp_path / "reshelve.yaml").write_text(WORKSPACE.replace("TRANSFER", request.param))
    (tmp_path / "library").mkdir()
    for name in NAMES:
        path = tmp_path / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name * 20)
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return tmp_path


def filed(desk: Path) -> list[str]:
    return sorted(path.relative_to(desk).as_posix() for path in (desk / "library").rglob("*") if not path.is_dir())


def test_a_second_scan_files_nothing_again(desk: Path) -> None:
    assert call(desk, "scan").code == 0
    assert call(desk, "apply", "--yes").code == 0
    before, layout = filed(desk), (desk / "layout.yaml").read_text()
    assert len(before) == len(NAMES)
    came = call(desk, "scan")
    assert f"{len(NAMES)} filed already" in came.out, came.out
    assert call(desk, "plan", "--detailed-exitcode").code == 0
    assert (desk / "layout.yaml").read_text() == layout
    (desk / "layout.yaml").unlink()
    assert f"{len(NAMES)} filed already" in call(desk, "scan").out
    assert call(desk, "plan", "--detailed-exitcode").code == 0


def test_a_newcomer_is_filed_beside_what_is_there(desk: Path) -> None:
    assert call(desk, "scan").code == 0
    assert call(desk, "apply", "--yes").code == 0
    before = filed(desk)
    for name in ("three/a.mp4", "d.mov"):
        path = desk / "inbox" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{name} is new")
        os.utime(path, (1_800_000_000, 1_800_000_000))
    assert call(desk, "scan").code == 0
    assert call(desk, "apply", "--yes").code == 0
    assert set(filed(desk)) - set(before) == {"library/films/a_2.mp4", "library/shots/x_003.mov"}
    assert (desk / "library/films/a_2.mp4").read_text() == "three/a.mp4 is new"


def test_watch_files_nothing_again(desk: Path) -> None:
    assert call(desk, "watch", "--once").code == 0
    before = filed(desk)
    assert len(before) == len(NAMES)
    assert call(desk, "watch", "--once").code == 0
    assert filed(desk) == before


@pytest.mark.parametrize("transfer", TRANSFERS)
def test_organize_files_nothing_again(tmp_path: Path, transfer: str) -> None:
    for name in ("one/A001.MP4", "two/A001.MP4"):
        path = tmp_path / "card" / name
        path.parent.mkdir(parents=True)
        path.write_text(name)
    order = ("organize", "card", "--into", "shoots", "--preset", "video", "--set", "code=ACM", "--transfer", transfer, "--yes")
    assert call(tmp_path, *order).code == 0
    before = sorted((tmp_path / "shoots").rglob("*"))
    came = call(tmp_path, *order)
    assert came.code == 0 and "2 filed already" in came.out, came.out
    assert sorted((tmp_path / "shoots").rglob("*")) == before
