"""Where the roots of stores are declared."""

from pathlib import Path

from reshelve.schemas.documents.workspace_places import policy_places, store_places

WORKSPACE = """\
version: 1
stores:
  inbox: {path: in}
  list:
    paths:
    - one
    - path: two
      reserve: 1GB
  named:
    paths: {a: x, b: y}
"""


def lines(workspace: Path, *roots: str) -> dict[str, tuple[str, int, int]]:
    return {root: (Path(at.file).name, at.line, at.column) for root, at in store_places(workspace, roots).items()}


def test_each_root_is_found_where_it_is_declared(tmp_path: Path) -> None:
    file = tmp_path / "reshelve.yaml"
    file.write_text(WORKSPACE)
    assert lines(file, "inbox", "list/1", "list/2", "list/9", "named/b", "list", "nowhere") == {
        "inbox": ("reshelve.yaml", 3, 3),
        "list/1": ("reshelve.yaml", 6, 7),
        "list/2": ("reshelve.yaml", 7, 7),
        "list/9": ("reshelve.yaml", 4, 3),
        "named/b": ("reshelve.yaml", 10, 19),
        "list": ("reshelve.yaml", 4, 3),
    }


def test_what_this_machine_says_of_a_store_comes_first(tmp_path: Path) -> None:
    file = tmp_path / "reshelve.yaml"
    file.write_text(WORKSPACE)
    (tmp_path / "reshelve.local.yaml").write_text("stores:\n  inbox: {path: here}\n")
    assert lines(file, "inbox", "list/1") == {
        "inbox": ("reshelve.local.yaml", 2, 3),
        "list/1": ("reshelve.yaml", 6, 7),
    }
    assert lines(tmp_path / "none" / "reshelve.yaml", "inbox") == {}


def test_each_policy_is_found_where_it_is_declared(tmp_path: Path) -> None:
    file = tmp_path / "reshelve.yaml"
    file.write_text("version: 1\npolicies:\n- name: a\n  require: {}\n- {name: b, require: {}}\n")
    found = policy_places(file, ["a", "b", "a"])
    assert {name: (at.line, at.column) for name, at in found.items()} == {"a": (3, 3), "b": (5, 3)}
