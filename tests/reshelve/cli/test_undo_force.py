"""`undo --force`: what changed since stays where it is and is named, in words that say what differs; the rest is taken back."""

import os
from pathlib import Path

import pytest

from tests.support.shellcalls import call


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name in ("a", "b"):
        (tmp_path / "inbox").mkdir(exist_ok=True)
        (tmp_path / "inbox" / name).write_bytes(name.encode() * 1000)
    (tmp_path / "tv").mkdir()
    (tmp_path / "reshelve.yaml").write_text("version: 1\nstores: {inbox: {path: inbox}, tv: {path: tv}}\n")
    (tmp_path / "layout.yaml").write_text('version: 1\nfiles: {"tv:a": {from: "inbox:a"}, "tv:b": {from: "inbox:b"}}\n')
    assert call(tmp_path, "apply", "--yes").code == 0
    return tmp_path


def edit(path: Path, how: str) -> None:
    before = path.stat()
    path.write_bytes(b"x" * 1001 if how == "size" else b"x" * 1000)
    later = before.st_mtime_ns + (5 * 10**9 if how == "time" else 3)
    os.utime(path, ns=(later, later))


@pytest.mark.parametrize(
    ("how", "words"),
    [("size", "was 1,000 B when this run left it, and is 1,001 B now"), ("time", "was modified"), ("nanoseconds", "was modified")],
)
@pytest.mark.parametrize("option", ["--partial", "--force"])
def test_a_changed_file_stays_and_the_rest_goes_back(place: Path, how: str, words: str, option: str) -> None:
    edit(place / "tv/a", how)
    refused = call(place, "undo", "--yes")
    assert refused.code == 1 and "tv:a" in refused.err and words in refused.err
    before, _, now = refused.err.partition("modified ")[2].partition(" when this run left it, and is modified ")
    assert how == "size" or before != now.partition(" now")[0]
    assert sorted(os.listdir(place / "inbox")) == []
    came = call(place, "undo", option, "--yes")
    assert came.code == 0 and "tv:a" in came.out and words in came.out
    assert "[undone in part by " in call(place, "log").out.splitlines()[1]
    assert os.listdir(place / "inbox") == ["b"] and (place / "tv/a").read_bytes().startswith(b"xxx")


def test_what_is_left_out_is_told_by_what_became_of_it(tmp_path: Path) -> None:
    names = ("moved", "gone", "copied", "changed", "other", "folder", "taken")
    (tmp_path / "inbox").mkdir()
    (tmp_path / "tv").mkdir()
    for name in names:
        (tmp_path / "inbox" / name).write_bytes(name.encode())
    (tmp_path / "reshelve.yaml").write_text("version: 1\nstores: {inbox: {path: inbox}, tv: {path: tv}}\n")
    entries = [f'"tv:{name}": {{from: "inbox:{name}"{", transfer: copy" * (name == "copied")}}}' for name in names]
    (tmp_path / "layout.yaml").write_text(f"version: 1\nfiles: {{{', '.join(entries)}}}\n")
    assert call(tmp_path, "apply", "--yes").code == 0
    for name in ("gone", "copied", "other", "folder"):
        (tmp_path / "tv" / name).unlink()
    (tmp_path / "tv/changed").write_bytes(b"longer than before")
    (tmp_path / "tv/other").write_bytes(b"another file")
    (tmp_path / "tv/folder").mkdir()
    (tmp_path / "inbox/taken").write_bytes(b"new")
    came = call(tmp_path, "undo", "--partial", "--yes")
    assert came.code == 0 and os.listdir(tmp_path / "inbox") != [], came.err
    told = came.out + came.err
    assert "inbox:gone: tv:gone is gone.\n    There is nothing to take back. If it was moved, move it back and undo again." in told
    assert "tv:copied is gone.\n    There is nothing left of it to take back." in told
    assert "Blocked: gone." in told and told.count("It stays where it is, as it is now.") == 1  # of three that are alike
    for name, words in (("changed", "is 18 B now"), ("other", "is 12 B now"), ("folder", "is a folder now")):
        assert f"inbox:{name}: tv:{name}" in told and words in told
    assert "inbox:taken is taken: something else is there now. (from tv:taken)\n  Both stay." in told
    assert (tmp_path / "inbox/moved").exists() and (tmp_path / "inbox/taken").read_bytes() == b"new"
