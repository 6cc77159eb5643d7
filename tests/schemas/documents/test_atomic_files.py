"""Documents written whole, and never over what somebody wrote meanwhile."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reshelve.executors.state.state_files import replace_state_file
from reshelve.executors.state.workspace_state import State
from reshelve.schemas.documents import atomic_files
from reshelve.schemas.documents.atomic_files import replace_file, version
from reshelve.schemas.problems import ReshelveError


def _saved_anew(path: Path) -> None:
    path.with_name("new").write_text("a person's")
    path.with_name("new").replace(path)


def _added_to(path: Path) -> None:
    with path.open("a") as end:
        end.write("a person's")


@pytest.mark.skipif(atomic_files._EXCHANGE is None, reason="needs a system that exchanges files")
@pytest.mark.parametrize("deed", [_saved_anew, _added_to])
def test_what_is_saved_between_the_last_look_and_the_rename_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deed: Callable[[Path], None]
) -> None:
    path = tmp_path / "layout.yaml"
    path.write_text("old")
    seen = version(path)
    looks = 0

    def look_then_deed(one: Path) -> str:
        nonlocal looks
        looks += 1
        found = version(one)
        if looks == 1:
            deed(path)
        return found

    monkeypatch.setattr(atomic_files, "version", look_then_deed)
    with pytest.raises(ReshelveError, match="changed meanwhile"):
        replace_file(path, [b"new"], only=seen)
    assert path.read_text().endswith("a person's")
    assert os.listdir(tmp_path) == ["layout.yaml"]


def test_an_unchanged_document_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "layout.yaml"
    path.write_text("old")
    path.chmod(0o640)
    assert replace_file(path, [b"new"], only=version(path)) == version(path)
    assert (path.read_text(), path.stat().st_mode & 0o777, os.listdir(tmp_path)) == ("new", 0o640, ["layout.yaml"])


@pytest.mark.parametrize("write", [replace_file, lambda path, chunks: replace_state_file(path, b"".join(chunks))])
def test_a_full_disk_is_told_with_the_name_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Any) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "plan.json"
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left") as told:
        write(path, [b"new"])
    assert (told.value.errno, told.value.filename) == (errno.ENOSPC, str(path))


def test_a_read_only_mount_is_told_as_that_and_not_as_permissions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "layout.yaml"
    path.write_text("old")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(ReshelveError) as refused:
        replace_file(path, [b"new"])
    assert "permissions" in refused.value.problems[0].detail
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_flag=os.ST_RDONLY))
    with pytest.raises(ReshelveError) as refused:
        replace_file(path, [b"new"])
    assert refused.value.problems[0].detail == "Its file system is mounted read-only."
    with pytest.raises(ReshelveError) as refused:
        State(tmp_path / "state").prepare()
    assert refused.value.problems[0].detail.startswith("Its file system is mounted read-only.")
