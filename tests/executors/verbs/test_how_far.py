"""How far a killed operation got: telling only looks, and clearing takes away what was left over."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
import xxhash

from reshelve.executors.platforms.exclusive_renames import way_of
from reshelve.executors.stores.local_store import LocalStore
from reshelve.executors.verbs.file_verbs import Hands
from reshelve.executors.verbs.how_far import HowFar, how_far
from reshelve.executors.verbs.leftovers import clear, put_back
from reshelve.schemas.operations import Move
from reshelve.schemas.run_record import Made
from reshelve.schemas.verbs import CopyTo, Publish, Rename, Verb
from tests.support.moments import Moments
from tests.support.plans import local
from tests.support.snapshots import snapshot

TMP = "shelf:.reshelve-0123456789ab-0.tmp"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    folder = tmp_path / "shelf"
    folder.mkdir()
    return folder


@pytest.fixture
def store(shelf: Path) -> Iterator[LocalStore]:
    one = local("shelf", shelf)
    yield one
    one.close()


def rename(store: LocalStore, src: str, dst: str, at: str) -> Rename:
    item = store.stat(at)
    assert item is not None
    return Rename(f"shelf:{src}", f"shelf:{dst}", item.size, item.mtime_ns, item.ino)


def published(store: LocalStore, dst: str, at: str) -> tuple[tuple[Verb, ...], Made]:
    """Return the verbs of a copy to `dst`, and what it made, which stands `at`."""
    item = store.stat(at)
    assert item is not None
    verbs = CopyTo("shelf:origin", TMP, item.size, item.mtime_ns, 1), Publish(TMP, f"shelf:{dst}")
    return verbs, Made(0, item.ino, item.size, item.mtime_ns)


def told(store: LocalStore, shelf: Path, verbs: tuple[Verb, ...], made: Made | None = None) -> HowFar:
    """Tell how far verbs got, and that telling changed nothing: no file, and no folder's time."""
    before = snapshot(shelf)
    found = how_far(Hands({"shelf": store}), verbs, made)
    assert snapshot(shelf) == before
    return found


def cleared(store: LocalStore, shelf: Path, found: HowFar) -> list[str]:
    for _ in range(2):
        clear(Hands({"shelf": store}), found.leftovers, "0123456789ab", 0)
    return sorted(os.listdir(shelf))


def test_a_rename_by_link_killed_half_way_left_a_second_name(shelf: Path, store: LocalStore) -> None:
    (shelf / "old").write_text("film")
    os.link(shelf / "old", shelf / "new")
    found = told(store, shelf, (rename(store, "old", "new", at="old"),))
    assert (found.performed, [each.place for each in found.leftovers]) == ([], ["shelf:new"])
    assert cleared(store, shelf, found) == ["old"]


def test_a_copy_published_by_link_has_its_temporary_name_left(shelf: Path, store: LocalStore) -> None:
    (shelf / "copy").write_text("film")
    os.link(shelf / "copy", shelf / TMP.partition(":")[2])
    verbs, made = published(store, "copy", at="copy")
    found = told(store, shelf, verbs, made)
    assert (found.performed, [each.place for each in found.leftovers]) == (verbs, [TMP])
    assert cleared(store, shelf, found) == ["copy"]


@pytest.mark.parametrize("kind", ["file", "dir"])
@pytest.mark.parametrize(("stands", "empty", "done"), [("old", "new", False), ("new", "old", True)])
def test_an_empty_thing_is_a_placeholder_only_where_names_are_reserved(
    shelf: Path, store: LocalStore, monkeypatch: pytest.MonkeyPatch, kind: str, stands: str, empty: str, done: bool
) -> None:
    (shelf / stands).write_text("film")
    (shelf / empty).touch() if kind == "file" else (shelf / empty).mkdir()
    verb = rename(store, "old", "new", at=stands)
    found = told(store, shelf, (verb,))
    assert (found.performed, [each.place for each in found.leftovers]) == ((verb,) if done else [], [f"shelf:{empty}"])
    assert cleared(store, shelf, found) == ["new", "old"]
    monkeypatch.setattr(LocalStore, "reserves", lambda *_: True)
    assert cleared(store, shelf, found) == [stands]


def test_what_changed_since_it_was_told_is_not_cleared(shelf: Path, store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalStore, "reserves", lambda *_: True)
    (shelf / "old").write_text("film")
    (shelf / "new").touch()
    found = told(store, shelf, (rename(store, "old", "new", at="old"),))
    (shelf / "new").write_text("somebody's")
    assert cleared(store, shelf, found) == ["new", "old"]


def test_a_copy_that_somebody_emptied_is_no_placeholder(shelf: Path, store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalStore, "reserves", lambda *_: True)
    (shelf / "copy").write_text("film")
    verbs, made = published(store, "copy", at="copy")
    os.truncate(shelf / "copy", 0)
    assert told(store, shelf, verbs, made) == HowFar(None)


def _second_name(shelf: Path) -> str:
    (shelf / "old").write_text("film")
    os.link(shelf / "old", shelf / "new")
    return "new"


def _placeholder(shelf: Path) -> str:
    (shelf / "old").write_text("film")
    (shelf / "new").touch()
    return "new"


@pytest.mark.parametrize("left", [_second_name, _placeholder])
@pytest.mark.parametrize("deed", ["replaces", "writes to"])
def test_what_somebody_puts_in_the_place_of_a_leftover_is_never_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: Callable[[Path], str], deed: str
) -> None:
    monkeypatch.setattr(LocalStore, "reserves", lambda *_: True)

    def cleared_at(at: int) -> tuple[Moments, Path, bool]:
        shelf = tmp_path / str(at)
        shelf.mkdir()
        path = shelf / left(shelf)
        put: list[Path] = []

        def meddle() -> None:
            if not path.exists():
                return
            put.append(path)
            if deed == "replaces":
                path.rename(shelf / "away")
            path.write_text("theirs")

        with closing(local("shelf", shelf)) as store:
            found = how_far(Hands({"shelf": store}), (rename(store, "old", "new", at="old"),), None)
            assert [each.place for each in found.leftovers] == ["shelf:new"]
            moments = Moments(at, meddle)
            with suppress(OSError):
                clear(Hands(moments.over({"shelf": store})), found.leftovers, "0123456789ab", 0)
        return moments, shelf, bool(put)

    calm, clean, _ = cleared_at(-1)
    assert sorted(os.listdir(clean)) == ["old"]
    for at in range(len(calm.calls)):
        _, shelf, put = cleared_at(at)
        assert not put or "theirs" in {path.read_text() for path in shelf.iterdir() if path.name in ("new", "old")}, calm.calls[at]
        assert not list(shelf.glob(".reshelve-*"))


@pytest.mark.parametrize("beside", ["old", "new"])
def test_a_leftover_that_a_kill_caught_on_its_way_is_put_back(shelf: Path, store: LocalStore, beside: str) -> None:
    (shelf / "old").write_text("film")
    verb = rename(store, "old", "new", at="old")
    operation = Move("shelf:old", "shelf:new", verb.size, verb.mtime_ns, verb.ino)
    (shelf / beside).rename(shelf / aside(beside)) if beside == "old" else (shelf / aside(beside)).write_text("theirs")
    put_back(Hands({"shelf": store}), operation.verbs("0123456789ab", 0), "0123456789ab", 0)
    assert sorted(os.listdir(shelf)) == (["old"] if beside == "old" else ["new", "old"])


def aside(beside: str) -> str:
    return f".reshelve-0123456789ab-0.tmp.{xxhash.xxh32_hexdigest(beside.encode())}.back"


@pytest.mark.parametrize("gone", ["old", "new"])
def test_a_rename_by_link_killed_as_its_second_name_went_is_told_and_cleared(
    shelf: Path, store: LocalStore, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    (shelf / "old").write_text("film")
    verb = rename(store, "old", "new", at="old")
    operation = Move("shelf:old", "shelf:new", verb.size, verb.mtime_ns, verb.ino)
    os.link(shelf / "old", shelf / "new")
    os.rename(shelf / gone, shelf / way_of(gone))
    hands = Hands({"shelf": store})
    put_back(hands, operation.verbs("0123456789ab", 0), "0123456789ab", 0)
    assert sorted(os.listdir(shelf)) == ["new", "old"]
    assert cleared(store, shelf, how_far(hands, (verb,), None)) == ["old"]
