"""Files of one size and one time of writing, as cameras make them: which of them was moved by hand, and which is lost."""

import os
from pathlib import Path

import pytest

from tests.support.shellcalls import call

WORKSPACE = """version: 1
stores: {inbox: {path: inbox}, library: {path: library}}
scan:
  inbox: {transfer: TRANSFER, rules: [{name: all, place: "library:{{ filename }}"}]}
"""
CLIPS = ("one.mp4", "two.mp4", "three.mp4")


@pytest.fixture(params=["move", "copy"])
def filed(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Make a workspace whose clips were filed: by `move` nobody knows what they hold, by `copy` the run read them."""
    for store in ("inbox", "library"):
        (tmp_path / store).mkdir()
    (tmp_path / "reshelve.yaml").write_text(WORKSPACE.replace("TRANSFER", request.param))
    for number, name in enumerate(CLIPS):
        path = tmp_path / "inbox" / name
        path.write_bytes(bytes([number]) * 5000)
        os.utime(path, (1_700_000_000, 1_700_000_000))
    assert call(tmp_path, "scan").code == 0
    assert call(tmp_path, "apply", "--yes").code == 0
    assert call(tmp_path, "catalog", "update").code == 0
    for name in CLIPS:
        (tmp_path / "inbox" / name).unlink(missing_ok=True)
    assert call(tmp_path, "catalog", "update").code == 0
    return tmp_path


@pytest.fixture
def read(filed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the clips read, and all that a command reads remembered, however lately it was written."""
    monkeypatch.setattr("reshelve.executors.state.cache_db.UNSETTLED_NS", 0)
    assert call(filed, "catalog", "update", "--hash").code == 0
    return filed


def told(filed: Path) -> dict[str, tuple[str, str]]:
    """Return what `health` says of each file: its code, and the detail."""
    (found,) = [event for event in call(filed, "health", "--json", "--only", "missing").events if event["type"] == "health"]
    return {problem["path"]: (problem["code"], problem["detail"]) for problem in [*found["errors"], *found["warnings"]]}


def test_a_lost_file_was_not_moved_to_where_another_of_its_size_and_time_is(filed: Path) -> None:
    (filed / "library/two.mp4").unlink()
    (filed / "library/three.mp4").rename(filed / "library/renamed.mp4")
    found = told(filed)
    assert found["library:two.mp4"][0] == "file-missing", found
    assert found["library:three.mp4"][0] == "file-moved" and "library:renamed.mp4" in found["library:three.mp4"][1], found
    came = call(filed, "scan", "--follow")
    assert "library:three.mp4 -> library:renamed.mp4" in came.out and "library:two.mp4 ->" not in came.out, came.out


def test_files_of_one_size_and_time_are_each_told_where_they_are(filed: Path) -> None:
    for name in CLIPS:
        (filed / "library" / name).rename(filed / "library" / f"new {name}")
    found = told(filed)
    for name in CLIPS:
        assert found[f"library:{name}"][0] == "file-moved" and f"library:new {name} " in found[f"library:{name}"][1], found


def test_a_new_file_that_holds_something_else_is_not_the_lost_one(read: Path) -> None:
    (read / "library/two.mp4").unlink()
    other = read / "library/other.mp4"
    other.write_bytes(b"x" * 5000)
    os.utime(other, (1_700_000_000, 1_700_000_000))
    call(read, "health")  # reads it
    assert told(read)["library:two.mp4"][0] == "file-missing"


def copied_by_hand(filed: Path) -> None:
    """Copy a clip with its time, as `cp -p` does; then both it and another are gone."""
    copy = filed / "library/copy.mp4"
    copy.write_bytes((filed / "library/two.mp4").read_bytes())
    os.utime(copy, (1_700_000_000, 1_700_000_000))
    (filed / "library/two.mp4").unlink()


def test_of_two_lost_files_one_of_which_was_copied_neither_is_told_to_be_the_copy(filed: Path) -> None:
    copied_by_hand(filed)
    (filed / "library/one.mp4").unlink()
    found = told(filed)
    assert {code for code, _ in found.values()} == {"file-missing"}, found


def test_once_they_were_read_the_content_tells_which_was_copied(read: Path) -> None:
    copied_by_hand(read)
    (read / "library/one.mp4").unlink()
    call(read, "health")  # reads it
    found = told(read)
    assert (found["library:one.mp4"][0], found["library:two.mp4"][0]) == ("file-missing", "file-moved"), found


def test_the_only_lost_file_of_a_size_and_time_is_told_to_be_at_the_only_new_one(filed: Path) -> None:
    copied_by_hand(filed)
    assert told(filed)["library:two.mp4"][0] == "file-moved"
