"""Finding the workspace and the states of organize."""

import os
from pathlib import Path

import pytest

from reshelve.opening import workspace_search
from reshelve.schemas.problems import ReshelveError


def test_the_nearest_workspace_upward_is_found(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b" / "c"
    inner.mkdir(parents=True)
    (tmp_path / "reshelve.yaml").touch()
    (tmp_path / "a" / "reshelve.yaml").touch()
    assert workspace_search.find_workspace(inner) == tmp_path / "a" / "reshelve.yaml"


def test_no_workspace_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(ReshelveError) as refused:
        workspace_search.need_workspace(tmp_path)
    assert refused.value.problems[0].code == "no-workspace"
    assert "reshelve init" in refused.value.problems[0].hint


@pytest.mark.parametrize("name", ["reshelve.yml", "Reshelve.yaml", "reshelve.yaml.txt"])
def test_one_that_is_called_nearly_so_is_named(tmp_path: Path, name: str) -> None:
    """Even where there is a workspace further up, which is not the one that is meant."""
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "a" / name).touch()
    for _ in range(2):
        with pytest.raises(ReshelveError):
            workspace_search.find_workspace(inner)
        with pytest.raises(ReshelveError) as refused:
            workspace_search.need_workspace(inner)
        (problem,) = refused.value.problems
        assert problem.path == str(tmp_path / "a" / name)
        assert f"mv {tmp_path / 'a' / name} {tmp_path / 'a' / 'reshelve.yaml'}" in problem.hint
        (tmp_path / "reshelve.yaml").touch()
    (tmp_path / "a" / "b" / "reshelve.yaml").touch()
    assert workspace_search.need_workspace(inner) == inner / "reshelve.yaml"


def test_a_folder_of_layouts_is_used_when_there_is_no_file(tmp_path: Path) -> None:
    workspace = tmp_path / "reshelve.yaml"
    assert workspace_search.layout_beside(workspace).name == "layout.yaml"
    (tmp_path / "layout").mkdir()
    assert workspace_search.layout_beside(workspace).name == "layout"
    (tmp_path / "layout.yaml").touch()
    assert workspace_search.layout_beside(workspace).name == "layout.yaml"


def test_states_are_kept_by_source_and_destination_and_found_from_around_them(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path / "state")}
    one = workspace_search.organize_state(tmp_path / "in", tmp_path / "out", "plex", environ)
    other = workspace_search.organize_state(tmp_path / "in", tmp_path / "elsewhere", "plex", environ)
    assert one.folder != other.folder
    workspace_search.save_organize_state(one)
    workspace_search.save_organize_state(one)
    assert list(workspace_search.organize_states(environ)) == [one]
    for here, found in [("in/deep", True), ("out", True), ("", True), ("inn", False)]:
        assert (workspace_search.near(tmp_path / here, workspace_search.organize_states(environ)) == [one]) is found, here


def test_a_name_that_is_not_utf8_survives(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    state = workspace_search.organize_state(tmp_path / "caf\udce9", tmp_path / "out", "plex", environ)
    workspace_search.save_organize_state(state)
    assert next(workspace_search.organize_states(environ)).source == tmp_path / "caf\udce9"


def test_a_damaged_state_is_passed_over(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    folder = workspace_search.state_home(environ) / "x"
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text("[1]")
    assert list(workspace_search.organize_states(environ)) == []


def test_paths_for_annotations_begin_at_the_top_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "a/b").mkdir(parents=True)
    assert workspace_search.in_repository(str(tmp_path / "a/b/layout.yaml")) == "a/b/layout.yaml"
    assert workspace_search.in_repository("/proc/layout.yaml") == "/proc/layout.yaml"


@pytest.mark.parametrize("kind", ["a pipe", "a folder", "a link to gone"])
def test_what_is_no_file_is_said_and_not_passed_over(tmp_path: Path, kind: str) -> None:
    """Even where there is a workspace further up, which is not the one that is meant."""
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "reshelve.yaml").touch()
    made = tmp_path / "a" / "reshelve.yaml"
    {"a pipe": lambda: os.mkfifo(made), "a folder": made.mkdir, "a link to gone": lambda: made.symlink_to("gone")}[kind]()
    with pytest.raises(ReshelveError, match=kind):
        workspace_search.find_workspace(inner)
