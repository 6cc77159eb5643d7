"""What git is to leave alone where people sync: a step of the plan, and a word where git tracks it already."""

import subprocess
from pathlib import Path

from tests.support.syncpeople import People

SECRET = "AWS_SECRET_ACCESS_KEY=hush\n"


def git(folder: Path, *args: str) -> str:
    command = ["git", "-c", "user.name=x", "-c", "user.email=x@x", *args]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def repository(people: People) -> Path:
    people.join("david")
    top = people.folder / "david"
    git(top, "init", "-q")
    (top / ".video-tools.env").write_text(SECRET)
    (top / "reshelve.local.yaml").write_text("version: 1\n")
    people.write("david", "a.mp4", "a")
    return top


def test_what_belongs_in_no_repository_is_left_alone_by_git_after_a_sync(people: People) -> None:
    top = repository(people)
    came = people.run("david", "sync", "--dry-run")
    assert ".gitignore" in came.out and not (top / ".gitignore").exists()
    people.sync("david")
    assert (top / ".gitignore").read_text() == ".video-tools.env\nreshelve.local.yaml\n"
    shown = git(top, "status", "--short", "--untracked-files=all").splitlines()
    assert shown == ["?? .gitignore", "?? reshelve.yaml"]
    assert "nothing differs" in people.sync("david").out
    assert people.run("david", "undo", "--yes").code == 0
    assert not (top / ".gitignore").exists()


def test_lines_of_ones_own_stay_and_what_they_cover_is_not_said_again(people: People) -> None:
    top = repository(people)
    (top / ".gitignore").write_text("# mine\n*.log\n/.video-tools.env")
    people.sync("david")
    assert (top / ".gitignore").read_text() == "# mine\n*.log\n/.video-tools.env\nreshelve.local.yaml\n"
    assert people.run("david", "undo", "--yes").code == 0
    assert (top / ".gitignore").read_text() == "# mine\n*.log\n/.video-tools.env"


def test_outside_a_repository_nothing_is_written(people: People) -> None:
    people.join("david")
    (people.folder / "david/.video-tools.env").write_text(SECRET)
    people.write("david", "a.mp4", "a")
    people.sync("david")
    assert not (people.folder / "david/.gitignore").exists()


def test_what_git_tracks_is_told_each_time(people: People) -> None:
    top = repository(people)
    git(top, "add", ".video-tools.env", "b63-flivideo/s3-staging/a.mp4")
    for _ in range(2):
        came = people.sync("david")
        assert came.err.count("git-tracks") == 2
        assert "git rm --cached -- .video-tools.env" in came.err
        assert "git rm --cached -- b63-flivideo/s3-staging/a.mp4" in came.err
    git(top, "rm", "-q", "--cached", ".video-tools.env", "b63-flivideo/s3-staging/a.mp4")
    assert "git-tracks" not in people.sync("david").err


def test_what_cannot_be_told_of_git_is_not_said(people: People) -> None:
    top = repository(people)
    git(top, "config", "index.version", "4")
    git(top, "add", "reshelve.yaml")
    assert "git-tracks" not in people.sync("david").err
