"""A project is added to a workspace's text, and nothing else in it changes."""

from pathlib import Path

import pytest

from reshelve.documents.project_insertion import add_project, project_line, with_project
from reshelve.schemas.documents.atomic_files import replace_file, version
from reshelve.schemas.documents.workspace_files import load_workspace
from reshelve.schemas.problems import ReshelveError
from reshelve.schemas.project_settings import Project

HEAD = "version: 1\nstores:\n  projects: {path: .}  # here\n"
PROJECT = Project(name="b63", client="Acme & Söhne", created="2026-09-01", vars={"take": "07"}, **{"in": "projects:"})

TEXTS = {
    "no projects": HEAD,
    "an empty list": HEAD + "projects: []  # none\n",
    "an empty key": HEAD + "projects:\n",
    "a list": HEAD + "projects:\n  # the first\n  - {name: a1, in: 'projects:'}\n",
    "a list at the margin": HEAD + "projects:\n- name: a1\n  in: 'projects:'\n# guards below\nguards: {max_delete: 10%}\n",
    "a list in the middle": HEAD
    + "projects:\n    - {name: a1, in: 'projects:'}\n\n    - name: a2\n      in: 'projects:'\n\nguards: {}\n",
    "no last newline": HEAD + "projects:\n  - {name: a1, in: 'projects:'}",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_project_is_added_and_every_old_line_stays(tmp_path: Path, text: str) -> None:
    file = tmp_path / "reshelve.yaml"
    file.write_text(text)
    file.chmod(0o640)
    before = load_workspace(file, {}).workspace.projects if "name:" in text else []
    add_project(file, PROJECT, {})
    after = load_workspace(file, {}).workspace
    assert after.projects == [*before, PROJECT]
    kept = [line for line in text.splitlines() if not line.startswith("projects:")]
    lines = file.read_text().splitlines()
    assert [line for line in lines if line in kept] == kept
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["reshelve.yaml"]


def test_two_projects_in_a_row(tmp_path: Path) -> None:
    file = tmp_path / "reshelve.yaml"
    file.write_text(HEAD)
    add_project(file, PROJECT, {})
    add_project(file, Project(name="1917", **{"in": "projects:"}), {})
    assert [project.name for project in load_workspace(file, {}).workspace.projects] == ["b63", "1917"]


def test_a_flow_list_is_left_to_the_person() -> None:
    with pytest.raises(ReshelveError) as refused:
        with_project(HEAD + "projects: [{name: a1, in: 'projects:'}]\n", PROJECT, "reshelve.yaml")
    assert project_line(PROJECT) in refused.value.problems[0].hint


def test_windows_line_ends_stay(tmp_path: Path) -> None:
    file = tmp_path / "reshelve.yaml"
    file.write_bytes((HEAD + "projects:\n  - {name: a1, in: 'projects:'}\n").replace("\n", "\r\n").encode())
    add_project(file, PROJECT, {})
    assert file.read_bytes().count(b"\n") == file.read_bytes().count(b"\r\n") == 6
    assert len(load_workspace(file, {}).workspace.projects) == 2


def test_a_project_that_came_meanwhile_is_not_added_twice(tmp_path: Path) -> None:
    file = tmp_path / "reshelve.yaml"
    file.write_text(HEAD)
    add_project(file, PROJECT, {})
    before = file.read_text()
    with pytest.raises(ReshelveError) as refused:
        add_project(file, PROJECT, {})
    assert refused.value.problems[0].code == "document-changed" and file.read_text() == before


def test_replacing_keeps_a_link_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text("old")
    (tmp_path / "link.yaml").symlink_to("real.yaml")
    replace_file(tmp_path / "link.yaml", [b"new"])
    assert (tmp_path / "link.yaml").is_symlink() and (tmp_path / "real.yaml").read_text() == "new"


@pytest.mark.parametrize("read", ["", "old", "another"])
def test_only_what_was_read_is_written_over(tmp_path: Path, read: str) -> None:
    file = tmp_path / "a.yaml"
    if read:
        file.write_text("old")
    only = version(file)
    file.write_text("new" if read != "another" else "old")
    if read == "another":
        assert replace_file(file, [b"mine"], only) == version(file)
        assert file.read_text() == "mine"
        return
    with pytest.raises(ReshelveError) as refused:
        replace_file(file, [b"mine"], only)
    assert refused.value.problems[0].code == "document-changed"
    assert file.read_text() == "new" and [path.name for path in tmp_path.iterdir()] == ["a.yaml"]


def test_a_write_protected_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("old")
    file.chmod(0o444)
    with pytest.raises(ReshelveError) as refused:
        replace_file(file, [b"mine"])
    assert "chmod u+w" in refused.value.problems[0].hint and file.read_text() == "old"
