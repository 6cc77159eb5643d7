"""Trash folders in the working tree of a git repository: ignored while they are there, and gone without a trace."""

import shutil
import subprocess
from pathlib import Path

import pytest

from reshelve import api
from reshelve.executors.stores.local_store import LocalStore
from reshelve.schemas.inventory import Root
from reshelve.schemas.locations import TRASH


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    top = tmp_path / "repository"
    (top / ".git").mkdir(parents=True)
    (top / "store").mkdir()
    return top


@pytest.fixture
def store(repository: Path) -> LocalStore:
    return LocalStore(Root("s", str(repository / "store")))


def test_a_trash_folder_in_a_working_tree_is_made_with_its_list_and_goes_with_it(repository: Path, store: LocalStore) -> None:
    store.make_trash(f"{TRASH}/run/a")
    assert (repository / "store" / TRASH / ".gitignore").read_bytes() == b"*\n"
    for rel in (f"{TRASH}/run/a", f"{TRASH}/run", TRASH):
        store.remove_dir(rel)
    assert list((repository / "store").iterdir()) == []


def test_outside_a_working_tree_there_is_none(tmp_path: Path) -> None:
    LocalStore(Root("s", str(tmp_path))).make_trash(f"{TRASH}/run")
    assert [one.name for one in (tmp_path / TRASH).iterdir()] == ["run"]


@pytest.mark.parametrize("left", [None, b""], ids=["no file", "an empty file"])
def test_what_a_kill_left_undone_is_put_right_by_the_next(repository: Path, store: LocalStore, left: bytes | None) -> None:
    trash = repository / "store" / TRASH
    trash.mkdir()
    if left is not None:
        (trash / ".gitignore").write_bytes(left)
    store.make_trash(f"{TRASH}/run")
    assert (trash / ".gitignore").read_bytes() == b"*\n"
    store.remove_dir(f"{TRASH}/run")
    if left is not None:
        (trash / ".gitignore").write_bytes(left)
    else:
        (trash / ".gitignore").unlink()
    store.remove_dir(TRASH)
    assert not trash.exists()


def test_a_trash_with_something_in_it_stays_as_it_is(repository: Path, store: LocalStore) -> None:
    store.make_trash(f"{TRASH}/run")
    with pytest.raises(OSError):
        store.remove_dir(TRASH)
    assert (repository / "store" / TRASH / ".gitignore").read_bytes() == b"*\n"


def test_a_list_of_somebody_elses_stays(repository: Path, store: LocalStore) -> None:
    trash = repository / "store" / TRASH
    trash.mkdir()
    (trash / ".gitignore").write_text("run\nmine\n")
    store.make_trash(f"{TRASH}/run")
    store.remove_dir(f"{TRASH}/run")
    with pytest.raises(OSError):
        store.remove_dir(TRASH)
    assert (trash / ".gitignore").read_text() == "run\nmine\n"


@pytest.mark.skipif(shutil.which("git") is None, reason="no git")
def test_git_sees_nothing_of_a_run_and_undo_and_emptying_leave_no_trace(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    for name in ("one.mkv", "two.mkv"):
        (tmp_path / "inbox").mkdir(exist_ok=True)
        (tmp_path / "inbox" / name).write_text(name)
    (tmp_path / "reshelve.yaml").write_text("version: 1\nstores:\n  inbox: {path: inbox}\n")
    absent = 'absent: [{path: "inbox:one.mkv", size: 7, because: "mine"}, {path: "inbox:two.mkv", size: 7, because: "mine"}]'
    (tmp_path / "layout.yaml").write_text(f"version: 1\n{absent}\n")
    subprocess.run(["git", "-C", tmp_path, "add", "."], check=True)

    def seen() -> list[str]:
        told = subprocess.run(
            ["git", "-C", tmp_path, "status", "--porcelain", "-uall", "--ignored"], check=True, capture_output=True, text=True
        )
        return sorted(line for line in told.stdout.splitlines() if not line.startswith("A "))

    session = api.open_workspace(tmp_path)
    report = session.runs.apply(session.plans.make(api.load_layout(tmp_path / "layout.yaml")), max_delete="100%")
    assert report.outcome == "done"
    assert {line[:2] for line in seen()} == {"AD", "!!"}
    session.runs.apply(session.history.plan_undo(report.run))
    assert all(".reshelve-trash" not in line for line in seen())
    assert not (tmp_path / "inbox" / TRASH).exists()
    session.runs.apply(session.history.plan_redo())
    assert (tmp_path / "inbox" / TRASH / ".gitignore").exists()
    session.runs.apply(session.trash.plan_purge(), on_error="continue")
    assert list((tmp_path / "inbox").iterdir()) == []
