"""A layout in git, checked on a second clone that has no disks."""

import subprocess
from pathlib import Path

import pytest

from tests.support.shellcalls import call

WORKSPACE = """\
version: 1
stores:
  inbox: {path: /nowhere/inbox}
  library:
    paths: [/nowhere/one, /nowhere/two]
policies:
- {name: with-year, when: {kind: movie}, require: {year: {known: true}}}
"""
LAYOUT = """\
version: 1
files:
  "library:Heat (1995)/Heat.mkv":
    from: "inbox:Heat.mkv"
    facts: {kind: movie, title: Heat, year: 1995}
  "library:Alien/Alien.mkv":
    from: "inbox:Alien.mkv"
    facts: {kind: movie, title: Alien}
"""


def git(folder: Path, *args: str) -> None:
    told = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", "-C", str(folder), *told, *args], check=True, capture_output=True)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--bare", "remote.git")
    git(tmp_path, "clone", "remote.git", "mine")
    mine = tmp_path / "mine"
    (mine / "media").mkdir()
    (mine / "media/reshelve.yaml").write_text(WORKSPACE)
    (mine / "media/layout.yaml").write_text(LAYOUT)
    (mine / "media/reshelve.local.yaml").write_text("version: 1\nstores:\n  inbox: {path: /mine/inbox}\n")
    git(mine, "add", "media/reshelve.yaml", "media/layout.yaml")
    git(mine, "commit", "-m", "library")
    git(mine, "push", "origin", "HEAD:main")
    git(tmp_path, "clone", "-b", "main", "remote.git", "theirs")
    return tmp_path / "theirs" / "media"


def test_without_the_disks_the_store_is_named_at_its_line_and_how_to_do_without(clone: Path) -> None:
    told = call(clone, "check", "--format", "github")
    assert told.code == 1
    first, *_ = told.out.splitlines()
    assert first.startswith("::error file=media/reshelve.yaml,line=3,col=3,title=store-unavailable::inbox: A store is not")
    assert first.endswith("reshelve check --offline")


def test_every_form_names_the_line_of_the_entry_and_that_of_the_policy(clone: Path) -> None:
    for form, at in (
        ("text", "--> layout.yaml:6:3"),
        ("github", "file=media/layout.yaml,line=6,"),
        ("junit", "media/layout.yaml:6: "),
    ):
        told = call(clone, "check", "--offline", "--format", form)
        assert told.code == 2
        assert at in told.out and "The policy is in reshelve.yaml, line 7." in told.out
    assert '"line":6,' in call(clone, "check", "--offline", "--json").out


def test_a_file_of_this_machine_s_own_that_git_tracks_is_warned_of(clone: Path) -> None:
    mine = clone.parents[1] / "mine"
    assert "local-tracked" not in call(mine / "media", "validate").out + call(mine / "media", "check", "--offline").out
    git(mine, "add", "media/reshelve.local.yaml")
    for command in (["validate"], ["check", "--offline"]):
        told = call(mine / "media", *command)
        assert "warning[local-tracked]" in told.out + told.err
    annotated = call(mine / "media", "check", "--offline", "--format", "github").out
    assert "::warning file=media/reshelve.local.yaml,line=1,col=1,title=local-tracked::" in annotated
