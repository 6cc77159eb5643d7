"""Taking back what somebody changed since, or of which nothing tells: it is named and left."""

import os
from typing import Any

import pytest

from tests.support.killed_runs import killed, recovered, steps
from tests.support.plans import plan_of
from tests.support.undodesk import UndoDesk


def test_what_was_made_and_changed_since_is_named_and_left(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch)
    path.write_bytes(b"")
    (desk.shelf / "copied.txt").write_text("edited")
    report = recovered(desk)
    assert (report.outcome, report.unsure) == ("unsettled", ["shelf:copied.txt"])
    [untold] = [problem for problem in report.failures if problem.code == "cannot-tell"]
    assert "shelf:copied.txt is now a file of 6 B" in untold.detail and "recover --accept" in untold.hint
    accepted = recovered(desk, "accept")
    assert (accepted.outcome, accepted.unsure) == ("stopped", ["shelf:copied.txt"])
    [untold] = [problem for problem in accepted.failures if problem.code == "cannot-tell"]
    assert "shelf:copied.txt is now a file of 6 B" in untold.detail and "recover" not in untold.hint
    assert (desk.shelf / "copied.txt").read_text() == "edited"
    assert not (desk.shelf / "0.mkv").exists()


def test_an_archive_nothing_tells_of_is_named_and_left(desk: UndoDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = killed(desk, plan_of(desk.stores, desk.planning.pack("inbox:link", "shelf:link.tar.gz")), monkeypatch)
    path.write_bytes(b"")
    assert recovered(desk).unsure == ["shelf:link.tar.gz"]
    assert (desk.shelf / "link.tar.gz").exists()


@pytest.mark.parametrize("how", ["rollback", None])
def test_a_copy_that_was_edited_with_its_times_kept_is_not_taken_back(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, how: Any
) -> None:
    killed(desk, plan_of(desk.stores, *steps(desk)), monkeypatch)
    copied, made = desk.folders["shelf"] / "copied.txt", desk.folders["shelf"] / "made.json"
    for path, content in ((copied, b"COPIED"), (made, b"[]")):
        seen = path.stat()
        assert seen.st_size == len(content)
        path.write_bytes(content)
        os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    report = recovered(desk, how)
    assert report.outcome == "unsettled"
    assert (copied.read_bytes(), made.read_bytes()) == (b"COPIED", b"[]")
    assert sorted(report.unsure) == ["shelf:copied.txt", "shelf:made.json"]


WAYS = {
    "its name was taken": ("inbox:folder/film.mkv", "File exists", "Move away what has its name, then: reshelve recover\n"),
    "its folder is gone": ("inbox:folder", "is gone, so what was in it cannot go back", "Put that right, then: reshelve recover\n"),
}


@pytest.mark.parametrize("why", WAYS)
def test_what_cannot_go_back_says_what_is_wrong_and_what_leads_on(
    desk: UndoDesk, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    """No new plan does: none can be applied before the run is settled."""
    folder = desk.inbox / "folder"
    folder.mkdir()
    (folder / "film.mkv").write_bytes(b"a film")
    killed(desk, plan_of(desk.stores, desk.planning.move("inbox:folder/film.mkv", "shelf:film.mkv")), monkeypatch)
    in_the_way = desk.inbox / "mine"
    if why == "its folder is gone":
        folder.rename(in_the_way)
    else:
        (folder / "film.mkv").write_bytes(b"another")
    [left] = recovered(desk, "rollback").failures
    place, detail, hint = WAYS[why]
    assert (left.code, left.path) == ("left-as-is", place)
    assert detail in left.detail and left.hint.startswith(hint) and "--accept" in left.hint and "new plan" not in left.hint
    # And what it says leads on.
    if why == "its folder is gone":
        in_the_way.rename(folder)
    else:
        (folder / "film.mkv").rename(in_the_way)
    assert recovered(desk, "rollback").outcome == "rolled-back"
    assert (folder / "film.mkv").read_bytes() == b"a film"
