"""The latest look: one looks at a time, nobody gets what is known to be outdated, and of many who ask nobody waits."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reshelve.service import latest_look
from reshelve.service.latest_look import LatestLook

LONG = 1000.0


class Looks:
    """Counts looks; each waits for `go`, where one is set."""

    def __init__(self, file: Path) -> None:
        self.made = 0
        self.began = threading.Event()
        self.go: threading.Event | None = None
        self.wrong = ""
        self._file = file

    def look(self) -> str:
        told = self._file.read_text()
        self.began.set()
        if self.go is not None:
            assert self.go.wait(30)
        if self.wrong:
            raise ValueError(self.wrong)
        self.made += 1
        return f"{self.made}: {told}"

    def files(self) -> list[Path]:
        return [self._file, self._file.with_name("none")]


@pytest.fixture
def looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Looks:
    # No look is outdated because the file was written to just now.
    monkeypatch.setattr(latest_look, "_TICK", 0)
    monkeypatch.setattr(latest_look, "_SHARE", 0)
    file = tmp_path / "file"
    file.write_text("a")
    return Looks(file)


@pytest.fixture
def latest(looks: Looks) -> Iterator[LatestLook[str]]:
    latest = LatestLook(looks.look, looks.files)
    yield latest
    latest.close()


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each be the only one who asks."""
    monkeypatch.setattr(latest_look, "MANY", 0.0)


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each be one of many."""
    monkeypatch.setattr(latest_look, "MANY", LONG)


def lasting(monkeypatch: pytest.MonkeyPatch, fresh: float, oldest: float) -> None:
    monkeypatch.setattr(latest_look, "FRESH", fresh)
    monkeypatch.setattr(latest_look, "OLDEST", oldest)


@pytest.mark.usefixtures("few")
def test_it_is_given_again_until_a_file_changes_or_it_is_old(
    looks: Looks, latest: LatestLook[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lasting(monkeypatch, LONG, LONG)
    assert [latest.get() for _ in range(3)] == ["1: a"] * 3
    (tmp_path / "file").write_text("bb")
    assert [latest.get() for _ in range(2)] == ["2: bb"] * 2
    (tmp_path / "none").write_text("made")
    assert latest.get() == "3: bb"
    lasting(monkeypatch, 0.0, 0.0)
    assert latest.get() == "4: bb"
    assert looks.made == 4


@pytest.mark.usefixtures("many")
def test_while_one_looks_many_get_the_one_before_and_are_not_kept_waiting(
    looks: Looks, latest: LatestLook[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lasting(monkeypatch, LONG, LONG)
    assert latest.get() == "1: a"
    (tmp_path / "file").write_text("new")
    looks.go = threading.Event()
    looks.began.clear()
    assert [latest.get() for _ in range(3)] == ["1: a"] * 3
    assert looks.began.wait(30)
    looks.go.set()
    latest.catch_up()
    assert latest.get() == "2: new"
    assert looks.made == 2


@pytest.mark.usefixtures("many")
def test_who_asks_after_a_change_that_they_were_told_of_gets_what_came_of_it(
    looks: Looks, latest: LatestLook[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lasting(monkeypatch, LONG, LONG)
    latest.get()
    looks.go = threading.Event()
    looks.began.clear()
    (tmp_path / "file").write_text("first")
    assert latest.get() == "1: a"
    assert looks.began.wait(30)
    # This comes while somebody looks already, and may have looked past it.
    (tmp_path / "file").write_text("second")
    with ThreadPoolExecutor(1) as telling:
        told = telling.submit(latest.catch_up)
        looks.go.set()
        told.result(30)
    assert latest.get() == "3: second"
    latest.catch_up()
    assert looks.made == 3


@pytest.mark.usefixtures("many")
def test_a_look_that_began_before_a_change_is_not_what_comes_after_it(
    looks: Looks, latest: LatestLook[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lasting(monkeypatch, LONG, LONG)
    looks.go = threading.Event()
    latest.begin()
    assert looks.began.wait(30)
    (tmp_path / "file").write_text("changed")
    with ThreadPoolExecutor(1) as telling:
        told = telling.submit(latest.catch_up)
        looks.go.set()
        told.result(30)
    assert latest.get() == "2: changed"


@pytest.mark.usefixtures("many")
def test_what_is_too_old_is_not_given_unless_looking_takes_too_long(
    looks: Looks, latest: LatestLook[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lasting(monkeypatch, 0.0, 0.0)
    assert [latest.get() for _ in range(2)] == ["1: a", "2: a"]
    looks.go = threading.Event()
    monkeypatch.setattr(latest_look, "PATIENCE", 0.1)
    assert latest.get() == "2: a"
    looks.go.set()


def test_who_asks_first_waits_for_one_look_and_what_fails_is_not_kept(looks: Looks, latest: LatestLook[str]) -> None:
    looks.wrong = "broken"
    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            latest.get()
    looks.wrong = ""
    with ThreadPoolExecutor(8) as asking:
        assert set(asking.map(lambda _: latest.get(), range(8))) == {"1: a"}


def test_a_file_that_was_written_to_just_now_may_be_again_within_the_same_tick(
    looks: Looks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(latest_look, "_TICK", 10**15)
    assert latest_look.marks_of([tmp_path / "file"]) != latest_look.marks_of([tmp_path / "file"])
    monkeypatch.setattr(latest_look, "_TICK", 0)
    assert latest_look.marks_of(looks.files()) == latest_look.marks_of(looks.files())
