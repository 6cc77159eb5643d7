"""The latest look: one looks at a time, nobody gets what is known to be outdated, and nobody waits for what is good enough."""

import threading
from pathlib import Path

import pytest

from reshelve.service import latest_look
from reshelve.service.latest_look import LatestLook


class Looks:
    """Counts looks; each waits for `go`, where one is set."""

    def __init__(self, file: Path) -> None:
        self.made = 0
        self.began = threading.Event()
        self.go: threading.Event | None = None
        self._file = file

    def look(self) -> str:
        self.began.set()
        if self.go is not None:
            assert self.go.wait(30)
        self.made += 1
        return f"{self.made}: {self._file.read_text()}"

    def files(self) -> list[Path]:
        return [self._file, self._file.with_name("none")]


@pytest.fixture
def looks(tmp_path: Path) -> Looks:
    file = tmp_path / "file"
    file.write_text("a")
    return Looks(file)


def test_it_is_given_again_until_a_file_changes_or_it_is_old(looks: Looks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latest_look, "FRESH", 1000.0)
    latest: LatestLook[str] = LatestLook()
    assert [latest.get(looks.look, looks.files) for _ in range(3)] == ["1: a"] * 3
    (tmp_path / "file").write_text("bb")
    assert [latest.get(looks.look, looks.files) for _ in range(2)] == ["2: bb"] * 2
    (tmp_path / "none").write_text("made")
    assert latest.get(looks.look, looks.files) == "3: bb"
    monkeypatch.setattr(latest_look, "FRESH", 0.0)
    monkeypatch.setattr(latest_look, "_SHARE", 0)
    assert latest.get(looks.look, looks.files) == "4: bb"


def test_while_one_looks_the_others_get_the_one_before_unless_it_is_outdated(
    looks: Looks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(latest_look, "FRESH", 0.0)
    monkeypatch.setattr(latest_look, "OLDEST", 1000.0)
    monkeypatch.setattr(latest_look, "_SHARE", 0)
    latest: LatestLook[str] = LatestLook()
    latest.get(looks.look, looks.files)
    looks.go = threading.Event()
    looks.began.clear()
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(latest.get(looks.look, looks.files))) for _ in range(2)]
    threads[0].start()
    assert looks.began.wait(30)
    assert latest.get(looks.look, looks.files) == "1: a"
    (tmp_path / "file").write_text("new")
    threads[1].start()
    threads[1].join(0.2)
    assert found == []
    looks.go.set()
    for thread in threads:
        thread.join(30)
    # The second asked after the first began to look: what that found may be outdated for it.
    assert sorted(found) == ["2: new", "3: new"]


def test_who_asks_first_waits_for_one_look_and_what_fails_is_not_kept(looks: Looks) -> None:
    latest: LatestLook[str] = LatestLook()

    def broken() -> str:
        raise ValueError("broken")

    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            latest.get(broken, looks.files)
    assert latest.get(looks.look, looks.files) == "1: a"
