"""Whether git tracks a file, told from real repositories of many kinds without running anything of theirs."""

import os
import subprocess
from pathlib import Path

import pytest

from reshelve.opening.git_tracked import tracked

NAME = "reshelve.local.yaml"


def git(folder: Path, *args: str) -> str:
    command = ["git", "-c", "user.name=x", "-c", "user.email=x@x", "-c", "protocol.file.allow=always", *args]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def repository(folder: Path, *more: str) -> Path:
    folder.mkdir(parents=True)
    git(folder, "init", "-q", *more)
    (folder / "other.yaml").write_text("x")
    return folder


def own(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_text("x")
    return folder / NAME


def test_outside_a_repository_it_cannot_be_told(tmp_path: Path) -> None:
    assert tracked(own(tmp_path))


@pytest.mark.parametrize("version", ["2", "3", "4"])
@pytest.mark.parametrize("form", ["sha1", "sha256"])
def test_added_and_not_added(tmp_path: Path, version: str, form: str) -> None:
    top = repository(tmp_path / "r", f"--object-format={form}")
    git(top, "config", "index.version", version)
    file, below = own(top), own(top / "media" / "here")
    assert not tracked(file) and not tracked(below)
    git(top, "add", "other.yaml")
    git(top, "add", "-N", *(["media/here"] if version == "3" else []), "other.yaml")
    if version == "4":
        assert tracked(file)  # names are cut there, which is not read
        return
    assert not tracked(file) and tracked(below) is (version == "3")
    git(top, "add", ".")
    assert tracked(file) and tracked(below)
    git(top, "commit", "-qm", "x")
    assert tracked(file)
    git(top, "rm", "-q", "--cached", NAME)
    assert not tracked(file) and tracked(below)


def test_another_file_of_that_name_is_another_file(tmp_path: Path) -> None:
    top = repository(tmp_path / "r")
    file, below = own(top), own(top / "b")
    git(top, "add", "b")
    assert not tracked(file) and tracked(below) and not tracked(own(top / "ab" / "b"))


def test_names_are_compared_without_case_and_other_spellings_count(tmp_path: Path) -> None:
    top = repository(tmp_path / "r")
    (top / "Media").mkdir()
    (top / "Media" / "Reshelve.Local.YAML").write_text("x")
    git(top, "add", ".")
    assert tracked(own(top / "media"))
    composed = own(top / "M\u00e9dia")
    assert tracked(composed), "spelt apart, it might be the one that is there"


def test_worktrees_submodules_links_and_repositories_within(tmp_path: Path) -> None:
    top = repository(tmp_path / "r")
    own(top)
    git(top, "add", ".")
    git(top, "commit", "-qm", "x")
    git(top, "worktree", "add", "-q", str(tmp_path / "w"))
    assert tracked(tmp_path / "w" / NAME) and not tracked(own(tmp_path / "w" / "sub"))
    outer = repository(tmp_path / "outer")
    git(outer, "submodule", "add", "-q", str(top), "inside")
    assert tracked(outer / "inside" / NAME) and not tracked(own(outer / "inside" / "sub"))
    (tmp_path / "link").symlink_to(top)
    assert tracked(tmp_path / "link" / NAME)
    below = own(top / "below")
    git(top, "add", ".")
    git(top / "below", "init", "-q")
    assert tracked(below), "the outer one tracks it"


def test_an_index_that_leaves_names_out_tells_nothing(tmp_path: Path) -> None:
    split = repository(tmp_path / "split")
    git(split, "add", ".")
    git(split, "update-index", "--split-index")
    assert tracked(own(split))
    sparse = repository(tmp_path / "sparse")
    own(sparse / "a")
    own(sparse / "b")
    git(sparse, "add", ".")
    git(sparse, "commit", "-qm", "x")
    git(sparse, "sparse-checkout", "set", "--cone", "--sparse-index", "a")
    assert tracked(own(sparse / "b"))


@pytest.mark.parametrize("content", [b"", b"DIRC", b"nonsense" * 9, b"DIRC\0\0\0\x09" + b"\0" * 40])
def test_a_broken_index_tells_nothing(tmp_path: Path, content: bytes) -> None:
    top = repository(tmp_path / "r")
    (top / ".git" / "index").write_bytes(content)
    assert tracked(own(top))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
def test_a_pipe_in_place_of_an_index_or_a_repository_holds_nobody_up(tmp_path: Path) -> None:
    top = repository(tmp_path / "r")
    os.mkfifo(top / ".git" / "index")
    os.mkfifo(own(tmp_path / "other").parent / ".git")
    assert tracked(own(top)) and tracked(tmp_path / "other" / NAME)


def test_a_false_repository_tells_nothing(tmp_path: Path) -> None:
    for number, make in enumerate((lambda git: git.mkdir(), lambda git: git.write_text("x"), lambda git: git.symlink_to("none"))):
        top = tmp_path / str(number)
        top.mkdir()
        make(top / ".git")
        assert tracked(own(top)), number


def test_nothing_that_a_repository_configures_is_run(tmp_path: Path) -> None:
    top = repository(tmp_path / "r")
    script = top / "run"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n")
    script.chmod(0o755)
    git(top, "add", "other.yaml")
    git(top, "config", "core.fsmonitor", str(script))
    git(top, "config", "core.hooksPath", str(top))
    assert not tracked(own(top)) and not (tmp_path / "ran").exists()
